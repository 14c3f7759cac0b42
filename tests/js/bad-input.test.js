// Whatever the page, the back end or the host gets wrong: one row each, with
// the whole outcome and every call of `wx` that may be made on the way to it.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { readsOpenId, start } = require('./support/bare-context.js');

// ---------------------------------------------------------------------------
// What is wrong

const cyclic = () => {
  const map = {};
  map.self = map;
  return map;
};

const throwing = (thrown) => () => {
  throw thrown;
};

/** An application's own findCustomerPopTemplate. */
const own = (findCustomerPopTemplate, more) => ({
  config: { baseUrl: undefined, findCustomerPopTemplate, popSubscribeResult() {}, ...more },
});

/** A back end that answers the question for templates with this. */
const answering = (reply) => ({ answers: { findCustomerPopTemplate: reply } });
const answeringJson = (json) => answering({ json });

/** A host whose `api` is this function. */
const hostWith = (api, work) => ({ wx: () => ({ [api]: work }) });

/** A host whose popup ends in `name`, in a later macrotask. */
const popup = (name, result) =>
  hostWith('requestSubscribeMessage', (options) => {
    setTimeout(() => options[name](result), 0);
  });

// ---------------------------------------------------------------------------
// What is expected

/** What some message must hold, at the least, to say what to do. */
const VERB =
  /\b(add|ask|call|check|give|look|lower|make|must|offer|report|see|stop|try|update|use|wait)\b/;

/** What a person is told to do, apart from what the host said, by kind. */
const ADVICE = {
  unknownTrigger: /use TriggerType or `triggers`/,
  badArgument: VERB,
  network: /check the network, try again/,
  badResponse: VERB,
  timeout: /try again/,
  notTapped: /asyncSubscribeMessage comes first/,
  busy: /wait for/,
  background: /ask at the next tap/,
  templateNotFound: /check the back end/,
  mixedTemplateTypes: /check the back end/,
  tooManyTemplates: /the next tap asks fewer/,
  mainSwitchOff: /offer openSubscriptionSettings/,
  banned: VERB,
  deviceTemplate: /need wx\.requestSubscribeDeviceMessage/,
  cancelled: /a refusal, ask at a later tap/,
  unsupportedHost: /update WeChat/,
  wasmUnavailable: /check `wasmPath`/,
  unknown: VERB,
};

const RETRYABLE = new Set(['network', 'timeout', 'notTapped', 'busy', 'background', 'cancelled']);

/** The SDK learns how many this client takes, so that the next tap can succeed. */
const LIMIT_TAUGHT = { retryable: true, more: ['setStorageSync'] };

const ASKED = ['request'];
const OFFERED = ['request', 'requestSubscribeMessage'];

/** The names of the calls of `wx` but for reads of the openId. */
const callsOf = ({ calls }) => calls.filter((call) => !readsOpenId(call)).map(({ api }) => api);

/**
 * A table: what goes wrong → [how, what the outcome must be].
 *
 * `how` are the options of `start`, and `call`, the arguments of the tap. Of
 * the outcome, `code` is null and `retryable` goes by the kind unless given.
 * The message must hold advice, `says`, and `quotes`, a text of the host's,
 * which does not count as advice; `more` are calls beyond those of the table.
 */
function rows(stage, calls, table) {
  Object.entries(table).forEach(([name, [how, expected]]) => {
    const {
      kind,
      code = null,
      retryable = RETRYABLE.has(kind),
      says = '',
      quotes = '',
      more = [],
    } = expected;
    test(`${name} is ${kind}`, async (t) => {
      const { call = [], outsideTap, before = () => {}, ...options } = how;
      const app = await start(t, options);
      before(app);
      const outcome = await (outsideTap ? app.subscribe(...call) : app.tap(...call));
      const { error: { message, ...error } = {}, ...rest } = outcome;
      assert.deepEqual(
        { ...rest, error },
        { status: 'failed', stage, error: { kind, code, retryable } },
        message,
      );
      [says, quotes].forEach((text) =>
        assert.ok(message.includes(text), `${message} must hold ${text}`),
      );
      assert.match(message.replace(quotes, ''), ADVICE[kind]);
      assert.deepEqual(callsOf(app), [...calls, ...more]);
    });
  });
}

// ---------------------------------------------------------------------------
// The tables

