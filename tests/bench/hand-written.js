// The flow in plain JavaScript, as a careful team would write it without
// wx-subscribe: the same checks, outcomes, events and guarantees, and the same
// requests. A contestant of `cargo xtask bench`; conformance.test.js holds it
// to what the SDK does. What wasm alone needs, loading and traps, is not here.
'use strict';

const TRIGGER_ACTS = {
  1: '加入购物车',
  2: '订单详情',
  3: '提交订单',
  4: '支付成功',
  5: '企业信息',
  6: '切换企业身份',
  7: '提交售后申请（退货退款）',
  8: '填写退货信息',
  9: '提交售后申请（仅退款）',
};

const CACHED_MOMENTS = 64;
const SAFE_LIMIT = 3;
const LIMIT_KEY = 'wx-subscribe:limit';
const LIMIT_TTL_MS = 7 * 86400000;
const OUTBOX_KEY = 'wx-subscribe:outbox';
const MOST_DONE = 32;
const MOST_GONE = 1024;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 600000;
const LEASE_MARGIN_MS = 1000;
const LONGEST_TIMER_MS = 2147483647;
const LONGEST_LIST = 100000;
const QUOTED = 300;

/** The kinds of completion: an answer, a foreign exception or rejection, or a failure made here. */
const OK = 0;
const THROWN = 1;
const FAILED = 2;

// ---------------------------------------------------------------------------
// Failures

/** kind → what to do about it. */
const ADVICE = {
  unknownTrigger: 'this trigger type is not known: see `TriggerType` and `triggers`',
  badArgument: 'this value cannot be used: look at the arguments and the template ids',
  network: 'the request came to nothing: look at the network, then try again',
  badResponse: 'this answer cannot be used: look at what the back end sends',
  timeout: 'there was no answer in time: try again',
  notTapped: 'a popup opens only in a tap: prefetch the templates, and subscribe first thing in the handler',
  busy: 'another popup is open: wait for its answer',
  background: 'the mini-program was in the background: ask again at the next tap',
  templateNotFound: "a template is not this mini-program's: look at the back end's list",
  mixedTemplateTypes: 'one-time and long-term templates do not go together: offer one type',
  tooManyTemplates: 'this client takes fewer templates: the next tap asks fewer, a lower `maxTemplates` always does',
  mainSwitchOff: 'the user has turned subscription messages off: offer the settings from a modal',
  banned: 'WeChat has banned the subscription messages of this mini-program: see mp.weixin.qq.com',
  deviceTemplate: 'a device template: call wx.requestSubscribeDeviceMessage',
  cancelled: 'the host gave the call up: ask again at the next tap',
  unsupportedHost: 'this client has no such API: ask the user to update WeChat',
  unknown: 'the host says what went wrong: look up its text and `code`',
};
const RETRYABLE = ['network', 'timeout', 'notTapped', 'busy', 'background', 'cancelled'];

/** errCode, kind and a part of the text, for clients that leave the number out. */
const POPUP_FAILURES = [
  [10001, 'badArgument', "tmplids can't be empty"],
  [10002, 'network', 'request list fail'],
  [10003, 'network', 'request subscribe fail'],
  [10004, 'badArgument', 'invalid template id'],
  [10005, 'background', 'cannot show subscribe message ui'],
  [20001, 'templateNotFound', 'no template data return'],
  [20002, 'mixedTemplateTypes', 'templates type must be same'],
  [20003, 'tooManyTemplates', 'templates count out of max bounds'],
  [20004, 'mainSwitchOff', 'main switch is switched off'],
  [20005, 'banned', 'banned from subscribing'],
  [20013, 'deviceTemplate', 'reject devicemsg template'],
  [0, 'notTapped', 'tap gesture'],
  [0, 'notTapped', 'user interaction'],
  [0, 'busy', 'last call has not ended'],
  [0, 'unsupportedHost', 'not supported'],
  [0, 'unsupportedHost', '暂不支持'],
  [0, 'unsupportedHost', '暂时不支持'],
];

