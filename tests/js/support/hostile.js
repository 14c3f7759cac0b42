// Hostile input of a host, a back end or an application: unexpected values, and
// wrong ways to answer a call.
'use strict';

const { OPEN_ID } = require('./contract.js');

const QUOTE = `cannot save {"openId":"${OPEN_ID}","agreeTemplateIds":["tmpl-a"]}`;

const boom = () => {
  throw new Error('boom');
};

const TRAPS = Object.getOwnPropertyNames(Reflect).filter(
  (name) => typeof Reflect[name] === 'function',
);

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** A proxy whose every member is the proxy itself, and callable. */
function bottomless() {
  const proxy = new Proxy(() => {}, { get: () => proxy, apply: () => proxy, has: () => true });
  return proxy;
}

/** An object whose members throw when they are read. */
function mined(...names) {
  const object = {};
  names.forEach((name) => Object.defineProperty(object, name, { get: boom, enumerable: true }));
  return object;
}

function cyclic() {
  const object = {};
  object.self = object;
  object.data = object;
  return object;
}

/** Values in place of an answer, created at each call. */
const VALUES = {
  undefined: () => undefined,
  null: () => null,
  'an empty text': () => '',
  'a text': () => 'no idea',
  'a number': () => 42,
  NaN: () => NaN,
  true: () => true,
  'a symbol': () => Symbol('no idea'),
  'a BigInt': () => 1n,
  'a function': () => () => {},
  'an empty object': () => ({}),
  'an object with a symbol for a key': () => ({ [Symbol('data')]: ['tmpl-a'] }),
  'an object without a prototype': () => Object.create(null),
  'an object whose getters throw': () =>
    mined(
      'data',
      'statusCode',
      'errMsg',
      'errCode',
      'errno',
      'message',
      'status',
      'response',
      'tmpl-a',
      'isConnected',
      'subscriptionsSetting',
      'exports',
      'instance',
    ),
  'an object whose toString throws': () => ({
    toString: boom,
    valueOf: boom,
    [Symbol.toPrimitive]: boom,
    toJSON: boom,
  }),
  'an object that holds itself': cyclic,
  'a frozen object': () => Object.freeze({ errMsg: 'frozen' }),
  'an array': () => ['tmpl-a'],
  'a proxy whose traps throw': () =>
    new Proxy({}, Object.fromEntries(TRAPS.map((name) => [name, boom]))),
  'a revoked proxy': () => revoked({}),
  'a revoked proxy of an array': () => revoked([]),
  'a proxy without a bottom': bottomless,
  'an Error': () => new Error('boom'),
  'an Error that quotes the openId': () => Object.assign(new Error(QUOTE), { errMsg: QUOTE }),
  'a text that quotes the openId': () => QUOTE,
  'a long text': () => '长'.repeat(100_000),
  'a thenable that throws': () => ({ then: boom }),
  'a thenable whose then cannot be read': () => mined('then'),
  'a thenable that throws after it rejected': () => ({
    then(_, reject) {
      reject(new Error('first'));
      boom();
    },
  }),
  'a thenable that never settles': () => ({ then() {} }),
};

/** The value with this name. */
const value = (name) => VALUES[name]();
const NAMES = Object.keys(VALUES);

/** A promise that settles in a later macrotask; its rejection counts as handled. */
function later(clock, settle, ms = 0) {
  const promise = new Promise((resolve, reject) => {
    clock.setTimeout(() => settle(resolve, reject), ms);
  });
  promise.catch(() => {});
  return promise;
}

/** Ways in which each value is used in turn: way → name of the value → what is done. */
function withEach(ways) {
  const all = {};
  Object.entries(ways).forEach(([way, work]) => {
    all[way] = Object.fromEntries(NAMES.map((name) => [name, (call) => work(call, value(name))]));
  });
  return all;
}

/** Ways that need no value. */
function alone(ways) {
  const all = {};
  Object.entries(ways).forEach(([way, work]) => {
    all[way] = { always: work };
  });
  return all;
}

