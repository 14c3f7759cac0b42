// The globals of the mini-program's JavaScript: the language and WeChat's names, nothing of the browser.
import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { FIXTURE, openPhone, temporaryFolder } from './support/browser.mjs';

/** Names that a mini-program has, beside the language's. */
const OF_WECHAT = [
  'App',
  'Behavior',
  'Component',
  'Page',
  'WXWebAssembly',
  'clearInterval',
  'clearTimeout',
  'console',
  'getApp',
  'getCurrentPages',
  'globalThis',
  'setInterval',
  'setTimeout',
  'wx',
];

/** The globals of ECMAScript, except those that WeChat's oldest engines lack (`WeakRef`, `Atomics` …). */
const LANGUAGE =
  `Infinity NaN isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape Object Function Array Number Boolean String Symbol Date Promise RegExp Error
  AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl Reflect Proxy
  ArrayBuffer DataView Map Set WeakMap WeakSet BigInt BigInt64Array BigUint64Array Float32Array Float64Array
  Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array Uint32Array`.split(
    /\s+/,
  );

/** Globals that no mini-program may use: the minimum, independent of the browser. */
const FORBIDDEN =
  `window document self frames parent top location navigator history fetch XMLHttpRequest WebSocket
  Worker TextDecoder TextEncoder WebAssembly eval localStorage sessionStorage indexedDB crypto performance
  queueMicrotask SharedArrayBuffer Atomics WeakRef FinalizationRegistry URL URLSearchParams structuredClone Blob FormData Headers Request Response AbortController Event
  EventTarget MessageChannel postMessage requestAnimationFrame addEventListener alert atob btoa Image Element`.split(
    /\s+/,
  );

/** Every identifier that a script of the browser finds on its global object. */
const browserNames = (page) =>
  page.evaluate(() => {
    const names = new Set();
    for (let at = window; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      Object.getOwnPropertyNames(at).forEach((name) => names.add(name));
    }
    // The test page's own.
    ['options', 'phone', 'entries'].forEach((name) => names.delete(name));
    // What any object has (`constructor` …) is the language's.
    return [...names].filter(
      (name) => /^[A-Za-z_$][\w$]*$/.test(name) && !(name in Object.prototype),
    );
  });

/** A mini-program whose first page prints the value of each name. */
async function probeFor(t, names) {
  const folder = await temporaryFolder(t);
  await cp(FIXTURE, folder, { recursive: true });
  const lines = names.map((name) => `  ${JSON.stringify(name)}: typeof ${name},`);
  const source = `
const { tell } = require('../../utils/tell');
const byName = {
${lines.join('\n')}
};
const names = Object.keys(byName);
const foundIn = (object) => names.filter((name) => typeof object[name] !== 'undefined');
const attempt = (work) => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const describe = (value) => (value instanceof Error ? value.name : value === undefined ? 'undefined' : foundIn(value));
const generator = Object.getPrototypeOf(function* () {}).constructor;
let callbackThis = 'not called';

/** All reachable functions: their constructors must not run strings. */
function constructorsOf(functions) {
  return functions.map(([label, at]) => [label, attempt(() => at.constructor('return typeof document')()) instanceof Error]);
}

tell('by name', byName);
tell('ways', {
  globalThis: describe(globalThis),
  newFunction: describe(attempt(() => new Function('return this')())),
  functionCall: describe(attempt(() => Function('return this;')())),
  constructor: describe(attempt(() => (function () {}).constructor('return this')())),
  this: describe(attempt(() => (function () { return this; })())),
  moduleThis: describe(this),
  getter: describe(attempt(() => Object.getOwnPropertyDescriptor({ get a() { return this; } }, 'a').get.call(undefined))),
});
tell('text', {
  function: attempt(() => new Function('return 1')).name,
  argument: attempt(() => new Function('a', 'return this')).name,
  generator: attempt(() => generator('yield 1')).name,
  timer: attempt(() => setTimeout('tell(1)', 0)).name,
});
tell('realm', {
  array: [] instanceof Array && Object.getPrototypeOf(JSON.parse('[]')) === Array.prototype,
  functionInstance: (() => {}) instanceof Function,
  wasm: typeof WXWebAssembly.instantiate,
});
setTimeout(function () {
  tell('timer this', describe(this));
}, 0);

Page({
  onLoad(query) {
    const own = [['setData', this.setData], ['page', this], ['query', query], ['data', this.data]];
    const given = [['wx.request', wx.request], ['wx', wx], ['setTimeout', setTimeout], ['console.log', console.log],
      ['Page', Page], ['getApp', getApp], ['App', getApp()], ['require', require], ['module', module], ['Promise', Promise],
      ['WXWebAssembly', WXWebAssembly], ['WXWebAssembly.instantiate', WXWebAssembly.instantiate]];
    // An object's constructor is a function, and a function's constructor runs strings.
    const deep = [...own, ...given].map(([label, at]) => [label, at.constructor]);
    tell('constructors', constructorsOf([...own, ...given].filter(([, at]) => typeof at === 'function')).concat(constructorsOf(deep)));
    wx.getSystemInfo({ success: (result) => tell('result', result instanceof Object) });
    wx.request({ url: 'http://127.0.0.1/', success: ({ data }) => tell('answer', [data instanceof Object, data.list instanceof Array]) });
    wx.getSetting().then((setting) => tell('promised', setting instanceof Object));
    tell('promise', wx.getSetting() instanceof Promise);
  },
  toDetail(event) {
    tell('event', { own: event instanceof Object, keys: Object.keys(event).sort(), text: JSON.stringify(event).length < 2000 });
  },
});
`;
  await writeFile(path.join(folder, 'pages/index/index.js'), source);
  return folder;
}

