// The built package in a mini-program's bare JavaScript world, against the
// platform's rules.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { longNameOf } = require('./support/names.js');
const { createFakeWx } = require('./support/fake-wx.js');
const { GLUE_ROOT, changedNames, here, loadPackage, readsOpenId, start } = require('./support/bare-context.js');

const DEFAULT_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const PAYMENT = { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=1', signType: 'RSA', paySign: 's' };

const TRIGGERS = {
  AddToCart: [1, '加入购物车'],
  OrderDetail: [2, '订单详情'],
  SubmitOrder: [3, '提交订单'],
  PaymentSuccess: [4, '支付成功'],
  CompanyInfo: [5, '企业信息'],
  SwitchCompany: [6, '切换企业身份'],
  ReturnAndRefund: [7, '提交售后申请（退货退款）'],
  ReturnShipment: [8, '填写退货信息'],
  RefundOnly: [9, '提交售后申请（仅退款）'],
};

const PROMISES = ['native', 'polyfill'];

const macrotask = () => new Promise((resolve) => setImmediate(resolve));
/** For what is about loading itself, where the other build has nothing to load. */
const startWasm = (t, options) => start(t, { build: 'wasm', ...options });

const refusedReport = { popSubscribeResult: { statusCode: 400 } };
const failingReport = { popSubscribeResult: { statusCode: 503 } };

/** An application's own back end; what is given takes the place of a part of it. */
const ownFunctions = (own) => ({
  baseUrl: undefined,
  findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }),
  popSubscribeResult: () => null,
  ...own,
});

/** A back end that offers these templates. */
const offering = (...templateIds) => ({ findCustomerPopTemplate: { json: { data: templateIds } } });

/** Resolves with the popup of a tap, which must not have been settled before it opened. */
async function popupOf(app, outcome) {
  const popup = await Promise.race([app.fake.nextPopup(), outcome]);
  assert.equal(typeof popup.answer, 'function', `no popup opened: ${JSON.stringify(popup)}`);
  return popup;
}

/** Taps and gives the answers `chosen`; the ids without one are rejected. */
async function answer(app, chosen, ...given) {
  const outcome = app.tap(...given);
  (await popupOf(app, outcome)).answer(chosen);
  return outcome;
}

/** Resolves once `name` was told to onEvent. */
async function event(app, name) {
  const end = performance.now() + 2000;
  while (performance.now() < end) {
    const found = app.events.find((known) => known.name === name);
    if (found) return found;
    await macrotask();
  }
  return assert.fail(`${name} never came, only ${app.eventNames()}`);
}

/** Turns the mocked clock on by `ms`, with what becomes due on the way. */
async function pass(t, ms) {
  const steps = 20;
  for (let step = 0; step < steps; step += 1) {
    t.mock.timers.tick(Math.ceil(ms / steps));
    await macrotask();
  }
}

const mockTimers = (t) => t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });

const rejection = (promise) =>
  promise.then(
    () => assert.fail('this must be rejected'),
    ({ message, kind, code, retryable }) => ({ message, kind, code, retryable }),
  );

describe('loading', () => {
  const shapes = {
    'an instance': { shape: 'instance' },
    '{ module, instance }': { shape: 'result' },
    '{ exports } alone': { shape: 'exports' },
    '{ instance } alone': { shape: 'result', answer: ({ instance }) => ({ instance }) },
  };
  Object.entries(shapes).forEach(([name, wasm]) => {
    test(`a host that answers with ${name} will do`, async (t) => {
      const app = await startWasm(t, { wasm });
      assert.equal((await app.tap()).status, 'answered');
    });
  });

  test('requiring the file does no work and touches nothing', () => {
    const refuse = (what) => () => assert.fail(`requiring the package ${what}`);
    const untouchable = (name) => new Proxy({}, { get: refuse(`looked into ${name}`), has: refuse(`asked ${name}`) });
    const { sdk, before, globals, instantiated } = loadPackage({ build: 'wasm',
      fake: { wx: untouchable('wx') },
      globals: {
        WXWebAssembly: untouchable('WXWebAssembly'),
        console: untouchable('console'),
        setTimeout: refuse('started a timer'),
        setInterval: refuse('started a timer'),
      },
    });
    assert.equal(typeof sdk.setup, 'function');
    assert.deepEqual(changedNames(before, globals()), []);
    assert.deepEqual(instantiated, []);
  });

  test('no global is added or changed, and nothing printed, from loading to the last report', async (t) => {
    const app = await startWasm(t);
    await app.prefetch();
    await app.tap();
    await app.tap(99);
    await app.flush();
    assert.deepEqual(changedNames(app.before, app.globals()), []);
    assert.deepEqual(app.printed, []);
  });

  test('the exports are the documented ones', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    assert.deepEqual(Object.keys(sdk).sort(), [
      'TriggerType',
      'asyncSubscribeMessage',
      'flushReports',
      'getSubscriptionSettings',
      'openSubscriptionSettings',
      'prefetchTemplates',
      'setup',
      'version',
    ]);
  });

  test('the version is that of package.json and of Cargo.toml', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    const read = (...parts) => fs.readFileSync(path.join(GLUE_ROOT, ...parts), 'utf8');
    assert.equal(sdk.version, JSON.parse(read('package.json')).version);
    assert.equal(sdk.version, /^version = "(.+)"$/m.exec(read('..', 'Cargo.toml'))[1]);
  });

  test('two calls of setup at once instantiate once', async (t) => {
    const app = await startWasm(t, { ready: false });
    await Promise.all([app.setup(), app.setup()]);
    await app.setup();
    assert.deepEqual(app.instantiated, [DEFAULT_PATH]);
  });

  test('setup resolves with nothing', async (t) => {
    const app = await startWasm(t, { ready: false });
    assert.equal(await app.setup(), undefined);
  });

  test('a wasmPath is passed on as it is', async (t) => {
    const wasmPath = 'packages/shop/miniprogram_npm/wx-subscribe/wx_subscribe.wasm.br';
    const bytes = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/wx_subscribe.wasm'));
    const app = await startWasm(t, { config: { wasmPath }, wasm: { readFile: () => bytes } });
    assert.deepEqual(app.instantiated, [wasmPath]);
  });

  test('a load that failed is tried again by the next setup', async (t) => {
    const lost = new Error('CompileError: invalid wasm file');
    const app = await startWasm(t, { ready: false, wasm: { fail: (call) => (call === 1 ? lost : undefined) } });

    const error = await rejection(app.setup());
    assert.equal(error.kind, 'wasmUnavailable');
    assert.match(error.message, /check `wasmPath`.*invalid wasm file/);

    assert.deepEqual(await app.tap(), { status: 'failed', stage: 'setup', error });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual(app.calls, app.calls.filter(readsOpenId), 'the openId is looked up to keep it out of the message');

    await app.setup();
    assert.equal((await app.tap()).status, 'answered');
    assert.equal(app.instantiated.length, 2);
  });

  test('a load that never ends is cut off by loadTimeoutMs', async (t) => {
    const app = await startWasm(t, { ready: false, wasm: { delayMs: Infinity } });
    const error = await rejection(app.setup({ loadTimeoutMs: 10 }));
    assert.deepEqual([error.kind, error.code], ['wasmUnavailable', null]);
    assert.match(error.message, /not loaded within 10 ms/);
  });

  test('a wasm that comes after its limit does not get in the way of the next setup', async (t) => {
    const app = await startWasm(t, { ready: false, wasm: { delayMs: 40 } });
    await rejection(app.setup({ loadTimeoutMs: 10 }));
    await app.setup();
    assert.equal((await app.tap()).status, 'answered');
  });

  const unavailable = {
    'a wasmPath where there is nothing': [{ wasmPath: '/elsewhere/wx_subscribe.wasm' }, {}, /\/elsewhere\/.*not found/],
    'a wasmPath that is an address': [{ wasmPath: 'https://shop.example.com/a.wasm' }, {}, /not support.*http/],
    'a client without WXWebAssembly': [{}, { globals: { WXWebAssembly: undefined } }, /no WXWebAssembly/],
    'an answer without exports': [{}, { wasm: { answer: () => ({}) } }, /no exports/],
    'an answer of nothing': [{}, { wasm: { answer: () => undefined } }, /no exports/],
    'a rejection that is no Error': [{}, { wasm: { fail: { errMsg: 'out of memory' } } }, /out of memory/],
    'a WXWebAssembly that throws': [
      {},
      { globals: { WXWebAssembly: { instantiate() { throw new Error('thrown at once'); } } } },
      /thrown at once/,
    ],
  };
  Object.entries(unavailable).forEach(([name, [config, options, says]]) => {
    test(`${name} rejects setup as wasmUnavailable`, async (t) => {
      const app = await startWasm(t, { ready: false, config, ...options });
      const error = await rejection(app.setup());
      assert.deepEqual([error.kind, error.code], ['wasmUnavailable', null]);
      assert.match(error.message, says);
      assert.deepEqual(await app.tap(), { status: 'failed', stage: 'setup', error });
    });
  });
});

