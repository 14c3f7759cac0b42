// How the SDK is doing: for a log, a support page, a simulator.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { BUILD, start } = require('./support/bare-context.js');
const { answer, event, offering } = require('./support/steps.js');

const OFFLINE = { popSubscribeResult: { errMsg: 'net::ERR_INTERNET_DISCONNECTED' } };
const QUIET = { waiting: [], lastPopup: null, learnedLimit: null, storage: 'ok' };
const storing = (storage) => ({
  fake: { storage: Object.assign(storage, { openId: '"user-1"' }) },
});

describe('getDiagnostics', () => {
  test('says which engine and version are at work, and that nothing waits', async (t) => {
    const app = await start(t);
    assert.deepEqual(await app.diagnostics(), {
      status: 'running',
      version: app.sdk.version,
      engine: BUILD,
      ...QUIET,
    });
  });

  test('says why nothing is at work', async (t) => {
    const app = await start(t, { ready: false });
    const { error, ...rest } = await app.diagnostics();
    assert.deepEqual(rest, { status: 'notRunning', version: app.sdk.version, engine: null });
    assert.match(error.message, /call setup/);
    await app.setup({ maxTemplates: 0 }).catch(() => {});
    assert.match((await app.diagnostics()).error.message, /maxTemplates/);
    await app.setup();
    assert.equal((await app.diagnostics()).status, 'running');
  });

  test('lists a report that waits, and why its last attempt failed', async (t) => {
    const before = Date.now();
    const app = await start(t, { answers: OFFLINE });
    await app.tap();
    const { reportId, retryInMs } = await event(app, 'reportPostponed');
    const {
      waiting: [report, ...more],
      storage,
    } = await app.diagnostics();
    const { queuedAt, nextTryInMs, lastError, ...rest } = report;
    assert.deepEqual([more, storage], [[], 'ok']);
    assert.deepEqual(rest, { reportId, attempts: 1, saved: true });
    assert.ok(queuedAt >= before && queuedAt <= Date.now());
    assert.ok(nextTryInMs > 0 && nextTryInMs <= retryInMs);
    assert.deepEqual([lastError.kind, lastError.retryable], ['network', true]);
    assert.match(lastError.message, /ERR_INTERNET_DISCONNECTED/);
  });

  test('forgets a report once it is sent or given up', async (t) => {
    const replies = [{ statusCode: 503 }, { json: {} }, { statusCode: 503 }, { statusCode: 400 }];
    const app = await start(t, { answers: { popSubscribeResult: () => replies.shift() } });
    for (const end of ['reportSent', 'reportDropped']) {
      app.events.length = 0;
      await app.tap();
      await event(app, 'reportPostponed');
      assert.equal((await app.diagnostics()).waiting[0].lastError.code, 503);
      await app.flush();
      await event(app, end);
      assert.deepEqual((await app.diagnostics()).waiting, []);
    }
  });

  test('lists what an earlier launch left, without an error before it is tried', async (t) => {
    const storage = {};
    const first = await start(t, { ...storing(storage), answers: OFFLINE });
    await first.tap();
    const { reportId } = await event(first, 'reportPostponed');
    first.close();
    const second = await start(t, {
      ...storing(storage),
      answers: { popSubscribeResult: () => undefined },
    });
    const [report] = (await second.diagnostics()).waiting;
    assert.deepEqual([report.reportId, report.attempts, report.lastError], [reportId, 1, null]);
  });

  test('of a report of another user it says no next try', async (t) => {
    const app = await start(t, { answers: OFFLINE });
    await app.tap();
    await event(app, 'reportPostponed');
    app.wx.setStorageSync('openId', 'user-2');
    assert.equal((await app.diagnostics()).waiting[0].nextTryInMs, null);
  });

  test('waits for an openId that a promise gives, and for none with openId: false', async (t) => {
    for (const openId of [
      async () => 'user-9',
      async () => {
        throw new Error('offline');
      },
      false,
    ]) {
      const app = await start(t, { config: { openId }, answers: OFFLINE });
      await app.tap();
      await event(app, 'reportPostponed');
      assert.ok((await app.diagnostics()).waiting[0].nextTryInMs >= 0);
    }
  });

  test('says what the last popup did', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const outcome = app.tap();
    await app.fake.nextPopup();
    const last = async () => (await app.diagnostics()).lastPopup;
    const named = (name) => app.events.filter((known) => known.name === name).pop();
    assert.deepEqual((await last()).event, named('popupRequested'));
    app.fake.popup.acceptAll();
    await outcome;
    const { at, event: answered } = await last();
    assert.deepEqual(answered, named('popupAnswered'));
    assert.ok(Math.abs(Date.now() - at) < 60_000);
    app.fake.settings.mainSwitch = false;
    await app.tap();
    assert.deepEqual((await last()).event, named('popupFailed'));
  });

  test('works without onEvent, and whatever onEvent does with its events', async (t) => {
    for (const onEvent of [
      undefined,
      (told) => Object.keys(told).forEach((key) => delete told[key]),
    ]) {
      const app = await start(t, { config: { onEvent } });
      await app.tap();
      assert.equal((await app.diagnostics()).lastPopup.event.name, 'popupAnswered');
    }
  });

  test('is answered though onEvent has tied an error into a cycle', async (t) => {
    const onEvent = (told) => {
      Object.values(told).forEach((value) => {
        if (value !== null && typeof value === 'object') value.self = told;
      });
    };
    const app = await start(t, { config: { onEvent }, answers: OFFLINE });
    await app.tap();
    await app.flush();
    const { status, waiting, lastPopup } = await app.diagnostics();
    assert.deepEqual([status, lastPopup.event.name], ['running', 'popupAnswered']);
    assert.deepEqual(Object.keys(waiting[0].lastError).sort(), [
      'code',
      'kind',
      'message',
      'retryable',
    ]);
  });

  test('what it gave may be changed', async (t) => {
    const app = await start(t);
    await app.tap();
    const { lastPopup } = await app.sdk.getDiagnostics();
    delete lastPopup.event;
    assert.equal((await app.diagnostics()).lastPopup.event.name, 'popupAnswered');
  });

  test('says how many templates the client was learned to take', async (t) => {
    const app = await start(t, {
      answers: offering('a', 'b', 'c', 'd', 'e'),
      config: { maxTemplates: 5 },
      fake: { maxTemplates: 3 },
    });
    assert.equal((await app.tap()).error.kind, 'tooManyTemplates');
    const { most, at } = (await app.diagnostics()).learnedLimit;
    assert.equal(most, 3);
    assert.ok(Math.abs(Date.now() - at) < 60_000);
  });

  test('says how storage is doing', async (t) => {
    const broken = () => {
      throw new Error('storage');
    };
    const cases = {
      unsaved: { wx: () => ({ setStorageSync: broken }) },
      unreadable: { wx: () => ({ getStorageSync: broken }), config: { openId: 'user-1' } },
      newerVersion: storing({ 'wx-subscribe:outbox': JSON.stringify('{"version":3}') }),
    };
    for (const [storage, options] of Object.entries(cases)) {
      const app = await start(t, { ...options, answers: OFFLINE });
      await app.tap();
      await event(app, 'reportPostponed');
      const found = await app.diagnostics();
      assert.equal(found.storage, storage);
      assert.deepEqual(
        found.waiting.map(({ saved }) => saved),
        [false],
        storage,
      );
    }
  });

  test('names no user', async (t) => {
    const app = await start(t, {
      answers: { popSubscribeResult: { errMsg: 'user-1 is not known' } },
      fake: { autoAnswer: null },
    });
    await answer(app, { 'tmpl-a': 'accept' });
    await event(app, 'reportPostponed');
    const found = await app.diagnostics();
    assert.equal(found.waiting.length, 1);
    assert.ok(!JSON.stringify(found).includes('user-1'));
  });

  test('sends nothing and changes nothing', async (t) => {
    const app = await start(t, { answers: OFFLINE });
    await app.tap();
    await event(app, 'reportPostponed');
    app.calls.length = 0;
    await app.diagnostics();
    assert.deepEqual(
      app.calls.map(({ api, given }) => [api, given[0]]),
      [['getStorageSync', 'openId']],
    );
  });
});
