// A mini-program host for what a framework's build puts out: a realm with the
// globals of WeChat's logic layer and no other, modules as WeChat runs them, the
// fake `wx`, and the pages drawn by WeChat's component engine.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { createConsole, createRealm, createTimers } = require('../../js/support/bare-context.js');
const { answerWith, createFakeWx, createFakeWXWebAssembly } = require('../../js/support/fake-wx.js');
const { createView } = require('./view.js');

/** What frameworks ask the host for when they start, beside what the fake `wx` has. */
function startupApi(entry) {
  const system = {
    platform: 'ios',
    system: 'iOS 17.0',
    brand: 'iPhone',
    model: 'iPhone 15',
    version: '8.0.50',
    SDKVersion: '3.6.0',
    language: 'zh_CN',
    pixelRatio: 3,
    windowWidth: 390,
    windowHeight: 763,
    screenWidth: 390,
    screenHeight: 844,
    statusBarHeight: 47,
    safeArea: { top: 47, bottom: 810, left: 0, right: 390, width: 390, height: 763 },
  };
  const told = () => ({ ...system });
  const listen = () => {};
  return {
    ...Object.fromEntries(
      ['getSystemInfoSync', 'getWindowInfo', 'getAppBaseInfo', 'getDeviceInfo', 'getSystemSetting'].map((name) => [name, told]),
    ),
    getLaunchOptionsSync: () => entry,
    getEnterOptionsSync: () => entry,
    canIUse: () => true,
    nextTick: (work) => setImmediate(work),
    onError: listen,
    onUnhandledRejection: listen,
    onPageNotFound: listen,
    onThemeChange: listen,
    onWindowResize: listen,
  };
}

/** Candidates for what `require(request)` means in the file `from`. */
function candidates(from, request) {
  const asFile = (name) => [name, `${name}.js`, `${name}/index.js`];
  const folder = path.posix.dirname(from);
  const relative = asFile(path.posix.join(folder, request)).map((name) => name.replace(/^\//, ''));
  if (/^[./]/.test(request)) return relative;
  const parts = folder === '.' ? [] : folder.split('/');
  const folders = [...parts.keys(), parts.length].reverse().map((length) => parts.slice(0, length));
  return folders.flatMap((above) => asFile([...above, 'miniprogram_npm', request].join('/')));
}

/**
 * Launches a built mini-program, cold. The test's end closes it.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} options
 * @param {string} options.root the folder that DevTools opens as `miniprogramRoot`
 * @param {'native' | 'polyfill'} [options.promise] `polyfill` is iOS 15 and below
 * @param {boolean} [options.wasm] whether the host has `WXWebAssembly`
 */
function launch(t, { root, promise = 'native', wasm = true }) {
  const app = JSON.parse(fs.readFileSync(path.join(root, 'app.json'), 'utf8'));
  const packages = app.subPackages || app.subpackages || [];
  const pages = [...app.pages, ...packages.flatMap((sub) => sub.pages.map((page) => path.posix.join(sub.root, page)))];
  const entry = { path: app.pages[0], query: {}, scene: 1001, referrerInfo: {} };
  const fake = createFakeWx({
    promise,
    storage: { openId: JSON.stringify('user-1'), token: JSON.stringify('token-1') },
    transport: answerWith(({ url }) =>
      url.endsWith('/findCustomerPopTemplate') ? { json: { data: ['tmpl-a', 'tmpl-b'] } } : { json: {} },
    ),
  });
  const engine = createFakeWXWebAssembly({ WebAssembly, readFile: (name) => fs.readFileSync(path.join(root, name)) });
  const instantiated = [];
  const instantiate = (file, imports) =>
    engine.instantiate(file, imports).then((instance) => {
      instantiated.push(file);
      return instance;
    });
  const timers = createTimers();
  const { console, printed } = createConsole();
  const errors = [];
  const opened = [];
  let definition = null;

  const host = {
    wx: { ...startupApi(entry), ...fake.wx },
    ...(wasm && { WXWebAssembly: { instantiate } }),
    ...timers.globals,
    console,
    App(given) {
      definition = given;
    },
    getApp: () => definition,
    getCurrentPages: () => opened.map(({ page }) => page),
  };
  const realm = createRealm(host, promise, true);
  const view = createView({ root, evaluate: realm.evaluate, onError: (error) => errors.push(error) });
  // The base library has both names: the first since 2.16.1, and the second as an object of its own.
  Object.assign(realm.global, view.globals, { globalThis: realm.global, global: realm.evaluate('({})') });

  const modules = new Map();
  function load(file) {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: realm.evaluate('({})') };
    modules.set(file, module);
    const source = fs.readFileSync(path.join(root, file), 'utf8');
    const define = realm.evaluate(`(function (require, module, exports) {"use strict";${source}\n})`, file);
    const require = (request) => {
      const isFile = (name) => fs.existsSync(path.join(root, name)) && fs.statSync(path.join(root, name)).isFile();
      const found = candidates(file, request).find(isFile);
      if (!found) throw new Error(`module '${request}' is not defined, required by '${file}'`);
      return load(found);
    };
    define(require, module, module.exports);
    return module.exports;
  }

  t.after(() => {
    timers.stopAll();
    fake.close();
  });

  load('app.js');
  if (!definition) throw new Error('app.js did not call App');
  if (definition.onLaunch) definition.onLaunch(entry);
  if (definition.onShow) definition.onShow(entry);

  return {
    fake,
    /** The paths of modules that were instantiated. */
    instantiated,
    /** What the app printed, and what its handlers and lifetimes threw. */
    complaints: () => [...printed, ...errors],
    /** What went to one path of the back end: `{ data, header }`. */
    sent: (name) =>
      fake
        .calls('request')
        .map(({ options }) => options)
        .filter(({ url }) => url.endsWith(`/${name}`)),

    /** Opens a page of app.json. */
    open(name, query = {}) {
      if (!pages.includes(name)) throw new Error(`app.json has no page ${name}, only ${pages}`);
      view.register(name, load);
      const drawn = view.draw(name);
      drawn.page.route = name;
      drawn.page.options = query;
      opened.push(drawn);
      if (drawn.page.onLoad) drawn.page.onLoad(query);
      if (drawn.page.onShow) drawn.page.onShow();
      if (drawn.page.onReady) drawn.page.onReady();
      return {
        text: drawn.text,
        /** A tap that the platform grants: its handlers run in one macrotask that holds it. */
        tap: (text) => fake.tap(() => drawn.tap(text)),
      };
    },
  };
}

exports.launch = launch;
