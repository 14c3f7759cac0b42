// A host whose functions somebody has wrapped into promises: the promise may be
// fulfilled long before a callback comes, and then says nothing.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, ownFunctions } = require('./support/steps.js');

const WRAPPED = ['requestSubscribeMessage', 'request', 'getSetting', 'openSetting'];

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Replaces functions of `wx` by `async` ones that call the host after `ready`, and are fulfilled with `value`. */
const wrapping =
  (value, ready = () => undefined) =>
  (wx) => {
    const wrapped = {};
    WRAPPED.forEach((api) => {
      wrapped[api] = async (options) => {
        const isReady = ready();
        if (isReady) await isReady;
        wx[api](options);
        return value;
      };
    });
    return wrapped;
  };

const CALLBACKS = ['success', 'fail', 'complete'];

/** The options of a call without its callbacks. */
function withoutCallbacks(options) {
  const copy = { ...options };
  CALLBACKS.forEach((name) => delete copy[name]);
  return copy;
}

/** Replaces functions of `wx` by ones that answer by their promise only, through `then`. */
const promising = (apis) => (wx) => {
  const wrapped = {};
  Object.keys(apis).forEach((api) => {
    wrapped[api] = (options) =>
      new Promise((resolve, reject) => apis[api](wx, options, resolve, reject));
  });
  return wrapped;
};

