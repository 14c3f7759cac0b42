// The built package in a mini-program's JavaScript world: a realm that has the
// globals of WeChat's logic layer, and no other.
//
//   const app = await start(t, { config: { maxTemplates: 5 } });
//   const outcome = await app.tap(TriggerType.AddToCart, 'product-1');
//   app.calls;  // every call of `wx`, in order
//   app.events; // every event
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const { answerWith, createFakeWx, createFakeWXWebAssembly } = require('./fake-wx.js');
const { BUILTINS, LATER_MEMBERS } = require('./platform-globals.js');

const GLUE_ROOT = path.resolve(__dirname, '../../../js-glue');
const DIST = path.join(GLUE_ROOT, 'miniprogram_dist');
const NPM_PREFIX = 'miniprogram_npm/wx-subscribe/';
const BASE_URL = 'https://shop.example.com/api';

/** The build under test: `wasm`, or `fallback`, the JavaScript for hosts without WXWebAssembly. */
const BUILD = process.env.WX_SUBSCRIBE_BUILD || 'wasm';
if (BUILD !== 'wasm' && BUILD !== 'fallback') {
  throw new Error(`WX_SUBSCRIBE_BUILD must be wasm or fallback, not ${BUILD}`);
}

// ---------------------------------------------------------------------------
// The realm

/** The Promise of iOS 15 and below: its callbacks run in a timer. */
const TIMER_PROMISE = `((Native) => class Promise extends Native {
  then(ok, fail) {
    const later = (call) => typeof call !== 'function' ? call : (value) =>
      new Native((resolve) => { setTimeout(resolve, 0); }).then(() => call(value));
    return super.then(later(ok), later(fail));
  }
})(Promise)`;

/** Timers as a mini-program has them: numbers for handles, and an end when the app is closed. */
function createTimers() {
  const running = new Map();
  let last = 0;

  // Node's functions are read at each call, so that a test can mock them.
  function run(start, once) {
    return (work, ms, ...rest) => {
      last += 1;
      const handle = last;
      const timer = start(() => {
        if (once) running.delete(handle);
        work(...rest);
      }, ms);
      running.set(handle, timer);
      return handle;
    };
  }
  function stop(handle) {
    clearTimeout(running.get(handle));
    running.delete(handle);
  }
  return {
    globals: {
      setTimeout: run((work, ms) => setTimeout(work, ms), true),
      setInterval: run((work, ms) => setInterval(work, ms), false),
      clearTimeout: stop,
      clearInterval: stop,
    },
    stopAll: () => [...running.keys()].forEach(stop),
  };
}

/** A console that records its output. */
function createConsole() {
  const printed = [];
  const print = (...values) => {
    printed.push(values);
  };
  return { printed, console: { debug: print, error: print, info: print, log: print, warn: print } };
}

/**
 * @param {object} globals beside the language's own
 * @param {'native' | 'polyfill'} [promise]
 * @param {boolean} [withPolyfills] keeps the later members of built-ins, which WeChat's base library polyfills; the
 *   package needs none of them, but frameworks do
 */
function createRealm(globals, promise, withPolyfills = false) {
  const context = vm.createContext(
    { ...globals },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const evaluate = (source, filename) => vm.runInContext(source, context, { filename });
  const global = evaluate('this');

  Object.getOwnPropertyNames(global)
    .filter((name) => !BUILTINS.has(name) && !(name in globals))
    .forEach((name) => evaluate(`delete this[${JSON.stringify(name)}]`));
  const unwanted = withPolyfills ? {} : LATER_MEMBERS;
  Object.entries(unwanted).forEach(([owner, names]) => {
    const object = evaluate(owner);
    names.split(' ').forEach((name) => delete object[name]);
  });
  if (promise === 'polyfill') global.Promise = evaluate(TIMER_PROMISE);
  // One clock for the realm, for the fake `wx` and for tests that mock it.
  evaluate('Date').now = () => Date.now();
  return { evaluate, global };
}

/**
 * Everything that can be reached by name in the realm, down to the members of
 * prototypes: dotted name → value.
 */
function namesOf(global) {
  const found = new Map();
  const own = (prefix, object) =>
    Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value, get }]) => {
      found.set(prefix + name, value === undefined ? get : value);
      return [prefix + name, value];
    });
  own('', global).forEach(([name, value]) => {
    if (!BUILTINS.has(name) || value === null || !/object|function/.test(typeof value)) return;
    own(`${name}.`, value);
    if (value.prototype) own(`${name}.prototype.`, value.prototype);
  });
  return found;
}

