// A fake `wx` that enforces what WeChat enforces.
//
// Nothing here warns about misuse: an illegal call fails with the platform's
// own words, as it would on a phone. One CommonJS file, no dependency and no
// host API but timers, so that Node, a bare JavaScript engine and the Rust
// suite can all load it.
//
//   const fake = createFakeWx({ transport });
//   fake.tap(() => page.onTap());         // the handler holds the tap state
//   fake.popup.answer({ [id]: 'accept' }); // what the user chose
//   fake.log;                              // every call, in order
'use strict';

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

// ---------------------------------------------------------------------------
// What the platform says

const POPUP_FAILURES = {
  10001: "TmplIds can't be empty",
  10002: 'Request list fail',
  10003: 'Request subscribe fail',
  10004: 'Invalid template id',
  10005: 'Cannot show subscribe message UI',
  20001: 'No template data return, verify the template id exist',
  20002: 'Templates type must be same',
  20003: 'Templates count out of max bounds',
  20004: 'The main switch is switched off',
  20005: 'This mini program was banned from subscribing messages',
  20013: 'Reject DeviceMsg Template',
};

const NOT_TAPPED = 'can only be invoked by user TAP gesture.';
const LAST_CALL_OPEN = 'last call has not ended';

const ENTRY_LIMIT = 1024 * 1024;
const STORAGE_LIMIT = 10 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60000;

// ---------------------------------------------------------------------------
// The tap state

/**
 * The tap state ("点击态"): held by a tap handler, and only within its macrotask.
 *
 * Carrying APIs take it along into their callbacks until a gated API has
 * consumed it. Where promises are native it outlives microtask hops; where
 * they are a timer polyfill (iOS 15 and below) it ends with the synchronous
 * part of the handler.
 */
function createTapState(timers, promises) {
  let held = null;
  let depth = 0;

  /** Runs `work` as a macrotask's synchronous part, holding `tap` (or nothing). */
  function run(tap, work) {
    const outer = depth > 0 ? held : null;
    held = tap;
    depth += 1;
    if (tap) {
      // Scheduled before `work` runs: ahead of any timer that `work` starts.
      const end = () => {
        if (held === tap) held = null;
      };
      timers.soon(end);
    }
    try {
      return work();
    } finally {
      depth -= 1;
      if (depth > 0) held = outer;
      else if (tap && (tap.consumed || promises === 'polyfill')) held = null;
    }
  }

  return {
    run,
    fresh: () => ({ consumed: false }),
    isHeld: () => held !== null,

    /** Checks and consumes the state, as a gated API does. */
    consume() {
      if (held === null) return false;
      held.consumed = true;
      // A second gated call passes only within the same synchronous handler.
      if (depth === 0) held = null;
      return true;
    },

    /** What a carrying API called now takes into its callbacks. */
    carry() {
      const tap = held;
      return () => (tap && !tap.consumed ? tap : null);
    },
  };
}

function createTimers(options) {
  const start = options.setTimeout || setTimeout;
  const stop = options.clearTimeout || (typeof clearTimeout === 'function' ? clearTimeout : () => {});
  const immediate = options.setImmediate || (typeof setImmediate === 'function' ? setImmediate : null);
  const running = new Set();
  let stopped = false;

  function after(ms, work) {
    if (stopped) return () => {};
    const timer = start(() => {
      running.delete(timer);
      work();
    }, ms);
    running.add(timer);
    return () => {
      running.delete(timer);
      stop(timer);
    };
  }

  return {
    after,
    /** Runs `work`, which may run twice, at the very next macrotask of either kind. */
    soon(work) {
      start(work, 0);
      if (immediate) immediate(work);
    },
    /** For good: nothing runs any more, whatever is asked for later. */
    stopAll() {
      stopped = true;
      running.forEach((timer) => stop(timer));
      running.clear();
    },
  };
}

// ---------------------------------------------------------------------------
// Small tools

const hasCallback = (options) => Boolean(options.success || options.fail || options.complete);

const clone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** `options` as the log keeps them: a copy without the callbacks. */
function summary(options) {
  if (options === null || typeof options !== 'object') return options;
  const { success, fail, complete, ...rest } = options;
  return clone(rest);
}

