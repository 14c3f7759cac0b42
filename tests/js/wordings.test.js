// What hosts, HTTP libraries and applications say, in every wording that was
// seen, and the kind that it is.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, ownFunctions } = require('./support/steps.js');

/** The error of a popup that fails with this. */
async function popupError(t, failure) {
  const app = await start(t, {
    wx: () => ({ requestSubscribeMessage: ({ fail }) => fail(failure) }),
  });
  const { status, stage, error } = await app.tap();
  assert.deepEqual([status, stage], ['failed', 'popup']);
  return error;
}

/** The errors of a request that fails with this: for templates, and for a report. */
async function requestErrors(t, reject) {
  const app = await start(t, {
    config: ownFunctions({
      findCustomerPopTemplate: ({ busNo }) =>
        busNo === 'no-templates' ? reject() : { data: ['tmpl-a'] },
      popSubscribeResult: reject,
    }),
  });
  const { stage, error } = await app.tap(1, 'no-templates');
  assert.equal(stage, 'templates');
  assert.equal((await app.tap()).status, 'answered');
  const postponed = await event(app, 'reportPostponed');
  assert.deepEqual(postponed.error, error, 'the kind is the same for a report');
  assert.ok(!app.eventNames().includes('reportDropped'));
  return error;
}

const shown = (value) =>
  value instanceof Error ? `Error(${value.message})` : JSON.stringify(value);
const withCode = (message, code) => Object.assign(new Error(message), { code });

describe('a request that took too long is timeout', () => {
  const timeouts = [
    { errMsg: 'request:fail timeout', errno: 5 },
    { errMsg: 'request:fail', errno: 5 },
    { errMsg: 'request:fail', errno: '5' },
    { errMsg: 'request:fail', errCode: 5 },
    { errMsg: 'request:fail', errCode: 0, errno: 5 },
    { errMsg: 'request:fail 请求超时' },
    { errMsg: 'request:fail 请求超时。' },
    { errMsg: 'request:fail 連線逾時' },
    { errMsg: 'request:fail The request timed out.' },
    { errMsg: 'request:fail net::ERR_CONNECTION_TIMED_OUT' },
    { errMsg: 'request:fail Time out' },
    { msg: '网络超时，请重试', code: -1 },
    '请求超时',
    new Error('connect ETIMEDOUT 10.0.0.1:443'),
    new Error('timeout of 3000ms exceeded'),
    withCode('connect failed', 'ETIMEDOUT'),
    withCode('', 'ESOCKETTIMEDOUT'),
    { status: 1, message: 'timeout [ 1000ms ]' },
    { status: 1 },
    { status: 0, message: 'timeout of 3000ms exceeded' },
    { statusCode: 0, errMsg: 'request:fail 请求超时' },
    { statusCode: -1, errMsg: 'request:fail', errno: 5 },
  ];
  timeouts.forEach((reason) => {
    test(shown(reason), async (t) => {
      const { kind, retryable } = await requestErrors(t, () => Promise.reject(reason));
      assert.deepEqual([kind, retryable], ['timeout', true]);
    });
  });

  test('also where wx.request itself says so in Chinese', async (t) => {
    const app = await start(t, {
      fake: { chineseTimeout: true },
      config: { requestTimeoutMs: 10 },
      answers: { findCustomerPopTemplate: undefined },
    });
    assert.equal((await app.tap()).error.kind, 'timeout');
  });
});