/** The names that were added, removed or given another value between two calls of `globals`. */
function changedNames(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter(
    (name) => !before.has(name) || !Object.is(before.get(name), after.get(name)),
  );
}

// ---------------------------------------------------------------------------
// The package

/** The file of the built package at a path from the root of the code package. */
function readFile(packagePath) {
  const file = path.join(DIST, path.relative(NPM_PREFIX, packagePath));
  if (!packagePath.startsWith(NPM_PREFIX) || !fs.existsSync(file)) {
    throw new Error(`WebAssembly.instantiate: file not found: ${packagePath}`);
  }
  return fs.readFileSync(file);
}

/** A file of the package as WeChat runs a module: a strict function with `require`, `module` and `exports`. */
function requireFile({ evaluate }, name) {
  const file = path.join(DIST, name);
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: run \`cargo xtask build\``);
  const source = fs.readFileSync(file, 'utf8');
  const define = evaluate(`(function (require, module, exports) {"use strict";${source}\n})`, file);
  const module = { exports: {} };
  const require = (other) => {
    throw new Error(`${name} must stand alone, but requires ${other}`);
  };
  define(require, module, module.exports);
  return module.exports;
}

/**
 * Requires the built package in a realm of its own.
 *
 * @param {object} options
 * @param {{ wx: object }} options.fake the host; only its `wx` is seen
 * @param {object} [options.wasm] of the fake WXWebAssembly: `shape`, `delayMs`, `fail`, `readFile`; and
 *   `answer(result)`, what its `instantiate` answers in place of `result`
 * @param {object} [options.globals] put over the realm's own
 * @param {'native' | 'polyfill'} [options.promise] the realm's promises; `polyfill` is iOS 15 and below
 * @param {'wasm' | 'fallback'} [options.build] `fallback`: the realm has no WXWebAssembly
 */
function loadPackage({
  fake,
  wasm: { answer = (result) => result, ...wasm } = {},
  globals = {},
  promise,
  build = BUILD,
}) {
  const engine = createFakeWXWebAssembly({ WebAssembly, readFile, ...wasm });
  const timers = createTimers();
  const { printed, console } = createConsole();
  const nothing = () => {};
  const world = {
    wx: fake.wx,
    ...(build === 'wasm' && {
      WXWebAssembly: { instantiate: (...given) => engine.instantiate(...given).then(answer) },
    }),
    ...timers.globals,
    console,
    App: nothing,
    Page: nothing,
    Component: nothing,
    Behavior: nothing,
    getApp: () => ({}),
    getCurrentPages: () => [],
    ...globals,
  };
  const realm = createRealm(world, promise);
  const before = namesOf(realm.global);
  return {
    sdk: requireFile(realm, 'index.js'),
    /** Requires another file of the package. */
    require: (name) => requireFile(realm, name),
    /** The paths that were instantiated. */
    instantiated: engine.calls,
    /** What was printed. */
    printed,
    /** The realm's names before the package was required, and now. */
    before,
    globals: () => namesOf(realm.global),
    /** Stops the timers that the package left. */
    close: timers.stopAll,
  };
}

// ---------------------------------------------------------------------------
// An app at work

/** A copy in this realm: values of another one have other prototypes, which strict equality sees. */
const here = (value) => structuredClone(value);

/** What the host gets of an argument: callbacks as they are, data as a copy. */
function crossing(argument) {
  if (argument === null || typeof argument !== 'object') return argument;
  const cross = ([key, value]) => [key, typeof value === 'function' ? value : here(value)];
  return Object.fromEntries(Object.entries(argument).map(cross));
}

const accepting = (tmplIds) => Object.fromEntries(tmplIds.map((id) => [id, 'accept']));

const DEFAULT_ANSWERS = {
  findCustomerPopTemplate: { json: { data: ['tmpl-a', 'tmpl-b'] } },
  popSubscribeResult: { json: {} },
};

/** A transport that answers by the last part of the path, with a reply or a function of the request. */
function transportOf(answers) {
  const all = { ...DEFAULT_ANSWERS, ...answers };
  return answerWith((request) => {
    const reply = all[request.url.slice(request.url.lastIndexOf('/') + 1)];
    return typeof reply === 'function' ? reply(request) : reply;
  });
}

