// A report that seems too old is given up only after one more try that reached
// somebody, or five that did not, since the clock may be wrong.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { waitingIn } = require('./support/outbox.js');
const { event, wallClock } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };
const DELIVERED = { json: {} };
const DAY_MS = 86_400_000;

/** A launch whose back end answers the reports with `app.back.reply`. */
async function launch(t, options) {
  const back = { reply: OFFLINE };
  const app = await start(t, { answers: { popSubscribeResult: () => back.reply }, ...options });
  return Object.assign(app, { back });
}

/** The same with a report that the network failed on. */
async function withOneWaiting(t, options) {
  const app = await launch(t, options);
  await app.tap(1, 'a');
  await event(app, 'reportPostponed');
  return app;
}

const dropped = (app) => app.events.filter(({ name }) => name === 'reportDropped');

describe('a report that only seems too old', () => {
  test('as the clock was two months slow at the answer, and was put right a minute later, is delivered', async (t) => {
    const clock = wallClock(t);
    clock.jump(-60 * DAY_MS);
    const app = await withOneWaiting(t);
    clock.jump(60 * DAY_MS + 60_000);
    app.back.reply = DELIVERED;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(dropped(app), []);
  });

  test('as the clock is a month ahead for a moment, is kept, and delivered after it', async (t) => {
    const clock = wallClock(t);
    const app = await withOneWaiting(t);
    clock.jump(31 * DAY_MS);
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    clock.jump(-31 * DAY_MS);
    app.back.reply = DELIVERED;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(dropped(app), []);
  });

  test('as nobody opened the mini-program for 40 days, is tried at the next launch', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const before = await withOneWaiting(t, { fake: { storage } });
    before.close();
    clock.jump(40 * DAY_MS);
    const app = await launch(t, { fake: { storage }, ready: false });
    app.back.reply = DELIVERED;
    await app.setup();
    await event(app, 'reportSent');
    assert.deepEqual(dropped(app), []);
  });

  test('while a tap or diagnostics look at what waits, is kept', async (t) => {
    const clock = wallClock(t);
    const app = await withOneWaiting(t);
    clock.jump(31 * DAY_MS);
    await app.diagnostics();
    await app.tap(1, 'b');
    assert.ok((await app.diagnostics()).waiting.length === 2, 'both wait');
    assert.deepEqual(dropped(app), []);
  });
});

describe('a report that is too old', () => {
  test('is given up after one try that the back end has answered, with an event', async (t) => {
    const clock = wallClock(t);
    const app = await withOneWaiting(t);
    clock.jump(31 * DAY_MS);
    app.back.reply = { statusCode: 503 };
    const before = app.reports().length;
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.equal(app.reports().length, before + 1);
    const [{ error, report }] = dropped(app);
    assert.equal(report.busNo, 'a');
    assert.match(error.message, /outboxMaxAgeMs/);
    assert.equal(error.retryable, false);
  });

  test('is given up after five tries that reached nobody, and not before', async (t) => {
    const clock = wallClock(t);
    const app = await withOneWaiting(t);
    clock.jump(31 * DAY_MS);
    const before = app.reports().length;
    for (let turn = 0; turn < 4; turn += 1) {
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 }, `try ${turn + 1}`);
    }
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.equal(app.reports().length, before + 5);
    assert.match(dropped(app)[0].error.message, /outboxMaxAgeMs/);
  });

  test('and was tried in two launches is counted over both', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const before = await withOneWaiting(t, { fake: { storage } });
    clock.jump(31 * DAY_MS);
    for (let turn = 0; turn < 3; turn += 1) await before.flush();
    assert.deepEqual(dropped(before), []);
    before.close();
    clock.jump(20_000);
    const app = await launch(t, { fake: { storage }, ready: false });
    await app.setup();
    for (let turn = 0; turn < 3; turn += 1) await app.flush();
    assert.equal(dropped(app).length, 1);
    assert.ok(app.reports().length <= 2, `${app.reports().length} more tries`);
  });

  test('is told before its key is removed', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    let atTheEvent;
    const onEvent = ({ name }) => {
      if (name === 'reportDropped') atTheEvent = waitingIn(storage).length;
    };
    const app = await launch(t, { fake: { storage }, config: { onEvent } });
    await app.tap(1, 'a');
    await app.flush();
    clock.jump(31 * DAY_MS);
    app.back.reply = { statusCode: 503 };
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.equal(atTheEvent, 1);
    assert.deepEqual(waitingIn(storage), []);
  });

  test('while its owner is away is kept, and goes when that one is back', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const app = await withOneWaiting(t, { fake: { storage } });
    storage.openId = JSON.stringify('user-2');
    clock.jump(31 * DAY_MS);
    app.back.reply = { statusCode: 503 };
    for (let turn = 0; turn < 6; turn += 1) await app.flush();
    await app.tap(1, 'b');
    assert.deepEqual(dropped(app), []);
    storage.openId = JSON.stringify('user-1');
    app.back.reply = DELIVERED;
    await app.flush();
    assert.ok(
      app.reports().some(({ data }) => data.busNo === 'a' && data.openId === 'user-1'),
      'it was delivered',
    );
    assert.deepEqual(dropped(app), []);
  });
});
