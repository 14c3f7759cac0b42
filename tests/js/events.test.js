// Which events `onEvent` gets, and when.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { answer, startWasm } = require('./support/steps.js');

describe('the events', () => {
  test('the events come in order, with what belongs to them', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await answer(app, { 'tmpl-a': 'accept' }, 4, 'order-7');
    await app.flush();
    const moment = { triggerAct: '支付成功', busNo: 'order-7' };
    const [, , { elapsedMs }, { reportId }] = app.events;
    assert.ok(elapsedMs >= 0 && elapsedMs < 60_000, `${elapsedMs} ms`);
    assert.match(reportId, /^\S{20,}$/);
    assert.deepEqual(app.events, [
      { name: 'templatesFound', ...moment, templateIds: ['tmpl-a', 'tmpl-b'] },
      { name: 'popupRequested', ...moment, templateIds: ['tmpl-a', 'tmpl-b'] },
      {
        name: 'popupAnswered',
        ...moment,
        accepted: ['tmpl-a'],
        rejected: ['tmpl-b'],
        counts: { accepted: 1, rejected: 1, banned: 0, filtered: 0, other: 0 },
        elapsedMs,
        topUp: false,
      },
      { name: 'reportQueued', reportId, saved: true },
      { name: 'reportSent', reportId },
    ]);
  });

  test('an answer says how long it took, whatever the clock does', async (t) => {
    let now = Date.now();
    t.mock.method(Date, 'now', () => now);
    const app = await start(t, { fake: { autoAnswer: null } });
    const took = [];
    for (const ms of [1234, -5000]) {
      const outcome = app.tap(1, `order${ms}`);
      await app.fake.nextPopup();
      now += ms;
      app.fake.popup.acceptAll();
      await outcome;
      took.push(app.events.filter(({ name }) => name === 'popupAnswered').pop().elapsedMs);
    }
    assert.deepEqual(took, [1234, 0]);
  });

  test('an acceptance rate can be drawn from onEvent alone', async (t) => {
    const seen = { asked: 0, accepted: 0, refused: 0, skipped: 0 };
    function onEvent(event) {
      if (event.name === 'skipped') seen.skipped += 1;
      if (event.name !== 'popupAnswered' || event.topUp) return;
      seen.asked += 1;
      seen.accepted += event.counts.accepted;
      seen.refused += event.counts.rejected;
    }
    const answers = [
      { 'tmpl-a': 'accept' },
      { 'tmpl-a': 'accept', 'tmpl-b': 'acceptWithAlert' },
      {},
    ];
    const app = await start(t, {
      config: { onEvent, coolDownMs: 1000 },
      fake: { autoAnswer: () => answers.shift() },
    });
    for (let tap = 0; tap < 3; tap += 1) await app.tap(1, `order-${tap}`);
    await app.tap();
    assert.deepEqual(seen, { asked: 3, accepted: 3, refused: 3, skipped: 1 });
  });

  test('what onEvent does to its argument is seen by nobody else', async (t) => {
    /** Changes all that it reaches. */
    function spoil(value) {
      if (value === null || typeof value !== 'object') return;
      Object.keys(value).forEach((key) => {
        spoil(value[key]);
        value[key] = 'spoilt';
      });
      if (Array.isArray(value)) value.push('spoilt');
    }
    const names = [];
    const onEvent = (told) => {
      names.push(told.name);
      spoil(told);
    };
    const replies = [{ statusCode: 503 }, { statusCode: 400 }];
    const app = await start(t, {
      config: { onEvent },
      answers: { popSubscribeResult: () => replies.shift() || { json: {} } },
    });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
    const outcome = await app.tap(1, 'order-1', { price: 1 });
    assert.deepEqual(
      [outcome.status, outcome.accepted, outcome.rejected],
      ['answered', ['tmpl-a', 'tmpl-b'], []],
    );
    await app.flush();
    app.fake.settings.mainSwitch = false;
    const failed = await app.tap(1, 'order-1');
    assert.deepEqual([failed.stage, failed.error.kind], ['popup', 'mainSwitchOff']);
    const found = JSON.stringify([outcome, failed, app.reports(), await app.diagnostics()]);
    assert.ok(!found.includes('spoilt'), found);
    assert.ok(names.includes('reportDropped') && names.includes('popupFailed'), `${names}`);
  });

  test('an onEvent that throws changes nothing', async (t) => {
    const app = await startWasm(t, {
      config: {
        onEvent() {
          throw new Error('analytics');
        },
      },
    });
    assert.equal((await app.tap()).status, 'answered');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });
});