function failure(kind, detail = '', code = null) {
  const quoted = detail && ` (${Array.from(detail.slice(0, 2 * QUOTED)).slice(0, QUOTED).join('')})`;
  return { kind, code, message: ADVICE[kind] + quoted, retryable: RETRYABLE.indexOf(kind) >= 0 };
}

function popupFailure(number, text) {
  const code = number || null;
  const lower = text.toLowerCase();
  const known = POPUP_FAILURES.find((entry) => (code === null ? lower.indexOf(entry[2]) >= 0 : entry[0] === code));
  if (known) return failure(known[1], text, code);
  const reason = text.slice(Math.max(0, text.indexOf(':fail'))).replace(/^:fail/, '');
  return failure(code === null && /^[: ]*cancel/.test(reason) ? 'cancelled' : 'unknown', text, code);
}

const requestFailure = (code, text) =>
  failure(/timeout|timed out|time out/i.test(text) ? 'timeout' : 'network', text, code);

function statusFailure(status) {
  const error = failure('badResponse', 'the HTTP status is in `code`', status);
  error.retryable = status >= 500 || status === 408 || status === 425 || status === 429;
  return error;
}

/** Whether the back end has refused the report for good. */
const isRefusal = ({ kind, code, retryable }) => kind === 'badResponse' && code >= 400 && code < 500 && !retryable;

// ---------------------------------------------------------------------------
// Foreign values of the host, the back end or the page: they may be anything,
// and may throw when read

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

function get(value, key) {
  try {
    return isObject(value) ? value[key] : undefined;
  } catch (_) {
    return undefined;
  }
}

function isList(value) {
  try {
    return Array.isArray(value);
  } catch (_) {
    return false;
  }
}

const isPlain = (value) => typeof value === 'object' && value !== null && !isList(value);

const isThenable = (value) => typeof value === 'object' && typeof get(value, 'then') === 'function';

function integer(value, key) {
  const number = get(value, key);
  return typeof number === 'number' && (number | 0) === number ? number : null;
}

function string(value, key) {
  const text = get(value, key);
  return typeof text === 'string' ? text : undefined;
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return undefined;
  }
}

/** A JSON copy of the value, or `undefined` if it has no JSON. */
function jsonText(value) {
  try {
    return JSON.stringify(value);
  } catch (_) {
    return undefined;
  }
}

function utf8Length(text) {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // The two halves of a pair take four bytes together.
    if (unit < 0x80) length += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) length += 2;
    else length += 3;
  }
  return length;
}

/** The ids in an answer of the form `{ data: string[] }`, each once. Throws a failure. */
function templateIds(answer) {
  const data = get(answer, 'data');
  if (!isList(data) || !(get(data, 'length') <= LONGEST_LIST)) {
    throw failure('badResponse', 'findCustomerPopTemplate: `data` is no list');
  }
  const ids = new Set();
  for (let at = 0; at < data.length; at++) {
    const id = get(data, at);
    if (typeof id !== 'string' || id === '') throw failure('badResponse', 'findCustomerPopTemplate: not a template id');
    ids.add(id);
  }
  return Array.from(ids);
}

/** A copy of `extraVariableMap` as it is at the tap. Throws a failure. */
function extraMap(extra) {
  if (extra === undefined || extra === null) return {};
  const copy = isPlain(extra) ? json(jsonText(extra)) : undefined;
  if (!isPlain(copy)) throw failure('badArgument', 'extraVariableMap is no object that JSON can hold');
  return copy;
}