describe('the fallback in JavaScript', () => {
  const withoutWasm = {
    'a client without WXWebAssembly': { globals: { WXWebAssembly: undefined } },
    'a wasm that does not load': { wasm: { fail: new Error('CompileError: invalid wasm file') } },
    'a load that never ends': { wasm: { delayMs: Infinity }, config: { loadTimeoutMs: 10 } },
  };
  Object.entries(withoutWasm).forEach(([name, options]) => {
    test(`${name} is no hindrance with it, from the tap to the report`, async (t) => {
      const app = await startWasm(t, { ...options, ready: false });
      await app.setup({ fallback: app.require('fallback.js') });
      assert.deepEqual(await app.prefetch(8, '退货-👍'), ['tmpl-a', 'tmpl-b']);
      app.calls.length = 0;
      const outcome = app.tap(8, '退货-👍', { 单号: 'SF-1' });
      assert.equal(app.optionsOf('requestSubscribeMessage').length, 1, 'within the tap');
      assert.deepEqual((await outcome).accepted, ['tmpl-a', 'tmpl-b']);
      await event(app, 'reportSent');
      assert.deepEqual(app.reports()[0].data, {
        busNo: '退货-👍',
        extraVariableMap: { 单号: 'SF-1' },
        openId: 'user-1',
        agreeTemplateIds: ['tmpl-a', 'tmpl-b'],
        rejectTemplateIds: [],
      });
      assert.deepEqual(changedNames(app.before, app.globals()), []);
      assert.deepEqual(app.printed, []);
    });
  });

  test('it is left alone where the wasm loads', async (t) => {
    await startWasm(t, { config: { fallback: () => assert.fail('the fallback was called') } });
  });

  test('one that throws rejects setup', async (t) => {
    const app = await startWasm(t, { ready: false, globals: { WXWebAssembly: undefined } });
    const fallback = () => {
      throw new Error('no memory');
    };
    const { kind, message } = await rejection(app.setup({ fallback }));
    assert.equal(kind, 'wasmUnavailable');
    assert.match(message, /no memory/);
  });
});