describe('a rejection without an HTTP status is network', () => {
  const failures = [
    { status: 0 },
    { status: 0, message: 'Network Error' },
    { status: '0' },
    { statusCode: 0, errMsg: 'request:fail' },
    { statusCode: -1 },
    { status: 2 },
    { status: 99 },
    { status: 600 },
    { status: 20004 },
    { statusCode: 1000, message: 'business' },
    { response: { status: 0 } },
    { response: undefined, request: {}, message: 'Network Error' },
    { errMsg: 'request:fail net::ERR_INTERNET_DISCONNECTED', errno: 600001 },
    { errMsg: 'request:fail abort' },
    new Error('getaddrinfo ENOTFOUND shop.example.com'),
    'offline',
    0,
    null,
    undefined,
  ];
  failures.forEach((reason) => {
    test(shown(reason), async (t) => {
      const { kind, retryable } = await requestErrors(t, () => Promise.reject(reason));
      assert.deepEqual([kind, retryable], ['network', true]);
    });
  });

  test('and what it says is quoted', async (t) => {
    const reason = { status: 0, message: 'Network Error' };
    const { message, code } = await requestErrors(t, () => Promise.reject(reason));
    assert.match(message, /\(Network Error\)$/);
    assert.equal(code, null);
  });

  test('nor is a wx.request that succeeds with status 0 an answer', async (t) => {
    const app = await start(t, {
      wx: () => ({ request: ({ success }) => success({ statusCode: 0, data: '' }) }),
    });
    const { error } = await app.tap();
    assert.deepEqual([error.kind, error.retryable], ['network', true]);
  });

  test('while an HTTP status is one, wherever a library puts it, as a number or as text', async (t) => {
    for (const reason of [
      { status: 503 },
      { statusCode: '503' },
      { response: { status: 503 } },
      { response: { statusCode: 503 } },
      { status: '503', message: 'timeout' },
    ]) {
      const { kind, code } = await requestErrors(t, () => Promise.reject(reason));
      assert.deepEqual([kind, code], ['badResponse', 503], shown(reason));
    }
  });
});

describe('the popup’s numbers and texts', () => {
  const FAIL = 'requestSubscribeMessage:fail';
  const rows = [
    // A number that is not listed does not hide a text that is known.
    [{ errCode: -202, errMsg: `${FAIL} The main switch is switched off` }, 'mainSwitchOff', -202],
    [
      { errCode: 99999, errMsg: `${FAIL}:No template data return, verify the template id exist` },
      'templateNotFound',
      99999,
    ],
    [{ errCode: 1, errMsg: `${FAIL} can only be invoked by user TAP gesture.` }, 'notTapped', 1],
    [{ errCode: 40001, errMsg: `${FAIL} last call has not ended` }, 'busy', 40001],
    [{ errno: 103, errMsg: `${FAIL} Templates count out of max bounds` }, 'tooManyTemplates', 103],
    [{ errCode: 7, errMsg: `${FAIL} no one knows` }, 'unknown', 7],
    // Numbers as text.
    [{ errCode: '20004', errMsg: FAIL }, 'mainSwitchOff', 20004],
    [{ errCode: '20005' }, 'banned', 20005],
    [{ errno: '10005', errMsg: FAIL }, 'background', 10005],
    [{ errCode: '-202', errMsg: `${FAIL} cancel` }, 'cancelled', -202],
    // No number, in whatever form.
    [{ errCode: 0, errMsg: `${FAIL} The main switch is switched off` }, 'mainSwitchOff', null],
    [{ errCode: '0', errMsg: `${FAIL}:cancel` }, 'cancelled', null],
    [{ errCode: '', errMsg: `${FAIL} not support` }, 'unsupportedHost', null],
    [{ errCode: null, errMsg: `${FAIL} Invalid template id` }, 'badArgument', null],
    [{ errCode: NaN, errMsg: `${FAIL} Request list fail` }, 'network', null],
    [{ errCode: 1.5, errMsg: `${FAIL} Request list fail` }, 'network', null],
    [{ errCode: 0, errno: 20004, errMsg: FAIL }, 'mainSwitchOff', 20004],
    // The user closed a long-term popup.
    [{ errMsg: 'requestSubscribeMessage:cancel' }, 'cancelled', null],
    [{ errMsg: `${FAIL} cancel` }, 'cancelled', null],
    [{ errMsg: `${FAIL}:cancel` }, 'cancelled', null],
    [{ errMsg: `${FAIL} user canceled` }, 'cancelled', null],
    [{ errMsg: `${FAIL} Cancelled` }, 'cancelled', null],
    [{ errMsg: `${FAIL} 用户取消` }, 'cancelled', null],
    ['cancel', 'cancelled', null],
    // The host lacks the API.
    [{ errMsg: `${FAIL} not support` }, 'unsupportedHost', null],
    [{ errMsg: `${FAIL} api not supported on this platform`, errCode: 3 }, 'unsupportedHost', 3],
    [{ errMsg: `${FAIL} unsupported` }, 'unsupportedHost', null],
    [{ errMsg: `${FAIL} 当前客户端暂不支持` }, 'unsupportedHost', null],
    // Timeouts of the host itself.
    [{ errMsg: `${FAIL} timeout` }, 'timeout', null],
    [{ errMsg: `${FAIL} 操作超时`, errno: 5 }, 'timeout', 5],
  ];
  rows.forEach(([failure, kind, code]) => {
    test(`${shown(failure)} is ${kind}, with code ${code}`, async (t) => {
      const error = await popupError(t, failure);
      assert.deepEqual([error.kind, error.code], [kind, code]);
    });
  });

  [10001, 10005, 20001, 20004, 20005, 20013].forEach((code) => {
    test(`a host that gives ${code} as text fails as one that gives the number`, async (t) => {
      const errors = [];
      for (const codesAsStrings of [false, true]) {
        const app = await start(t, { fake: { codesAsStrings, nextPopupError: code } });
        errors.push((await app.tap()).error);
      }
      assert.deepEqual(errors[1], errors[0]);
      assert.equal(errors[1].code, code);
    });
  });

  test('a cancelled popup says that it is the user’s refusal, and may be asked at a later tap', async (t) => {
    const { kind, message, retryable } = await popupError(t, { errMsg: `${FAIL} cancel` });
    assert.deepEqual([kind, retryable], ['cancelled', true]);
    assert.match(message, /the user cancelled: a refusal/);
  });

  test('notTapped names its causes, the likeliest first', async (t) => {
    const app = await start(t);
    await app.prefetch();
    const { error } = await app.subscribe();
    assert.equal(error.kind, 'notTapped');
    assert.match(
      error.message,
      /no await or sign-in before; prefetchTemplates .*; uni-app: data-eventsync="true" on the tapped node and the one inside; .*bindtap/,
    );
  });
});