function define(object, key, value) {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

// ---------------------------------------------------------------------------
// Configuration

function checked(config) {
  const wrong = (part, expected) => {
    throw new Error(`setup: ${part} must be ${expected}`);
  };
  if (!isPlain(config)) wrong('its argument', 'an object');
  const member = (key) => {
    const value = get(config, key);
    return value === null ? undefined : value;
  };
  const fn = (key) => {
    const value = member(key);
    if (value !== undefined && typeof value !== 'function') wrong(key, 'a function');
    return value;
  };
  const number = (key, otherwise, least) => {
    const value = member(key);
    if (value === undefined) return otherwise;
    if (typeof value !== 'number' || !(value >= least)) wrong(key, `a number from ${least}`);
    return value;
  };
  const find = fn('findCustomerPopTemplate');
  const report = fn('popSubscribeResult');
  const baseUrl = member('baseUrl');
  if (baseUrl === undefined ? !find || !report : !/^https?:\/\//.test(baseUrl)) wrong('baseUrl', 'an http(s) URL');
  const header = member('header');
  if (header !== undefined && typeof header !== 'function' && !isPlain(header)) {
    wrong('header', 'an object or a function');
  }
  const openId = member('openId');
  if (openId !== undefined && typeof openId !== 'function' && (typeof openId !== 'string' || !openId)) {
    wrong('openId', 'a string that is not empty, or a function');
  }
  const triggers = member('triggers');
  const names = new Map(Object.keys(TRIGGER_ACTS).map((key) => [Number(key), TRIGGER_ACTS[key]]));
  if (triggers !== undefined) {
    if (!isPlain(triggers)) wrong('triggers', 'an object of numbers and names');
    Object.keys(triggers).forEach((key) => {
      const name = string(triggers, key);
      const isNumber = /^\+?\d+$/.test(key) && Number(key) <= 0xffffffff;
      if (!isNumber || !name) wrong('each of `triggers`', 'a number with a name');
      names.set(Number(key), name);
    });
  }
  return {
    find,
    report,
    baseUrl: baseUrl && baseUrl.replace(/\/+$/, ''),
    header,
    openId,
    names,
    onEvent: fn('onEvent'),
    maxTemplates: Math.floor(number('maxTemplates', 3, 1)),
    templateTtlMs: number('templateTtlMs', 300000, 0),
    requestTimeoutMs: Math.min(number('requestTimeoutMs', 10000, 1), LONGEST_TIMER_MS),
    popupGraceMs: Math.min(number('popupGraceMs', 5000, 1), LONGEST_TIMER_MS),
    outboxMaxReports: Math.floor(number('outboxMaxReports', 100, 1)),
    outboxMaxBytes: Math.floor(number('outboxMaxBytes', 262144, 1)),
  };
}

// ---------------------------------------------------------------------------
// The flow

function createFlow(host, firstConfig) {
  let config = firstConfig;

  function emit(event) {
    if (!config.onEvent) return;
    try {
      config.onEvent(event);
    } catch (_) {
      // Its exceptions are ignored.
    }
  }

  // -- the host

  function read(key) {
    try {
      return { value: host.getStorageSync(key) };
    } catch (_) {
      return undefined;
    }
  }

  function write(key, value) {
    try {
      host.setStorageSync(key, value);
    } catch (_) {
      // Reading it later shows whether it was kept.
    }
  }

  /** The openId; `undefined` if it is not known now. */
  function askOpenId() {
    let openId = config.openId;
    if (openId === undefined) {
      const stored = read('openId');
      if (!stored) return undefined;
      openId = stored.value;
    } else if (typeof openId === 'function') {
      try {
        openId = openId();
      } catch (_) {
        return undefined;
      }
    }
    return typeof openId === 'string' ? openId : '';
  }

  /** The failure for a thrown or rejected value. Texts with the openId are left out. */
  function failureOf(thrown, classify) {
    const code = [integer(thrown, 'errCode'), integer(thrown, 'errno')].find((number) => number !== null);
    const text = typeof thrown === 'string' ? thrown : string(thrown, 'errMsg') || string(thrown, 'message') || '';
    const error = classify(code === undefined ? null : code, text);
    const secret = askOpenId();
    if (secret === undefined || (secret && text.toLowerCase().indexOf(secret.toLowerCase()) >= 0)) {
      error.message = ADVICE[error.kind];
    }
    return error;
  }

  /** What settles one answer: of all its callbacks, the first. `then(how, value)`, with one of the three below. */
  function once(then, limitMs) {
    let isOpen = true;
    let timer;
    function settle(how, value) {
      if (!isOpen) return;
      isOpen = false;
      if (timer !== undefined) clearTimeout(timer);
      then(how, value);
    }
    if (limitMs !== undefined) timer = setTimeout(() => settle(FAILED, failure('timeout')), limitMs);
    return settle;
  }

  function follow(returned, settle) {
    try {
      Promise.resolve(returned).then(
        (value) => settle(OK, value),
        (thrown) => settle(THROWN, thrown),
      );
    } catch (thrown) {
      settle(THROWN, thrown);
    }
  }

  function call(api, options, settle) {
    if (typeof get(host, api) !== 'function') {
      settle(FAILED, failure('unsupportedHost', api));
      return;
    }
    options.success = (value) => settle(OK, value);
    options.fail = (thrown) => settle(THROWN, thrown);
    try {
      const returned = host[api](options);
      if (isThenable(returned)) follow(returned, settle);
    } catch (thrown) {
      settle(THROWN, thrown);
    }
  }

  // -- the back end

  /** `then(error, answer)`; over wx.request within its callback, which carries the tap. */
  function callBackEnd(own, path, body, reportId, then) {
    const settle = once((how, value) => {
      if (how === FAILED) then(value);
      else if (how === THROWN) then(requestFailed(value));
      else if (own) then(null, value);
      else {
        const status = integer(value, 'statusCode');
        if (status >= 200 && status < 300) then(null, get(value, 'data'));
        else then(status === null ? failure('badResponse', 'no HTTP status') : statusFailure(status));
      }
    }, config.requestTimeoutMs);
    if (own) {
      try {
        const returned = own(body, reportId === undefined ? undefined : { reportId });
        if (isThenable(returned)) follow(returned, settle);
        else settle(OK, returned);
      } catch (thrown) {
        settle(THROWN, thrown);
      }
      return;
    }
    let header;
    try {
      const more = typeof config.header === 'function' ? config.header() : config.header;
      header = Object.assign({ 'content-type': 'application/json' }, isObject(more) ? more : undefined);
    } catch (_) {
      settle(FAILED, failure('badArgument', '`header` threw'));
      return;
    }
    if (reportId !== undefined) header['Idempotency-Key'] = reportId;
    const url = config.baseUrl + path;
    call('request', { url, method: 'POST', data: body, header, timeout: config.requestTimeoutMs }, settle);
  }

  /** Libraries reject with an HTTP status: it counts as the back end's answer. */
  function requestFailed(thrown) {
    const response = get(thrown, 'response');
    const places = [integer(thrown, 'statusCode'), integer(thrown, 'status'), integer(response, 'status')];
    const status = places.find((number) => number !== null);
    if (status !== undefined && (status < 200 || status >= 300)) return statusFailure(status);
    return failureOf(thrown, requestFailure);
  }

  // -- the templates

  /** Moment → `{ ids, at }`, oldest first. */
  let cache = new Map();
  let prefetching = new Map();

  function keep(moment, ids) {
    cache.delete(moment);
    cache.set(moment, { ids, at: Date.now() });
    if (cache.size > CACHED_MOMENTS) cache.delete(cache.keys().next().value);
  }

  function knownTemplates(moment) {
    const offer = cache.get(moment);
    const age = offer && Date.now() - offer.at;
    return offer && age >= 0 && age < config.templateTtlMs ? offer.ids : undefined;
  }

  function findTemplates({ moment, triggerAct, busNo }, then) {
    const askedBy = config;
    callBackEnd(config.find, '/findCustomerPopTemplate', { triggerAct, busNo }, undefined, (failed, answer) => {
      let error = failed;
      let ids;
      try {
        if (!error) ids = templateIds(answer);
      } catch (thrown) {
        error = thrown;
      }
      if (error) emit({ name: 'templatesFailed', triggerAct, busNo, error });
      else {
        if (askedBy === config) keep(moment, ids);
        emit({ name: 'templatesFound', triggerAct, busNo, templateIds: ids.slice() });
      }
      then(error, ids);
    });
  }

  function prefetch(type, given) {
    let asked;
    try {
      asked = momentOf(type, given);
    } catch (error) {
      emit({ name: 'templatesFailed', triggerAct: '', busNo: typeof given === 'string' ? given : '', error });
      return Promise.resolve([]);
    }
    const known = knownTemplates(asked.moment);
    if (known) return Promise.resolve(known.slice());
    if (prefetching.has(asked.moment)) return prefetching.get(asked.moment);
    let resolve;
    const promise = new Promise((settle) => {
      resolve = settle;
    });
    prefetching.set(asked.moment, promise);
    findTemplates(asked, (error, ids) => {
      prefetching.delete(asked.moment);
      resolve(error ? [] : ids.slice());
    });
    return promise;
  }

  // -- the popup

  /** The arguments that name a moment. Throws a failure. */
  function momentOf(type, busNo) {
    const triggerAct = config.names.get(type);
    if (triggerAct === undefined) throw failure('unknownTrigger');
    if (typeof busNo !== 'string' || busNo === '') throw failure('badArgument', 'busNo is no string, or empty');
    return { moment: `${type} ${busNo}`, triggerAct, busNo };
  }

  /** The limit learned from error 20003, unless it is so old that the client may have been updated. */
  function rememberedLimit() {
    const remembered = (read(LIMIT_KEY) || {}).value;
    const age = Date.now() - (Number(get(remembered, 'at')) || 0);
    const limit = integer(remembered, 'limit');
    return limit > 0 && age >= 0 && age < LIMIT_TTL_MS ? limit : Infinity;
  }

  let limit = rememberedLimit();
  /** The call whose popup is open. */
  let openCall = null;
  /** Ends the call whose settings page is open. */
  let openedSettings = null;

  function subscribe(type, busNo, extra) {
    return new Promise((resolve) => {
      let asked;
      try {
        asked = Object.assign(momentOf(type, busNo), { extra: extraMap(extra), resolve });
      } catch (error) {
        resolve({ status: 'failed', stage: 'trigger', error });
        return;
      }
      const fail = (stage, error) => resolve({ status: 'failed', stage, error });
      if (openCall) {
        fail('popup', failure('busy'));
        return;
      }
      const known = knownTemplates(asked.moment);
      if (known) offer(asked, known);
      else findTemplates(asked, (error, ids) => (error ? fail('templates', error) : offer(asked, ids)));
    });
  }

  /** Shows the popup. Nothing may come between the tap and this. */
  function offer(asked, ids) {
    const { triggerAct, busNo, resolve } = asked;
    if (ids.length === 0) {
      resolve({ status: 'noTemplates' });
      return;
    }
    if (openCall) {
      resolve({ status: 'failed', stage: 'popup', error: failure('busy') });
      return;
    }
    openCall = asked;
    const most = Math.min(config.maxTemplates, limit);
    const tmplIds = ids.slice(0, most);
    const remaining = ids.slice(most);
    emit({ name: 'popupRequested', triggerAct, busNo, templateIds: tmplIds.slice() });
    const settle = once((how, value) => {
      if (openCall === asked) openCall = null;
      answered(asked, tmplIds, remaining, how, value);
    });
    call('requestSubscribeMessage', { tmplIds: tmplIds.slice() }, settle);
  }

  function popupFailed({ triggerAct, busNo, resolve }, error) {
    emit({ name: 'popupFailed', triggerAct, busNo, error });
    resolve({ status: 'failed', stage: 'popup', error });
  }

  function answered(asked, tmplIds, remaining, how, value) {
    const { moment, triggerAct, busNo, extra, resolve } = asked;
    let error = how === THROWN ? failureOf(value, popupFailure) : value;
    const outcome = how === OK && sorted(tmplIds, value);
    if (how === OK && !outcome) error = failure('badResponse', "the popup's answer has no word for any template");
    if (!outcome) {
      if (error.kind === 'tooManyTemplates' && tmplIds.length > 1) {
        limit = tmplIds.length > SAFE_LIMIT ? SAFE_LIMIT : tmplIds.length - 1;
        write(LIMIT_KEY, { limit, at: Date.now() });
        error.retryable = true;
      }
      popupFailed(asked, error);
      return;
    }
    if (remaining.length > 0) keep(moment, remaining.slice());
    else cache.delete(moment);
    const { accepted, rejected } = outcome;
    emit({ name: 'popupAnswered', triggerAct, busNo, accepted: accepted.slice(), rejected: rejected.slice() });
    outcome.remaining = remaining;
    outcome.report = 'none';
    if (accepted.length > 0 || rejected.length > 0) {
      outcome.report = addReport({
        busNo,
        extraVariableMap: extra,
        openId: askOpenId() || '',
        agreeTemplateIds: accepted.slice(),
        rejectTemplateIds: rejected.slice(),
      });
    }
    resolve(outcome);
    pump(false);
  }

  /** The answer, with each requested id in one of five lists; `undefined` if it has no word for any id. */
  function sorted(tmplIds, answer) {
    const accepted = [];
    const rejected = [];
    const banned = [];
    const filtered = [];
    const other = [];
    const raw = {};
    let words = 0;
    tmplIds.forEach((id) => {
      const word = string(answer, id);
      if (word === 'reject') rejected.push(id);
      else if (word === 'ban') banned.push(id);
      else if (word === 'filter') filtered.push(id);
      else if (word && word.indexOf('accept') === 0) accepted.push(id);
      else other.push(id);
      if (word === undefined) return;
      words += 1;
      define(raw, id, word);
    });
    return words > 0 ? { status: 'answered', accepted, rejected, banned, filtered, other, raw } : undefined;
  }

  /** A popup may close in the background without a callback: its call ends some time after the return. */
  function backInTheForeground() {
    const asked = openCall;
    const settleSettings = openedSettings;
    openedSettings = null;
    if (!asked && !settleSettings) return;
    setTimeout(() => {
      if (settleSettings) settleSettings(FAILED, failure('timeout'));
      if (!asked || openCall !== asked) return;
      openCall = null;
      popupFailed(asked, failure('timeout'));
    }, config.popupGraceMs);
  }

  // -- the outbox, in storage and in memory: storage is shared with other
  // launches, and may refuse a write or not be readable

  let memory = [];
  let gone = [];
  let written;
  let wasDamaged = false;

  /** What storage shows, `{ reports, done }`; `undefined` if it cannot be read. */
  function storedOutbox() {
    const cell = read(OUTBOX_KEY);
    if (!cell) return undefined;
    if (!cell.value) return { reports: [], done: [] };
    const outbox = typeof cell.value === 'string' ? json(cell.value) : undefined;
    const list = [get(outbox, 'reports'), outbox].find(isList);
    const reports = (list || []).map(entryOf).filter(Boolean);
    if ((!list || reports.length < list.length) && !wasDamaged) {
      wasDamaged = true;
      emit({ name: 'outboxDamaged' });
    }
    const done = get(outbox, 'done');
    return { reports, done: isList(done) ? done : [] };
  }

  function entryOf(stored) {
    const id = string(stored, 'id');
    const body = get(stored, 'body');
    if (!id || !isPlain(body)) return undefined;
    const bytes = integer(stored, 'bytes');
    const time = (key) => (typeof get(stored, key) === 'number' ? stored[key] : 0);
    return {
      id,
      body,
      bytes: bytes !== null && bytes >= 0 ? bytes : utf8Length(JSON.stringify(body)),
      attempts: Math.max(0, integer(stored, 'attempts') || 0),
      notBefore: time('notBefore'),
      leasedUntil: time('leasedUntil'),
    };
  }

  const isNewer = (entry, other) =>
    entry.attempts > other.attempts || (entry.attempts === other.attempts && entry.leasedUntil > other.leasedUntil);

  /** What only storage has, which is older, then what this launch knows. */
  function merged(stored) {
    if (!stored) return memory;
    const inStorage = new Map(stored.reports.map((entry) => [entry.id, entry]));
    const known = new Set(memory.map(({ id }) => id));
    gone = gone.filter((id) => inStorage.has(id));
    const out = new Set(stored.done.concat(gone));
    const older = stored.reports.filter(({ id }) => !known.has(id));
    const own = memory.map((entry) => {
      const other = inStorage.get(entry.id);
      return other && isNewer(other, entry) ? other : entry;
    });
    return older.concat(own).filter(({ id }) => !out.has(id));
  }

  /** Lets `edit` make another list of the reports, if it wants to, and writes that down. */
  function change(edit) {
    const stored = storedOutbox();
    const before = merged(stored);
    const after = edit(before);
    if (!after) return;
    const kept = new Set(after.map(({ id }) => id));
    const removed = before.map(({ id }) => id).filter((id) => !kept.has(id));
    memory = after;
    gone = gone.concat(removed).slice(-MOST_GONE);
    if (!stored) return;
    const done = stored.done.concat(removed).slice(-MOST_DONE);
    written = JSON.stringify({ version: 1, reports: after, done });
    write(OUTBOX_KEY, written);
  }

  function isSaved(reportId) {
    const cell = read(OUTBOX_KEY);
    if (cell && cell.value === written) return true;
    const stored = storedOutbox();
    return Boolean(stored) && stored.reports.some(({ id }) => id === reportId);
  }

  const leaseMs = () => config.requestTimeoutMs + LEASE_MARGIN_MS;

  function addReport(body) {
    const id = newReportId();
    const bytes = utf8Length(JSON.stringify(body));
    const { outboxMaxReports, outboxMaxBytes } = config;
    const dropped = [];
    change((entries) => {
      let count = entries.length + 1;
      let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes);
      const after = entries.filter((entry) => {
        const isTooMuch = count > outboxMaxReports || total > outboxMaxBytes;
        if (!isTooMuch || left(entry.leasedUntil, leaseMs()) > 0) return true;
        count -= 1;
        total -= entry.bytes;
        dropped.push(entry);
        return false;
      });
      after.push({ id, body, bytes, attempts: 0, notBefore: 0, leasedUntil: 0 });
      return after;
    });
    const saved = isSaved(id);
    emit({ name: 'reportQueued', reportId: id, saved });
    dropped.forEach((entry) => tellDropped(entry, null));
    return saved ? 'queued' : 'unsaved';
  }

  function tellDropped({ id, body }, error) {
    const report = JSON.parse(JSON.stringify(body));
    delete report.openId;
    emit({ name: 'reportDropped', reportId: id, error, report });
  }

  // -- the reports: one at a time, oldest first

  let isUrged = false;
  let isBusy = false;
  let timer;
  let sentCount = 0;
  let waiters = [];

  function pump(urged) {
    isUrged = isUrged || urged;
    if (isBusy) return;
    isBusy = true;
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    for (;;) {
      let next;
      let waitMs = 0;
      let pending = 0;
      change((entries) => {
        pending = entries.length;
        if (pending === 0) return undefined;
        const [oldest] = entries;
        const waiting = isUrged ? 0 : left(oldest.notBefore, LONGEST_WAIT_MS);
        waitMs = Math.max(left(oldest.leasedUntil, leaseMs()), waiting);
        if (waitMs > 0) return undefined;
        next = Object.assign({}, oldest, { leasedUntil: Date.now() + leaseMs() });
        return [next].concat(entries.slice(1));
      });
      if (!next) {
        rest(pending, waitMs);
        return;
      }
      let isAnswered = false;
      let isLater = false;
      send(next, () => {
        isAnswered = true;
        if (!isLater) return;
        isBusy = false;
        pump(false);
      });
      if (!isAnswered) {
        isLater = true;
        return;
      }
    }
  }

  function rest(pending, waitMs) {
    isUrged = false;
    isBusy = false;
    if (waitMs > 0) timer = setTimeout(() => pump(false), waitMs);
    const ended = waiters;
    waiters = [];
    ended.forEach(({ resolve, sentBefore }) => resolve({ sent: sentCount - sentBefore, pending }));
  }

  function send(entry, then) {
    const { id } = entry;
    const finish = (error) => {
      if (!error) {
        change((entries) => entries.filter((known) => known.id !== id));
        sentCount += 1;
        emit({ name: 'reportSent', reportId: id });
      } else if (isRefusal(error)) {
        change((entries) => entries.filter((known) => known.id !== id));
        tellDropped(entry, error);
      } else {
        const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(entry.attempts, 16), LONGEST_WAIT_MS);
        const retryInMs = longest * (0.5 + 0.5 * Math.random());
        const postponed = { attempts: entry.attempts + 1, notBefore: Date.now() + retryInMs, leasedUntil: 0 };
        change((entries) => entries.map((known) => (known.id === id ? Object.assign({}, known, postponed) : known)));
        isUrged = false;
        emit({ name: 'reportPostponed', reportId: id, retryInMs, error });
      }
      then();
    };
    // A copy: changes by an own function have no effect here.
    const body = json(jsonText(entry.body));
    if (!body.openId) body.openId = askOpenId();
    if (!body.openId) finish(failure('badArgument', 'there is no openId yet: store it, or give it to setup'));
    else callBackEnd(config.report, '/popSubscribeResult', body, id, finish);
  }

  function flush() {
    return new Promise((resolve) => {
      waiters.push({ resolve, sentBefore: sentCount });
      pump(true);
    });
  }

  // -- the settings

  function settingsOf(answer) {
    const setting = get(answer, 'subscriptionsSetting');
    const mainSwitch = get(setting, 'mainSwitch');
    const items = {};
    [setting, get(setting, 'itemSettings')].filter(isObject).forEach((place) => {
      Object.keys(place).forEach((id) => {
        if (string(place, id) !== undefined) define(items, id, place[id]);
      });
    });
    return { mainSwitch: typeof mainSwitch === 'boolean' ? mainSwitch : null, items };
  }

  function settings() {
    return new Promise((resolve) => {
      const settle = once((how, value) => resolve(settingsOf(how === OK ? value : undefined)), config.requestTimeoutMs);
      call('getSetting', { withSubscriptions: true }, settle);
    });
  }

  function openSettings() {
    return new Promise((resolve) => {
      const settle = once((how, value) => {
        const error = how === THROWN ? failureOf(value, popupFailure) : value;
        resolve(Object.assign(settingsOf(how === OK ? value : undefined), { error: how === OK ? null : error }));
      });
      openedSettings = settle;
      call('openSetting', { withSubscriptions: true }, settle);
    });
  }

  // -- the start

  function listen(event, listener) {
    try {
      host[event](listener);
    } catch (_) {
      // Without the event, nothing is called.
    }
  }

  listen('onNetworkStatusChange', (status) => {
    if (get(status, 'isConnected')) pump(true);
  });
  pump(true);
  listen('onAppShow', backInTheForeground);

  return {
    configure(newest) {
      config = newest;
      cache = new Map();
      prefetching = new Map();
      pump(false);
    },
    subscribe,
    prefetch,
    flush,
    settings,
    openSettings,
  };
}

