// Every call to the host, the back end and the application fails in every
// possible way. In each case the page gets a documented outcome, nothing leaks,
// nothing is lost, and the next tap works.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, describe, test } = require('node:test');

const { BUILD, GLUE_ROOT, here } = require('./support/bare-context.js');
const contract = require('./support/contract.js');
const { LATE_MS, launch, load, unhandled } = require('./support/faulty-app.js');
const {
  CALLBACK_WAYS,
  FUNCTION_WAYS,
  NAMES,
  SYNC_WAYS,
  alone,
  boom,
  value,
  withEach,
} = require('./support/hostile.js');
const { isOutboxKey, keysIn, putOutboxText } = require('./support/outbox.js');

const WASM_ONLY = BUILD === 'wasm' ? false : 'about WXWebAssembly';

const FOUND = { data: ['tmpl-a', 'tmpl-b'] };
const SETTINGS = {
  subscriptionsSetting: { mainSwitch: true, itemSettings: { 'tmpl-a': 'accept' } },
};

const isFind = ({ url }) => url.endsWith('/findCustomerPopTemplate');
const isReport = ({ url }) => url.endsWith('/popSubscribeResult');
const responding = (data) => () => ({ statusCode: 200, data, header: {}, errMsg: 'request:ok' });

let cases = 0;

/**
 * One test for each kind of fault. An app goes through all cases, and is relaunched
 * after a case has damaged it, or after each case if `fresh`.
 */
function each(ways, title, { open = launch, fresh = false, go }) {
  Object.entries(ways).forEach(([way, works]) => {
    test(`${title} ${way} does no harm`, async (t) => {
      const harm = [];
      let app;
      for (const [name, work] of Object.entries(works)) {
        cases += 1;
        try {
          app = (!fresh && app) || (await open(t, work));
          app.arm(work);
          await go(app, { name, way, busNo: `bus-${cases}` });
          await app.harmless();
        } catch (error) {
          harm.push(`${name}: ${error.stack.slice(0, 800)}`);
          if (app) app.close();
          app = undefined;
        }
      }
      assert.equal(
        harm.length,
        0,
        `of ${Object.keys(works).length} cases these did harm:\n${harm.join('\n')}`,
      );
    });
  });
}

after(() => console.log(`# ${cases} cases over ${BUILD}`));

/** The flow from the tap to the report under a fault, and after it. */
async function subscribe(app, { busNo, isListed }) {
  const outcome = await app.outcome(1, busNo, { faulty: true });
  assert.notEqual(outcome.error?.kind, 'internal', outcome.error?.message);
  const flushed = await app.within(LATE_MS, app.flush(), 'flushReports');
  contract.checkFlushed(flushed.value);
  await app.disarm();
  await app.worksAfterwards({ isListed });
  return outcome;
}

/** An app in which the calls of one function of `wx` fail. */
const failing =
  (api, which = {}, options) =>
  (t) =>
    launch(t, { ...options, faults: { [api]: which } });

// ---------------------------------------------------------------------------
// The host