describe('an argument of the wrong type is named with the type that came', () => {
  const triggers = {
    "'1'": ['1', 'string'],
    null: [null, 'null'],
    undefined: [undefined, 'undefined'],
    true: [true, 'boolean'],
    '{}': [{}, 'object'],
    '[1]': [[1], 'array'],
  };
  Object.entries(triggers).forEach(([name, [type, came]]) => {
    test(`the trigger type ${name}: it is a number, not ${came}`, async (t) => {
      const app = await start(t);
      // Given as it is: a default of the test's helper would take the place of undefined.
      const { stage, error } = await app.sdk.asyncSubscribeMessage(type, 'order-1');
      assert.deepEqual([stage, error.kind], ['trigger', 'unknownTrigger']);
      assert.ok(error.message.endsWith(`(it is a number, not ${came})`), error.message);
    });
  });

  const busNos = {
    42: [42, 'number'],
    null: [null, 'null'],
    undefined: [undefined, 'undefined'],
    '{}': [{}, 'object'],
    "['order-1']": [['order-1'], 'array'],
    false: [false, 'boolean'],
  };
  Object.entries(busNos).forEach(([name, [busNo, came]]) => {
    test(`the business number ${name}: busNo must be a string, not ${came}`, async (t) => {
      const app = await start(t);
      const { stage, error } = await app.sdk.asyncSubscribeMessage(1, busNo);
      assert.deepEqual([stage, error.kind], ['trigger', 'badArgument']);
      assert.ok(error.message.endsWith(`(busNo must be a string, not ${came})`), error.message);
      await app.sdk.prefetchTemplates(1, busNo);
      assert.equal(app.events.pop().error.message, error.message, 'a prefetch says the same');
    });
  });

  const maps = { "'price'": ['price', 'string'], 42: [42, 'number'], '[1]': [[1], 'array'] };
  Object.entries(maps).forEach(([name, [extra, came]]) => {
    test(`the extraVariableMap ${name}: it must be an object, not ${came}`, async (t) => {
      const app = await start(t);
      const { stage, error } = await app.tap(1, 'order-1', extra);
      assert.deepEqual([stage, error.kind], ['trigger', 'badArgument']);
      assert.ok(
        error.message.endsWith(`(extraVariableMap must be an object, not ${came})`),
        error.message,
      );
    });
  });

  test('a number that is no trigger type is told apart', async (t) => {
    const app = await start(t);
    for (const type of [0, 10, -1, 1.5, NaN, Infinity]) {
      const { error } = await app.tap(type);
      assert.equal(error.kind, 'unknownTrigger');
      assert.ok(!/not number/.test(error.message), error.message);
    }
    assert.deepEqual(app.calls, [], 'nothing is called');
  });
});