describe('a trap in the module', () => {
  /** A host whose first instance traps at the next call of an export, once armed. */
  function trapping(name) {
    const trap = { armed: false };
    const wrap = (key, call) =>
      longNameOf(key) === name
        ? (...values) => {
            if (!trap.armed) return call(...values);
            trap.armed = false;
            throw new WebAssembly.RuntimeError('unreachable');
          }
        : call;
    const answer = ({ exports }) => {
      const wrapped = Object.entries(exports).map(([key, member]) => [
        key,
        typeof member === 'function' ? wrap(key, member) : member,
      ]);
      return { exports: Object.fromEntries(wrapped) };
    };
    return { trap, wasm: { answer } };
  }

  test('ends its call as internal, and the next one works on a fresh instance', async (t) => {
    const { trap, wasm } = trapping('subscribe');
    const app = await startWasm(t, { wasm });
    trap.armed = true;
    const { status, error } = await app.tap();
    assert.deepEqual([status, error.kind, error.retryable], ['failed', 'internal', true]);
    assert.match(error.message, /report it.*unreachable/);
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
    assert.equal(app.instantiated.length, 2);
  });

  test('ends the calls that wait, too, and late answers of the host do no harm', async (t) => {
    const { trap, wasm } = trapping('prefetch');
    const app = await startWasm(t, { wasm, fake: { autoAnswer: null } });
    const waiting = app.tap();
    const popup = await popupOf(app, waiting);
    trap.armed = true;
    assert.deepEqual(await app.prefetch(2), []);
    assert.equal((await waiting).error.kind, 'internal');
    popup.acceptAll();
    await macrotask();
    assert.deepEqual(await app.prefetch(2), ['tmpl-a', 'tmpl-b']);
  });

  test('after a setup that was refused, the configuration that worked is taken up again', async (t) => {
    const { trap, wasm } = trapping('subscribe');
    const app = await startWasm(t, { wasm });
    await assert.rejects(app.setup({ maxTemplates: 0 }), { kind: 'badArgument' });
    trap.armed = true;
    assert.equal((await app.tap()).error.kind, 'internal');
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('the configuration', () => {
  const wrong = {
    wasmPath: [42, {}],
    fallback: ['fallback.js', 42, {}],
    loadTimeoutMs: ['soon', -1, NaN],
    baseUrl: [42, 'shop.example.com', 'ftp://shop.example.com', ''],
    header: ['token', 42],
    findCustomerPopTemplate: ['find', {}],
    popSubscribeResult: ['report', {}],
    openId: [42, '', {}],
    triggers: ['到货提醒', ['到货提醒'], { ten: '到货提醒' }, { 1.5: '到货提醒' }, { 10: '' }, { 10: 10 }],
    maxTemplates: ['3', 0, -1, NaN],
    templateTtlMs: ['3', -1, NaN],
    requestTimeoutMs: ['3', 0, NaN],
    popupGraceMs: ['3', 0, NaN],
    outboxMaxReports: ['3', 0, NaN],
    outboxMaxBytes: ['3', 0, NaN],
    onEvent: ['log', {}],
  };
  Object.entries(wrong).forEach(([key, values]) => {
    test(`a ${key} that cannot be used rejects setup with a message that names it`, async (t) => {
      const app = await startWasm(t, { ready: false });
      for (const value of values) {
        const { message, ...error } = await rejection(app.setup({ [key]: value }));
        const what = `${key}: ${JSON.stringify(value)}: ${message}`;
        assert.deepEqual(error, { kind: 'badArgument', code: null, retryable: false }, what);
        assert.ok(message.includes(key) && /must be/.test(message), what);
      }
    });
  });

  test('every key of the types has a row here', () => {
    const types = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/index.d.ts'), 'utf8');
    const body = /export interface Config \{([^]*?)\n\}/.exec(types)[1];
    assert.deepEqual([...body.matchAll(/^ {4}(\w+)\?:/gm)].map(([, key]) => key).sort(), Object.keys(wrong).sort());
  });

  const incomplete = {
    'an empty object': {},
    'findCustomerPopTemplate alone': { findCustomerPopTemplate() {} },
    'popSubscribeResult alone': { popSubscribeResult() {} },
  };
  Object.entries(incomplete).forEach(([name, config]) => {
    test(`${name} rejects setup with what to give`, async (t) => {
      const { sdk } = await startWasm(t, { ready: false });
      const error = await rejection(sdk.setup(config));
      assert.deepEqual([error.kind, error.retryable], ['badArgument', false]);
      assert.match(error.message, /baseUrl.*findCustomerPopTemplate.*popSubscribeResult/);
    });
  });

  test('setup without an object is rejected, not thrown', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    for (const config of [undefined, null, 'https://shop.example.com', 42, []]) {
      assert.equal((await rejection(sdk.setup(config))).kind, 'badArgument');
    }
  });

  test('whatever a getter throws, setup itself throws nothing', async (t) => {
    const app = await startWasm(t, { ready: false });
    for (const key of Object.keys(wrong)) {
      const config = { baseUrl: 'https://shop.example.com' };
      Object.defineProperty(config, key, { get() { throw new Error('getter'); }, enumerable: true });
      await app.sdk.setup(config).catch(({ message }) => assert.match(message, new RegExp(`getter|${key}`)));
    }
  });

  test('null stands for a key that is absent', async (t) => {
    const nothing = Object.fromEntries(Object.keys(wrong).map((key) => [key, null]));
    const app = await startWasm(t, { config: { ...nothing, baseUrl: 'https://shop.example.com/api' } });
    assert.deepEqual(app.instantiated, [DEFAULT_PATH]);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a slash at the end of baseUrl makes no second one', async (t) => {
    const app = await startWasm(t, { config: { baseUrl: 'https://shop.example.com/api/' } });
    await app.tap();
    assert.equal(app.optionsOf('request')[0].url, 'https://shop.example.com/api/findCustomerPopTemplate');
  });

  test('a second setup applies its configuration', async (t) => {
    const app = await startWasm(t, { answers: offering('a', 'b'), config: { maxTemplates: 2 } });
    await app.setup({ maxTemplates: 1, triggers: { 1: '加购' } });
    assert.deepEqual((await app.tap()).accepted, ['a']);
    assert.equal(app.sent('findCustomerPopTemplate')[0].data.triggerAct, '加购');
    assert.equal(app.instantiated.length, 1);
  });

  test('a second setup that is wrong leaves the first at work', async (t) => {
    const app = await startWasm(t);
    await rejection(app.setup({ maxTemplates: 0 }));
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a call while a wrong setup is under way says what is wrong', async (t) => {
    const app = await startWasm(t, { ready: false });
    const refused = rejection(app.setup({ maxTemplates: 0 }));
    const outcome = await app.tap();
    assert.deepEqual(outcome, { status: 'failed', stage: 'setup', error: await refused });
  });

  test('an onEvent that throws changes nothing', async (t) => {
    const app = await startWasm(t, { config: { onEvent() { throw new Error('analytics'); } } });
    assert.equal((await app.tap()).status, 'answered');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });
});

describe('calls from within', () => {
  test('an onEvent that calls the SDK again gets its answers, and disturbs nothing', async (t) => {
    const inner = [];
    const told = [];
    const onEvent = ({ name }) => {
      told.push(name);
      if (told.length > 20) return;
      inner.push(app.prefetch(2), app.flush(), app.sdk.getSubscriptionSettings().then(here));
      // Between the templates and the popup it would be the one that opens.
      if (name !== 'templatesFound') inner.push(app.subscribe());
    };
    const app = await start(t, { config: { onEvent } });
    assert.equal((await app.tap()).status, 'answered');
    assert.equal((await app.flush()).pending, 0);
    const outcomes = (await Promise.all(inner)).filter((outcome) => outcome.status);
    assert.ok(outcomes.length > 0);
    outcomes.forEach(({ status, error }) => {
      assert.ok(status === 'answered' || ['busy', 'notTapped'].includes(error.kind), JSON.stringify(error));
    });
    assert.equal(app.reports().length, told.filter((name) => name === 'reportSent').length);
  });

  test('an own function that calls the SDK again gets its answers', async (t) => {
    const inner = [];
    const popSubscribeResult = () => {
      inner.push(app.flush(), app.prefetch(2), app.setup());
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    assert.equal((await app.tap()).status, 'answered');
    const [flushed, prefetched] = await Promise.all(inner);
    assert.deepEqual([flushed.pending, prefetched], [0, ['tmpl-a']]);
  });
});

describe('the tap', () => {
  PROMISES.forEach((promise) => {
    const given = { fake: { promise } };

    test(`with templates prefetched the popup opens before the call returns (${promise} promises)`, async (t) => {
      const app = await start(t, given);
      assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
      app.calls.length = 0;
      const outcome = app.fake.tap(() => {
        const promised = app.subscribe();
        assert.deepEqual(app.calls.map(({ api }) => api), ['requestSubscribeMessage']);
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
    const app = await start(t, { config: ownFunctions({ findCustomerPopTemplate: async () => ({ data: ['own'] }) }) });
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

  test('a second tap while the popup is open answers busy', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await app.prefetch(1);
    await app.prefetch(2);
    const first = app.tap(1);
    for (const second of [await app.tap(1), await app.tap(2)]) {
      assert.deepEqual([second.stage, second.error.kind, second.error.retryable], ['popup', 'busy', true]);
    }
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 1, 'the host was not called again');
    app.fake.popup.acceptAll();
    assert.equal((await first).status, 'answered');
    const third = app.tap(2);
    (await popupOf(app, third)).rejectAll();
    assert.equal((await third).status, 'answered');
  });

  test('of two taps that wait for their templates the second answers busy', async (t) => {
    const app = await start(t);
    const [first, second] = await Promise.all([app.tap(1), app.tap(2)]);
    assert.equal(first.status, 'answered');
    assert.equal(second.error.kind, 'busy');
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 1);
  });

  test('a tap after a second setup answers busy as well while the popup is open', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await app.prefetch();
    const first = app.tap();
    await app.setup();
    assert.equal((await app.tap()).error.kind, 'busy');
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 1, 'the host was not called again');
    app.fake.popup.acceptAll();
    assert.equal((await first).status, 'answered');
  });

  test('a failed popup frees the way for the next tap', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false } });
    assert.equal((await app.tap()).error.kind, 'mainSwitchOff');
    app.fake.settings.mainSwitch = true;
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('a popup that stays silent', () => {
  const given = { fake: { autoAnswer: null }, config: { popupGraceMs: 20 } };

  /** An app that has been in the background while its popup was open. */
  async function returned(t) {
    const app = await start(t, given);
    const outcome = app.tap();
    const popup = await popupOf(app, outcome);
    app.fake.emit('appHide');
    app.fake.emit('appShow', {});
    return { app, outcome, popup };
  }

  test('ends as timeout some time after the return from the background', async (t) => {
    const { app, outcome } = await returned(t);
    const { stage, error } = await outcome;
    assert.deepEqual([stage, error.kind, error.retryable], ['popup', 'timeout', true]);
    assert.deepEqual(app.events.pop(), { name: 'popupFailed', triggerAct: '加入购物车', busNo: 'order-1', error });
    assert.equal((await app.tap()).error.kind, 'busy', 'the host itself is asked again');
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 2);
  });

  test('is waited for when the user answers after the return', async (t) => {
    const { outcome, popup } = await returned(t);
    popup.acceptAll();
    assert.equal((await outcome).status, 'answered');
  });

  test('is reported all the same when the user answers later still', async (t) => {
    const { app, outcome, popup } = await returned(t);
    assert.equal((await outcome).status, 'failed');
    popup.acceptAll();
    await event(app, 'reportSent');
    assert.deepEqual(app.reports()[0].data.agreeTemplateIds, ['tmpl-a', 'tmpl-b']);
  });

  test('is waited for as long as the user takes, in the foreground', async (t) => {
    const app = await start(t, given);
    const outcome = app.tap();
    const popup = await popupOf(app, outcome);
    mockTimers(t);
    await pass(t, 3_600_000);
    t.mock.timers.reset();
    popup.acceptAll();
    assert.equal((await outcome).status, 'answered');
  });
});

describe('prefetching', () => {
  test('the tap needs no network', async (t) => {
    const app = await start(t);
    await app.prefetch();
    await app.tap();
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('two at once for the same moment ask the back end once', async (t) => {
    const app = await start(t);
    const [one, two] = await Promise.all([app.prefetch(), app.prefetch()]);
    assert.deepEqual([one, two], [['tmpl-a', 'tmpl-b'], ['tmpl-a', 'tmpl-b']]);
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('templates belong to their trigger and business number', async (t) => {
    const data = ({ json }) => ({ json: { data: [`${json.triggerAct}/${json.busNo}`] } });
    const app = await start(t, { answers: { findCustomerPopTemplate: data } });
    assert.deepEqual(await app.prefetch(1, 'a'), ['加入购物车/a']);
    assert.deepEqual((await app.tap(1, 'b')).accepted, ['加入购物车/b']);
    assert.deepEqual((await app.tap(2, 'a')).accepted, ['订单详情/a']);
    assert.deepEqual((await app.tap(1, 'a')).accepted, ['加入购物车/a']);
  });

  test('templates older than templateTtlMs are fetched anew', async (t) => {
    const app = await start(t, { config: { templateTtlMs: 60_000 } });
    mockTimers(t);
    const prefetched = app.prefetch();
    await pass(t, 20);
    await prefetched;
    t.mock.timers.tick(60_000);
    const outcome = app.tap();
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 0);
    await pass(t, 20);
    assert.equal((await outcome).status, 'answered');
    assert.equal(app.sent('findCustomerPopTemplate').length, 2);
  });

  test('a failure resolves to no templates, and an event says why', async (t) => {
    const app = await start(t, { answers: { findCustomerPopTemplate: { statusCode: 503 } } });
    assert.deepEqual(await app.prefetch(1, 'order-1'), []);
    const [{ name, triggerAct, busNo, error }] = app.events;
    assert.deepEqual([name, triggerAct, busNo], ['templatesFailed', '加入购物车', 'order-1']);
    assert.deepEqual([error.kind, error.code, error.retryable], ['badResponse', 503, true]);
  });

  test('after a setup that failed, an event says why, too', async (t) => {
    const app = await startWasm(t, { ready: false, config: { wasmPath: '/nowhere.wasm' } });
    await assert.rejects(app.setup(), { kind: 'wasmUnavailable' });
    assert.deepEqual(await app.prefetch(1, 'order-1'), []);
    const [{ name, busNo, error }] = app.events;
    assert.deepEqual([name, busNo, error.kind], ['templatesFailed', 'order-1', 'wasmUnavailable']);
  });

  test('a failure is not remembered', async (t) => {
    let calls = 0;
    const recovering = () => {
      calls += 1;
      return calls === 1 ? { statusCode: 503 } : { json: { data: ['tmpl-a'] } };
    };
    const app = await start(t, { answers: { findCustomerPopTemplate: recovering } });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a']);
  });
});

describe('trigger types', () => {
  Object.entries(TRIGGERS).forEach(([name, [number, triggerAct]]) => {
    test(`${name} is ${number} and reaches the back end as ${triggerAct}`, async (t) => {
      const app = await start(t);
      assert.equal(app.sdk.TriggerType[name], number);
      await app.tap(number, 'bus-1');
      assert.deepEqual(app.sent('findCustomerPopTemplate')[0].data, { triggerAct, busNo: 'bus-1' });
      const [{ url, method, header }] = app.optionsOf('request');
      assert.deepEqual([url, method], ['https://shop.example.com/api/findCustomerPopTemplate', 'POST']);
      assert.deepEqual(header, { 'content-type': 'application/json' });
    });
  });

  test('there are nine', async (t) => {
    const { sdk } = await start(t, { ready: false });
    assert.deepEqual(Object.keys(sdk.TriggerType), Object.keys(TRIGGERS));
  });

  test('an application adds types and renames one', async (t) => {
    const app = await start(t, { config: { triggers: { 42: '到货提醒', 1: '加购', 0: '零' } } });
    for (const type of [42, 1, 0, 2]) await app.tap(type);
    const acts = app.sent('findCustomerPopTemplate').map(({ data }) => data.triggerAct);
    assert.deepEqual(acts, ['到货提醒', '加购', '零', '订单详情']);
  });

  test('an own function gets the same question', async (t) => {
    const asked = [];
    const findCustomerPopTemplate = (query) => {
      asked.push(here(query));
      return { data: ['tmpl-a'] };
    };
    const app = await start(t, { config: ownFunctions({ findCustomerPopTemplate }) });
    await app.tap(9, '订单-1');
    assert.deepEqual(asked, [{ triggerAct: '提交售后申请（仅退款）', busNo: '订单-1' }]);
    assert.deepEqual(app.optionsOf('request'), []);
  });
});

describe('the answer', () => {
  const WORDS = {
    accept: 'accepted',
    acceptWithAudio: 'accepted',
    acceptWithAlert: 'accepted',
    acceptWithForcePush: 'accepted',
    acceptWithSomethingNew: 'accepted',
    reject: 'rejected',
    ban: 'banned',
    filter: 'filtered',
    somethingNew: 'other',
    '': 'other',
  };
  const NOTHING = { accepted: [], rejected: [], banned: [], filtered: [], other: [] };

  /** An app whose host answers the popup with exactly this. */
  const answering = (result, more) => ({
    ...more,
    wx: () => ({
      requestSubscribeMessage: ({ success }) => {
        setTimeout(() => success({ errMsg: 'requestSubscribeMessage:ok', ...result }), 0);
      },
    }),
  });

  Object.entries(WORDS).forEach(([word, list]) => {
    test(`“${word}” is ${list}, and kept in raw`, async (t) => {
      const app = await start(t, { ...answering({ tmpl: word }), answers: offering('tmpl') });
      const reported = list === 'accepted' || list === 'rejected';
      assert.deepEqual(await app.tap(), {
        status: 'answered',
        ...NOTHING,
        [list]: ['tmpl'],
        raw: { tmpl: word },
        remaining: [],
        report: reported ? 'queued' : 'none',
      });
      await app.flush();
      assert.equal(app.reports().length, reported ? 1 : 0);
    });
  });

  test('each id is in one list, in the order it was asked, and ids without a word are other', async (t) => {
    const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    const words = [...Object.keys(WORDS), undefined, 42];
    const result = Object.fromEntries(ids.map((id, index) => [id, words[index]]));
    const app = await start(t, { ...answering(result), answers: offering(...ids), config: { maxTemplates: 12 } });
    const { raw, ...outcome } = await app.tap();
    assert.deepEqual(outcome, {
      status: 'answered',
      accepted: ids.slice(0, 5),
      rejected: ['id-5'],
      banned: ['id-6'],
      filtered: ['id-7'],
      other: ids.slice(8),
      remaining: [],
      report: 'queued',
    });
    assert.deepEqual(raw, Object.fromEntries(Object.keys(WORDS).map((word, index) => [ids[index], word])));
  });

  test('ids that nobody asked about are left alone, errMsg too', async (t) => {
    const app = await start(t, { ...answering({ tmpl: 'accept', another: 'accept' }), answers: offering('tmpl') });
    assert.deepEqual((await app.tap()).raw, { tmpl: 'accept' });
  });

  test('a template called __proto__ or constructor is a template', async (t) => {
    const ids = ['constructor', '__proto__', 'toString'];
    const result = JSON.parse('{ "constructor": "accept", "__proto__": "reject", "toString": "accept" }');
    const app = await start(t, {
      answers: offering(...ids),
      wx: () => ({ requestSubscribeMessage: ({ success }) => success(result) }),
    });
    const { accepted, rejected } = await app.tap();
    assert.deepEqual([accepted, rejected], [['constructor', 'toString'], ['__proto__']]);
  });

  test('templates beyond maxTemplates remain, and are asked first at the next tap', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'c', 'd', 'e'), config: { maxTemplates: 2 } });
    const outcomes = [await app.tap(), await app.tap(), await app.tap()];
    assert.deepEqual(
      outcomes.map(({ accepted, remaining }) => [accepted, remaining]),
      [[['a', 'b'], ['c', 'd', 'e']], [['c', 'd'], ['e']], [['e'], []]],
    );
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
    assert.deepEqual((await app.tap()).accepted, ['a', 'b'], 'then the back end is asked again');
  });

  test('three templates are asked at once unless maxTemplates says otherwise', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'c', 'd') });
    assert.deepEqual((await app.tap()).remaining, ['d']);
  });

  const LEARNED = [
    { client: 3, maxTemplates: 5, asked: [5, 3] },
    { client: 1, maxTemplates: 2, asked: [2, 1] },
    { client: 1, maxTemplates: 5, asked: [5, 3, 2, 1] },
  ];
  LEARNED.forEach(({ client, maxTemplates, asked }) => {
    test(`a client that takes ${client} of ${maxTemplates} is asked for ${asked}, and remembered`, async (t) => {
      const storage = { openId: JSON.stringify('user-1') };
      const given = {
        answers: offering('a', 'b', 'c', 'd', 'e'),
        config: { maxTemplates },
        fake: { storage, maxTemplates: client },
      };
      const app = await start(t, given);
      for (let tap = 1; tap < asked.length; tap += 1) {
        assert.equal((await app.tap()).error.kind, 'tooManyTemplates');
      }
      assert.equal((await app.tap()).accepted.length, client);
      const sizes = (launched) => launched.optionsOf('requestSubscribeMessage').map(({ tmplIds }) => tmplIds.length);
      assert.deepEqual(sizes(app), asked);
      app.close();

      const after = await start(t, given);
      await after.tap();
      assert.deepEqual(sizes(after), [client]);
    });
  });

  test('what remains is kept while a popup fails', async (t) => {
    const app = await start(t, { answers: offering('a', 'b'), config: { maxTemplates: 1 } });
    await app.tap();
    app.fake.settings.mainSwitch = false;
    assert.equal((await app.tap()).status, 'failed');
    app.fake.settings.mainSwitch = true;
    assert.deepEqual((await app.tap()).accepted, ['b']);
  });

  test('an id that the back end lists twice is asked once', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'a') });
    assert.deepEqual((await app.tap()).accepted, ['a', 'b']);
  });

  test('no templates means no popup', async (t) => {
    const app = await start(t, { answers: offering() });
    assert.deepEqual(await app.tap(), { status: 'noTemplates' });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual(app.calls.map(({ api }) => api), ['request']);
    assert.deepEqual(app.eventNames(), ['templatesFound']);
  });

  test('a choice that was kept answers without a popup', async (t) => {
    const app = await start(t, { answers: offering('a'), fake: { itemSettings: { a: 'reject' } } });
    assert.deepEqual((await app.tap()).rejected, ['a']);
  });

  test('the events come in order, with what belongs to them', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await answer(app, { 'tmpl-a': 'accept' }, 4, 'order-7');
    await app.flush();
    const moment = { triggerAct: '支付成功', busNo: 'order-7' };
    const [, , , { reportId }] = app.events;
    assert.match(reportId, /^\S{20,}$/);
    assert.deepEqual(app.events, [
      { name: 'templatesFound', ...moment, templateIds: ['tmpl-a', 'tmpl-b'] },
      { name: 'popupRequested', ...moment, templateIds: ['tmpl-a', 'tmpl-b'] },
      { name: 'popupAnswered', ...moment, accepted: ['tmpl-a'], rejected: ['tmpl-b'] },
      { name: 'reportQueued', reportId, saved: true },
      { name: 'reportSent', reportId },
    ]);
  });

  test('a popup that fails is told to onEvent with the error of the outcome', async (t) => {
    const app = await start(t, { fake: { banned: true } });
    const { error } = await app.tap();
    assert.deepEqual(app.events.pop(), { name: 'popupFailed', triggerAct: '加入购物车', busNo: 'order-1', error });
  });
});

