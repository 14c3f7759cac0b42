// The fake `wx` must refuse what WeChat refuses, or the other suites prove nothing.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { describe, test } = require('node:test');
const vm = require('node:vm');

const { answerWith, createFakeWx, createFakeWXWebAssembly } = require('./support/fake-wx.js');
const { createHttpTransport } = require('./support/http-transport.js');

const NOT_TAPPED = {
  errMsg: 'requestSubscribeMessage:fail can only be invoked by user TAP gesture.',
};
const LAST_CALL_OPEN = { errMsg: 'requestSubscribeMessage:fail last call has not ended' };
const PAYMENT = {
  timeStamp: '1',
  nonceStr: 'n',
  package: 'prepay_id=1',
  signType: 'RSA',
  paySign: 's',
};

const macrotask = () => new Promise((resolve) => setTimeout(resolve, 0));
const immediate = () => new Promise((resolve) => setImmediate(resolve));

/** Calls `wx[api]` with callbacks. Resolves to `{ success }` or `{ fail }`. */
const outcomeOf = (fake, api, options = {}) =>
  new Promise((resolve) => {
    fake.wx[api]({
      ...options,
      success: (success) => resolve({ success }),
      fail: (fail) => resolve({ fail }),
    });
  });

const ask = (fake, tmplIds = ['a']) => outcomeOf(fake, 'requestSubscribeMessage', { tmplIds });
const tapAndAsk = (fake, tmplIds) => fake.tap(() => ask(fake, tmplIds));
const accepting = (tmplIds) => Object.fromEntries(tmplIds.map((id) => [id, 'accept']));

/** A fake whose popups are all accepted and whose server answers everything. */
const agreeable = (options) =>
  createFakeWx({ transport: answerWith(() => ({ json: {} })), autoAnswer: accepting, ...options });