function typeName(value) {
  return Object.prototype.toString.call(value).slice(8, -1);
}

const wrongType = (name, type, value) =>
  `parameter error: parameter.${name} should be ${type} instead of ${typeName(value)};`;

function utf8Length(text) {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0);
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

function queryString(data) {
  return Object.keys(data)
    .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(data[key])}`)
    .join('&');
}

// ---------------------------------------------------------------------------
// wx.requestSubscribeMessage

/**
 * @param {string[]} tmplIds
 * @returns {number | null} the errCode with which the call fails before a popup opens
 */
function popupFailure(tmplIds, platform) {
  const { templates, settings } = platform;
  if (tmplIds === undefined || tmplIds === null) return 10001;
  if (!Array.isArray(tmplIds)) return 10004;
  if (tmplIds.length === 0) return 10001;
  if (!tmplIds.every((id) => typeof id === 'string' && id !== '')) return 10004;
  if (tmplIds.length > platform.maxTemplates) return 20003;
  if (platform.background) return 10005;
  if (platform.banned) return 20005;
  if (!settings.mainSwitch) return 20004;
  if (templates) {
    if (!tmplIds.every((id) => Object.prototype.hasOwnProperty.call(templates, id))) return 20001;
    const types = tmplIds.map((id) => templates[id].type || 'once');
    if (types.includes('device')) return 20013;
    if (types.some((type) => type !== types[0])) return 20002;
  }
  return null;
}

/** The answers that no user gives: `filter` for a repeated title, `ban` for a banned template. */
function platformAnswers(tmplIds, templates) {
  const answers = {};
  const titles = new Set();
  tmplIds.forEach((id) => {
    const { title, banned } = (templates && templates[id]) || {};
    if (title !== undefined && titles.has(title)) answers[id] = 'filter';
    else if (banned) answers[id] = 'ban';
    if (title !== undefined) titles.add(title);
  });
  return answers;
}

function createSubscribeMessage(fake, platform, api) {
  let open = false;

  return function requestSubscribeMessage(options) {
    return api.call('requestSubscribeMessage', options, (given, settle) => {
      if (!platform.tap.consume()) return settle.fail(NOT_TAPPED);
      if (open) return settle.fail(LAST_CALL_OPEN);
      const errCode = popupFailure(given.tmplIds, platform);
      if (errCode !== null) return settle.fail(POPUP_FAILURES[errCode], { errCode });

      const tmplIds = given.tmplIds.slice();
      const fixed = Object.assign({}, platform.settings.itemSettings, platformAnswers(tmplIds, platform.templates));
      const asked = tmplIds.filter((id) => fixed[id] === undefined);

      const close = () => {
        if (!open) throw new Error('this popup has been answered already');
        open = false;
        fake.popup = null;
      };
      const answer = (chosen = {}, { keep = false } = {}) => {
        Object.keys(chosen).forEach((id) => {
          if (!asked.includes(id)) throw new Error(`the popup does not ask about ${id}`);
        });
        close();
        const answers = {};
        tmplIds.forEach((id) => {
          answers[id] = fixed[id] || chosen[id] || 'reject';
        });
        if (keep) {
          const kept = {};
          asked.forEach((id) => {
            kept[id] = answers[id];
          });
          platform.settings.itemSettings = Object.assign({}, platform.settings.itemSettings, kept);
        }
        settle.success(answers);
      };
      const fail = (code, text = POPUP_FAILURES[code]) => {
        close();
        settle.fail(text, code === undefined ? {} : { errCode: code });
      };
      const all = (value) => (more) => {
        const chosen = {};
        asked.forEach((id) => {
          chosen[id] = value;
        });
        answer(chosen, more);
      };

      open = true;
      if (asked.length === 0) return answer();

      fake.popup = { tmplIds: asked, answer, fail, acceptAll: all('accept'), rejectAll: all('reject') };
      const { popup } = fake;
      platform.popupWaiters.splice(0).forEach((resolve) => resolve(popup));
      if (fake.autoAnswer) {
        platform.timers.after(0, () => {
          if (fake.popup !== popup) return;
          const outcome = fake.autoAnswer(asked) || {};
          if (outcome.errMsg !== undefined || outcome.errCode !== undefined) fail(outcome.errCode, outcome.errMsg);
          else answer(outcome);
        });
      }
      return undefined;
    });
  };
}

// ---------------------------------------------------------------------------
// wx.request

/** The request as it goes over the wire, from what the page gave. */
function httpRequest(options) {
  const method = (options.method || 'GET').toUpperCase();
  const header = { 'content-type': 'application/json' };
  Object.keys(options.header || {}).forEach((name) => {
    header[name.toLowerCase()] = String(options.header[name]);
  });
  const { data } = options;
  const isText = typeof data === 'string';
  let { url } = options;
  let body;
  if (data !== undefined && data !== null) {
    if (method === 'GET' && !isText) {
      url += (url.includes('?') ? '&' : '?') + queryString(data);
    } else if (isText) {
      body = data;
    } else if (header['content-type'].startsWith('application/x-www-form-urlencoded')) {
      body = queryString(data);
    } else {
      body = JSON.stringify(data);
    }
  }
  return { method, url, header, body };
}

/** JSON unless another dataType is asked for; text that is not JSON stays text. */
function responseData(body, dataType) {
  if (dataType !== undefined && dataType !== 'json') return body;
  try {
    return JSON.parse(body);
  } catch (_) {
    return body;
  }
}

function createRequest(platform, api) {
  return function request(options) {
    const given = options || {};
    api.record('request', given);
    const settle = api.settler('request', given, platform.tap.carry());
    let over = false;
    let giveUp;
    let stopTimeout = () => {};

    const end = (finish) => {
      if (over) return;
      over = true;
      stopTimeout();
      platform.pending.delete(drop);
      finish();
    };
    const drop = (finish = () => {}) =>
      end(() => {
        if (giveUp) giveUp();
        finish();
      });
    const task = { abort: () => drop(() => settle.fail('abort')) };

    if (typeof given.url !== 'string') {
      settle.fail(wrongType('url', 'String', given.url));
      return task;
    }
    if (!/^https?:\/\/[^/\s]+/.test(given.url)) {
      settle.fail(`invalid url "${given.url}"`, { errno: 600009 });
      return task;
    }
    if (!platform.network.isConnected) {
      settle.fail('net::ERR_INTERNET_DISCONNECTED', { errno: 600001 });
      return task;
    }

    platform.pending.add(drop);
    stopTimeout = platform.timers.after(given.timeout || REQUEST_TIMEOUT_MS, () =>
      drop(() => settle.fail('timeout', { errno: 5 })),
    );
    giveUp = platform.transport(httpRequest(given), (outcome) =>
      end(() => {
        if (outcome.errMsg !== undefined) {
          settle.fail(outcome.errMsg, { errno: outcome.errno === undefined ? 600001 : outcome.errno });
          return;
        }
        settle.success({
          data: responseData(outcome.body === undefined ? '' : outcome.body, given.dataType),
          statusCode: outcome.statusCode,
          header: outcome.header || {},
          cookies: [],
        });
      }),
    );
    return task;
  };
}

/**
 * A transport that asks a plain function.
 *
 * @param {(request: HttpRequest & { json: any }) => object | undefined} answer
 *   returns `{ statusCode = 200, json | body, header }`, `{ errMsg, errno }`, or nothing to stay silent
 * @returns {Transport}
 */
function answerWith(answer) {
  return (request, respond) => {
    let json;
    try {
      json = JSON.parse(request.body);
    } catch (_) {
      json = undefined;
    }
    const reply = answer(Object.assign({ json }, request));
    if (!reply) return;
    if (reply.errMsg !== undefined) {
      respond(reply);
      return;
    }
    respond({
      statusCode: reply.statusCode || 200,
      header: reply.header,
      body: reply.json === undefined ? reply.body : JSON.stringify(reply.json),
    });
  };
}

// ---------------------------------------------------------------------------
// Storage

/** Storage over `cells`, a plain object of JSON texts that outlives the app. */
function createStorage(platform, api) {
  const { cells } = platform;
  const has = (key) => Object.prototype.hasOwnProperty.call(cells, key);
  const sizeOf = (key) => utf8Length(key) + utf8Length(cells[key]);
  const currentSize = () => Object.keys(cells).reduce((sum, key) => sum + sizeOf(key), 0);

  function checkKey(key) {
    if (typeof key !== 'string') throw new Error(wrongType('key', 'String', key));
    if (key === '') throw new Error('parameter error: parameter.key should not be empty;');
  }

  const operations = {
    get(key) {
      checkKey(key);
      if (!has(key)) throw new Error('data not found');
      return JSON.parse(cells[key]);
    },
    set(key, data) {
      checkKey(key);
      const text = JSON.stringify(data === undefined ? '' : data);
      const others = currentSize() - (has(key) ? sizeOf(key) : 0);
      const size = utf8Length(key) + utf8Length(text);
      if (size > ENTRY_LIMIT) throw new Error('entry size limit reached');
      if (others + size > platform.storageLimit) throw new Error('exceed storage max size 10Mb');
      cells[key] = text;
    },
    remove(key) {
      checkKey(key);
      delete cells[key];
    },
    clear() {
      Object.keys(cells).forEach((key) => delete cells[key]);
    },
    info() {
      const kilobytes = (bytes) => Math.ceil(bytes / 1024);
      return { keys: Object.keys(cells), currentSize: kilobytes(currentSize()), limitSize: kilobytes(STORAGE_LIMIT) };
    },
  };

  function sync(name, options, operation) {
    api.record(name, options);
    try {
      return operation();
    } catch (error) {
      throw new Error(`${name}:fail ${error.message}`);
    }
  }

  const async = (name, operation) => (options) =>
    api.call(name, options, (given, settle) => {
      try {
        settle.success(operation(given));
      } catch (error) {
        settle.fail(error.message);
      }
    });

  return {
    getStorageSync: (key) =>
      sync('getStorageSync', { key }, () => {
        checkKey(key);
        return has(key) ? operations.get(key) : '';
      }),
    setStorageSync: (key, data) => sync('setStorageSync', { key, data }, () => operations.set(key, data)),
    removeStorageSync: (key) => sync('removeStorageSync', { key }, () => operations.remove(key)),
    clearStorageSync: () => sync('clearStorageSync', {}, operations.clear),
    getStorageInfoSync: () => sync('getStorageInfoSync', {}, operations.info),
    getStorage: async('getStorage', ({ key }) => ({ data: operations.get(key) })),
    setStorage: async('setStorage', ({ key, data }) => operations.set(key, data)),
    removeStorage: async('removeStorage', ({ key }) => operations.remove(key)),
    clearStorage: async('clearStorage', operations.clear),
    getStorageInfo: async('getStorageInfo', operations.info),
  };
}

// ---------------------------------------------------------------------------
// Settings, dialogs, payment, events

/** `subscriptionsSetting`: no `itemSettings` unless a choice was kept, and each id repeated at the top. */
function subscriptionsSetting({ mainSwitch, itemSettings }) {
  if (!itemSettings) return { mainSwitch };
  return Object.assign({}, itemSettings, { mainSwitch, itemSettings: Object.assign({}, itemSettings) });
}

function createSettings(fake, platform, api) {
  const settingsFor = (given) =>
    Object.assign(
      { authSetting: {} },
      given.withSubscriptions ? { subscriptionsSetting: subscriptionsSetting(platform.settings) } : {},
    );
  return {
    getSetting: (options) =>
      api.call('getSetting', options, (given, settle) => settle.success(settingsFor(given)), platform.tap.carry()),
    openSetting: (options) =>
      api.call('openSetting', options, (given, settle) => {
        if (!platform.tap.consume()) return settle.fail(NOT_TAPPED);
        if (fake.onSettingsPage) fake.onSettingsPage(platform.settings);
        return settle.success(settingsFor(given));
      }),
  };
}

function createDialogs(fake, platform, api) {
  const freshTap = () => platform.tap.fresh();
  return {
    showModal: (options) =>
      api.call('showModal', options, (given, settle) => {
        const confirm = fake.onModal ? Boolean(fake.onModal(summary(given))) : true;
        settle.success({ confirm, cancel: !confirm, content: null }, freshTap);
      }),
    showActionSheet: (options) =>
      api.call('showActionSheet', options, (given, settle) => {
        const tapIndex = fake.onActionSheet ? fake.onActionSheet(summary(given)) : 0;
        if (typeof tapIndex === 'number') settle.success({ tapIndex }, freshTap);
        else settle.fail('cancel');
      }),
    requestPayment: (options) =>
      api.call('requestPayment', options, (given, settle) => {
        const wrong = ['timeStamp', 'nonceStr', 'package', 'paySign'].find((name) => typeof given[name] !== 'string');
        if (wrong) return settle.fail(wrongType(wrong, 'String', given[wrong]));
        const refusal = fake.onPayment ? fake.onPayment(summary(given)) : undefined;
        if (typeof refusal === 'string') return settle.fail(refusal);
        return settle.success({}, freshTap);
      }),
    showToast: (options) => api.call('showToast', options, (_, settle) => settle.success()),
    hideToast: (options) => api.call('hideToast', options, (_, settle) => settle.success()),
    login: (options) => api.call('login', options, (_, settle) => settle.success({ code: 'fake-login-code' })),
    getNetworkType: (options) =>
      api.call('getNetworkType', options, (_, settle) =>
        settle.success({ networkType: platform.network.networkType }),
      ),
  };
}

const EVENTS = ['AppShow', 'AppHide', 'NetworkStatusChange'];

function createEvents(platform, api) {
  const functions = {};
  EVENTS.forEach((event) => {
    const listeners = [];
    platform.listeners[event] = listeners;
    functions[`on${event}`] = (listener) => {
      api.record(`on${event}`);
      if (typeof listener === 'function') listeners.push(listener);
    };
    // Without a listener, all of them are taken off.
    functions[`off${event}`] = (listener) => {
      api.record(`off${event}`);
      if (listener === undefined) listeners.splice(0);
      const at = listeners.indexOf(listener);
      if (at >= 0) listeners.splice(at, 1);
    };
  });
  return functions;
}

// ---------------------------------------------------------------------------
// The whole

/** What every function of `wx` shares: the log, and success / fail / complete or a promise. */
function createApi(platform) {
  const nothingHeld = () => null;

  function record(api, options) {
    platform.log.push({
      api,
      options: options === undefined ? undefined : summary(options),
      heldTap: platform.tap.isHeld(),
      at: platform.log.length,
    });
  }

  /** Delivers a result in a later macrotask, which holds the tap that `carried` gives. */
  function settler(api, callbacks, carried) {
    const deliver = (name, result, tapOf) => {
      platform.timers.after(0, () => {
        platform.tap.run(tapOf(), () => {
          try {
            if (typeof callbacks[name] === 'function') callbacks[name](result);
          } finally {
            if (typeof callbacks.complete === 'function') callbacks.complete(result);
          }
        });
      });
    };
    return {
      success: (result, tapOf = carried) => deliver('success', Object.assign({ errMsg: `${api}:ok` }, result), tapOf),
      fail: (text, more) => deliver('fail', Object.assign({ errMsg: `${api}:fail ${text}` }, more), carried),
    };
  }

  function call(api, options, work, carried = nothingHeld) {
    const given = options || {};
    record(api, given);
    if (hasCallback(given)) {
      work(given, settler(api, given, carried));
      return undefined;
    }
    return new Promise((resolve, reject) => {
      work(given, settler(api, { success: resolve, fail: reject }, carried));
    });
  }

  return { record, settler, call };
}

/**
 * Creates a fake `wx` and the levers that move it.
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
 * @param {typeof setTimeout} [options.setTimeout]
 * @param {typeof clearTimeout} [options.clearTimeout]
 * @param {typeof setImmediate} [options.setImmediate]
 */
function createFakeWx(options = {}) {
  const timers = createTimers(options);
  const platform = {
    timers,
    tap: createTapState(timers, options.promise || 'native'),
    log: [],
    cells: options.storage || {},
    storageLimit: options.storageLimit === undefined ? STORAGE_LIMIT : options.storageLimit,
    templates: options.templates,
    maxTemplates: options.maxTemplates === undefined ? 5 : options.maxTemplates,
    settings: { mainSwitch: options.mainSwitch !== false, itemSettings: options.itemSettings },
    banned: Boolean(options.banned),
    background: false,
    network: { isConnected: true, networkType: 'wifi' },
    transport: options.transport || ((_, respond) => respond({ errMsg: 'net::ERR_CONNECTION_REFUSED' })),
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
      fake.popup ? Promise.resolve(fake.popup) : new Promise((resolve) => platform.popupWaiters.push(resolve)),

    /** Calls of one API, in order. */
    calls: (api) => platform.log.filter((entry) => entry.api === api),

    /** `appShow`, `appHide` or `networkStatusChange`, with what its listeners get. */
    emit(event, detail) {
      const name = event.charAt(0).toUpperCase() + event.slice(1);
      if (!platform.listeners[name]) throw new Error(`the fake wx has no event ${event}`);
      if (name === 'AppHide') platform.background = true;
      if (name === 'AppShow') platform.background = false;
      if (name === 'NetworkStatusChange') Object.assign(platform.network, detail);
      platform.tap.run(null, () => platform.listeners[name].slice().forEach((listener) => listener(detail)));
    },

    /** Drops what is under way, as when the app is closed: no callback comes any more. */
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
    { request: createRequest(platform, api), requestSubscribeMessage: createSubscribeMessage(fake, platform, api) },
    createStorage(platform, api),
    createSettings(fake, platform, api),
    createDialogs(fake, platform, api),
    createEvents(platform, api),
  );
  (options.without || []).forEach((name) => delete fake.wx[name]);
  return fake;
}

// ---------------------------------------------------------------------------
// WXWebAssembly

/** Why the platform refuses `path`, or null. */
function pathFailure(path) {
  if (typeof path !== 'string') return 'WebAssembly.instantiate: first argument must be a string';
  if (/^(wxfile|https?):/.test(path)) return 'WebAssembly.instantiate: not support wxfile: or http: path';
  if (!/\.wasm(\.br)?$/.test(path)) return `WebAssembly.instantiate: not a .wasm or .wasm.br file: ${path}`;
  if (path.split('/').includes('..')) return `WebAssembly.instantiate: file not found: ${path}`;
  return null;
}

/**
 * Creates a fake `WXWebAssembly`: `instantiate` and nothing else, as on a phone.
 *
 * @param {object} options
 * @param {typeof WebAssembly} options.WebAssembly the host engine's
 * @param {(path: string) => Uint8Array | Promise<Uint8Array>} options.readFile the file at a path from the
 *   package root, without a leading slash; uncompressed, even if it is named `.wasm.br`; throws if there is none
 * @param {'instance' | 'result' | 'exports'} [options.shape] Instance, `{ module, instance }`, or plain `{ exports }`
 * @param {number} [options.delayMs] how long loading takes; Infinity never ends
 * @param {unknown} [options.fail] every call rejects with this; or a function of the call's number that
 *   returns what to reject with, or nothing
 */
function createFakeWXWebAssembly({ WebAssembly: engine, readFile, shape = 'instance', delayMs = 0, fail }) {
  const calls = [];

  function shaped(module, instance) {
    if (shape === 'result') return { module, instance };
    if (shape === 'exports') return { exports: instance.exports };
    return instance;
  }

  function instantiate(path, imports) {
    calls.push(path);
    const failure = typeof fail === 'function' ? fail(calls.length) : fail;
    return new Promise((resolve, reject) => {
      const wrong = pathFailure(path);
      if (wrong) {
        reject(new Error(wrong));
        return;
      }
      if (delayMs === Infinity) return;
      setTimeout(() => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        Promise.resolve()
          .then(() => readFile(path.replace(/^\//, '')))
          .then((bytes) => engine.instantiate(bytes, imports))
          .then(({ module, instance }) => resolve(shaped(module, instance)))
          .catch(reject);
      }, delayMs);
    });
  }

  return { instantiate, calls };
}

exports.createFakeWx = createFakeWx;
exports.createFakeWXWebAssembly = createFakeWXWebAssembly;
exports.answerWith = answerWith;