describe('before setup', () => {
  const uncalled = { ready: false };
  const notLoading = { ...uncalled, build: 'wasm', before: (app) => app.setup().catch(() => {}) };
  rows('setup', [], {
    'a tap': [uncalled, { kind: 'badArgument', says: 'call setup' }],
    'a tap with bad arguments': [{ ...uncalled, call: [0, ''] }, { kind: 'badArgument' }],
    'a tap after a setup with a wrong configuration': [
      { ...uncalled, config: { maxTemplates: 0 }, before: (app) => app.setup().catch(() => {}) },
      { kind: 'badArgument', says: 'maxTemplates' },
    ],
    'a tap after a setup with a wrong wasmPath': [
      { ...notLoading, config: { wasmPath: '/nowhere.wasm' } },
      { kind: 'wasmUnavailable', says: '/nowhere.wasm' },
    ],
    'a tap on a client without WXWebAssembly': [
      { ...notLoading, globals: { WXWebAssembly: undefined } },
      { kind: 'wasmUnavailable', says: 'this client has no WXWebAssembly' },
    ],
  });

  test('prefetchTemplates resolves to no templates', async (t) => {
    const app = await start(t, uncalled);
    assert.deepEqual(await app.prefetch(), []);
  });

  ['flushReports', 'getSubscriptionSettings', 'openSubscriptionSettings'].forEach((name) => {
    test(`${name} is rejected with the call to make`, async (t) => {
      const { sdk } = await start(t, uncalled);
      await assert.rejects(sdk[name](), { kind: 'badArgument', message: /call setup/ });
    });
  });
});

describe('what the page passes', () => {
  const unknown = (type) => [{ call: [type, 'order-1'] }, { kind: 'unknownTrigger' }];
  const busNo = (...given) => [{ call: [1, ...given] }, { kind: 'badArgument', says: 'busNo' }];
  const extra = (map) => [
    { call: [1, 'order-1', map] },
    { kind: 'badArgument', says: 'extraVariableMap' },
  ];

  const options = (given) => [
    { call: [1, 'order-1', undefined, given] },
    { kind: 'badArgument', says: '`only`' },
  ];

  rows('trigger', [], {
    'an `only` that nobody knows': options({ only: 'kept' }),
    'an `only` of true': options({ only: true }),
    'options as a string': options('keptAccepted'),
    'options as a list': options(['keptAccepted']),
    'options as a function': options(() => {}),

    'the trigger type 0': unknown(0),
    'the trigger type 10': unknown(10),
    'the trigger type -1': unknown(-1),
    'the trigger type 1.5': unknown(1.5),
    'the trigger type 2 to the power of 32, and 1': unknown(2 ** 32 + 1),
    'the trigger type Infinity': unknown(Infinity),
    "the trigger type '1'": unknown('1'),
    'the trigger type null': unknown(null),
    'the trigger type NaN': unknown(NaN),
    'the trigger type {}': unknown({}),
    'the trigger type [1]': unknown([1]),
    'the trigger type true': unknown(true),
    'the trigger type as a name': unknown('加入购物车'),
    'the trigger type Symbol()': unknown(Symbol('1')),
    'a trigger type whose valueOf throws': unknown({ valueOf: throwing(new Error('valueOf')) }),

    'a busNo of null': busNo(null),
    'an empty busNo': busNo(''),
    'a busNo of 42': busNo(42),
    'a busNo of {}': busNo({}),
    'a busNo as a list': busNo(['order-1']),

    'an extraVariableMap as a list': extra([]),
    'an extraVariableMap as a function': extra(() => {}),
    'an extraVariableMap as a string': extra('price=1'),
    'an extraVariableMap as a number': extra(7),
    'an extraVariableMap of false': extra(false),
    'a cyclic extraVariableMap': extra(cyclic()),
    ...(typeof BigInt === 'function' && {
      'an extraVariableMap with a BigInt': extra({ price: BigInt(1) }),
    }),
    'an extraVariableMap whose getter throws': extra({
      get price() {
        throw new Error('getter');
      },
    }),
    'an extraVariableMap whose toJSON throws': extra({ toJSON: throwing(new Error('toJSON')) }),
    'an extraVariableMap whose toJSON returns a list': extra({ toJSON: () => [] }),
    'an extraVariableMap that is a Date': extra(new Date(0)),
  });

  // `undefined` as an argument would mean the default of the helpers.
  const missing = {
    'no argument at all': [],
    'undefined for the type': [undefined, 'order-1'],
    'no busNo': [1],
  };
  Object.entries(missing).forEach(([name, given]) => {
    test(`${name} is a failure of the stage trigger`, async (t) => {
      const app = await start(t);
      const { status, stage, error } = await app.sdk.asyncSubscribeMessage(...given);
      assert.deepEqual([status, stage], ['failed', 'trigger']);
      assert.equal(error.kind, given[0] === 1 ? 'badArgument' : 'unknownTrigger');
      assert.match(error.message, ADVICE[error.kind]);
      assert.deepEqual(app.calls, []);
    });
  });

  test('prefetchTemplates of it resolves to no templates, without a call, and an event says why', async (t) => {
    const app = await start(t);
    assert.deepEqual(await app.prefetch(99), []);
    assert.deepEqual(await app.prefetch(1, ''), []);
    assert.deepEqual(app.calls, []);
    assert.deepEqual(
      app.events.map(({ name, error }) => [name, error.kind]),
      [
        ['templatesFailed', 'unknownTrigger'],
        ['templatesFailed', 'badArgument'],
      ],
    );
  });
});