/** `host` with each call noted in `calls`. */
function recording(host, calls) {
  const wrapped = {};
  Object.keys(host).forEach((api) => {
    wrapped[api] = (...passed) => {
      const given = passed.map(crossing);
      calls.push({ api, given });
      return host[api](...given);
    };
  });
  return wrapped;
}

/**
 * Launches an app with the package set up, or with `setup` still to be called.
 * The test's end closes it.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options]
 * @param {object} [options.config] over a `baseUrl`; a key with `undefined` is taken out
 * @param {object} [options.answers] of the back end: the call's name → reply, see `answerWith`
 * @param {object} [options.fake] for createFakeWx; popups are all accepted unless `autoAnswer` says otherwise
 * @param {(wx: object) => object} [options.wx] functions of `wx` to replace, given the fake's
 * @param {object} [options.wasm] see loadPackage
 * @param {object} [options.globals] see loadPackage
 * @param {'wasm' | 'fallback'} [options.build] with `fallback` the configuration holds it, see loadPackage
 * @param {boolean} [options.ready] whether `setup` is called and waited for
 */
async function start(
  t,
  {
    config,
    answers,
    fake: platform = {},
    wx = () => ({}),
    wasm,
    globals,
    build = BUILD,
    ready = true,
  } = {},
) {
  const fake = createFakeWx({
    transport: transportOf(answers),
    storage: { openId: JSON.stringify('user-1') },
    autoAnswer: accepting,
    setTimeout: (work, ms) => setTimeout(work, ms),
    ...platform,
  });
  const calls = [];
  const host = recording({ ...fake.wx, ...wx(fake.wx) }, calls);
  const loaded = loadPackage({
    fake: { wx: host },
    wasm,
    globals,
    promise: platform.promise,
    build,
  });
  const events = [];
  const defaults = {
    baseUrl: BASE_URL,
    onEvent: (event) => events.push(here(event)),
    ...(build === 'fallback' && { fallback: loaded.require('fallback.js') }),
  };
  const { sdk } = loaded;

  function close() {
    loaded.close();
    fake.close();
  }
  t.after(close);

  const app = {
    ...loaded,
    fake,
    wx: host,
    /** Calls of `wx`, in order: `{ api, given }`. */
    calls,
    /** What `onEvent` got, in order. */
    events,
    close,
    setup: (more) => sdk.setup({ ...defaults, ...config, ...more }),
    subscribe: (type = 1, busNo = 'order-1', extra, options) =>
      sdk.asyncSubscribeMessage(type, busNo, extra, options).then(here),
    /** A tap whose handler does nothing but subscribe. */
    tap: (...given) => fake.tap(() => app.subscribe(...given)),
    prefetch: (type = 1, busNo = 'order-1') => sdk.prefetchTemplates(type, busNo).then(here),
    preview: (type = 1, busNo = 'order-1') => sdk.previewSubscription(type, busNo).then(here),
    diagnostics: () => sdk.getDiagnostics().then(here),
    flush: () => sdk.flushReports().then(here),
    /** The names of the events so far. */
    eventNames: () => events.map(({ name }) => name),
    /** The options of each call of `api`, in order. */
    optionsOf: (api) => calls.filter((call) => call.api === api).map(({ given }) => given[0]),
    /** What went to one of the back end's two paths: `{ data, header }`. */
    sent: (name) =>
      app
        .optionsOf('request')
        .filter(({ url }) => url === `${BASE_URL}/${name}`)
        .map(({ data, header }) => ({ data, header })),
    /** The reports that were sent. */
    reports: () => app.sent('popSubscribeResult'),
  };
  if (ready) {
    await app.setup();
    calls.length = 0;
  }
  return app;
}

/** Whether a call of `wx` looks the openId up: the SDK does, to keep it out of what others say. */
const readsOpenId = ({ api, given }) => api === 'getStorageSync' && given[0] === 'openId';

exports.BUILD = BUILD;
exports.GLUE_ROOT = GLUE_ROOT;
exports.changedNames = changedNames;
exports.createConsole = createConsole;
exports.createRealm = createRealm;
exports.createTimers = createTimers;
exports.here = here;
exports.loadPackage = loadPackage;
exports.readsOpenId = readsOpenId;
exports.start = start;
