// Whoever follows the pages gets what they promise: their code is run, step by step.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import bareContext from '../js/support/bare-context.js';
import steps from '../js/support/steps.js';
import { run, snippet } from './support/run-snippet.js';

const { start } = bareContext;
const { macrotask, popupOf } = steps;

/** Resolves once `is` holds. */
async function until(is, what) {
  const end = performance.now() + 5000;
  while (performance.now() < end) {
    if (is()) return;
    await macrotask();
  }
  assert.fail(`never: ${what}`);
}

const popupCalls = (app) => app.fake.calls('requestSubscribeMessage');
const toasts = (app) => app.fake.calls('showToast').map(({ options }) => options.title);

/** The quick start of a README: its app.js has run, and the user is signed in. */
async function launched(t, name, fake = {}) {
  const app = await start(t, { ready: false, fake: { autoAnswer: null, storage: {}, ...fake } });
  const signIn = () => Promise.resolve();
  const launch = run(app, snippet(name, '// app.js'), {
    modules: { './utils/sign-in': { signIn } },
  });
  launch.app.onLaunch();
  app.wx.setStorageSync('openId', 'user-1');
  app.wx.setStorageSync('token', 'token-1');
  return { app, launch };
}

for (const name of ['README.md', 'README.en.md']) {
  describe(`the quick start of ${name}`, () => {
    for (const promise of ['native', 'polyfill']) {
      test(`the popup opens in the tap, and the back end gets the answer (promises: ${promise})`, async (t) => {
        const { app, launch } = await launched(t, name, { promise });
        const { page } = run(app, snippet(name, 'pages/product/index.js'));
        page.onLoad({ productNo: 'product-1001' });
        const saw = (event) =>
          launch.printed.some(([, { name: happened } = {}]) => happened === event);
        await until(() => saw('templatesFound'), 'templatesFound');

        const done = app.fake.tap(() => page.onAddToCart());
        assert.deepEqual(
          popupCalls(app).map(({ heldTap }) => heldTap),
          [true],
        );
        assert.deepEqual(page.data, { inCart: true });
        (await app.fake.nextPopup()).acceptAll();
        await done;
        assert.deepEqual(toasts(app), ['降价会通知您']);

        await until(() => saw('reportSent'), 'reportSent');
        const [{ data, header }] = app.reports();
        assert.deepEqual(data, {
          busNo: 'product-1001',
          extraVariableMap: { price: '129.00' },
          openId: 'user-1',
          agreeTemplateIds: ['tmpl-a', 'tmpl-b'],
          rejectTemplateIds: [],
        });
        assert.equal(header.authorization, 'token-1');
        assert.match(header['Idempotency-Key'], /^[0-9a-z]+$/);
      });
    }

    test('a failure is printed, and the page goes on', async (t) => {
      const { app, launch } = await launched(t, name);
      const { page, printed } = run(app, snippet(name, 'pages/product/index.js'));
      page.onLoad({ productNo: 'product-1001' });
      await until(() => launch.printed.length > 0, 'an event');
      await page.onAddToCart();
      assert.deepEqual(printed[0].slice(0, 2), ['popup', 'notTapped']);
      assert.deepEqual(page.data, { inCart: true });
    });
  });
}

