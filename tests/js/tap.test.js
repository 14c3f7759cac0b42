// The popup opens within the tap, on every kind of promise.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { ownFunctions, startWasm } = require('./support/steps.js');

const PAYMENT = {
  timeStamp: '1',
  nonceStr: 'n',
  package: 'prepay_id=1',
  signType: 'RSA',
  paySign: 's',
};
const PROMISES = ['native', 'polyfill'];

describe('the tap', () => {
  PROMISES.forEach((promise) => {
    const given = { fake: { promise } };

    test(`with templates prefetched the popup opens before the call returns (${promise} promises)`, async (t) => {
      const app = await start(t, given);
      assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
      app.calls.length = 0;
      const outcome = app.fake.tap(() => {
        const promised = app.subscribe();
        assert.deepEqual(
          app.calls.map(({ api }) => api),
          ['requestSubscribeMessage'],
        );
        return promised;
      });
      assert.equal((await outcome).status, 'answered');
    });

    test(`without prefetch the popup opens in the callback of wx.request (${promise} promises)`, async (t) => {
      let inCallback = false;
      const within = [];
      const app = await start(t, {
        ...given,
        wx: (wx) => ({
          request: (options) =>
            wx.request({
              ...options,
              success(response) {
                inCallback = true;
                options.success(response);
                inCallback = false;
              },
            }),
          requestSubscribeMessage(options) {
            within.push(inCallback);
            return wx.requestSubscribeMessage(options);
          },
        }),
      });
      assert.equal((await app.tap()).status, 'answered');
      assert.deepEqual(within, [true]);
    });

    test(`an own function that returns a plain value keeps the tap (${promise} promises)`, async (t) => {
      const app = await start(t, { ...given, config: ownFunctions() });
      assert.deepEqual((await app.tap()).accepted, ['tmpl-a']);
    });

    const sources = {
      'a payment': (wx, success) => wx.requestPayment({ ...PAYMENT, success }),
      'a modal': (wx, success) => wx.showModal({ title: '订阅', success }),
      'an action sheet': (wx, success) => wx.showActionSheet({ itemList: ['订阅'], success }),
    };
    Object.entries(sources).forEach(([name, open]) => {
      test(`the callback of ${name} is as good as a tap (${promise} promises)`, async (t) => {
        const app = await start(t, given);
        const outcome = await new Promise((resolve) => {
          open(app.wx, () => resolve(app.subscribe()));
        });
        assert.equal(outcome.status, 'answered');
      });
    });
  });

  test('after an own promise the popup opens where promises are native', async (t) => {
    const app = await start(t, {
      config: ownFunctions({ findCustomerPopTemplate: async () => ({ data: ['own'] }) }),
    });
    assert.deepEqual((await app.tap()).accepted, ['own']);
  });

  test('after an own promise the popup is tried, and answers notTapped, where promises are timers', async (t) => {
    const config = ownFunctions({ findCustomerPopTemplate: async () => ({ data: ['own'] }) });
    const app = await start(t, { fake: { promise: 'polyfill' }, config });
    const { stage, error } = await app.tap();
    assert.deepEqual([stage, error.kind, error.retryable], ['popup', 'notTapped', true]);
    assert.match(error.message, /prefetchTemplates/);
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 1);
  });

  test('templates that a lost tap fetched are there for the next', async (t) => {
    const config = ownFunctions({ findCustomerPopTemplate: async () => ({ data: ['own'] }) });
    const app = await start(t, { fake: { promise: 'polyfill' }, config });
    assert.equal((await app.tap()).status, 'failed');
    assert.deepEqual((await app.tap()).accepted, ['own']);
  });

  test('a call while the wasm is loading waits for it, and then settles', async (t) => {
    const app = await startWasm(t, { ready: false, wasm: { delayMs: 5 } });
    const ready = app.setup();
    const outcome = app.tap();
    const prefetched = app.prefetch(2);
    await ready;
    assert.equal((await outcome).error.kind, 'notTapped', 'the tap does not outlive the load');
    assert.deepEqual(await prefetched, ['tmpl-a', 'tmpl-b']);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a tap after a second setup answers busy as well while the popup is open', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await app.prefetch();
    const first = app.tap();
    await app.setup();
    assert.equal((await app.tap()).error.kind, 'busy');
    assert.equal(
      app.optionsOf('requestSubscribeMessage').length,
      1,
      'the host was not called again',
    );
    app.fake.popup.acceptAll();
    assert.equal((await first).status, 'answered');
  });
});
