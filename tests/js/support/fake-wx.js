// A fake `wx` that enforces what WeChat enforces, by the rules of `tests/wechat`.
//
// There are no warnings about misuse: an illegal call fails with the platform's
// own text, as on a phone. CommonJS files without dependencies and without host
// APIs except timers, so that Node, a bare JavaScript engine and the Rust suite
// can load them.
//
//   const fake = createFakeWx({ transport });
//   fake.tap(() => page.onTap());         // the handler holds the tap state
//   fake.popup.answer({ [id]: 'accept' }); // what the user chose
//   fake.log;                              // every call, in order
//
// What some phones do differently is an option, and can be switched at any time
// as a member of the same name:
//
//   asyncApis           names of APIs that the application replaced with `async` functions: the promise is
//                       fulfilled with undefined before a callback comes
//   silentPopup         the popup closes, and no callback comes
//   showWhilePopupOpen  `appShow` without `appHide` while the popup is open, as a payment brings it
//   codesAsStrings      `errCode` of the popup is a string: `'20004'`
//   nextPopupError      what the next popup fails with, once: a code, or a text of `UNCODED_ERRORS`
//   chineseTimeout      a timeout of `wx.request` reads `request:fail 请求超时`, errno 5
'use strict';

const { asyncWhile } = require('../../wechat/call.js');
const { MAX_TEMPLATES } = require('../../wechat/popup.js');
const { REQUEST_FAILURES } = require('../../wechat/request.js');
const { LIMIT_BYTES } = require('../../wechat/storage.js');
const { createTapState } = require('../../wechat/tap.js');
const { createApi } = require('./fake-wx/api.js');
const { createEvents } = require('./fake-wx/events.js');
const { createDialogs, createSettings } = require('./fake-wx/interaction.js');
const { createSubscribeMessage } = require('./fake-wx/popup.js');
const { answerWith, createRequest } = require('./fake-wx/request.js');
const { createStorage } = require('./fake-wx/storage.js');
const { createTimers } = require('./fake-wx/timers.js');
const { createFakeWXWebAssembly } = require('./fake-wx/wasm.js');

/**
 * @typedef {object} HttpRequest what a transport is given
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} header names in lower case
 * @property {string} [body]
 *
 * @typedef {{ statusCode: number, header?: Record<string, string>, body?: string }} HttpResponse
 * @typedef {{ errMsg: string, errno?: number }} HttpFailure errMsg without the `request:fail ` in front
 *
 * @callback Transport
 * @param {HttpRequest} request
 * @param {(outcome: HttpResponse | HttpFailure) => void} respond to be called once, at any time
 * @returns {(() => void) | void} gives the request up
 *
 * @typedef {object} Template a template as the platform's console knows it
 * @property {string} [title] of templates with the same title only one is asked
 * @property {'once' | 'longTerm' | 'device'} [type] default `once`
 * @property {boolean} [banned] the answer is always `ban`
 *
 * @typedef {{ tmplIds: string[], answer: Function, acceptAll: Function, rejectAll: Function, fail: Function }} Popup
 */

/**
 * Creates a fake `wx` and its controls.
 *
 * @param {object} [options]
 * @param {Transport} [options.transport] carries out wx.request; without it every request fails
 * @param {'native' | 'polyfill'} [options.promise] `polyfill` is iOS 15 and below
 * @param {Record<string, string>} [options.storage] hand the same object to the next fake to "restart"
 * @param {number} [options.storageLimit] bytes, 10 MiB on the platform
 * @param {Record<string, Template>} [options.templates] the known ids; without it any id is known
 * @param {number} [options.maxTemplates] per popup; 5 today, 3 and 1 on older clients
 * @param {boolean} [options.mainSwitch] the user's main switch for messages
 * @param {Record<string, string>} [options.itemSettings] choices kept with "不再询问"
 * @param {boolean} [options.banned] the mini-program may not ask at all
 * @param {string[]} [options.without] functions this client does not have yet
 * @param {string[]} [options.asyncApis] this and the next five: see the top of this file
 * @param {boolean} [options.silentPopup]
 * @param {boolean} [options.showWhilePopupOpen]
 * @param {boolean} [options.codesAsStrings]
 * @param {number | string} [options.nextPopupError]
 * @param {boolean} [options.chineseTimeout]
 * @param {typeof setTimeout} [options.setTimeout]
 * @param {typeof clearTimeout} [options.clearTimeout]
 * @param {typeof setImmediate} [options.setImmediate]
 */
