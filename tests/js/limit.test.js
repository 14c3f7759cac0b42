// How many templates one popup asks, and what happens to the others.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { offering } = require('./support/steps.js');

const WEEK_MS = 7 * 86_400_000;

describe('templates of one popup', () => {
  test('templates beyond maxTemplates remain, and are asked first at the next tap', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'c', 'd', 'e'), config: { maxTemplates: 2 } });
    const outcomes = [await app.tap(), await app.tap(), await app.tap()];
    assert.deepEqual(
      outcomes.map(({ accepted, remaining }) => [accepted, remaining]),
      [[['a', 'b'], ['c', 'd', 'e']], [['c', 'd'], ['e']], [['e'], []]],
    );
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
    assert.deepEqual((await app.tap()).accepted, ['a', 'b'], 'then the back end is asked again');
  });

  test('three templates are asked at once unless maxTemplates says otherwise', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'c', 'd') });
    assert.deepEqual((await app.tap()).remaining, ['d']);
  });

  const LEARNED = [
    { client: 3, maxTemplates: 5, asked: [5, 3] },
    { client: 1, maxTemplates: 2, asked: [2, 1] },
    { client: 1, maxTemplates: 5, asked: [5, 3, 2, 1] },
  ];
  LEARNED.forEach(({ client, maxTemplates, asked }) => {
    test(`a client that takes ${client} of ${maxTemplates} is asked for ${asked}, and remembered`, async (t) => {
      const storage = { openId: JSON.stringify('user-1') };
      const given = {
        answers: offering('a', 'b', 'c', 'd', 'e'),
        config: { maxTemplates },
        fake: { storage, maxTemplates: client },
      };
      const app = await start(t, given);
      for (let tap = 1; tap < asked.length; tap += 1) {
        assert.equal((await app.tap()).error.kind, 'tooManyTemplates');
      }
      assert.equal((await app.tap()).accepted.length, client);
      const sizes = (launched) => launched.optionsOf('requestSubscribeMessage').map(({ tmplIds }) => tmplIds.length);
      assert.deepEqual(sizes(app), asked);
      app.close();

      const after = await start(t, given);
      await after.tap();
      assert.deepEqual(sizes(after), [client]);
    });
  });

  test('what remains is kept while a popup fails', async (t) => {
    const app = await start(t, { answers: offering('a', 'b'), config: { maxTemplates: 1 } });
    await app.tap();
    app.fake.settings.mainSwitch = false;
    assert.equal((await app.tap()).status, 'failed');
    app.fake.settings.mainSwitch = true;
    assert.deepEqual((await app.tap()).accepted, ['b']);
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
      /** Taps `ms` milliseconds later, and notes how many templates were asked. */
      async function tapAfter(ms) {
        now += ms;
        if (isRestarted) {
          app.close();
          app = await start(t, given);
        }
        // A moment of its own, so that no templates remain from the last tap.
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