describe('the report on the wire', () => {
  test('its body is the contract, and nothing more', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const extra = { price: '129.00', 数量: 2, tags: ['新', '👍', null], at: new Date(0), nothing: undefined };
    await answer(app, { 'tmpl-a': 'acceptWithAlert' }, 1, '商品-1', extra);
    await app.flush();
    const [{ data, header }] = app.reports();
    assert.deepEqual(data, {
      busNo: '商品-1',
      extraVariableMap: { price: '129.00', 数量: 2, tags: ['新', '👍', null], at: '1970-01-01T00:00:00.000Z' },
      openId: 'user-1',
      agreeTemplateIds: ['tmpl-a'],
      rejectTemplateIds: ['tmpl-b'],
    });
    const [, , , { reportId }] = app.events;
    assert.deepEqual(header, { 'content-type': 'application/json', 'Idempotency-Key': reportId });
  });

  test('extraVariableMap is {} when left out, and as it was at the tap', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const extra = { price: 1 };
    const outcome = app.tap(1, 'a', extra);
    extra.price = 2;
    (await popupOf(app, outcome)).acceptAll();
    await outcome;
    await answer(app, {}, 1, 'b');
    await answer(app, {}, 1, 'c', null);
    await app.flush();
    assert.deepEqual(app.reports().map(({ data }) => data.extraVariableMap), [{ price: 1 }, {}, {}]);
  });

  const headers = {
    'an object': { authorization: 'token' },
    'a function': () => ({ authorization: 'token' }),
  };
  Object.entries(headers).forEach(([name, header]) => {
    test(`a header that is ${name} goes with both calls`, async (t) => {
      const app = await start(t, { config: { header } });
      await app.tap();
      await app.flush();
      const sent = app.optionsOf('request').map((request) => request.header);
      assert.equal(sent.length, 2);
      sent.forEach((given) => assert.equal(given.authorization, 'token'));
      assert.match(sent[1]['Idempotency-Key'], /^\S{20,}$/);
    });
  });

  test('a header function is asked at each request', async (t) => {
    let asked = 0;
    const header = () => {
      asked += 1;
      return { turn: String(asked) };
    };
    const app = await start(t, { config: { header } });
    await app.tap();
    await app.flush();
    assert.deepEqual(app.optionsOf('request').map((request) => request.header.turn), ['1', '2']);
  });

  test('each report has an Idempotency-Key of its own', async (t) => {
    const app = await start(t);
    for (let tap = 0; tap < 50; tap += 1) await app.tap();
    await app.flush();
    const keys = app.reports().map(({ header }) => header['Idempotency-Key']);
    assert.deepEqual([keys.length, new Set(keys).size], [50, 50]);
  });

  const openIds = {
    storage: [undefined, 'user-1'],
    'a string': ['given', 'given'],
    'a function': [() => 'asked', 'asked'],
  };
  Object.entries(openIds).forEach(([name, [openId, expected]]) => {
    test(`the openId comes from ${name}, and no event carries it`, async (t) => {
      const app = await start(t, { config: { openId } });
      await app.tap();
      await app.flush();
      assert.equal(app.reports()[0].data.openId, expected);
      const told = JSON.stringify(app.events);
      assert.ok(!told.includes('openId') && !told.includes(expected), told);
    });
  });

  test('a report without an openId waits until there is one', async (t) => {
    const app = await start(t, { fake: { storage: {} } });
    assert.equal((await app.tap()).report, 'queued');
    const { error } = await event(app, 'reportPostponed');
    assert.equal(error.kind, 'badArgument');
    assert.match(error.message, /openId.*store it/);
    assert.deepEqual(app.reports(), []);
    app.wx.setStorageSync('openId', 'late');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(app.reports()[0].data.openId, 'late');
  });

  const unusable = {
    'an openId function that throws': () => {
      throw new Error('not logged in');
    },
    'an openId function that returns a promise': async () => 'late',
    'an openId function that returns a number': () => 42,
  };
  Object.entries(unusable).forEach(([name, openId]) => {
    test(`${name} keeps the report back, and loses nothing`, async (t) => {
      const app = await start(t, { config: { openId } });
      assert.equal((await app.tap()).report, 'queued');
      await event(app, 'reportPostponed');
      await app.setup({ openId: 'given' });
      assert.equal((await app.flush()).pending, 0);
      assert.deepEqual(app.reports().map(({ data }) => data.openId), ['given']);
    });
  });

  test('an own function gets the report, and its id beside it', async (t) => {
    const got = [];
    const popSubscribeResult = (...given) => {
      got.push(here(given));
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap(1, 'a', { price: 1 });
    const { reportId } = await event(app, 'reportSent');
    const report = {
      busNo: 'a',
      extraVariableMap: { price: 1 },
      openId: 'user-1',
      agreeTemplateIds: ['tmpl-a'],
      rejectTemplateIds: [],
    };
    assert.deepEqual(got, [[report, { reportId }]]);
    assert.deepEqual(app.optionsOf('request'), []);
  });

  test('one call may be an own function and the other go to baseUrl', async (t) => {
    const app = await start(t, { config: { findCustomerPopTemplate: () => ({ data: ['own'] }) } });
    await app.tap();
    await app.flush();
    assert.deepEqual(app.optionsOf('request').map(({ url }) => url), [
      'https://shop.example.com/api/popSubscribeResult',
    ]);
    assert.deepEqual(app.reports()[0].data.agreeTemplateIds, ['own']);
  });

  test('the page does not wait for the report', async (t) => {
    const app = await start(t, { answers: { popSubscribeResult: () => undefined } });
    assert.equal((await app.tap()).report, 'queued');
    assert.equal(app.reports().length, 1);
  });
});