/** How long until `until`; more than `longest` means that the clock was set back since. */
function left(until, longest) {
  const ms = until - Date.now();
  return ms > 0 && ms <= longest ? ms : 0;
}

/** An `Idempotency-Key` that no other client makes: the time, and 100 random bits. */
function newReportId() {
  let id = Date.now().toString(32).padStart(9, '0');
  for (let part = 0; part < 4; part++) {
    id += Math.floor(Math.random() * 2 ** 25).toString(32).padStart(5, '0');
  }
  return id;
}

// ---------------------------------------------------------------------------
// What a page calls

let flow;

function setup(config) {
  return new Promise((resolve) => {
    try {
      const newest = checked(config);
      if (flow) flow.configure(newest);
      else flow = createFlow(wx, newest);
      resolve();
    } catch (error) {
      throw Object.assign(error, { kind: 'badArgument', code: null, retryable: false });
    }
  });
}

const missing = () => failure('badArgument', 'call setup first, in app.js onLaunch');

function asyncSubscribeMessage(type, busNo, extra) {
  if (flow) return flow.subscribe(type, busNo, extra);
  return Promise.resolve({ status: 'failed', stage: 'setup', error: missing() });
}

exports.setup = setup;
exports.asyncSubscribeMessage = asyncSubscribeMessage;
exports.prefetchTemplates = (type, busNo) => (flow ? flow.prefetch(type, busNo) : Promise.resolve([]));
exports.flushReports = () => (flow ? flow.flush() : Promise.reject(new Error(missing().message)));
exports.getSubscriptionSettings = () => (flow ? flow.settings() : Promise.reject(new Error(missing().message)));
exports.openSubscriptionSettings = () => (flow ? flow.openSettings() : Promise.reject(new Error(missing().message)));