describe('what the back end answers', () => {
  const badResponse = (says) => ({ kind: 'badResponse', says });
  const status = (code, retryable) => [
    answering({ statusCode: code }),
    { kind: 'badResponse', code, retryable },
  ];
  const response = (reply) => ({
    wx: () => ({
      request: ({ success }) => {
        setTimeout(() => success(reply), 0);
      },
    }),
  });

  rows('templates', ASKED, {
    'no data': [answeringJson({}), badResponse('`data`')],
    'data of null': [answeringJson({ data: null }), badResponse('`data`')],
    'data as an object': [
      answeringJson({ data: { 0: 'tmpl-a', length: 1 } }),
      badResponse('`data`'),
    ],
    'data as a string': [answeringJson({ data: 'tmpl-a' }), badResponse('`data`')],
    'data that holds a number': [answeringJson({ data: ['tmpl-a', 42] }), badResponse('`data`')],
    'data that holds null': [answeringJson({ data: [null] }), badResponse('`data`')],
    'data that holds an object': [
      answeringJson({ data: [{ id: 'tmpl-a' }] }),
      badResponse('`data`'),
    ],
    'data of empty strings': [answeringJson({ data: ['', ''] }), badResponse('`data`')],
    'a list in place of an object': [answeringJson(['tmpl-a']), badResponse('`data`')],
    'a body of null': [answeringJson(null), badResponse('`data`')],
    'a body of 42': [answeringJson(42), badResponse('`data`')],
    'an empty body': [answering({ body: '' }), badResponse('`data` must be a list')],
    'a body that is not JSON': [answering({ body: '<html>504</html>' }), badResponse('JSON')],

    'HTTP 500': status(500, true),
    'HTTP 503': status(503, true),
    'HTTP 429': status(429, true),
    'HTTP 408': status(408, true),
    'HTTP 400': status(400, false),
    'HTTP 401': status(401, false),
    'HTTP 404': status(404, false),
    'HTTP 302': status(302, false),
    'HTTP 199': status(199, false),
    'a response without a status': [
      response({ data: { data: ['tmpl-a'] } }),
      badResponse('status'),
    ],
    'a response with a status of text': [
      response({ statusCode: 'OK', data: { data: [] } }),
      badResponse('status'),
    ],
    'a response of undefined': [response(undefined), badResponse('status')],
    'a response of null': [response(null), badResponse('status')],
    'a response of text': [response('ok'), badResponse('status')],
  });
});