/**
 * How a call with `success` and `fail` goes wrong. Each gets
 * `{ options, proper, clock, late }`: `proper()` is what should be answered,
 * `late` a time in milliseconds that is beyond every limit.
 */
const CALLBACK_WAYS = {
  ...withEach({
    'that throws anything': (_, thrown) => {
      throw thrown;
    },
    'that calls nothing and returns anything': (_, returned) => returned,
    'that succeeds with anything': ({ options, clock }, result) => {
      clock.setTimeout(() => options.success(result), 0);
    },
    'that fails with anything': ({ options, clock }, result) => {
      clock.setTimeout(() => options.fail(result), 0);
    },
    'that succeeds before it returns, with anything': ({ options }, result) =>
      options.success(result),
    'that fails before it returns, with anything': ({ options }, result) => options.fail(result),
    'that rejects a promise with anything': ({ clock }, reason) =>
      later(clock, (_, reject) => reject(reason)),
    'that resolves a promise with anything': ({ clock }, result) =>
      later(clock, (resolve) => resolve(result)),
  }),
  ...alone({
    'that succeeds twice': ({ options, proper }) => {
      options.success(proper());
      options.success(proper());
    },
    'that succeeds and fails': ({ options, proper }) => {
      options.success(proper());
      options.fail({ errMsg: 'fail' });
    },
    'that fails and succeeds': ({ options, proper }) => {
      options.fail({ errMsg: 'fail' });
      options.success(proper());
    },
    'that succeeds and throws': ({ options, proper }) => {
      options.success(proper());
      boom();
    },
    'that succeeds and rejects': ({ options, proper }) => {
      options.success(proper());
      return Promise.reject(new Error('proxied'));
    },
    'that succeeds a hundred times': ({ options, proper, clock }) => {
      for (let ms = 0; ms < 100; ms += 1) clock.setTimeout(() => options.success(proper()), ms);
    },
    'that succeeds too late': ({ options, proper, clock, late }) => {
      clock.setTimeout(() => options.success(proper()), late);
    },
    'that fails too late': ({ options, clock, late }) => {
      clock.setTimeout(() => options.fail({ errMsg: 'late' }), late);
    },
    'that resolves a promise, and calls nothing': ({ proper }) => Promise.resolve(proper()),
    'that calls the callbacks without arguments': ({ options }) => {
      options.success();
      options.fail();
    },
  }),
};

/** How an application's own function fails; each gets `{ proper, clock, late }`. */
const FUNCTION_WAYS = {
  ...withEach({
    'that throws anything': (_, thrown) => {
      throw thrown;
    },
    'that returns anything': (_, returned) => returned,
    'that resolves with anything': ({ clock }, result) =>
      later(clock, (resolve) => resolve(result)),
    'that rejects with anything': ({ clock }, reason) =>
      later(clock, (_, reject) => reject(reason)),
  }),
  ...alone({
    'that never settles': () => new Promise(() => {}),
    'that settles too late': ({ proper, clock, late }) =>
      later(clock, (resolve) => resolve(proper()), late),
    'that rejects too late': ({ clock, late }) =>
      later(clock, (_, reject) => reject(new Error('late')), late),
    'that calls back twice': ({ proper }) => ({
      then(resolve, reject) {
        resolve(proper());
        reject(new Error('again'));
        resolve(proper());
      },
    }),
    'that resolves with a promise of a promise': async ({ proper }) =>
      Promise.resolve(Promise.resolve(proper())),
  }),
};

/** How a synchronous function fails. */
const SYNC_WAYS = withEach({
  'that throws anything': (_, thrown) => {
    throw thrown;
  },
  'that returns anything': (_, returned) => returned,
});

exports.CALLBACK_WAYS = CALLBACK_WAYS;
exports.FUNCTION_WAYS = FUNCTION_WAYS;
exports.NAMES = NAMES;
exports.SYNC_WAYS = SYNC_WAYS;
exports.alone = alone;
exports.boom = boom;
exports.value = value;
exports.withEach = withEach;
