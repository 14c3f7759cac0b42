// The way back from a refusal for good: modal, settings page, what is set.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const { mockTimers, ownFunctions, sleep } = require('./support/steps.js');

const OFFER = { title: '订阅消息已关闭', content: '打开后才能收到发货通知' };
const offer = (app, texts = OFFER) => app.sdk.offerSettings(texts).then(here);

describe('offerSettings', () => {
  ['native', 'polyfill'].forEach((promise) => {
    test(`opens the settings in the tap of the modal, and tells what is set then (${promise} promises)`, async (t) => {
      const app = await start(t, { fake: { mainSwitch: false, promise } });
      app.fake.onSettingsPage = (settings) =>
        Object.assign(settings, { mainSwitch: true, itemSettings: { 'tmpl-a': 'accept' } });
      assert.deepEqual(await offer(app), {
        status: 'opened',
        mainSwitch: true,
        items: { 'tmpl-a': 'accept' },
      });
      assert.deepEqual(
        app.calls.map(({ api }) => api),
        ['showModal', 'openSetting'],
      );
    });
  });

  test('shows the texts that it is given, with 去设置 unless told otherwise', async (t) => {
    const app = await start(t);
    await offer(app);
    await offer(app, { content: '?', confirmText: '好', cancelText: '不' });
    const texts = app.optionsOf('showModal').map(({ success, fail, ...rest }) => rest);
    assert.deepEqual(texts, [
      { ...OFFER, confirmText: '去设置' },
      { content: '?', confirmText: '好', cancelText: '不' },
    ]);
  });

  test('a user who does not want to is not led anywhere', async (t) => {
    const app = await start(t);
    app.fake.onModal = () => false;
    assert.deepEqual(await offer(app), { status: 'declined' });
    assert.deepEqual(app.optionsOf('openSetting'), []);
  });

  [undefined, null, {}, 'ok', { confirm: 0 }].forEach((answer) => {
    test(`a modal that answers ${JSON.stringify(answer)} leads nowhere either`, async (t) => {
      const app = await start(t, {
        wx: () => ({ showModal: ({ success }) => setTimeout(() => success(answer), 0) }),
      });
      assert.deepEqual(await offer(app), { status: 'declined' });
    });
  });

  test('a user who sets nothing is told apart by what is set', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false } });
    assert.deepEqual(await offer(app), { status: 'opened', mainSwitch: false, items: {} });
  });

  const modal = (showModal) => ({ wx: () => ({ showModal }) });
  const unopened = {
    'a client without wx.showModal': [{ fake: { without: ['showModal'] } }, 'unsupportedHost'],
    'a client without wx.openSetting': [{ fake: { without: ['openSetting'] } }, 'unsupportedHost'],
    'a modal that fails': [
      modal(({ fail }) => fail({ errMsg: 'showModal:fail parameter error' })),
      'unknown',
    ],
    'a modal that throws': [
      modal(() => {
        throw new Error('showModal');
      }),
      'unknown',
    ],
    'a modal whose answer comes too late': [
      modal(({ success }) => setTimeout(() => success({ confirm: true }), 0)),
      'notTapped',
    ],
    'a world without wx': [
      { config: ownFunctions(), globals: { wx: undefined } },
      'unsupportedHost',
    ],
  };
  Object.entries(unopened).forEach(([name, [options, kind]]) => {
    test(`with ${name} it fails as ${kind}`, async (t) => {
      const { status, error } = await offer(await start(t, options));
      assert.deepEqual([status, error.kind], ['failed', kind]);
      assert.ok(error.message.length > 10);
    });
  });

  test('a modal that never answers ends as timeout, and one that is confirmed then still leads to the settings', async (t) => {
    let confirm;
    const app = await start(
      t,
      modal(({ success }) => {
        confirm = () => success({ confirm: true });
      }),
    );
    mockTimers(t);
    const offered = offer(app);
    t.mock.timers.tick(120_000);
    const { status, error } = await offered;
    assert.deepEqual([status, error.kind, error.retryable], ['failed', 'timeout', true]);
    t.mock.timers.reset();
    app.fake.tap(confirm);
    assert.equal(app.optionsOf('openSetting').length, 1);
  });

  describe('over a wx.showModal that somebody has wrapped into a promise', () => {
    test('that is rejected, it fails as unknown, and no rejection stays unhandled', async (t) => {
      const app = await start(
        t,
        modal(() => Promise.reject({ errMsg: 'showModal:fail busy' })),
      );
      const settled = await Promise.race([offer(app), sleep(100)]);
      // A rejection that stays unhandled fails the test by itself.
      await sleep(5);
      assert.deepEqual([settled && settled.status, settled.error.kind], ['failed', 'unknown']);
    });

    const callbacksOnly = ({ success, fail, complete, ...rest }) => rest;
    test('that alone answers, the answer is heard', async (t) => {
      const app = await start(t, {
        wx: (wx) => ({
          showModal: (options) =>
            new Promise((resolve, reject) => {
              wx.showModal({ ...callbacksOnly(options), success: resolve, fail: reject });
            }),
        }),
      });
      const settled = await Promise.race([offer(app), sleep(100)]);
      assert.equal(settled && settled.status, 'opened');
      app.fake.onModal = () => false;
      assert.deepEqual(await Promise.race([offer(app), sleep(100)]), { status: 'declined' });
    });

    [undefined, null, true, 'ok', {}].forEach((value) => {
      test(`that is fulfilled with ${JSON.stringify(value)} before the callback, the callback decides`, async (t) => {
        const app = await start(t, {
          wx: (wx) => ({
            async showModal(options) {
              setTimeout(() => wx.showModal(options), 5);
              return value;
            },
          }),
        });
        assert.equal((await offer(app)).status, 'opened');
      });
    });
  });

  const odd = {
    undefined: undefined,
    null: null,
    text: '?',
    'a getter that throws': {
      get title() {
        throw new Error('title');
      },
    },
  };
  Object.entries(odd).forEach(([name, texts]) => {
    test(`with ${name} for texts it throws nothing`, async (t) => {
      const { status } = await (await start(t)).sdk.offerSettings(texts);
      assert.ok(['opened', 'failed'].includes(status), status);
    });
  });

  test('before setup it fails with the call to make', async (t) => {
    const app = await start(t, { ready: false });
    const { status, error } = await offer(app);
    assert.deepEqual([status, error.kind], ['failed', 'badArgument']);
    assert.match(error.message, /call setup/);
  });
});