describe('the network', () => {
  const failing = (reply) => answering(reply);
  const silent = answering(() => undefined);
  const failWith = (result) =>
    hostWith('request', ({ fail }) => {
      setTimeout(() => fail(result), 0);
    });
  const network = (code, quotes) => ({ kind: 'network', code, quotes });

  rows('templates', ASKED, {
    'no connection': [
      {
        before: ({ fake }) =>
          fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' }),
      },
      network(600001, 'net::ERR_INTERNET_DISCONNECTED'),
    ],
    'a refused connection': [
      failing({ errMsg: 'net::ERR_CONNECTION_REFUSED' }),
      network(600001, 'CONNECTION_REFUSED'),
    ],
    'a domain that is not in the list': [
      failing({ errMsg: 'url not in domain list', errno: 600002 }),
      network(600002, 'url not in domain list'),
    ],
    'a timeout of the host': [
      failing({ errMsg: 'timeout', errno: 5 }),
      { kind: 'timeout', code: 5, quotes: 'request:fail timeout' },
    ],
    'a back end that stays silent': [
      { ...silent, config: { requestTimeoutMs: 10 } },
      { kind: 'timeout' },
    ],
    'a host that calls nothing back': [
      { ...hostWith('request', () => {}), config: { requestTimeoutMs: 10 } },
      { kind: 'timeout' },
    ],
    'a failure without an errno': [
      failWith({ errMsg: 'request:fail' }),
      network(null, 'request:fail'),
    ],
    'a failure of undefined': [failWith(undefined), network(null)],
    'a failure of null': [failWith(null), network(null)],
    'a failure of text': [failWith('lost'), network(null, 'lost')],

    'a wx.request that throws an Error': [
      hostWith('request', throwing(new Error('boom'))),
      network(null, 'boom'),
    ],
    'a wx.request that throws a string': [
      hostWith('request', throwing('boom')),
      network(null, 'boom'),
    ],
    'a wx.request that throws null': [hostWith('request', throwing(null)), network(null)],
    'a wx.request that throws an object': [
      hostWith('request', throwing({ errno: 600009, errMsg: 'request:fail invalid url' })),
      network(600009, 'invalid url'),
    ],
  });

  rows('templates', [], {
    'a client without wx.request': [
      { fake: { without: ['request'] } },
      { kind: 'unsupportedHost', says: 'request' },
    ],
    'a world without wx': [
      { globals: { wx: undefined } },
      { kind: 'unsupportedHost', says: 'request' },
    ],
    'a wx of null': [{ globals: { wx: null } }, { kind: 'unsupportedHost', says: 'request' }],
    'a header function that throws': [
      { config: { header: throwing(new Error('no token')) } },
      { kind: 'badArgument', says: 'header' },
    ],
    'a header function that throws null': [
      { config: { header: throwing(null) } },
      { kind: 'badArgument', says: 'header' },
    ],
  });

  test('an answer that comes after its limit changes nothing', async (t) => {
    let respond;
    const app = await start(t, {
      ...hostWith('request', ({ success }) => {
        respond = success;
      }),
      config: { requestTimeoutMs: 10 },
    });
    assert.equal((await app.tap()).error.kind, 'timeout');
    respond({ statusCode: 200, data: { data: ['tmpl-a'] } });
    assert.deepEqual(app.optionsOf('requestSubscribeMessage'), []);
    assert.deepEqual(app.eventNames(), ['templatesFailed']);
  });
});

describe('the application’s own function', () => {
  const network = (quotes) => ({ kind: 'network', quotes });
  const badData = { kind: 'badResponse', says: '`data`' };
  const status = (code, retryable) => ({ kind: 'badResponse', code, retryable });
  const rejecting = (reason) => own(() => Promise.reject(reason));

  rows('templates', [], {
    'one that throws an Error': [
      own(throwing(new Error('not logged in'))),
      network('not logged in'),
    ],
    'one that throws a string': [own(throwing('not logged in')), network('not logged in')],
    'one that throws null': [own(throwing(null)), network()],
    'one that rejects with an Error': [
      rejecting(new Error('not logged in')),
      network('not logged in'),
    ],
    'one that rejects with a host’s failure': [
      rejecting({ errMsg: 'request:fail net::ERR_FAILED', errno: 600003 }),
      { ...network('net::ERR_FAILED'), code: 600003 },
    ],
    'one that rejects with undefined': [rejecting(undefined), network()],
    'one that rejects with { statusCode: 403 }': [
      rejecting({ statusCode: 403 }),
      status(403, false),
    ],
    'one that rejects with { status: 503 }': [rejecting({ status: 503 }), status(503, true)],
    'one that rejects with { response: { status: 404 } }': [
      rejecting({ response: { status: 404 } }),
      status(404, false),
    ],
    'one that rejects with a timeout': [
      rejecting(new Error('timeout of 5000ms exceeded')),
      { kind: 'timeout', quotes: 'timeout of 5000ms exceeded' },
    ],
    'one that never settles': [
      own(() => new Promise(() => {}), { requestTimeoutMs: 10 }),
      { kind: 'timeout' },
    ],
    'one whose then throws': [own(() => ({ then: throwing(new Error('then')) })), network('then')],
    'one that returns null': [own(() => null), badData],
    'one that returns undefined': [own(() => {}), badData],
    'one that returns a number': [own(() => 42), badData],
    'one that returns the list itself': [own(() => ['tmpl-a']), badData],
    'one that resolves with nothing': [own(async () => {}), badData],
    'one that resolves with text': [
      own(async () => '{"data"'),
      { kind: 'badResponse', says: 'JSON' },
    ],
    'one that resolves with the whole response': [
      own(async () => ({ statusCode: 200, data: { data: [] } })),
      badData,
    ],
    'one whose getter throws': [
      own(() => ({
        get data() {
          throw new Error('getter');
        },
      })),
      badData,
    ],
  });
});