async function openProbe(t, faults = {}) {
  const bare = await openPhone(t, { launch: false });
  const names = await browserNames(bare.page);
  assert.ok(names.length > 900, `a browser has more names than ${names.length}`);
  const all = [...new Set([...names, ...FORBIDDEN, ...OF_WECHAT])].sort();
  const folder = await probeFor(t, all);
  const answer = () => ({ statusCode: 200, header: {}, data: '{"list":[1]}' });
  return { phone: await openPhone(t, { folder, answer, faults }), all };
}

const present = (kinds) =>
  Object.keys(kinds)
    .filter((name) => kinds[name] !== 'undefined')
    .sort();
const ALLOWED = [...LANGUAGE, ...OF_WECHAT].sort();

test('by name, a module finds the language, what WeChat gives, and nothing of the browser', async (t) => {
  const { phone } = await openProbe(t);
  assert.deepEqual(present(await phone.result('by name')), ALLOWED);
});

test('the global object, however it is come by, holds no more; without one there is none', async (t) => {
  const { phone } = await openProbe(t);
  assert.deepEqual(await phone.result('ways'), {
    globalThis: ALLOWED,
    newFunction: ALLOWED,
    functionCall: ALLOWED,
    constructor: ALLOWED,
    this: 'undefined',
    moduleThis: [],
    getter: 'undefined',
  });
  assert.equal(await phone.result('timer this'), 'undefined');
});

test('no text is run as code', async (t) => {
  const { phone } = await openProbe(t);
  assert.deepEqual(await phone.result('text'), {
    function: 'EvalError',
    argument: 'EvalError',
    generator: 'EvalError',
    timer: 'TypeError',
  });
});

test('nothing that the phone hands over leads to a constructor that runs text', async (t) => {
  const { phone } = await openProbe(t);
  const constructors = await phone.result('constructors');
  assert.ok(constructors.length > 20);
  for (const [label, refused] of constructors) assert.equal(refused, true, label);
});

test('what the phone hands over is of the mini-program’s own realm', async (t) => {
  const { phone } = await openProbe(t);
  assert.deepEqual(await phone.result('realm'), {
    array: true,
    functionInstance: true,
    wasm: 'function',
  });
  assert.equal(await phone.result('result'), true);
  assert.deepEqual(await phone.result('answer'), [true, true]);
  assert.equal(await phone.result('promised'), true);
  assert.equal(await phone.result('promise'), true);
  await phone.tap('去详情');
  assert.deepEqual(await phone.result('event'), {
    own: true,
    keys: [
      'changedTouches',
      'currentTarget',
      'detail',
      'mark',
      'target',
      'timeStamp',
      'touches',
      'type',
    ],
    text: true,
  });
});

test('on iOS 15 and below the promises of wx are the polyfill’s too', async (t) => {
  const { phone } = await openProbe(t, { oldPromises: true });
  assert.equal(await phone.result('promise'), true);
  assert.deepEqual(present(await phone.result('by name')), ALLOWED);
});

test('without WXWebAssembly the name is undefined', async (t) => {
  const { phone } = await openProbe(t, { noWasm: true });
  const found = present(await phone.result('by name'));
  assert.deepEqual(
    found,
    ALLOWED.filter((name) => name !== 'WXWebAssembly'),
  );
});

test('a mini-program without the SDK has no diagnostics', async (t) => {
  const { phone } = await openProbe(t);
  assert.equal(await phone.page.evaluate(() => window.phone.diagnose()), null);
});
