// Runs the example mini-program without WeChat: miniprogram-simulate and jsdom
// for pages and components, the fake `wx` for the platform.
//
// The example is plain WeChat code. Globals that Node lacks (`App`, `Page`,
// `WXWebAssembly`, `require('wx-subscribe')`) are provided here; those that a
// phone lacks are hidden.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const { JSDOM } = require('jsdom');

const { createFakeWXWebAssembly } = require('./fake-wx.js');
const { sleep, until } = require('./until.js');

const REPOSITORY = path.resolve(__dirname, '../../..');
const ROOT = path.join(REPOSITORY, 'example-miniprogram/miniprogram');
const PACKAGE = 'wx-subscribe';
const PACKAGE_ROOT = path.join(REPOSITORY, 'js-glue/miniprogram_dist');
const NPM_PREFIX = `miniprogram_npm/${PACKAGE}/`;

// ---------------------------------------------------------------------------
// A page to draw on, before miniprogram-simulate is loaded

const { window } = new JSDOM('<!doctype html>');
const { document } = window;
// The globals that miniprogram-simulate works with, and itself adds to.
Object.assign(globalThis, { window, document, wx: {} });
const simulate = require('miniprogram-simulate');
const simulated = { Component: globalThis.Component, Behavior: globalThis.Behavior };

// ---------------------------------------------------------------------------
// Modules as WeChat loads them

/** The globals of a module of the running app. */
let scope = null;

/** Globals of Node that a phone lacks. */
const HIDDEN = [
  'window',
  'document',
  'self',
  'global',
  'globalThis',
  'process',
  'Buffer',
  'WebAssembly',
  'TextEncoder',
  'TextDecoder',
  'FinalizationRegistry',
  'WeakRef',
  'URL',
  'fetch',
  'crypto',
  'performance',
  'queueMicrotask',
  'structuredClone',
  'setImmediate',
];

/** The file in this repository for a path from the package root. */
function fileOf(packagePath) {
  if (!packagePath.startsWith(NPM_PREFIX)) return path.join(ROOT, packagePath);
  if (!fs.existsSync(PACKAGE_ROOT))
    throw new Error(`${PACKAGE_ROOT} is not there: run \`cargo xtask build\``);
  return path.join(PACKAGE_ROOT, packagePath.slice(NPM_PREFIX.length));
}

const isOfApp = (file) => [ROOT, PACKAGE_ROOT].some((folder) => file.startsWith(folder + path.sep));

const loadOther = Module._extensions['.js'];
Module._extensions['.js'] = function load(module, file) {
  if (!isOfApp(file)) {
    loadOther(module, file);
    return;
  }
  const names = {
    ...scope,
    module,
    exports: module.exports,
    require: (request) =>
      module.require(request === PACKAGE ? fileOf(`${NPM_PREFIX}index.js`) : request),
  };
  const run = vm.compileFunction(
    fs.readFileSync(file, 'utf8'),
    [...Object.keys(names), ...HIDDEN],
    { filename: file },
  );
  run(...Object.values(names));
};

/** Removes the app's modules and their state: the next launch is a cold one. */
function forgetModules() {
  Object.keys(require.cache)
    .filter(isOfApp)
    .forEach((file) => delete require.cache[file]);
}

/** Timers that end with the app. */
function createTimers() {
  const running = new Set();
  let stopped = false;
  const starting = (start) => (work, ms) => {
    if (stopped) return undefined;
    const timer = start(work, ms);
    running.add(timer);
    return timer;
  };
  return {
    functions: {
      setTimeout: starting(setTimeout),
      setInterval: starting(setInterval),
      clearTimeout,
      clearInterval,
    },
    stop() {
      stopped = true;
      running.forEach(clearTimeout);
    },
  };
}

// ---------------------------------------------------------------------------
// Pages

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/**
 * `methods` with each one holding the tap state when it handles a tap.
 *
 * The platform gives it to the handler and not to the touch: miniprogram-simulate
 * calls the handler some promise hops after the touch, where it would be lost
 * with the promises of iOS 15 and below.
 */
function holdingTaps(fake, methods = {}) {
  const wrapped = {};
  Object.keys(methods).forEach((name) => {
    const method = methods[name];
    wrapped[name] = function handler(...args) {
      const isTap = Boolean(args[0]) && args[0].type === 'tap';
      return isTap ? fake.tap(() => method.apply(this, args)) : method.apply(this, args);
    };
  });
  return wrapped;
}

/** `Page`, `Component` and `Behavior` as the example calls them. */
function constructors(fake) {
  const withTaps = (definition) => ({
    ...definition,
    methods: holdingTaps(fake, definition.methods),
  });
  return {
    Component: (definition) => simulated.Component(withTaps(definition)),
    Behavior: (definition) => simulated.Behavior(withTaps(definition)),
    // A page is a component whose functions stand beside its data.
    Page({ data, behaviors, ...methods }) {
      simulated.Component(withTaps({ data, behaviors, methods }));
    },
  };
}