describe('the popup’s errCodes', () => {
  const DOCUMENTED = [
    [10001, 'badArgument', "TmplIds can't be empty"],
    [10002, 'network', 'Request list fail'],
    [10003, 'network', 'Request subscribe fail'],
    [10004, 'badArgument', 'Invalid template id'],
    [10005, 'background', 'Cannot show subscribe message UI'],
    [20001, 'templateNotFound', 'No template data return, verify the template id exist'],
    [20002, 'mixedTemplateTypes', 'Templates type must be same'],
    [20003, 'tooManyTemplates', 'Templates count out of max bounds'],
    [20004, 'mainSwitchOff', 'The main switch is switched off'],
    [20005, 'banned', 'This mini program was banned from subscribing messages'],
    [20013, 'deviceTemplate', 'Reject DeviceMsg Template'],
  ];
  const WITHOUT_CODE = [
    ['notTapped', 'can only be invoked by user TAP gesture.'],
    ['notTapped', 'can only be invoked by user TAP gesture'],
    ['notTapped', 'require user interaction (only in touchend event)'],
    ['busy', 'last call has not ended'],
    ['cancelled', 'cancel'],
    ['unsupportedHost', '开发者工具暂时不支持此 API 调试，请使用真机进行开发'],
    ['unknown', 'something new'],
  ];
  const table = {};
  const row = (given, kind, code) => {
    const taught = kind === 'tooManyTemplates' ? LIMIT_TAUGHT : {};
    table[JSON.stringify(given)] = [
      popup('fail', given),
      { kind, code, quotes: given.errMsg, ...taught },
    ];
  };
  const textOf = (reason) => `requestSubscribeMessage:fail ${reason}`;
  // Codes without a text, texts without a code and texts in other forms are
  // classified by the module alone: wasm tests prove them.
  DOCUMENTED.forEach(([errCode, kind, reason]) =>
    row({ errCode, errMsg: textOf(reason) }, kind, errCode),
  );
  WITHOUT_CODE.forEach(([kind, reason]) => row({ errMsg: textOf(reason) }, kind));
  row({ errCode: -202, errMsg: '' }, 'unknown', -202);
  row({ errCode: 99999, errMsg: 'requestSubscribeMessage:fail cancel' }, 'cancelled', 99999);
  rows('popup', OFFERED, table);
});

describe('the popup under the platform’s own rules', () => {
  const offering = (...data) => answeringJson({ data });
  const templates = { once: {}, again: {}, long: { type: 'longTerm' }, device: { type: 'device' } };

  rows('popup', OFFERED, {
    'a call outside of a tap': [{ outsideTap: true }, { kind: 'notTapped', quotes: 'TAP gesture' }],
    'an id of another mini-program': [
      { ...offering('another'), fake: { templates } },
      { kind: 'templateNotFound', code: 20001 },
    ],
    'one-time and long-term templates together': [
      { ...offering('once', 'long'), fake: { templates } },
      { kind: 'mixedTemplateTypes', code: 20002 },
    ],
    'a device template': [
      { ...offering('device'), fake: { templates } },
      { kind: 'deviceTemplate', code: 20013 },
    ],
    'more templates than an old client takes': [
      { ...offering('once', 'again'), fake: { templates, maxTemplates: 1 } },
      { kind: 'tooManyTemplates', code: 20003, ...LIMIT_TAUGHT },
    ],
    'a user who wants no messages': [
      { fake: { mainSwitch: false } },
      { kind: 'mainSwitchOff', code: 20004 },
    ],
    'a banned mini-program': [{ fake: { banned: true } }, { kind: 'banned', code: 20005 }],
    'a mini-program in the background': [
      { before: ({ fake }) => fake.emit('appHide') },
      { kind: 'background', code: 10005 },
    ],
  });

  rows('popup', ['request'], {
    'a client without the popup': [
      { fake: { without: ['requestSubscribeMessage'] } },
      { kind: 'unsupportedHost', says: 'requestSubscribeMessage' },
    ],
    'a popup that is no function': [
      { before: ({ wx }) => Object.assign(wx, { requestSubscribeMessage: 'soon' }) },
      { kind: 'unsupportedHost', says: 'requestSubscribeMessage' },
    ],
  });

  rows('popup', [], {
    'a world without wx': [
      { ...own(() => ({ data: ['tmpl-a'] })), globals: { wx: undefined } },
      { kind: 'unsupportedHost', says: 'requestSubscribeMessage' },
    ],
  });
});

