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

  test('an onEvent that throws changes nothing', async (t) => {
    const app = await startWasm(t, { config: { onEvent() { throw new Error('analytics'); } } });
    assert.equal((await app.tap()).status, 'answered');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });
});