describe('the host’s calls', () => {
  const find = { only: isFind, proper: responding(FOUND) };
  const report = { only: isReport, proper: responding({}) };
  const popup = { proper: () => ({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' }) };
  each(CALLBACK_WAYS, 'a wx.request for templates', {
    open: failing('request', find),
    go: subscribe,
  });
  each(CALLBACK_WAYS, 'a wx.request with a report', {
    open: failing('request', report),
    go: subscribe,
  });
  each(CALLBACK_WAYS, 'a wx.requestSubscribeMessage', {
    open: failing('requestSubscribeMessage', popup),
    go: subscribe,
  });

  const settings = { proper: () => SETTINGS };
  each(CALLBACK_WAYS, 'a wx.getSetting', {
    open: failing('getSetting', settings),
    async go(app) {
      const { value: got } = await app.within(
        LATE_MS,
        app.sdk.getSubscriptionSettings(),
        'getSubscriptionSettings',
      );
      contract.checkSettings(here(got));
      contract.holdsNoOpenId(got);
      await app.disarm();
      await app.worksAfterwards();
    },
  });
  each(CALLBACK_WAYS, 'a wx.openSetting', {
    open: failing('openSetting', settings),
    async go(app) {
      const called = app.fake.tap(() => app.sdk.openSubscriptionSettings());
      await app.clock.pass(LATE_MS / 2);
      // The user may stay on the settings page for long; after the return to the shop the call must end.
      app.comeBack();
      const { value: got } = await app.within(LATE_MS, called, 'openSubscriptionSettings');
      contract.checkOpenedSettings(here(got));
      contract.holdsNoOpenId(got);
      await app.disarm();
      await app.worksAfterwards();
    },
  });

  const withAnything = (listener) => NAMES.forEach((name) => listener(value(name)));
  const LISTENING_WAYS = {
    ...SYNC_WAYS,
    ...alone({
      'that calls the listener at once with anything': ({ given: [listener] }) =>
        withAnything(listener),
      'that calls the listener at once and throws': ({ given: [listener] }) => {
        withAnything(listener);
        boom();
      },
      'that calls the listener a thousand times': ({ given: [listener] }) => {
        for (let times = 0; times < 1000; times += 1) listener({ isConnected: true });
      },
    }),
  };
  ['onNetworkStatusChange', 'onAppShow'].forEach((api) => {
    const open = (t, way) => launch(t, { faults: { [api]: { way } } });
    each(LISTENING_WAYS, `a wx.${api}`, { open, fresh: true, go: subscribe });
  });

  const ANYTHING = { 'is anything': Object.fromEntries(NAMES.map((name) => [name, name])) };
  ['request', 'requestSubscribeMessage', 'getStorageSync', 'setStorageSync', 'getSetting'].forEach(
    (api) => {
      each(ANYTHING, `a wx.${api} that`, {
        async go(app, { name, busNo }) {
          const original = app.wx[api];
          Object.defineProperty(app.wx, api, { get: () => value(name), configurable: true });
          await app.outcome(1, busNo);
          contract.checkFlushed((await app.within(LATE_MS, app.flush(), 'flushReports')).value);
          contract.checkSettings(
            here((await app.within(LATE_MS, app.sdk.getSubscriptionSettings(), 'settings')).value),
          );
          Object.defineProperty(app.wx, api, {
            value: original,
            configurable: true,
            enumerable: true,
          });
          await app.disarm();
          await app.worksAfterwards();
        },
      });
    },
  );
  each(ANYTHING, 'a wx that', {
    open: (t, name) => launch(t, { globals: { wx: value(name) } }),
    fresh: true,
    async go(app) {
      await app.outcome();
      await app.disarm();
    },
  });
});

// ---------------------------------------------------------------------------
// Storage

/** What hosts return for a missing key. */
const NOTHING = new Set(['undefined', 'null', 'an empty text', 'NaN']);

let earlier;

/** Storage in which an earlier launch left a report, and that report's id. */
async function leftReport(t) {
  const app = await launch(t, { answers: { popSubscribeResult: { statusCode: 503 } } });
  await app.outcome(1, 'earlier', { earlier: true });
  const storage = { ...app.fake.storage };
  app.close();
  return { storage, id: app.told('reportQueued')[0].reportId };
}

describe('storage', () => {
  const openEarlier = (api) => async (t, way) => {
    earlier ||= await leftReport(t);
    const only = (key) => key === undefined || isOutboxKey(key);
    return launch(t, {
      fake: { storage: { ...earlier.storage } },
      faults: { [api]: { only, way } },
    });
  };
  ['getStorageSync', 'setStorageSync', 'removeStorageSync', 'getStorageInfoSync'].forEach((api) => {
    each(SYNC_WAYS, `a wx.${api} of the outbox`, {
      open: openEarlier(api),
      fresh: true,
      async go(app, { way, name, busNo }) {
        // A listing that came without keys once is not believed for the rest of the launch.
        const isListed = api !== 'getStorageInfoSync' || !/returns/.test(way);
        await subscribe(app, { busNo, isListed });
        const { events } = app;
        const sent = events.filter(
          (event) => event.name === 'reportSent' && event.reportId === earlier.id,
        ).length;
        const damaged = events.some((event) => event.name === 'outboxDamaged');
        // If storage says that it is empty, the SDK accepts that.
        const denied = api === 'getStorageSync' && /returns/.test(way) && NOTHING.has(name);
        // What is not listed stays where it is, for the next launch.
        const left =
          api === 'getStorageInfoSync' &&
          keysIn(app.fake.storage).some((key) => key.endsWith(earlier.id));
        assert.ok(
          sent || damaged || denied || left,
          'a report of an earlier launch is lost, and nobody told',
        );
        assert.ok(sent <= 1, `a report of an earlier launch was sent ${sent} times`);
      },
    });
  });
  ['getStorageSync', 'setStorageSync'].forEach((api) => {
    ['openId', 'wx-subscribe:learned'].forEach((key) => {
      const open = failing(api, { only: (given) => given === key });
      each(SYNC_WAYS, `a wx.${api} of ${key}`, { open, go: subscribe });
    });
  });

  const damaged = [
    '',
    '{',
    'null',
    '[]',
    '42',
    '"text"',
    '{}',
    '{"version":1}',
    '{"version":2,"reports":[]}',
    '{"version":1,"reports":{}}',
    '{"version":1,"reports":[null,1,"",[],{}]}',
    '{"version":1,"reports":[{"id":"a"},{"id":"","body":{}},{"id":1,"body":{}},{"id":"b","body":[]}]}',
    '{"version":1,"reports":[{"id":"a","body":{},"bytes":-1,"attempts":1e99,"notBefore":1e308,"leasedUntil":1e308}]}',
    `{"version":1,"reports":[{"id":"a","body":{"openId":"${contract.OPEN_ID}"},"attempts":-5,"notBefore":"x"}]}`,
    `{"version":1,"reports":[${'{"id":"a","body":{}},'.repeat(1000)}{"id":"z","body":{"__proto__":1}}]}`,
    '['.repeat(100_000),
  ];
  function storageOf(text) {
    const storage = { openId: JSON.stringify(contract.OPEN_ID) };
    putOutboxText(storage, text);
    return storage;
  }
  const texts = Object.fromEntries(damaged.map((text) => [text.slice(0, 100), text]));
  each({ 'holds anything else': texts }, 'an outbox that', {
    open: (t, text) => launch(t, { fake: { storage: storageOf(text) } }),
    fresh: true,
    async go(app, given) {
      app.state.armed = false;
      await subscribe(app, given);
    },
  });
});

// ---------------------------------------------------------------------------
// The application

describe('the application’s functions', () => {
  /** An app with its own functions, one of which fails. */
  const own = (failingName, proper) => async (t) => {
    let app;
    const bodies = new Map();
    const config = {
      baseUrl: undefined,
      findCustomerPopTemplate: () => FOUND,
      popSubscribeResult(result, { reportId }) {
        const body = JSON.stringify(result);
        assert.equal(bodies.get(reportId) || body, body, 'a report changed between two attempts');
        bodies.set(reportId, body);
      },
    };
    const working = config[failingName];
    config[failingName] = (...given) => (app ? app.faulty(working, { proper }) : working)(...given);
    app = await launch(t, { config });
    return app;
  };
  each(FUNCTION_WAYS, 'a findCustomerPopTemplate', {
    open: own('findCustomerPopTemplate', () => FOUND),
    go: subscribe,
  });
  each(FUNCTION_WAYS, 'a popSubscribeResult', {
    open: own('popSubscribeResult', () => ({})),
    go: subscribe,
  });

  const calm = { header: () => ({ token: 't' }), openId: () => contract.OPEN_ID };
  Object.entries(calm).forEach(([name, working]) => {
    async function open(t) {
      let app;
      app = await launch(t, { config: { [name]: () => (app ? app.faulty(working) : working)() } });
      return app;
    }
    each(SYNC_WAYS, `a function ${name}`, { open, go: subscribe });
  });
  each(SYNC_WAYS, 'an onEvent', {
    async open(t) {
      let app;
      const onEvent = (event) => {
        app.events.push(here(event));
        app.faulty(() => {})(event);
      };
      app = await launch(t, { setUp: false });
      await app.within(LATE_MS, app.setup({ onEvent }), 'setup');
      return app;
    },
    go: subscribe,
  });

  test('an argument that the application changes is sent unchanged at the next attempt', async (t) => {
    const bodies = [];
    const app = await launch(t, {
      faults: { setStorageSync: { way: boom } },
      config: {
        baseUrl: undefined,
        findCustomerPopTemplate: () => FOUND,
        popSubscribeResult(result) {
          bodies.push(JSON.stringify(result));
          result.agreeTemplateIds.length = 0;
          delete result.openId;
          if (bodies.length < 3) throw new Error('not saved');
        },
      },
    });
    assert.equal((await app.outcome()).report, 'unsaved');
    await app.disarm();
    assert.equal(bodies.length, 3);
    assert.equal(new Set(bodies).size, 1, bodies.join('\n'));
    await app.harmless();
  });

  test('an onEvent that goes in a thousand deep ends somewhere', async (t) => {
    let depth = 0;
    const inner = [];
    let app;
    const onEvent = () => {
      depth += 1;
      if (depth < 1000) inner.push(app.sdk.asyncSubscribeMessage(1, `deep-${depth}`));
    };
    const config = {
      baseUrl: undefined,
      findCustomerPopTemplate: () => FOUND,
      popSubscribeResult() {},
      onEvent,
    };
    app = await launch(t, { config });
    await app.outcome(1, 'deep', {}, { finds: Infinity, popups: Infinity });
    depth = Infinity;
    app.comeBack();
    const { value: outcomes } = await app.within(LATE_MS, Promise.all(inner), 'each of the calls');
    outcomes.forEach((outcome) => contract.checkOutcome(here(outcome)));
    await app.disarm();
    assert.deepEqual(unhandled.splice(0), []);
    assert.equal((await app.outcome(9, 'clean')).status, 'answered');
  });
});

// ---------------------------------------------------------------------------
// What the back end offers

describe('template ids', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `tmpl-${index}`);
  const MIB = 2 ** 20;
  const usable = {
    'with the names of members': [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'errMsg',
      'length',
      'then',
    ],
    'by the ten thousand': many,
    'of a mebibyte each': ['a'.repeat(MIB), '长'.repeat(MIB / 2), '👍'.repeat(MIB / 2)],
    'that come twice': ['a', 'b', 'a', 'b', 'a'],
    'with controls and quotes': ['\u0000', '"', '\\', '\u2028', ' ', '\n', '👍', '\ufeff', '"}]'],
  };
  const unusable = {
    'that are numbers': [1, 2],
    'that are booleans': [true, false],
    'that are lists': [['tmpl-a'], [['tmpl-b']]],
    'that are objects': [{}, { id: 'a' }],
    'that are nothing but holes': new Array(2),
    'that are all empty': ['', ''],
    'that throw': Object.defineProperty(['tmpl-a'], 0, { get: boom }),
    'of an endless list': new Proxy([], {
      get: (_, key) => (key === 'length' ? 2 ** 53 - 1 : 'tmpl'),
    }),
    'of a list without a length': new Proxy([], {
      get: (_, key) => (key === 'length' ? 'many' : 'tmpl'),
    }),
    'of a list as long as NaN': new Proxy([], {
      get: (_, key) => (key === 'length' ? NaN : 'tmpl'),
    }),
    'of an object that is like a list': { 0: 'tmpl-a', length: 1 },
  };
  const config = (data) => ({
    baseUrl: undefined,
    maxTemplates: 10,
    findCustomerPopTemplate: () => ({ data }),
    popSubscribeResult() {},
  });
  const fake = { maxTemplates: Infinity };
  const answering = {
    way: ({ options }) => {
      const answer = Object.create(null);
      options.tmplIds.forEach((id) => {
        answer[id] = 'acceptWithAlert';
      });
      options.success(answer);
    },
  };

  Object.entries(usable).forEach(([name, data]) => {
    test(`${name} are asked, sorted and reported`, async (t) => {
      const options = {
        config: config(data),
        faults: { requestSubscribeMessage: answering },
        fake,
      };
      const app = await launch(t, options);
      const outcome = await app.outcome();
      assert.equal((await app.within(LATE_MS, app.flush(), 'flushReports')).value.pending, 0);
      await app.harmless();
      const expected = [...new Set(data)];
      assert.deepEqual(
        [outcome.accepted, outcome.remaining],
        [expected.slice(0, 10), expected.slice(10)],
      );
      assert.deepEqual(
        Object.getOwnPropertyNames(outcome.raw).sort(),
        expected.slice(0, 10).sort(),
      );
    });
  });

  test('with lone surrogates are asked, each once', async (t) => {
    const data = ['\ud800', '\udfff', 'a\ud800', '\udc00b'];
    const app = await launch(t, {
      config: config(data),
      faults: { requestSubscribeMessage: answering },
      fake,
    });
    assert.equal((await app.outcome()).status, 'answered');
  });

  Object.entries(unusable).forEach(([name, data]) => {
    test(`${name} are a badResponse, and no popup opens`, async (t) => {
      const app = await launch(t, { config: config(data) });
      const { status, stage, error } = await app.outcome();
      assert.deepEqual([status, stage, error?.kind], ['failed', 'templates', 'badResponse']);
      await app.harmless();
    });
  });
});

// ---------------------------------------------------------------------------
// The world around

describe('timers', () => {
  const broken = {
    missing: undefined,
    'that throw': boom,
    'that return nothing': () => {},
    'that are no function': 42,
  };
  Object.entries(broken).forEach(([name, timer]) => {
    [['setTimeout'], ['clearTimeout'], ['setTimeout', 'clearTimeout']].forEach((names) => {
      test(`${names.join(' and ')} ${name}: the SDK goes on without`, async (t) => {
        const globals = Object.fromEntries(names.map((key) => [key, timer]));
        const app = await launch(t, { globals });
        assert.equal((await app.outcome()).status, 'answered');
        assert.equal((await app.within(LATE_MS, app.flush(), 'flushReports')).value.pending, 0);
        await app.harmless();
      });
    });
  });
});

describe('WXWebAssembly.instantiate', { skip: WASM_ONLY }, () => {
  const ways = {
    ...FUNCTION_WAYS,
    ...withEach({
      'that resolves with exports of anything': async (_, exports) => ({ exports }),
      'that resolves with an instance of anything': async (_, instance) => ({ instance }),
      'whose exports are each anything': async ({ proper }, member) => ({
        exports: Object.fromEntries(Object.keys(proper().exports).map((key) => [key, member])),
      }),
    }),
    ...alone({
      'that calls back, and whose then returns nothing': ({ proper }) => ({
        then: (resolve) => void resolve(proper()),
      }),
    }),
  };

  /** An app whose loading fails until the fault is disarmed. */
  async function open(t) {
    let app;
    const working = (file, imports) => Promise.resolve(load(imports));
    const faulty = (file, imports) =>
      app.faulty(working, { proper: () => load(imports) })(file, imports);
    app = await launch(t, { globals: { WXWebAssembly: { instantiate: faulty } }, setUp: false });
    return app;
  }

  each(ways, 'one', {
    open,
    fresh: true,
    async go(app, { way }) {
      const first = await app.within(LATE_MS * 2, app.setup(), 'setup');
      const loads = /too late|calls back|promise of a promise/.test(way);
      assert.ok('error' in first || loads, 'setup must not be taken for done');
      const outcome = await app.outcome();
      if ('error' in first) {
        contract.checkSetupError(first.error);
        const { kind, code, message, retryable } = first.error;
        assert.deepEqual(outcome, {
          status: 'failed',
          stage: 'setup',
          error: { kind, code, message, retryable },
        });
      }
      app.state.armed = false;
      const second = await app.within(LATE_MS * 2, app.setup(), 'setup');
      assert.ok(!('error' in second), `a second setup is how to try again: ${second.error}`);
      await app.disarm();
      await app.worksAfterwards();
    },
  });
});

describe('a configuration', () => {
  const keys = [
    'wasmPath',
    'fallback',
    'loadTimeoutMs',
    'baseUrl',
    'header',
    'openId',
    'triggers',
    'maxTemplates',
    'requestTimeoutMs',
    'onEvent',
    'popSubscribeResult',
  ];
  each(SYNC_WAYS, 'with a member', {
    open: (t) => launch(t, { setUp: false }),
    fresh: true,
    async go(app) {
      const spare = BUILD === 'fallback' && { fallback: app.require('fallback.js') };
      for (const key of keys) {
        const config = { baseUrl: 'https://shop.example.com/api', ...spare };
        Object.defineProperty(config, key, { get: () => app.state.way({}), enumerable: true });
        const ended = await app.within(LATE_MS * 2, app.sdk.setup(config), 'setup');
        if ('error' in ended) contract.checkSetupError(ended.error);
        await app.outcome();
      }
    },
  });
});

test('the kinds of failure are those of the types', () => {
  const types = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/index.d.ts'), 'utf8');
  const [, union] = /type FailureKind =([^;]+);/.exec(types);
  assert.deepEqual(
    [...union.matchAll(/'(\w+)'/g)].map(([, kind]) => kind).sort(),
    [...contract.KINDS].sort(),
  );
});