describe('what no host should answer', () => {
  const noAnswer = { kind: 'badResponse' };
  const unknown = (quotes) => ({ kind: 'unknown', quotes });
  const throws = (thrown) => hostWith('requestSubscribeMessage', throwing(thrown));

  rows('popup', OFFERED, {
    'a success without our ids': [
      popup('success', { errMsg: 'requestSubscribeMessage:ok' }),
      noAnswer,
    ],
    'a success with other ids': [popup('success', { another: 'accept' }), noAnswer],
    'a success whose words are no strings': [
      popup('success', { 'tmpl-a': true, 'tmpl-b': {} }),
      noAnswer,
    ],
    'a success of {}': [popup('success', {}), noAnswer],
    'a success of []': [popup('success', []), noAnswer],
    'a success of null': [popup('success', null), noAnswer],
    'a success of undefined': [popup('success', undefined), noAnswer],
    'a success of text': [popup('success', 'accept'), noAnswer],
    'a success of 1': [popup('success', 1), noAnswer],

    'a fail of undefined': [popup('fail', undefined), unknown()],
    'a fail of null': [popup('fail', null), unknown()],
    'a fail of {}': [popup('fail', {}), unknown()],
    'a fail of text': [popup('fail', 'no idea'), unknown('no idea')],
    'a fail of 1': [popup('fail', 1), unknown()],
    'a fail with an errCode of text': [
      popup('fail', {
        errCode: '20004',
        errMsg: 'requestSubscribeMessage:fail The main switch is switched off',
      }),
      { kind: 'mainSwitchOff', code: 20004, quotes: 'The main switch is switched off' },
    ],

    'a popup that throws an Error': [throws(new Error('boom')), unknown('boom')],
    'a popup that throws a string': [throws('boom'), unknown('boom')],
    'a popup that throws null': [throws(null), unknown()],
    'a popup that throws an object with an errCode': [
      throws({
        errCode: 20004,
        errMsg: 'requestSubscribeMessage:fail The main switch is switched off',
      }),
      { kind: 'mainSwitchOff', code: 20004, quotes: 'The main switch is switched off' },
    ],
    'a popup that rejects, callbacks or not': [
      hostWith('requestSubscribeMessage', () => Promise.reject(new Error('proxied'))),
      unknown('proxied'),
    ],
  });

  const twice = {
    'success and then fail': ({ success, fail }) => {
      success({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' });
      fail({ errMsg: 'requestSubscribeMessage:fail' });
    },
    'success twice': ({ success }) => {
      success({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' });
      success({ 'tmpl-a': 'reject', 'tmpl-b': 'accept' });
    },
    'success, and a promise as well': ({ success }) => {
      success({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' });
      return Promise.reject(new Error('proxied'));
    },
    'a promise alone': () => Promise.resolve({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' }),
  };
  Object.entries(twice).forEach(([name, requestSubscribeMessage]) => {
    test(`a host that answers with ${name} is listened to once`, async (t) => {
      const app = await start(t, hostWith('requestSubscribeMessage', requestSubscribeMessage));
      const { accepted, rejected } = await app.tap();
      assert.deepEqual([accepted, rejected], [['tmpl-a'], ['tmpl-b']]);
      await app.flush();
      assert.equal(app.reports().length, 1);
    });
  });
});