describe('reports that do not arrive', () => {
  /** Answers the reports by turns with these replies, and with the last one from then on. */
  function byTurns(...replies) {
    let turn = -1;
    return {
      popSubscribeResult: () => {
        turn = Math.min(turn + 1, replies.length - 1);
        return replies[turn];
      },
    };
  }
  const keysOf = (app) => app.reports().map(({ header }) => header['Idempotency-Key']);

  const passing = {
    'HTTP 500': { statusCode: 500 },
    'HTTP 429': { statusCode: 429 },
    'HTTP 408': { statusCode: 408 },
    'HTTP 302': { statusCode: 302 },
    'no network': { errMsg: 'net::ERR_INTERNET_DISCONNECTED' },
  };
  Object.entries(passing).forEach(([name, reply]) => {
    test(`after ${name} flushReports sends it again, under the same Idempotency-Key`, async (t) => {
      const app = await start(t, { answers: byTurns(reply, { json: {} }) });
      await app.tap();
      const { reportId, retryInMs } = await event(app, 'reportPostponed');
      assert.ok(retryInMs >= 1000 && retryInMs <= 2000, `${retryInMs}`);
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.deepEqual(keysOf(app), [reportId, reportId]);
      const [first, second] = app.reports();
      assert.deepEqual(second.data, first.data);
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    });
  });

  test('an own function gets the same reportId again', async (t) => {
    const ids = [];
    const popSubscribeResult = async (_, { reportId }) => {
      ids.push(reportId);
      if (ids.length === 1) throw new Error('offline');
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await event(app, 'reportPostponed');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(ids, [ids[0], ids[0]]);
  });

  test('flushReports tells what still waits', async (t) => {
    const app = await start(t, { answers: failingReport });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 2 });
  });

  test('they go in order, and none overtakes one that failed', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    assert.equal(app.reports().length, 1, 'the second waits behind the first');
    assert.deepEqual(await app.flush(), { sent: 2, pending: 0 });
    assert.deepEqual(app.reports().map(({ data }) => data.busNo), ['a', 'a', 'b']);
  });

  test('they go by themselves after their wait', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    mockTimers(t);
    const outcome = app.tap();
    await pass(t, 100);
    await outcome;
    const { retryInMs } = await event(app, 'reportPostponed');
    await pass(t, retryInMs - 200);
    assert.equal(app.reports().length, 1);
    await pass(t, 300);
    assert.equal(app.reports().length, 2);
    assert.ok(app.eventNames().includes('reportSent'));
  });

  test('they go when the network is back', async (t) => {
    const app = await start(t, { answers: byTurns({ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }, { json: {} }) });
    await app.tap();
    await event(app, 'reportPostponed');
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    await event(app, 'reportSent');
    assert.equal(app.reports().length, 2);
  });

  [400, 401, 403, 404, 409, 422].forEach((statusCode) => {
    test(`HTTP ${statusCode} is final: the event carries the report without its openId`, async (t) => {
      const app = await start(t, { answers: byTurns({ statusCode }, { json: {} }) });
      await app.tap(1, 'a', { price: 1 });
      const dropped = await event(app, 'reportDropped');
      assert.deepEqual(dropped.report, {
        busNo: 'a',
        extraVariableMap: { price: 1 },
        agreeTemplateIds: ['tmpl-a', 'tmpl-b'],
        rejectTemplateIds: [],
      });
      assert.deepEqual(
        [dropped.error.kind, dropped.error.code, dropped.error.retryable],
        ['badResponse', statusCode, false],
      );
      assert.ok(!JSON.stringify(app.events).includes('user-1'));
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
      assert.equal(app.reports().length, 1);
    });
  });

  test('one that is refused does not keep back the next', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { statusCode: 400 }, { json: {} }) });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(app.reports().map(({ data }) => data.busNo), ['a', 'a', 'b']);
  });

  test('one that had to make room is told to onEvent', async (t) => {
    const app = await start(t, { answers: failingReport, config: { outboxMaxReports: 1 } });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    const { error, report } = await event(app, 'reportDropped');
    assert.deepEqual([error, report.busNo, 'openId' in report], [null, 'a', false]);
    assert.equal((await app.flush()).pending, 1);
  });

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
    const { reports, done } = JSON.parse(JSON.parse(storage['wx-subscribe:outbox']));
    assert.deepEqual([reports, done], [[], keysOf(before).slice(0, 1)], 'storage keeps but the id of what was delivered');
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

  test('a storage that refuses leaves the report unsaved, and it is sent all the same', async (t) => {
    const app = await start(t, { fake: { storageLimit: 0 } });
    assert.equal((await app.tap()).report, 'unsaved');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal((await event(app, 'reportQueued')).saved, false);
    assert.equal(app.reports().length, 1);
  });

  test('an unsaved report is tried again, and saved once storage takes it', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const app = await start(t, { fake: { storage, storageLimit: 0 }, answers: failingReport });
    assert.equal((await app.tap(1, 'a')).report, 'unsaved');
    await event(app, 'reportPostponed');
    app.fake.storageLimit = 1024 * 1024;
    assert.equal((await app.tap(1, 'b')).report, 'queued');
    app.close();

    const after = await start(t, { fake: { storage }, ready: false });
    await after.setup();
    await after.flush();
    assert.deepEqual(after.reports().map(({ data }) => data.busNo), ['a', 'b']);
  });

  test('a storage whose every function throws keeps nobody from answering', async (t) => {
    const refuse = () => {
      throw new Error('getStorageSync:fail storage is broken');
    };
    const wx = () => ({ getStorageSync: refuse, setStorageSync: refuse, removeStorageSync: refuse });
    const app = await start(t, { wx, config: { openId: 'user-2' } });
    assert.equal((await app.tap()).report, 'unsaved');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(app.reports()[0].data.openId, 'user-2');
  });

  ['{', '"text"', '{"version":1}', '{"version":1,"reports":7}'].forEach((damaged) => {
    test(`an outbox of ${damaged} is replaced, and an event says so`, async (t) => {
      const storage = { openId: '"user-1"', 'wx-subscribe:outbox': JSON.stringify(damaged) };
      const app = await start(t, { fake: { storage } });
      assert.deepEqual(app.eventNames(), ['outboxDamaged']);
      assert.equal((await app.tap()).report, 'queued');
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    });
  });

  test('after a second setup flushReports still waits for a report under way', async (t) => {
    let respond;
    const popSubscribeResult = () =>
      new Promise((resolve) => {
        respond = resolve;
      });
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await app.setup();
    const flushed = app.flush();
    await macrotask();
    respond();
    assert.equal((await flushed).pending, 0);
  });

  test('after a second setup a waiting report goes by the new configuration', async (t) => {
    const answers = byTurns({ statusCode: 503 }, { json: {} });
    const app = await start(t, { answers, config: { header: { token: 'old' } } });
    await app.tap();
    await event(app, 'reportPostponed');
    await app.setup({ header: { token: 'new' } });
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    await event(app, 'reportSent');
    assert.deepEqual(app.reports().map(({ header }) => header.token), ['old', 'new']);
  });

  test('a network that goes sends nothing', async (t) => {
    const app = await start(t, { answers: failingReport });
    await app.tap();
    await event(app, 'reportPostponed');
    app.fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
    await macrotask();
    assert.equal(app.reports().length, 1);
  });

  test('a refused report of an own function is dropped, and a lost one kept', async (t) => {
    const replies = [{ statusCode: 503 }, { status: 403 }];
    const popSubscribeResult = () => Promise.reject(replies.shift());
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await event(app, 'reportPostponed');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.equal((await event(app, 'reportDropped')).error.code, 403);
  });

  test('nothing is sent, and flushReports says 0, when nothing waits', async (t) => {
    const app = await start(t, { answers: refusedReport });
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.deepEqual(app.reports(), []);
  });
});

