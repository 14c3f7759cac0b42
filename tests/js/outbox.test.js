// Reports outlive the launch, and a storage that fails.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { RESTING, keysIn } = require('./support/outbox.js');
const { event, failingReport, keysOf, macrotask, mockTimers, pass } = require('./support/steps.js');

describe('the outbox', () => {
  test('they outlive a restart, and go at the next launch', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const before = await start(t, { fake: { storage }, answers: failingReport });
    await before.tap(1, 'a', { price: 1 });
    await event(before, 'reportPostponed');
    before.close();

    const after = await start(t, { fake: { storage }, ready: false });
    await after.setup();
    await event(after, 'reportSent');
    assert.deepEqual(await after.flush(), { sent: 0, pending: 0 });
    const [sent] = after.reports();
    assert.equal(sent.header['Idempotency-Key'], keysOf(before)[0]);
    assert.deepEqual(sent.data, before.reports()[0].data);
    assert.deepEqual(keysIn(storage), RESTING, 'storage keeps nothing of a delivered report');
  });

  test('one whose sending a kill cut off goes again once its request must be over', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const given = { fake: { storage }, config: { requestTimeoutMs: 2000 } };
    const before = await start(t, { ...given, answers: { popSubscribeResult: () => undefined } });
    await before.tap();
    assert.equal(before.reports().length, 1);
    before.close();

    const after = await start(t, { ...given, ready: false });
    mockTimers(t);
    const ready = after.setup();
    await pass(t, 20);
    await ready;
    assert.equal(after.reports().length, 0, 'it may still be on its way');
    await pass(t, 4000);
    assert.deepEqual(keysOf(after), keysOf(before));
  });

  test('an unsaved report is tried again, and saved once storage takes it', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const app = await start(t, { fake: { storage, storageLimit: 0 }, answers: failingReport });
    assert.equal((await app.tap(1, 'a')).report, 'unsaved');
    await event(app, 'reportPostponed');
    app.fake.storageLimit = 1024 * 1024;
    assert.equal((await app.tap(1, 'b')).report, 'queued');
    const count = () => app.eventNames().filter((name) => name === 'reportPostponed').length;
    while (count() < 2) await macrotask();
    app.close();

    const after = await start(t, { fake: { storage }, ready: false });
    await after.setup();
    await after.flush();
    assert.deepEqual(
      after.reports().map(({ data }) => data.busNo),
      ['a', 'b'],
    );
  });

  Object.entries({
    'no JSON': '{',
    'another value': 'null',
    'another object': '{"version":1}',
  }).forEach(([what, text]) => {
    test(`a report whose key holds ${what} by now was not delivered: it goes as this launch knows it`, async (t) => {
      const storage = { openId: JSON.stringify('user-1') };
      let isUp = false;
      const app = await start(t, {
        fake: { storage },
        answers: { popSubscribeResult: () => (isUp ? { data: {} } : { statusCode: 503 }) },
      });
      await app.tap();
      await event(app, 'reportPostponed');
      const [key] = Object.keys(storage).filter((name) => name.startsWith('wx-subscribe:report:'));
      storage[key] = JSON.stringify(text);
      isUp = true;
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.deepEqual(app.reports()[1], app.reports()[0]);
    });
  });

  test('a storage whose every function throws keeps nobody from answering', async (t) => {
    const refuse = () => {
      throw new Error('getStorageSync:fail storage is broken');
    };
    const wx = () => ({
      getStorageSync: refuse,
      setStorageSync: refuse,
      removeStorageSync: refuse,
    });
    const app = await start(t, { wx, config: { openId: 'user-2' } });
    assert.equal((await app.tap()).report, 'unsaved');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(app.reports()[0].data.openId, 'user-2');
  });
});