describe('a wrapped host', () => {
  const idle = {
    undefined,
    null: null,
    'a text': 'ok',
    true: true,
    'a number': 200,
    'an empty object': {},
    'a list': [],
    'a request task': { abort() {}, onHeadersReceived() {}, offHeadersReceived() {} },
    'an object with status 0': { status: 0 },
    'an object with status 200 and no statusCode': { status: 200, data: {} },
    'an object with a statusCode that is no number': { statusCode: null },
    'an object with words for other ids': { 'tmpl-x': 'accept' },
  };
  Object.entries(idle).forEach(([name, value]) => {
    test(`fulfilled with ${name} before the callback: the callbacks decide`, async (t) => {
      const app = await start(t, {
        wx: wrapping(value),
        fake: { itemSettings: { 'tmpl-k': 'accept' } },
      });
      const outcome = await app.tap();
      assert.deepEqual([outcome.status, outcome.accepted], ['answered', ['tmpl-a', 'tmpl-b']]);
      await event(app, 'reportSent');
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
      assert.equal(app.reports().length, 1, 'a report that was delivered is not sent again');
      const settings = await app.sdk.getSubscriptionSettings();
      assert.deepEqual([settings.mainSwitch, settings.items['tmpl-k']], [true, 'accept']);
      const opened = await app.fake.tap(() => app.sdk.openSubscriptionSettings());
      assert.deepEqual(
        [opened.mainSwitch, opened.items['tmpl-k'], opened.error],
        [true, 'accept', null],
      );
    });
  });

  test('a function that waits before it calls the host: templates and reports come through', async (t) => {
    const app = await start(t, { wx: wrapping(undefined, () => wait(5)) });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
    const settings = await app.sdk.getSubscriptionSettings();
    assert.equal(settings.mainSwitch, true);
  });

  test('an accept is kept, and reported once, however often the promise is fulfilled before', async (t) => {
    let release;
    const ready = new Promise((resolve) => {
      release = resolve;
    });
    const app = await start(t, {
      wx: () => ({
        requestSubscribeMessage: (options) => {
          ready.then(() => {
            options.success({
              errMsg: 'requestSubscribeMessage:ok',
              'tmpl-a': 'accept',
              'tmpl-b': 'reject',
            });
          });
          return Promise.resolve(undefined);
        },
      }),
    });
    await app.prefetch();
    const outcome = app.tap();
    for (let turn = 0; turn < 5; turn += 1) await macrotask();
    release();
    const { accepted, rejected } = await outcome;
    assert.deepEqual([accepted, rejected], [['tmpl-a'], ['tmpl-b']]);
    await event(app, 'reportSent');
    assert.equal(app.reports().length, 1);
  });

  test('a rejection of the popup counts', async (t) => {
    const error = {
      errCode: 20004,
      errMsg: 'requestSubscribeMessage:fail The main switch is switched off',
    };
    const app = await start(t, {
      wx: () => ({ requestSubscribeMessage: () => Promise.reject(error) }),
    });
    await app.prefetch();
    const outcome = await app.tap();
    assert.deepEqual(
      [outcome.stage, outcome.error.kind, outcome.error.code],
      ['popup', 'mainSwitchOff', 20004],
    );
  });

  test('a rejection before the host was called counts for each function', async (t) => {
    const broken = () => Promise.reject(new Error('not ready'));
    const app = await start(t, {
      wx: () => ({
        requestSubscribeMessage: broken,
        request: broken,
        getSetting: broken,
        openSetting: broken,
      }),
    });
    const outcome = await app.tap();
    assert.deepEqual([outcome.stage, outcome.error.kind], ['templates', 'network']);
    assert.deepEqual(await app.prefetch(), []);
    const settings = await app.sdk.getSubscriptionSettings();
    assert.deepEqual([settings.mainSwitch, Object.keys(settings.items)], [null, []]);
    const opened = await app.fake.tap(() => app.sdk.openSubscriptionSettings());
    assert.equal(opened.error.kind, 'unknown');
  });

  test('a rejected request keeps the report, and postpones it', async (t) => {
    const app = await start(t, {
      config: { findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
      wx: () => ({
        request: async () => Promise.reject({ errMsg: 'request:fail timeout', errno: 5 }),
      }),
    });
    await app.tap();
    const { error } = await event(app, 'reportPostponed');
    assert.equal(error.kind, 'timeout');
    assert.equal((await app.flush()).pending, 1);
  });

  test('a host that only returns promises is understood by what they are fulfilled with', async (t) => {
    const words = {
      errMsg: 'requestSubscribeMessage:ok',
      'tmpl-a': 'accept',
      'tmpl-b': 'acceptWithAlert',
    };
    const app = await start(t, {
      wx: promising({
        requestSubscribeMessage: (_, __, resolve) => resolve(words),
        request: (wx, options, resolve, reject) =>
          wx.request({ ...withoutCallbacks(options), success: resolve, fail: reject }),
        getSetting: (wx, options, resolve) =>
          wx.getSetting({ ...withoutCallbacks(options), success: resolve }),
        openSetting: (wx, options, resolve) =>
          wx.openSetting({ ...withoutCallbacks(options), success: resolve }),
      }),
    });
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a', 'tmpl-b']);
    await event(app, 'reportSent');
    assert.equal((await app.sdk.getSubscriptionSettings()).mainSwitch, true);
    assert.equal((await app.fake.tap(() => app.sdk.openSubscriptionSettings())).mainSwitch, true);
  });

  test('words without errMsg are an answer, and so is errMsg without words', async (t) => {
    const answers = [{ 'tmpl-b': 'accept' }, { errMsg: 'requestSubscribeMessage:ok' }];
    const app = await start(t, {
      wx: () => ({ requestSubscribeMessage: async () => answers.shift() }),
    });
    const first = await app.tap();
    assert.deepEqual([first.accepted, first.other], [['tmpl-b'], ['tmpl-a']]);
    const second = await app.tap();
    assert.deepEqual([second.stage, second.error.kind], ['popup', 'badResponse']);
  });

  test('a promise that is fulfilled with a failure is a failure', async (t) => {
    const app = await start(t, {
      wx: () => ({
        requestSubscribeMessage: async () => ({
          errCode: 20005,
          errMsg: 'requestSubscribeMessage:fail banned',
        }),
        openSetting: async () => ({
          errMsg: 'openSetting:fail can only be invoked by user TAP gesture.',
        }),
      }),
    });
    const outcome = await app.tap();
    assert.deepEqual([outcome.stage, outcome.error.kind], ['popup', 'banned']);
    assert.equal((await app.sdk.openSubscriptionSettings()).error.kind, 'notTapped');
  });

  test('a promise and a callback that both answer make one answer and one report', async (t) => {
    const app = await start(t, {
      wx: () => ({
        requestSubscribeMessage: (options) => {
          const words = {
            errMsg: 'requestSubscribeMessage:ok',
            'tmpl-a': 'accept',
            'tmpl-b': 'accept',
          };
          options.success(words);
          return Promise.resolve(words);
        },
      }),
    });
    assert.equal((await app.tap()).status, 'answered');
    await event(app, 'reportSent');
    assert.deepEqual(app.eventNames().filter((name) => name === 'reportQueued').length, 1);
  });

  test('own functions may resolve with anything: they have no callbacks', async (t) => {
    for (const value of [undefined, null, '', 'ok', 0, false, {}, []]) {
      const app = await start(t, {
        config: ownFunctions({ popSubscribeResult: async () => value }),
      });
      await app.tap();
      await event(app, 'reportSent');
    }
  });
});