/** The text of an element and its components, joined by spaces. */
function textOf(element) {
  const texts = [];
  const walker = document.createTreeWalker(element, window.NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.textContent.trim());
  return texts.filter(Boolean).join(' ');
}

function touch(type, target, touches) {
  const point = { identifier: 1, target, clientX: 1, clientY: 1, pageX: 1, pageY: 1 };
  const event = new window.TouchEvent(type, { bubbles: true, cancelable: true });
  // jsdom has TouchEvent and no Touch: the lists are added by hand.
  Object.defineProperty(event, 'touches', { value: touches ? [point] : [] });
  Object.defineProperty(event, 'changedTouches', { value: [point] });
  target.dispatchEvent(event);
}

function openedPage(component, container) {
  const { instance } = component;
  const dom = () => container.firstElementChild;

  /** The innermost element that shows exactly `text`. */
  function withText(text) {
    const matching = [...dom().querySelectorAll('*')].filter((element) => textOf(element) === text);
    return matching[matching.length - 1];
  }

  /** An element by selector (with `.`, `#` or `[` in front), or else by the text it shows. */
  function find(target) {
    const isSelector = /^[.#[]/.test(target);
    // Classes carry the name of their page or component: `.step` is `page--step`.
    const selector = target.replace(/\.([\w-]+)/g, '[class~="page--$1"]');
    const element = isSelector ? dom().querySelector(selector) : withText(target);
    if (!element) throw new Error(`the page shows nothing like ${target}: ${textOf(dom())}`);
    return element;
  }

  return {
    data: () => instance.data,
    text: () => textOf(dom()),
    textOf: (target) => textOf(find(target)),

    /** Taps as a finger does, and waits for the handler. */
    async tap(target) {
      const element = find(target);
      touch('touchstart', element, true);
      touch('touchend', element, false);
      await sleep(0);
    },

    /** Types into an input. */
    async type(target, value) {
      const input = find(target);
      input.__wxElement.triggerEvent('input', { value });
      await sleep(0);
    },

    /** Waits until the page shows `text`. */
    async shows(text) {
      await until(
        () => textOf(dom()).includes(text),
        () => `“${text}” on the page: ${textOf(dom())}`,
      );
    },

    /** Another page comes on top, and goes. */
    hide() {
      if (instance.onHide) instance.onHide();
    },
    show() {
      if (instance.onShow) instance.onShow();
    },

    close() {
      if (instance.onUnload) instance.onUnload();
      component.detach();
      container.remove();
    },
  };
}

// ---------------------------------------------------------------------------
// The app

/**
 * Launches the example, cold.
 *
 * @param {object} options
 * @param {ReturnType<import('./fake-wx.js').createFakeWx>} options.fake
 * @param {string} [options.baseUrl] where the back end listens, in place of what config.js says
 */
function launch({ fake, baseUrl }) {
  const timers = createTimers();
  const debugLines = [];
  const opened = new Set();
  let app = null;

  forgetModules();
  const scopeOfApp = {
    wx: fake.wx,
    WXWebAssembly: createFakeWXWebAssembly({
      WebAssembly,
      readFile: (file) => fs.readFileSync(fileOf(file)),
    }),
    ...timers.functions,
    ...constructors(fake),
    App(definition) {
      app = definition;
    },
    getApp: () => app,
    getCurrentPages: () => [...opened],
    console: { ...console, debug: (...args) => debugLines.push(args) },
  };
  scope = scopeOfApp;

  const appJson = readJson(path.join(ROOT, 'app.json'));
  if (baseUrl) Object.assign(require(path.join(ROOT, 'config.js')), { baseUrl });
  require(path.join(ROOT, 'app.js'));
  const entry = { path: appJson.pages[0], query: {}, scene: 1001 };
  if (app.onLaunch) app.onLaunch(entry);
  if (app.onShow) app.onShow(entry);

  return {
    /** The package as the pages see it. */
    sdk: require(fileOf(`${NPM_PREFIX}index.js`)),
    /** The output of console.debug. */
    debugLines,

    /** Opens a page of app.json and runs onLoad, onShow and onReady. */
    openPage(pagePath, query = {}) {
      if (scope !== scopeOfApp) throw new Error('another app has been launched');
      if (!appJson.pages.includes(pagePath)) throw new Error(`app.json has no page ${pagePath}`);
      const id = simulate.load(path.join(ROOT, pagePath), 'page', {
        compiler: 'official',
        rootPath: ROOT,
        usingComponents: appJson.usingComponents,
      });
      const component = simulate.render(id);
      const container = document.createElement('div');
      document.body.appendChild(container);
      component.attach(container);
      const { instance } = component;
      ['onLoad', 'onShow', 'onReady'].forEach((name) => {
        if (instance[name]) instance[name](query);
      });
      const page = openedPage(component, container);
      opened.add(page);
      return page;
    },

    /** Ends the app, as when it is swiped away. Storage stays with `fake.storage`. */
    close() {
      timers.stop();
      fake.close();
      opened.forEach((page) => page.close());
      opened.clear();
    },
  };
}

exports.launch = launch;