describe('the user’s settings', () => {
  const kept = { a: 'accept', b: 'reject', c: 'acceptWithForcePush' };
  const EMPTY = { mainSwitch: null, items: {} };
  const answeringWith = (subscriptionsSetting) => ({
    wx: () => ({ getSetting: ({ success }) => success({ errMsg: 'getSetting:ok', subscriptionsSetting }) }),
  });

  const cases = {
    'no kept choice, so no itemSettings': [{}, { mainSwitch: true, items: {} }],
    'kept choices, repeated at the top level': [
      { fake: { itemSettings: kept, mainSwitch: false } },
      { mainSwitch: false, items: kept },
    ],
    'kept choices at the top level alone': [
      answeringWith({ mainSwitch: true, ...kept }),
      { mainSwitch: true, items: kept },
    ],
    'itemSettings alone': [answeringWith({ mainSwitch: true, itemSettings: kept }), { mainSwitch: true, items: kept }],
    'itemSettings of null': [answeringWith({ mainSwitch: true, itemSettings: null }), { mainSwitch: true, items: {} }],
    'no subscriptionsSetting, as in a plugin': [answeringWith(undefined), EMPTY],
    'a client without the function': [{ fake: { without: ['getSetting'] } }, EMPTY],
    'a host that fails': [{ wx: () => ({ getSetting: ({ fail }) => fail({ errMsg: 'getSetting:fail' }) }) }, EMPTY],
    'a host that throws': [{ wx: () => ({ getSetting() { throw new Error('getSetting'); } }) }, EMPTY],
  };
  Object.entries(cases).forEach(([name, [options, expected]]) => {
    test(`${name}: ${JSON.stringify(expected)}`, async (t) => {
      const app = await start(t, options);
      assert.deepEqual(here(await app.sdk.getSubscriptionSettings()), expected);
    });
  });

  test('the host is asked for subscriptions', async (t) => {
    const app = await start(t);
    await app.sdk.getSubscriptionSettings();
    assert.equal(app.optionsOf('getSetting')[0].withSubscriptions, true);
  });

  test('the settings page opens within the tap, and what is set there is told', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false, promise: 'polyfill' } });
    const chosen = { mainSwitch: true, itemSettings: { a: 'accept' } };
    app.fake.onSettingsPage = (settings) => Object.assign(settings, chosen);
    const settings = await app.fake.tap(() => {
      const promised = app.sdk.openSubscriptionSettings();
      assert.equal(app.optionsOf('openSetting')[0].withSubscriptions, true);
      return promised;
    });
    assert.deepEqual(here(settings), { mainSwitch: true, items: { a: 'accept' }, error: null });
  });

  const unopened = {
    'outside of a tap': [{}, (_, open) => open(), 'notTapped', /TAP gesture/],
    'on a client without it': [
      { fake: { without: ['openSetting'] } },
      ({ fake }, open) => fake.tap(open),
      'unsupportedHost',
      /openSetting/,
    ],
  };
  Object.entries(unopened).forEach(([name, [options, run, kind, says]]) => {
    test(`${name} the settings page does not open, and the error says why`, async (t) => {
      const app = await start(t, options);
      const { error, ...settings } = here(await run(app, () => app.sdk.openSubscriptionSettings()));
      assert.deepEqual(settings, EMPTY);
      assert.equal(error.kind, kind);
      assert.match(error.message, says);
    });
  });
});
