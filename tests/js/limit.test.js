// How many templates one popup asks, and what happens to the others.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { offering } = require('./support/steps.js');

const WEEK_MS = 7 * 86_400_000;

describe('templates of one popup', () => {
  test('templates beyond maxTemplates remain, and are asked first at the next tap', async (t) => {
    const app = await start(t, {
      answers: offering('a', 'b', 'c', 'd', 'e'),
      config: { maxTemplates: 2 },
    });
    const outcomes = [await app.tap(), await app.tap(), await app.tap()];
    assert.deepEqual(
      outcomes.map(({ accepted, remaining }) => [accepted, remaining]),
      [
        [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
        [['c', 'd'], ['e']],
        [['e'], []],
      ],
    );
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
    assert.deepEqual((await app.tap()).accepted, ['a', 'b'], 'then the back end is asked again');
  });

  [false, true].forEach((isRestarted) => {
    const whose = isRestarted ? 'an earlier launch' : 'this launch';
    test(`what ${whose} learned counts for seven days, and then the configured number is asked again`, async (t) => {
      let now = Date.now();
      t.mock.method(Date, 'now', () => now);
      const given = {
        answers: offering('a', 'b', 'c', 'd', 'e'),
        config: { maxTemplates: 5 },
        fake: { storage: { openId: JSON.stringify('user-1') }, maxTemplates: 3 },
      };
      let app = await start(t, given);
      const taps = [];
      /** Taps `ms` milliseconds later, and records how many templates were asked. */
      async function tapAfter(ms) {
        now += ms;
        if (isRestarted) {
          app.close();
          app = await start(t, given);
        }
        // A new moment, so that no templates remain from the last tap.
        await app.tap(1, `order-${now}`);
        taps.push(app.optionsOf('requestSubscribeMessage').pop().tmplIds.length);
      }

      await tapAfter(0);
      await tapAfter(WEEK_MS - 1);
      assert.deepEqual(taps.splice(0), [5, 3]);
      await tapAfter(1);
      await tapAfter(WEEK_MS - 1);
      assert.deepEqual(taps.splice(0), [5, 3], 'the new refusal counts for seven days as well');
      await tapAfter(1);
      assert.deepEqual(taps, [5]);
    });
  });
});