describe('the guide', () => {
  const GUIDE = 'docs/zh/guide.md';
  const waiting = (t, options) =>
    start(t, { fake: { autoAnswer: null, ...options?.fake }, ...options?.more });

  test('the page with three steps shows whether the user subscribed', async (t) => {
    const app = await waiting(t);
    const { page } = run(app, snippet(GUIDE, 'onSubscribe'));
    page.onLoad({ orderNo: 'order-1' });
    await until(() => app.eventNames().includes('templatesFound'), 'templatesFound');
    const done = app.fake.tap(() => page.onSubscribe());
    assert.equal(popupCalls(app)[0].heldTap, true);
    (await app.fake.nextPopup()).acceptAll();
    await done;
    assert.deepEqual(page.data, { subscribed: true });
  });

  test('after a payment the popup has the tap of its callback, without a prefetch', async (t) => {
    const app = await waiting(t, { fake: { promise: 'polyfill' } });
    const { pay } = run(app, snippet(GUIDE, 'function pay'), { returns: ['pay'] });
    app.fake.tap(() =>
      pay('order-1', { timeStamp: '1', nonceStr: 'a', package: 'prepay_id=1', paySign: 'b' }),
    );
    (await app.fake.nextPopup()).acceptAll();
    assert.equal(popupCalls(app)[0].heldTap, true);
    await until(() => app.eventNames().includes('reportSent'), 'reportSent');
  });

  test('each status is handled: accepted, nothing to ask, no network', async (t) => {
    const code = snippet(GUIDE, 'async function onSubmitOrder');
    const CASES = [
      [{}, ['发货会通知您']],
      [{ findCustomerPopTemplate: { json: { data: [] } } }, []],
      [{ findCustomerPopTemplate: { errMsg: 'fail' } }, ['网络不好，请再点一次']],
    ];
    for (const [answers, expected] of CASES) {
      const app = await start(t, { answers });
      const { onSubmitOrder } = run(app, code, { returns: ['onSubmitOrder'] });
      await app.fake.tap(() => onSubmitOrder('order-1'));
      assert.deepEqual(toasts(app), expected);
    }
  });

  test('with the main switch off, the way to the settings and back works', async (t) => {
    const app = await waiting(t, { fake: { mainSwitch: false } });
    const { leadToSettings } = run(app, snippet(GUIDE, 'function leadToSettings'), {
      returns: ['leadToSettings'],
    });
    app.fake.onSettingsPage = (settings) => Object.assign(settings, { mainSwitch: true });
    leadToSettings(await app.tap());
    await until(() => toasts(app).length > 0, 'a toast');
    assert.deepEqual(
      app.fake.calls('openSetting').map(({ heldTap }) => heldTap),
      [true],
    );
    const outcome = app.tap();
    (await popupOf(app, outcome)).acceptAll();
    assert.equal((await outcome).status, 'answered');
  });

  test('the fallback takes over where the wasm does not load', async (t) => {
    const app = await start(t, {
      ready: false,
      build: 'fallback',
      config: { fallback: undefined },
    });
    run(app, snippet(GUIDE, "require('wx-subscribe/fallback')"));
    await app.flush();
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('asking well', () => {
  const PAGE = 'docs/zh/asking-well.md';
  const KEPT = {
    accepted: { 'tmpl-a': 'accept', 'tmpl-b': 'accept' },
    refused: { 'tmpl-a': 'reject', 'tmpl-b': 'reject' },
  };
  const allOf = (word) => (ids) => Object.fromEntries(ids.map((id) => [id, word]));

  test('the page that looks ahead offers the settings where a tap is in vain', async (t) => {
    const app = await start(t, { fake: { itemSettings: KEPT.refused } });
    const { page } = run(app, snippet(PAGE, 'onSettings'));
    page.onLoad({ orderNo: 'order-1' });
    page.onReady();
    await until(() => page.data.status === 'blocked', 'blocked');
    app.fake.onSettingsPage = (settings) => Object.assign(settings, { itemSettings: undefined });
    await page.onSettings();
    await until(() => page.data.status === 'ask', 'ask');
    app.fake.autoAnswer = allOf('accept');
    await app.fake.tap(() => page.onSubscribe());
    assert.ok(app.eventNames().includes('popupAnswered'));
  });

  test('a refusal that is kept, and a main switch that is off, lead to the settings', async (t) => {
    for (const fake of [
      { itemSettings: KEPT.refused, autoAnswer: allOf('reject') },
      { mainSwitch: false },
    ]) {
      const app = await start(t, { fake });
      const { onRemind } = run(app, snippet(PAGE, 'function onRemind'), { returns: ['onRemind'] });
      app.fake.onSettingsPage = (settings) => Object.assign(settings, { mainSwitch: true });
      await app.fake.tap(() => onRemind('order-1'));
      assert.deepEqual(
        [app.fake.calls('openSetting').length, toasts(app)],
        [1, ['请再点一次订阅']],
      );
    }
  });

  test('a refusal that is not kept leads nowhere', async (t) => {
    const app = await start(t, { fake: { autoAnswer: allOf('reject') } });
    const { onRemind } = run(app, snippet(PAGE, 'function onRemind'), { returns: ['onRemind'] });
    await app.fake.tap(() => onRemind('order-1'));
    assert.deepEqual(app.fake.calls('showModal'), []);
  });

  test('a silent top-up asks for what is kept as accepted, in the tap, and for nothing else', async (t) => {
    for (const [itemSettings, expected] of [
      [KEPT.accepted, [true]],
      [KEPT.refused, []],
      [undefined, []],
    ]) {
      const app = await start(t, { fake: { itemSettings } });
      const { page } = run(app, snippet(PAGE, "only: 'keptAccepted'"));
      page.onLoad({ productNo: 'product-1001' });
      page.onReady();
      await until(() => app.optionsOf('getSetting').length > 0, 'the settings');
      await app.flush();
      app.fake.tap(() => page.onAddToCart());
      await until(
        () => app.eventNames().some((name) => /skipped|popupAnswered/.test(name)),
        'an outcome',
      );
      assert.deepEqual(
        popupCalls(app).map(({ heldTap }) => heldTap),
        expected,
      );
    }
  });

  test('the cool-down holds for a page, and not for a user who asks', async (t) => {
    const app = await start(t, { ready: false, fake: { autoAnswer: allOf('reject') } });
    const { onRemindMe } = run(app, snippet(PAGE, 'coolDownMs'), { returns: ['onRemindMe'] });
    await app.flush();
    assert.equal((await app.tap(2)).status, 'answered');
    const { reason } = await app.tap(2);
    assert.equal(reason, 'coolDown');
    assert.equal((await app.fake.tap(() => onRemindMe('order-1'))).status, 'answered');
  });

  test('a page that was left opens no popup', async (t) => {
    for (const isLeft of [false, true]) {
      const app = await start(t);
      const { page } = run(app, snippet(PAGE, 'signal: this.visit'));
      app.fake.tap(() => page.onSubscribe());
      if (isLeft) page.onUnload();
      await until(
        () => app.eventNames().some((name) => /skipped|popupAnswered/.test(name)),
        'an outcome',
      );
      assert.equal(popupCalls(app).length, isLeft ? 0 : 1);
    }
  });

  test('the funnel counts the answers to popups, not popups that failed, and not top-ups', async (t) => {
    const app = await start(t, {
      ready: false,
      fake: { autoAnswer: ([id]) => ({ [id]: 'accept', 'tmpl-b': 'reject' }) },
    });
    const { rates } = run(app, snippet(PAGE, 'function onEvent'), { returns: ['rates'] });
    await app.flush();
    const onlyAnswered = { 加入购物车: { accepted: 1, asked: 2 } };
    await app.tap();
    assert.deepEqual(rates, onlyAnswered);

    app.fake.nextPopupError = 10002;
    assert.equal((await app.tap()).status, 'failed');
    app.fake.settings.itemSettings = KEPT.accepted;
    app.fake.autoAnswer = allOf('accept');
    await app.sdk.getSubscriptionSettings();
    assert.equal((await app.tap(1, 'order-1', {}, { only: 'keptAccepted' })).accepted.length, 2);
    assert.deepEqual(rates, onlyAnswered);

    await app.tap();
    assert.deepEqual(rates, { 加入购物车: { accepted: 3, asked: 4 } });
  });

  test('the diagnosis is printed, with setup and without', async (t) => {
    for (const ready of [true, false]) {
      const app = await start(t, { ready });
      const { printed } = run(app, snippet(PAGE, 'getDiagnostics'));
      await until(() => printed.length > 0, 'a line');
      assert.equal(JSON.parse(printed[0][0]).status, ready ? 'running' : 'notRunning');
    }
  });
});

describe('the other pages', () => {
  test('back end: an answer of another shape is read, and the tap is kept', async (t) => {
    const json = { code: 0, data: { list: [{ id: 'tmpl-a', title: '降价' }] } };
    const app = await start(t, { ready: false, answers: { findCustomerPopTemplate: { json } } });
    run(app, snippet('docs/zh/backend.md', 'readTemplates'));
    await app.flush();
    assert.equal((await app.tap()).status, 'answered');
    assert.deepEqual(
      app.optionsOf('requestSubscribeMessage').map(({ tmplIds }) => tmplIds),
      [['tmpl-a']],
    );
  });

  test('delivery: with isSaved, a failure in a body of status 200 is retried', async (t) => {
    for (const [code, sent] of [
      [0, true],
      [1, false],
    ]) {
      const app = await start(t, {
        ready: false,
        answers: { popSubscribeResult: { json: { code } } },
      });
      run(app, snippet('docs/zh/delivery.md', 'isSaved'));
      await app.flush(); // once the module is loaded: a tap would not wait
      assert.equal((await app.tap()).status, 'answered');
      assert.equal((await app.flush()).pending, sent ? 0 : 1);
    }
  });

  test('delivery: signing out clears storage only if nothing waits', async (t) => {
    const CASES = [
      [{}, true],
      [{ popSubscribeResult: { statusCode: 503 } }, false],
    ];
    for (const [answers, isCleared] of CASES) {
      const app = await start(t, { answers });
      const { signOut } = run(app, snippet('docs/zh/delivery.md', 'function signOut'), {
        returns: ['signOut'],
      });
      await app.tap();
      await signOut();
      assert.equal(app.wx.getStorageSync('openId') === '', isCleared);
    }
  });

  test('back end: own functions get the query, and the report with its id', async (t) => {
    const posts = [];
    const http = {
      post(...given) {
        posts.push(given);
        return Promise.resolve(given[0].endsWith('templates') ? ['tmpl-a'] : {});
      },
    };
    const app = await start(t, { ready: false });
    run(app, snippet('docs/zh/backend.md', 'context.reportId'), {
      modules: { './utils/http': http },
    });
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
    await app.flush();
    assert.deepEqual(
      posts.map(([path]) => path),
      ['/messages/templates', '/messages/answers'],
    );
    assert.deepEqual(posts[0][1], { triggerAct: '加入购物车', busNo: 'order-1' });
    assert.match(posts[1][2]['Idempotency-Key'], /^[0-9a-z]+$/);
  });

  test('migration: what it says of the hand-written flow is true', async (t) => {
    const code = snippet('docs/zh/migration.md', 'const TRIGGER_ACT');
    const http = {
      post: (path) =>
        Promise.resolve(path === '/findCustomerPopTemplate' ? { data: ['tmpl-a'] } : {}),
    };
    for (const [promise, heldTap] of [
      ['native', true],
      ['polyfill', false],
    ]) {
      const app = await start(t, { fake: { promise } });
      // On old iPhones the promises of its requests run in timers, too.
      const Promise = app.globals().get('Promise');
      const slow = { post: (path) => Promise.resolve(http.post(path)) };
      const { exported } = run(app, code, { modules: { './http': slow } });
      await app.fake.tap(() => exported.asyncSubscribeMessage(1, 'order-1')).catch(() => {});
      assert.deepEqual(
        popupCalls(app).map((call) => call.heldTap),
        [heldTap],
      );
    }
  });

  test('migration: one line in place of the old file', async (t) => {
    const app = await start(t);
    const { exported } = run(
      app,
      snippet('docs/zh/migration.md', "module.exports = require('wx-subscribe')"),
    );
    assert.equal(exported.asyncSubscribeMessage, app.sdk.asyncSubscribeMessage);
  });
});