function createFakeWx(options = {}) {
  const timers = createTimers(options);
  const platform = {
    timers,
    tap: createTapState({ nativePromises: options.promise !== 'polyfill', soon: timers.soon }),
    log: [],
    cells: options.storage || {},
    storageLimit: options.storageLimit === undefined ? LIMIT_BYTES : options.storageLimit,
    templates: options.templates,
    maxTemplates: options.maxTemplates === undefined ? MAX_TEMPLATES : options.maxTemplates,
    settings: { mainSwitch: options.mainSwitch !== false, itemSettings: options.itemSettings },
    banned: Boolean(options.banned),
    background: false,
    network: { isConnected: true, networkType: 'wifi' },
    transport:
      options.transport || ((_, respond) => respond({ errMsg: REQUEST_FAILURES.refused.text })),
    pending: new Set(),
    listeners: {},
    popupWaiters: [],
  };

  const fake = {
    wx: {},
    /** Every call in order: `{ api, options, heldTap, at }`. */
    log: platform.log,
    storage: platform.cells,
    /** The user's subscription settings, `{ mainSwitch, itemSettings }`; may be changed at any time. */
    settings: platform.settings,
    /** The open popup, or null. @type {Popup | null} */
    popup: null,
    /** `(tmplIds) => ({ id: value }) | { errCode, errMsg }`: answers each popup in a later macrotask. */
    autoAnswer: options.autoAnswer || null,
    // Differences of some phones: see the top of this file.
    asyncApis: options.asyncApis || [],
    silentPopup: Boolean(options.silentPopup),
    showWhilePopupOpen: Boolean(options.showWhilePopupOpen),
    codesAsStrings: Boolean(options.codesAsStrings),
    nextPopupError: options.nextPopupError || null,
    chineseTimeout: Boolean(options.chineseTimeout),
    /** `(options) => boolean`: confirms a modal; all are confirmed without it. */
    onModal: null,
    /** `(options) => tapIndex | null`: chooses from an action sheet; null cancels. */
    onActionSheet: null,
    /** `(options) => string | void`: a string is why the payment fails. */
    onPayment: null,
    /** `(settings) => void`: what the user changes on the settings page. */
    onSettingsPage: null,

    /** Runs `handler` as a tap handler and returns what it returns. */
    tap: (handler) => platform.tap.run(platform.tap.fresh(), handler),

    /** The open popup, or the next one to open. @returns {Promise<Popup>} */
    nextPopup: () =>
      fake.popup
        ? Promise.resolve(fake.popup)
        : new Promise((resolve) => platform.popupWaiters.push(resolve)),

    /** Calls of one API, in order. */
    calls: (api) => platform.log.filter((entry) => entry.api === api),

    /** `appShow`, `appHide` or `networkStatusChange`, with what its listeners get. */
    emit(event, detail) {
      const name = event.charAt(0).toUpperCase() + event.slice(1);
      if (!platform.listeners[name]) throw new Error(`the fake wx has no event ${event}`);
      if (name === 'AppHide') platform.background = true;
      if (name === 'AppShow') platform.background = false;
      if (name === 'NetworkStatusChange') Object.assign(platform.network, detail);
      platform.tap.run(null, () =>
        platform.listeners[name].slice().forEach((listener) => listener(detail)),
      );
    },

    /** Drops all pending calls, as when the app is closed: no callback is called any more. */
    close() {
      timers.stopAll();
      [...platform.pending].forEach((drop) => drop());
    },

    get storageLimit() {
      return platform.storageLimit;
    },
    set storageLimit(bytes) {
      platform.storageLimit = bytes;
    },
  };

  const api = createApi(platform);
  Object.assign(
    fake.wx,
    {
      request: createRequest(fake, platform, api),
      requestSubscribeMessage: createSubscribeMessage(fake, platform, api),
    },
    createStorage(platform, api),
    createSettings(fake, platform, api),
    createDialogs(fake, platform, api),
    createEvents(platform, api),
  );
  (options.without || []).forEach((name) => delete fake.wx[name]);
  Object.keys(fake.wx).forEach((name) => {
    fake.wx[name] = asyncWhile(() => fake.asyncApis.includes(name), fake.wx[name], Promise);
  });
  return fake;
}

exports.createFakeWx = createFakeWx;
exports.createFakeWXWebAssembly = createFakeWXWebAssembly;
exports.answerWith = answerWith;