describe('the tap state', () => {
  test('a call outside of a tap fails, without an errCode', async () => {
    assert.deepEqual(await ask(createFakeWx()), { fail: NOT_TAPPED });
  });

  test('a call in the tap handler opens the popup before it returns', () => {
    const fake = createFakeWx();
    tapAndAsk(fake, ['a', 'b']);
    assert.deepEqual(fake.popup.tmplIds, ['a', 'b']);
  });

  test('tap returns what the handler returns, and lets its errors through', () => {
    const fake = createFakeWx();
    assert.equal(
      fake.tap(() => 'done'),
      'done',
    );
    assert.throws(
      () =>
        fake.tap(() => {
          throw new Error('handler');
        }),
      /handler/,
    );
  });

  test('native promises keep it over microtask hops', async () => {
    const fake = agreeable();
    const { success } = await fake.tap(async () => {
      await null;
      await Promise.resolve();
      return ask(fake);
    });
    assert.equal(success.a, 'accept');
  });

  test('polyfilled promises lose it at the first hop', async () => {
    const fake = agreeable({ promise: 'polyfill' });
    const outcome = await fake.tap(async () => {
      await null;
      return ask(fake);
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('polyfilled promises keep it in the synchronous part of the handler', async () => {
    assert.ok((await tapAndAsk(agreeable({ promise: 'polyfill' }))).success);
  });

  for (const [name, hop] of [
    ['setTimeout', macrotask],
    ['setImmediate', immediate],
  ]) {
    test(`the next macrotask loses it (${name})`, async () => {
      const fake = agreeable();
      const outcome = await fake.tap(async () => {
        await hop();
        return ask(fake);
      });
      assert.deepEqual(outcome, { fail: NOT_TAPPED });
    });
  }

  for (const promise of ['native', 'polyfill']) {
    test(`wx.request carries it into success, chained (${promise} promises)`, async () => {
      const fake = agreeable({ promise });
      const outcome = await new Promise((resolve) => {
        const get = (success) => fake.wx.request({ url: 'http://shop.test/', success });
        fake.tap(() => get(() => get(() => resolve(ask(fake)))));
      });
      assert.equal(outcome.success.a, 'accept');
    });
  }

  test('wx.request carries it into fail and complete', async () => {
    for (const callback of ['fail', 'complete']) {
      const fake = createFakeWx({ autoAnswer: accepting });
      const outcome = await new Promise((resolve) => {
        fake.tap(() =>
          fake.wx.request({ url: 'http://shop.test/', [callback]: () => resolve(ask(fake)) }),
        );
      });
      assert.equal(outcome.success.a, 'accept', callback);
    }
  });

  test('wx.getSetting carries it into success', async () => {
    const fake = agreeable({ promise: 'polyfill' });
    const outcome = await new Promise((resolve) => {
      fake.tap(() => fake.wx.getSetting({ success: () => resolve(ask(fake)) }));
    });
    assert.ok(outcome.success);
  });

  test('a request begun without it brings none', async () => {
    const fake = agreeable();
    const outcome = await new Promise((resolve) => {
      fake.wx.request({ url: 'http://shop.test/', success: () => resolve(ask(fake)) });
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('storage, login and toasts do not carry it', async () => {
    for (const api of ['getStorageInfo', 'login', 'showToast', 'getNetworkType']) {
      const fake = agreeable();
      const outcome = await new Promise((resolve) => {
        fake.tap(() => fake.wx[api]({ success: () => resolve(ask(fake)) }));
      });
      assert.deepEqual(outcome, { fail: NOT_TAPPED }, api);
    }
  });

  test('a consumed tap is not carried on', async () => {
    const fake = agreeable();
    const outcome = await new Promise((resolve) => {
      fake.tap(() => {
        fake.wx.openSetting({ complete() {} });
        fake.wx.request({ url: 'http://shop.test/', success: () => resolve(ask(fake)) });
      });
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('a tap consumed while the request was under way is not carried on either', async () => {
    const fake = agreeable();
    const outcome = await new Promise((resolve) => {
      fake.tap(() => {
        fake.wx.request({ url: 'http://shop.test/', success: () => resolve(ask(fake)) });
        fake.wx.openSetting({ complete() {} });
      });
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('a second gated call in the same synchronous handler succeeds', async () => {
    const fake = agreeable();
    const outcome = await fake.tap(() => {
      fake.wx.openSetting({ complete() {} });
      return ask(fake);
    });
    assert.ok(outcome.success);
  });

  test('a second gated call after a microtask hop fails', async () => {
    const fake = agreeable();
    const outcome = await fake.tap(async () => {
      fake.wx.openSetting({ complete() {} });
      await null;
      return ask(fake);
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('so does one after another that came behind a hop', async () => {
    const fake = agreeable();
    const outcome = await fake.tap(async () => {
      await null;
      fake.wx.openSetting({ complete() {} });
      return ask(fake);
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  for (const [api, options] of [
    ['showModal'],
    ['showActionSheet', { itemList: ['x'] }],
    ['requestPayment', PAYMENT],
  ]) {
    test(`the success of wx.${api} grants a fresh one`, async () => {
      const fake = agreeable({ promise: 'polyfill' });
      const outcome = await new Promise((resolve) => {
        fake.wx[api]({ ...options, success: () => resolve(ask(fake)) });
      });
      assert.ok(outcome.success);
    });

    test(`so does complete after the success of wx.${api}`, async () => {
      const fake = agreeable();
      const outcome = await new Promise((resolve) => {
        fake.wx[api]({ ...options, complete: () => resolve(ask(fake)) });
      });
      assert.ok(outcome.success);
    });
  }

  test('a failed payment and a cancelled action sheet grant none', async () => {
    for (const api of ['requestPayment', 'showActionSheet']) {
      const fake = agreeable();
      fake.onPayment = () => 'cancel';
      fake.onActionSheet = () => null;
      const outcome = await new Promise((resolve) => {
        fake.wx[api]({
          ...PAYMENT,
          fail: ({ errMsg }) => resolve(ask(fake).then((asked) => ({ errMsg, asked }))),
        });
      });
      assert.deepEqual(outcome, { errMsg: `${api}:fail cancel`, asked: { fail: NOT_TAPPED } });
    }
  });

  test('wx.openSetting needs it too', async () => {
    const fake = createFakeWx();
    assert.deepEqual(await outcomeOf(fake, 'openSetting'), {
      fail: { errMsg: 'openSetting:fail can only be invoked by user TAP gesture.' },
    });
    assert.ok((await fake.tap(() => outcomeOf(fake, 'openSetting'))).success);
  });

  test('a tap on one fake means nothing to another', async () => {
    const other = createFakeWx();
    assert.deepEqual(await createFakeWx().tap(() => ask(other)), { fail: NOT_TAPPED });
  });
});

describe('wx.requestSubscribeMessage', () => {
  test('returns nothing when a callback is given and a promise otherwise', async () => {
    for (const callback of ['success', 'fail', 'complete']) {
      const fake = createFakeWx();
      const returned = fake.tap(() =>
        fake.wx.requestSubscribeMessage({ tmplIds: ['a'], [callback]() {} }),
      );
      assert.equal(returned, undefined, callback);
    }
    const fake = agreeable();
    const promise = fake.tap(() => fake.wx.requestSubscribeMessage({ tmplIds: ['a'] }));
    assert.deepEqual(await promise, { errMsg: 'requestSubscribeMessage:ok', a: 'accept' });
    await macrotask();
    await assert.rejects(fake.wx.requestSubscribeMessage({ tmplIds: ['a'] }), NOT_TAPPED);
  });

  test('calls success, then complete, in a later macrotask', async () => {
    const fake = createFakeWx();
    const order = [];
    fake.tap(() =>
      fake.wx.requestSubscribeMessage({
        tmplIds: ['a'],
        success: () => order.push('success'),
        fail: () => order.push('fail'),
        complete: () => order.push('complete'),
      }),
    );
    fake.popup.acceptAll();
    await null;
    assert.deepEqual(order, []);
    await macrotask();
    assert.deepEqual(order, ['success', 'complete']);
  });

  test('calls fail, then complete, in a later macrotask', async () => {
    const fake = createFakeWx();
    const order = [];
    fake.wx.requestSubscribeMessage({
      tmplIds: ['a'],
      fail: () => order.push('fail'),
      complete: () => order.push('complete'),
    });
    assert.deepEqual(order, []);
    await macrotask();
    assert.deepEqual(order, ['fail', 'complete']);
  });

  test('answers with errMsg among the ids; what the user left alone is rejected', async () => {
    const fake = createFakeWx();
    const asked = tapAndAsk(fake, ['a', 'b', 'c']);
    fake.popup.answer({ a: 'accept', b: 'acceptWithAlert' });
    assert.equal(fake.popup, null);
    assert.deepEqual(await asked, {
      success: {
        errMsg: 'requestSubscribeMessage:ok',
        a: 'accept',
        b: 'acceptWithAlert',
        c: 'reject',
      },
    });
  });

  test('cancelling is a success that rejects all', async () => {
    const fake = createFakeWx();
    const asked = tapAndAsk(fake, ['a', 'b']);
    fake.popup.rejectAll();
    assert.deepEqual(await asked, {
      success: { errMsg: 'requestSubscribeMessage:ok', a: 'reject', b: 'reject' },
    });
  });

  test('the popup stays open until it is answered', async () => {
    const fake = createFakeWx();
    let over = false;
    tapAndAsk(fake).then(() => {
      over = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(over, false);
    assert.ok(fake.popup);
  });

  test('a popup is answered once, and only about what it asks', () => {
    const fake = createFakeWx();
    tapAndAsk(fake);
    const { popup } = fake;
    assert.throws(() => popup.answer({ z: 'accept' }), /does not ask about z/);
    popup.acceptAll();
    assert.throws(() => popup.acceptAll(), /answered already/);
  });

  test('a second call while the popup is open fails; after the answer it does not', async () => {
    const fake = createFakeWx();
    const first = tapAndAsk(fake);
    assert.deepEqual(await tapAndAsk(fake), { fail: LAST_CALL_OPEN });
    fake.popup.acceptAll();
    await first;
    tapAndAsk(fake);
    assert.ok(fake.popup);
  });

  test('nextPopup waits for the popup', async () => {
    const fake = createFakeWx();
    const waiting = fake.nextPopup();
    tapAndAsk(fake);
    assert.equal(await waiting, fake.popup);
    assert.equal(await fake.nextPopup(), fake.popup);
  });

  test('autoAnswer may fail the call as well', async () => {
    const fake = createFakeWx({ autoAnswer: () => ({ errCode: 10003 }) });
    assert.deepEqual(await tapAndAsk(fake), {
      fail: { errMsg: 'requestSubscribeMessage:fail Request subscribe fail', errCode: 10003 },
    });
    fake.autoAnswer = () => ({ errMsg: 'cancel' });
    assert.deepEqual(await tapAndAsk(fake), {
      fail: { errMsg: 'requestSubscribeMessage:fail cancel' },
    });
  });

  const templates = {
    once: { title: '降价提醒' },
    twin: { title: '降价提醒' },
    long: { title: '办事进度', type: 'longTerm' },
    device: { title: '设备告警', type: 'device' },
    gone: { title: '到货通知', banned: true },
  };

  for (const [name, options, tmplIds, errCode, text] of [
    ['no ids', {}, undefined, 10001, "TmplIds can't be empty"],
    ['an empty list', {}, [], 10001, "TmplIds can't be empty"],
    ['a text in place of a list', {}, 'a', 10004, 'Invalid template id'],
    ['an id that is no text', {}, ['a', 7], 10004, 'Invalid template id'],
    ['an id that is empty', {}, [''], 10004, 'Invalid template id'],
    [
      'more ids than today’s five',
      {},
      ['a', 'b', 'c', 'd', 'e', 'f'],
      20003,
      'Templates count out of max bounds',
    ],
    [
      'more ids than an old client’s',
      { maxTemplates: 1 },
      ['a', 'b'],
      20003,
      'Templates count out of max bounds',
    ],
    [
      'an unknown id',
      { templates },
      ['nope'],
      20001,
      'No template data return, verify the template id exist',
    ],
    [
      'one-time and long-term ids together',
      { templates },
      ['once', 'long'],
      20002,
      'Templates type must be same',
    ],
    ['a device template', { templates }, ['device'], 20013, 'Reject DeviceMsg Template'],
    ['the main switch off', { mainSwitch: false }, ['a'], 20004, 'The main switch is switched off'],
    [
      'a banned mini-program',
      { banned: true },
      ['a'],
      20005,
      'This mini program was banned from subscribing messages',
    ],
    [
      'a device template beside others',
      { templates },
      ['once', 'device'],
      20013,
      'Reject DeviceMsg Template',
    ],
  ]) {
    test(`${name} fails with ${errCode}`, async () => {
      const fake = createFakeWx(options);
      const outcome = await fake.tap(() => outcomeOf(fake, 'requestSubscribeMessage', { tmplIds }));
      assert.deepEqual(outcome, {
        fail: { errMsg: `requestSubscribeMessage:fail ${text}`, errCode },
      });
      assert.equal(fake.popup, null);
    });
  }

  test('in the background it fails with 10005, and works again in the foreground', async () => {
    const fake = agreeable();
    fake.emit('appHide');
    assert.equal((await tapAndAsk(fake)).fail.errCode, 10005);
    fake.emit('appShow', { path: 'pages/index' });
    assert.ok((await tapAndAsk(fake)).success);
  });

  test('without a network it fails with 10002', async () => {
    const fake = createFakeWx();
    fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
    assert.equal((await tapAndAsk(fake)).fail.errCode, 10002);
  });

  test('of two templates with one title the second is filtered; a banned one is not asked', async () => {
    const fake = createFakeWx({ templates });
    const asked = tapAndAsk(fake, ['once', 'twin', 'gone']);
    assert.deepEqual(fake.popup.tmplIds, ['once']);
    fake.popup.acceptAll();
    assert.deepEqual((await asked).success, {
      errMsg: 'requestSubscribeMessage:ok',
      once: 'accept',
      twin: 'filter',
      gone: 'ban',
    });
  });

  test('a choice that was kept is answered at once, without a popup', async () => {
    const fake = createFakeWx();
    const first = tapAndAsk(fake, ['a', 'b']);
    fake.popup.answer({ a: 'accept' }, { keep: true });
    await first;
    const again = tapAndAsk(fake, ['a', 'b']);
    assert.equal(fake.popup, null);
    assert.deepEqual((await again).success, {
      errMsg: 'requestSubscribeMessage:ok',
      a: 'accept',
      b: 'reject',
    });
  });
});

describe('what some phones do differently', () => {
  const url = 'http://shop.test/';

  for (const [api, options] of [
    ['requestSubscribeMessage', { tmplIds: ['a'] }],
    ['request', { url }],
    ['getSetting'],
    ['openSetting'],
  ]) {
    test(`asyncApis: the promise of wx.${api} is fulfilled with undefined before the callback comes`, async () => {
      const fake = agreeable({ asyncApis: [api] });
      const order = [];
      const called = new Promise((resolve) => {
        const success = () => resolve(order.push('success'));
        const promise = fake.tap(() => fake.wx[api]({ ...options, success }));
        promise.then((value) => order.push(['fulfilled', value]));
      });
      await called;
      assert.deepEqual(order, [['fulfilled', undefined], 'success']);
    });
  }

  test('asyncApis: without callbacks the promise brings the result', async () => {
    const fake = agreeable({ asyncApis: ['requestSubscribeMessage'] });
    const { a } = await fake.tap(() => fake.wx.requestSubscribeMessage({ tmplIds: ['a'] }));
    assert.equal(a, 'accept');
  });

  test('asyncApis: others stay as they are, and it may be changed at any time', () => {
    const fake = agreeable({ asyncApis: ['request'] });
    assert.equal(fake.wx.getSetting({ success() {} }), undefined);
    fake.asyncApis = [];
    assert.equal(typeof fake.wx.request({ url }).abort, 'function');
  });

  test('silentPopup: the popup closes and no callback comes; the next one opens', async () => {
    const fake = createFakeWx({ silentPopup: true });
    const complete = () => assert.fail('a callback came');
    const openAnd = (close) => {
      fake.tap(() => fake.wx.requestSubscribeMessage({ tmplIds: ['a'], complete }));
      close(fake.popup);
      assert.equal(fake.popup, null);
    };
    openAnd((popup) => popup.acceptAll());
    openAnd((popup) => popup.fail(10003));
    openAnd((popup) => popup.answer({ a: 'accept' }, { keep: true }));
    fake.tap(() => fake.wx.requestSubscribeMessage({ tmplIds: ['a'], complete }));
    assert.equal(fake.popup, null);
    await macrotask();
    fake.silentPopup = false;
    assert.equal((await tapAndAsk(fake)).success.a, 'accept');
  });

  test('showWhilePopupOpen: appShow comes without appHide, and the popup stays', async () => {
    const fake = createFakeWx({ showWhilePopupOpen: true });
    const heard = [];
    fake.wx.onAppShow(() => heard.push('show'));
    fake.wx.onAppHide(() => heard.push('hide'));
    const asked = tapAndAsk(fake);
    await macrotask();
    assert.deepEqual(heard, ['show']);
    fake.popup.acceptAll();
    assert.equal((await asked).success.a, 'accept');
  });

  test('codesAsStrings: before the popup and from it', async () => {
    const fake = createFakeWx({ codesAsStrings: true });
    const asked = tapAndAsk(fake);
    fake.popup.fail(10003);
    assert.deepEqual(await asked, {
      fail: { errMsg: 'requestSubscribeMessage:fail Request subscribe fail', errCode: '10003' },
    });
    fake.settings.mainSwitch = false;
    assert.equal((await tapAndAsk(fake)).fail.errCode, '20004');
  });

  for (const [error, fail] of [
    [
      20004,
      { errMsg: 'requestSubscribeMessage:fail The main switch is switched off', errCode: 20004 },
    ],
    [':cancel', { errMsg: 'requestSubscribeMessage:cancel' }],
    ['cancel', { errMsg: 'requestSubscribeMessage:fail cancel' }],
    ['not support', { errMsg: 'requestSubscribeMessage:fail not support' }],
  ]) {
    test(`nextPopupError: ${error}, once`, async () => {
      const fake = agreeable({ nextPopupError: error });
      assert.deepEqual(await ask(fake), { fail: NOT_TAPPED });
      assert.deepEqual(await tapAndAsk(fake), { fail });
      assert.equal((await tapAndAsk(fake)).success.a, 'accept');
    });
  }

  test('chineseTimeout: errno 5 and another text', async () => {
    const fake = createFakeWx({ chineseTimeout: true, transport: () => {} });
    assert.deepEqual(await outcomeOf(fake, 'request', { url, timeout: 5 }), {
      fail: { errMsg: 'request:fail 请求超时', errno: 5 },
    });
  });
});

describe('settings', () => {
  const settings = async (fake, options = { withSubscriptions: true }) =>
    (await outcomeOf(fake, 'getSetting', options)).success;

  test('subscriptionsSetting comes only when asked for', async () => {
    const fake = createFakeWx();
    assert.equal((await settings(fake, {})).subscriptionsSetting, undefined);
    assert.deepEqual((await settings(fake)).subscriptionsSetting, { mainSwitch: true });
  });

  test('itemSettings holds kept choices, which stand at the top as well', async () => {
    const fake = createFakeWx();
    tapAndAsk(fake);
    fake.popup.answer({ a: 'accept' }, { keep: true });
    assert.deepEqual((await settings(fake)).subscriptionsSetting, {
      mainSwitch: true,
      a: 'accept',
      itemSettings: { a: 'accept' },
    });
  });

  test('wx.openSetting answers with what the user changed', async () => {
    const fake = createFakeWx();
    fake.onSettingsPage = (current) => {
      current.mainSwitch = false;
    };
    const { success } = await fake.tap(() =>
      outcomeOf(fake, 'openSetting', { withSubscriptions: true }),
    );
    assert.equal(success.subscriptionsSetting.mainSwitch, false);
    assert.equal((await settings(fake)).subscriptionsSetting.mainSwitch, false);
  });
});

describe('wx.request', () => {
  const url = 'http://shop.test/path';
  const answered = (answer, options = {}) =>
    outcomeOf(createFakeWx({ transport: answerWith(answer) }), 'request', { url, ...options });

  test('sends JSON, with header names in lower case', async () => {
    let seen;
    await answered(
      (request) => {
        seen = request;
        return {};
      },
      {
        method: 'POST',
        data: { busNo: '商品' },
        header: { 'Idempotency-Key': 7 },
      },
    );
    assert.equal(seen.method, 'POST');
    assert.deepEqual(seen.json, { busNo: '商品' });
    assert.deepEqual(seen.header, { 'content-type': 'application/json', 'idempotency-key': '7' });
  });

  test('puts data into the query of a GET, and into a form when told so', async () => {
    const seen = [];
    const keep = (request) => {
      seen.push(request);
      return {};
    };
    await answered(keep, { data: { q: 'a b', n: 1 } });
    await answered(keep, {
      method: 'POST',
      data: { q: '价' },
      header: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    assert.equal(seen[0].url, `${url}?q=a%20b&n=1`);
    assert.equal(seen[0].body, undefined);
    assert.equal(seen[1].body, 'q=%E4%BB%B7');
  });

  test('parses JSON; other text stays text, and so does everything for another dataType', async () => {
    assert.deepEqual((await answered(() => ({ json: { data: ['a'] } }))).success.data, {
      data: ['a'],
    });
    assert.equal((await answered(() => ({ body: '<html>' }))).success.data, '<html>');
    assert.equal((await answered(() => ({}))).success.data, '');
    assert.equal((await answered(() => ({ body: '{}' }), { dataType: 'text' })).success.data, '{}');
  });

  test('any status is a success', async () => {
    for (const statusCode of [204, 302, 404, 500]) {
      const { success } = await answered(() => ({ statusCode, json: { error: 'x' } }));
      assert.equal(success.statusCode, statusCode);
      assert.equal(success.errMsg, 'request:ok');
    }
  });

  test('a broken connection is a failure with an errno', async () => {
    assert.deepEqual(
      await answered(() => ({ errMsg: 'net::ERR_CONNECTION_RESET', errno: 600003 })),
      {
        fail: { errMsg: 'request:fail net::ERR_CONNECTION_RESET', errno: 600003 },
      },
    );
  });

  test('a url that is none, or missing, is a failure', async () => {
    assert.match(
      (await answered(() => ({}), { url: '/path' })).fail.errMsg,
      /^request:fail invalid url/,
    );
    assert.match(
      (await answered(() => ({}), { url: undefined })).fail.errMsg,
      /parameter\.url should be String/,
    );
  });

  test('offline it fails without touching the transport', async () => {
    const fake = createFakeWx({ transport: () => assert.fail('the transport was used') });
    fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
    assert.match(
      (await outcomeOf(fake, 'request', { url })).fail.errMsg,
      /^request:fail net::ERR_INTERNET/,
    );
    assert.equal((await outcomeOf(fake, 'getNetworkType')).success.networkType, 'none');
  });

  test('the timeout ends it, gives the transport up, and a late answer is not heard', async () => {
    let late;
    let givenUp = false;
    const fake = createFakeWx({
      transport: (_, respond) => {
        late = respond;
        return () => {
          givenUp = true;
        };
      },
    });
    const results = [];
    const keep = (result) => results.push(result);
    await new Promise((resolve) => {
      fake.wx.request({ url, timeout: 20, success: keep, fail: keep, complete: resolve });
    });
    late({ statusCode: 200, body: '{}' });
    await macrotask();
    assert.deepEqual(results, [{ errMsg: 'request:fail timeout', errno: 5 }]);
    assert.equal(givenUp, true);
  });

  test('abort ends it, once', async () => {
    const fake = createFakeWx({ transport: () => {} });
    const results = [];
    const task = fake.wx.request({ url, fail: (result) => results.push(result) });
    task.abort();
    task.abort();
    assert.deepEqual(results, []);
    await macrotask();
    assert.deepEqual(results, [{ errMsg: 'request:fail abort', errno: 600003 }]);
  });

  test('a transport that answers at once is still heard in a later macrotask', async () => {
    const fake = agreeable();
    let heard = false;
    fake.wx.request({
      url,
      success: () => {
        heard = true;
      },
    });
    await null;
    assert.equal(heard, false);
    await macrotask();
    assert.equal(heard, true);
  });

  test('close drops what is under way, and gives the transport up', async () => {
    let late;
    let givenUp = false;
    const fake = createFakeWx({
      transport: (_, respond) => {
        late = respond;
        return () => {
          givenUp = true;
        };
      },
    });
    const complete = () => assert.fail('heard after the app was closed');
    fake.wx.request({ url, complete });
    fake.wx.getSetting({ complete });
    fake.close();
    assert.equal(givenUp, true);
    late({ statusCode: 200, body: '{}' });
    fake.wx.getSetting({ complete });
    await macrotask();
  });
});

describe('wx.request over real sockets', () => {
  const listening = (handler) =>
    new Promise((resolve) => {
      const server = http.createServer(handler).listen(0, '127.0.0.1', () => {
        resolve({ server, url: `http://127.0.0.1:${server.address().port}/echo` });
      });
    });

  test('body, header and status go there and back', async (t) => {
    const { server, url } = await listening((request, response) => {
      let body = '';
      request
        .setEncoding('utf8')
        .on('data', (chunk) => {
          body += chunk;
        })
        .on('end', () => {
          const { method, headers } = request;
          const seen = { method, key: headers['idempotency-key'], body };
          response.writeHead(201, { 'X-Reply': 'yes' }).end(JSON.stringify(seen));
        });
    });
    t.after(() => server.close());
    const exchanges = [];
    const onExchange = (request, outcome) => exchanges.push([request.method, outcome.statusCode]);
    const fake = createFakeWx({ transport: createHttpTransport({ onExchange }) });
    const { success } = await outcomeOf(fake, 'request', {
      url,
      method: 'POST',
      data: { triggerAct: '加入购物车' },
      header: { 'Idempotency-Key': 'k-1' },
    });
    assert.equal(success.statusCode, 201);
    assert.equal(success.header['X-Reply'], 'yes');
    assert.deepEqual(success.data, {
      method: 'POST',
      key: 'k-1',
      body: '{"triggerAct":"加入购物车"}',
    });
    assert.deepEqual(exchanges, [['POST', 201]]);
  });

  test('a silent server ends in a timeout, a closed port in a refusal', async () => {
    const { server, url } = await listening(() => {});
    const fake = createFakeWx({ transport: createHttpTransport() });
    assert.equal(
      (await outcomeOf(fake, 'request', { url, timeout: 50 })).fail.errMsg,
      'request:fail timeout',
    );
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.equal(
      (await outcomeOf(fake, 'request', { url })).fail.errMsg,
      'request:fail net::ERR_CONNECTION_REFUSED',
    );
  });
});

describe('storage', () => {
  test('a missing key reads as an empty text, or fails asynchronously', async () => {
    const fake = createFakeWx();
    assert.equal(fake.wx.getStorageSync('nothing'), '');
    assert.deepEqual(await outcomeOf(fake, 'getStorage', { key: 'nothing' }), {
      fail: { errMsg: 'getStorage:fail data not found' },
    });
  });

  test('values come back as copies, of the same type', () => {
    const { wx } = createFakeWx();
    const value = { list: [1, 'two', { three: true }] };
    wx.setStorageSync('k', value);
    value.list.push('later');
    const read = wx.getStorageSync('k');
    assert.deepEqual(read, { list: [1, 'two', { three: true }] });
    read.list.pop();
    assert.equal(wx.getStorageSync('k').list.length, 3);
    for (const plain of ['', 'text', 0, 7, true, false, null]) {
      wx.setStorageSync('plain', plain);
      assert.equal(wx.getStorageSync('plain'), plain);
    }
  });

  test('removing and clearing', () => {
    const { wx } = createFakeWx();
    wx.setStorageSync('a', 1);
    wx.setStorageSync('b', 2);
    wx.removeStorageSync('a');
    wx.removeStorageSync('never there');
    assert.deepEqual(wx.getStorageInfoSync().keys, ['b']);
    wx.clearStorageSync();
    assert.deepEqual(wx.getStorageInfoSync().keys, []);
  });

  test('the asynchronous functions work on the same data', async () => {
    const fake = createFakeWx();
    await fake.wx.setStorage({ key: 'k', data: [1] });
    assert.deepEqual(fake.wx.getStorageSync('k'), [1]);
    assert.deepEqual((await fake.wx.getStorage({ key: 'k' })).data, [1]);
    await fake.wx.removeStorage({ key: 'k' });
    assert.equal(fake.wx.getStorageSync('k'), '');
    assert.deepEqual((await fake.wx.getStorageInfo()).keys, []);
  });

  test('keys must be texts', () => {
    const { wx } = createFakeWx();
    assert.throws(
      () => wx.getStorageSync(7),
      /getStorageSync:fail parameter error: parameter\.key should be String/,
    );
    assert.throws(() => wx.setStorageSync('', 1), /setStorageSync:fail/);
  });

  test('a full storage throws and keeps what it had', () => {
    const fake = createFakeWx({ storageLimit: 20 });
    fake.wx.setStorageSync('k', '一二');
    assert.throws(
      () => fake.wx.setStorageSync('k2', 'more than fits'),
      /setStorageSync:fail exceed storage max size/,
    );
    assert.equal(fake.wx.getStorageSync('k'), '一二');
    assert.equal(fake.wx.getStorageSync('k2'), '');
    fake.storageLimit = 200;
    fake.wx.setStorageSync('k2', 'more than fits');
    assert.equal(fake.wx.getStorageSync('k2'), 'more than fits');
  });

  test('one entry may not exceed 1 MiB', () => {
    const { wx } = createFakeWx();
    const large = 'x'.repeat(1024 * 1024);
    assert.throws(
      () => wx.setStorageSync('k', large),
      /setStorageSync:fail entry size limit reached/,
    );
  });

  test('storage that is passed on survives a restart', () => {
    const before = createFakeWx();
    before.wx.setStorageSync('openId', 'o-1');
    assert.equal(createFakeWx({ storage: before.storage }).wx.getStorageSync('openId'), 'o-1');
    assert.equal(createFakeWx().wx.getStorageSync('openId'), '');
  });
});

describe('dialogs, payment and events', () => {
  test('a modal is confirmed unless the user declines', async () => {
    const fake = createFakeWx();
    assert.equal((await outcomeOf(fake, 'showModal')).success.confirm, true);
    fake.onModal = ({ title }) => title !== 'no';
    assert.deepEqual((await outcomeOf(fake, 'showModal', { title: 'no' })).success, {
      errMsg: 'showModal:ok',
      confirm: false,
      cancel: true,
      content: null,
    });
  });

  test('a payment needs its parameters', async () => {
    const fake = createFakeWx();
    assert.match(
      (await outcomeOf(fake, 'requestPayment', { ...PAYMENT, timeStamp: 1 })).fail.errMsg,
      /^requestPayment:fail parameter error: parameter\.timeStamp should be String instead of Number/,
    );
    assert.equal(
      (await outcomeOf(fake, 'requestPayment', PAYMENT)).success.errMsg,
      'requestPayment:ok',
    );
  });

  test('login hands out a code', async () => {
    assert.equal(typeof (await createFakeWx().wx.login()).code, 'string');
  });

  test('listeners hear their event until they are taken off', () => {
    const fake = createFakeWx();
    const heard = [];
    const first = (detail) => heard.push(['first', detail.isConnected]);
    const second = (detail) => heard.push(['second', detail.isConnected]);
    fake.wx.onNetworkStatusChange(first);
    fake.wx.onNetworkStatusChange(second);
    fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
    fake.wx.offNetworkStatusChange(first);
    fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    fake.wx.offNetworkStatusChange();
    fake.emit('networkStatusChange', { isConnected: true, networkType: '4g' });
    assert.deepEqual(heard, [
      ['first', false],
      ['second', false],
      ['second', true],
    ]);
    assert.throws(() => fake.emit('noSuchEvent'), /no event/);
  });

  test('listeners hold no tap', async () => {
    const fake = agreeable();
    const outcome = new Promise((resolve) => fake.wx.onAppShow(() => resolve(ask(fake))));
    fake.tap(() => fake.emit('appShow'));
    assert.deepEqual(await outcome, { fail: NOT_TAPPED });
  });

  test('a tap goes on after an event in its midst', async () => {
    const fake = agreeable();
    const outcome = await fake.tap(() => {
      fake.emit('appShow');
      return ask(fake);
    });
    assert.ok(outcome.success);
  });
});

describe('the client itself', () => {
  test('needs nothing of its host but timers', async () => {
    const context = vm.createContext({ setTimeout });
    const load = (file) => {
      const exports = {};
      const wrap = vm.runInContext(
        `((exports, require) => {${fs.readFileSync(file, 'utf8')}\n})`,
        context,
      );
      wrap(exports, (name) => load(path.join(path.dirname(file), name)));
      return exports;
    };
    const fake = load(require.resolve('./support/fake-wx.js')).createFakeWx({
      autoAnswer: accepting,
    });
    assert.equal((await tapAndAsk(fake)).success.a, 'accept');
    const late = await fake.tap(async () => {
      await macrotask();
      return ask(fake);
    });
    assert.equal(late.fail.errMsg, NOT_TAPPED.errMsg);
  });

  test('an API that is not simulated, or that the client lacks, is undefined', () => {
    const fake = createFakeWx({ without: ['getSetting'] });
    assert.equal(fake.wx.makePhoneCall, undefined);
    assert.equal(fake.wx.getSetting, undefined);
    assert.equal('getSetting' in fake.wx, false);
  });

  test('the log tells every call in order, with its options and whether a tap was held', () => {
    const fake = createFakeWx();
    fake.wx.getStorageSync('openId');
    fake.tap(() => fake.wx.requestSubscribeMessage({ tmplIds: ['a'], success() {} }));
    assert.deepEqual(fake.log, [
      { api: 'getStorageSync', options: { key: 'openId' }, heldTap: false, at: 0 },
      { api: 'requestSubscribeMessage', options: { tmplIds: ['a'] }, heldTap: true, at: 1 },
    ]);
    assert.deepEqual(fake.calls('getStorageSync').length, 1);
  });
});

describe('WXWebAssembly', () => {
  // (module (import "env" "f" (func)) (export "g" (func 0)))
  const MODULE = Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 9, 1, 3, 101, 110, 118, 1, 102, 0, 0, 7, 5,
    1, 1, 103, 0, 0,
  ]);
  const PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
  const imports = { env: { f() {} } };
  const loader = (options) =>
    createFakeWXWebAssembly({
      WebAssembly,
      readFile(path) {
        if (`/${path}` === PATH || `/${path}` === `${PATH}.br`) return MODULE;
        throw new Error(`file not found: ${path}`);
      },
      ...options,
    });

  test('offers instantiate and no constructors', () => {
    const { Instance, Memory, compile } = loader();
    assert.deepEqual([Instance, Memory, compile], [undefined, undefined, undefined]);
  });

  test('answers in the shape of this or that client', async () => {
    const instance = await loader().instantiate(PATH, imports);
    assert.ok(instance instanceof WebAssembly.Instance);
    const result = await loader({ shape: 'result' }).instantiate(PATH, imports);
    assert.equal(typeof result.instance.exports.g, 'function');
    const plain = await loader({ shape: 'exports' }).instantiate(PATH, imports);
    assert.equal(typeof plain.exports.g, 'function');
    assert.equal(plain instanceof WebAssembly.Instance, false);
  });

  test('takes paths from the package root, with or without a slash, brotli too', async () => {
    for (const path of [PATH, PATH.slice(1), `${PATH}.br`]) {
      assert.ok(await loader().instantiate(path, imports), path);
    }
  });

  for (const [name, path, message] of [
    ['an ArrayBuffer', MODULE.buffer, /must be a string/],
    ['a user file', 'wxfile://usr/x.wasm', /not support wxfile: or http: path/],
    ['a download', 'https://shop.test/x.wasm', /not support wxfile: or http: path/],
    ['another kind of file', '/index.js', /not a \.wasm/],
    ['a path out of the package', '/../x.wasm', /file not found/],
    ['a file that is not there', 'wx_subscribe.wasm', /file not found/],
  ]) {
    test(`refuses ${name}`, async () => {
      await assert.rejects(loader().instantiate(path, imports), message);
    });
  }

  test('does not even look for a path out of the package', async () => {
    const anything = loader({ readFile: () => MODULE });
    await assert.rejects(anything.instantiate('/../x.wasm', imports), /file not found/);
  });

  test('missing imports are the engine’s TypeError', async () => {
    await assert.rejects(loader().instantiate(PATH, {}), TypeError);
  });

  test('fails as told, counts its calls, and may take its time', async () => {
    const refusal = new Error('CompileError: invalid wasm file');
    const broken = loader({ fail: refusal });
    await assert.rejects(broken.instantiate(PATH, imports), refusal);
    const flaky = loader({ fail: (call) => (call === 1 ? refusal : undefined), delayMs: 20 });
    const start = Date.now();
    await assert.rejects(flaky.instantiate(PATH, imports), refusal);
    assert.ok(await flaky.instantiate(PATH, imports));
    assert.ok(Date.now() - start >= 35);
    assert.deepEqual(flaky.calls, [PATH, PATH]);
  });

  test('loading within a tap loses the tap', async () => {
    const fake = agreeable();
    const outcome = await fake.tap(async () => {
      await loader().instantiate(PATH, imports);
      return ask(fake);
    });
    assert.deepEqual(outcome, { fail: NOT_TAPPED });
  });

  test('a load that never ends', async () => {
    const forever = loader({ delayMs: Infinity })
      .instantiate(PATH, imports)
      .then(() => 'loaded');
    const waiting = new Promise((resolve) => setTimeout(resolve, 30, 'waiting'));
    assert.equal(await Promise.race([forever, waiting]), 'waiting');
  });
});
