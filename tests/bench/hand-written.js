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
const LEARNED_KEY = 'wx-subscribe:learned';
const ANSWER_WAITS_MS = 500;
const LIMIT_TTL_MS = 7 * 86400000;
const MARKER_KEY = 'wx-subscribe:outbox';
const REPORT_KEY = 'wx-subscribe:report:';
const VERSION = 2;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 600000;
const LONGEST_RETRY_AFTER_MS = 86400000;
const LEASE_MARGIN_MS = 1000;
const LONGEST_TIMER_MS = 2147483647;
const LONGEST_LIST = 100000;
const BUSY_MS = 10000;
const ROUND_WINDOW_MS = 1000;
/** How many rounds of attempts the host and the application may begin in that time. */
const [HOST_ROUNDS, APPLICATION_ROUNDS] = [1, 10];
/** Bytes of a report beside its business number and its map. */
const REPORT_FRAME = 512;
const MOST_USERS = 8;
const QUOTED = 300;

/** The kinds of completion: an answer, a foreign exception or rejection, or a failure made here. */
const OK = 0;
const THROWN = 1;
const FAILED = 2;
/** A promise was fulfilled, which counts only if it is an answer. */
const FULFILLED = 3;

// ---------------------------------------------------------------------------
// Failures

/** kind → what to do about it. */
const ADVICE = {
  unknownTrigger: 'this trigger type is not known: see `TriggerType` and `triggers`',
  badArgument: 'this value cannot be used: look at the arguments and the template ids',
  network: 'the request came to nothing: look at the network, then try again',
  badResponse: 'this answer cannot be used: look at what the back end sends',
  timeout: 'there was no answer in time: try again',
  notTapped:
    'a popup opens only in a tap: prefetch the templates, and subscribe first thing in the handler',
  busy: 'another popup is open: wait for its answer',
  background: 'the mini-program was in the background: ask again at the next tap',
  templateNotFound: "a template is not this mini-program's: look at the back end's list",
  mixedTemplateTypes: 'one-time and long-term templates do not go together: offer one type',
  tooManyTemplates:
    'this client takes fewer templates: the next tap asks fewer, a lower `maxTemplates` always does',
  mainSwitchOff: 'the user has turned subscription messages off: offer the settings from a modal',
  banned: 'WeChat has banned the subscription messages of this mini-program: see mp.weixin.qq.com',
  deviceTemplate: 'a device template: call wx.requestSubscribeDeviceMessage',
  cancelled: 'the user cancelled, which is a refusal: ask at a later tap',
  unsupportedHost: 'this client has no such API: ask the user to update WeChat',
  unknown: 'the host says what went wrong: look up its text and `code`',
};
const RETRYABLE = ['network', 'timeout', 'notTapped', 'busy', 'background', 'cancelled'];

/** errCode, kind and a part of the text, for clients that leave the number out or give another. */
const POPUP_FAILURES = [
  [10001, 'badArgument', "can't be empty"],
  [10002, 'network', 'request list fail'],
  [10003, 'network', 'request subscribe fail'],
  [10004, 'badArgument', 'invalid template id'],
  [10005, 'background', 'cannot show subscribe'],
  [20001, 'templateNotFound', 'no template data'],
  [20002, 'mixedTemplateTypes', 'type must be same'],
  [20003, 'tooManyTemplates', 'out of max bounds'],
  [20004, 'mainSwitchOff', 'main switch'],
  [20005, 'banned', 'was banned'],
  [20013, 'deviceTemplate', 'devicemsg'],
  [0, 'notTapped', 'tap gesture'],
  [0, 'notTapped', 'user interaction'],
  [0, 'busy', 'last call'],
  [0, 'unsupportedHost', 'not support'],
  [0, 'unsupportedHost', 'unsupported'],
  [0, 'unsupportedHost', '不支持'],
  [0, 'cancelled', ':cancel'],
  [0, 'cancelled', ': cancel'],
  [0, 'cancelled', 'fail cancel'],
  [0, 'cancelled', 'failcancel'],
  [0, 'cancelled', 'user cancel'],
];
const TIMEOUTS = /timeout|time out|timedout|timed out|timed_out|超时/i;
const ERRNO_TIMEOUT = 5;
/** Statuses that are a verdict on the report itself. */
const OWN_HEADERS = ['idempotency-key', 'subscribe-age', 'subscribe-trigger'];
const REFUSALS = [400, 410, 413, 414, 415, 422];

function failure(kind, detail = '', code = null) {
  const quoted =
    detail &&
    ` (${Array.from(detail.slice(0, 2 * QUOTED))
      .slice(0, QUOTED)
      .join('')})`;
  return { kind, code, message: ADVICE[kind] + quoted, retryable: RETRYABLE.indexOf(kind) >= 0 };
}

function popupFailure(number, text) {
  const code = number || null;
  const lower = text.toLowerCase();
  const known =
    POPUP_FAILURES.find((entry) => entry[0] === code) ||
    POPUP_FAILURES.find((entry) => lower.indexOf(entry[2]) >= 0);
  if (known) return failure(known[1], text, code);
  return failure(lower.indexOf('cancel') === 0 ? 'cancelled' : 'unknown', text, code);
}

const requestFailure = (code, text) =>
  failure(code === ERRNO_TIMEOUT || TIMEOUTS.test(text) ? 'timeout' : 'network', text, code);

const isHttp = (status) => status >= 100 && status < 600;

/** Some libraries reject with status 0 for no network and 1 for a timeout. */
function statusFailure(status) {
  if (!isHttp(status)) return failure(status === 1 ? 'timeout' : 'network');
  const error = failure('badResponse', 'the HTTP status is in `code`', status);
  error.retryable = status >= 500 || status === 408 || status === 425 || status === 429;
  return error;
}

/** Whether the back end has refused for good, and whether it does not know the user. */
const isRefusal = ({ kind, code }) => kind === 'badResponse' && REFUSALS.indexOf(code) >= 0;
const isStranger = ({ kind, code }) => kind === 'badResponse' && (code === 401 || code === 403);

// ---------------------------------------------------------------------------
// Foreign values of the host, the back end or the page: they may be anything,
// and may throw when read

const isObject = (value) =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

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

/** A member that is a whole number, given as a number or in digits. */
function integer(value, key) {
  const given = get(value, key);
  const number = typeof given === 'string' && given !== '' ? Number(given) : given;
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

/** Many parsers refuse half a surrogate pair, which JSON escapes. */
const HALVES = /\\(u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/g;
const whole = (escape, what) => (what.length > 1 ? '\ufffd' : escape);

/** The value as JSON has it and every parser takes it, or `undefined` for what JSON has no form for. */
function jsonText(value) {
  try {
    const text = JSON.stringify(value);
    return text.indexOf('\\u') < 0 ? text : text.replace(HALVES, whole);
  } catch (_) {
    return undefined;
  }
}

/** A value of storage: what was written as text, which some storages parse. */
function storedObject(value) {
  const object = typeof value === 'string' ? json(value) : value;
  return isObject(object) ? object : undefined;
}

/** The HTTP status of a response, or of what a library rejects with. */
function httpStatus(response) {
  const places = [
    [response, 'statusCode'],
    [response, 'status'],
    [get(response, 'response'), 'status'],
  ];
  const status = places
    .map(([holder, key]) => integer(holder, key))
    .find((number) => number !== null);
  return status === undefined ? null : status;
}

/** A header, whose name has no case. */
function headerOf(headers, name) {
  const key =
    isObject(headers) && Object.keys(headers).find((known) => known.toLowerCase() === name);
  return key ? get(headers, key) : undefined;
}

/** `Retry-After` of a response, in milliseconds. */
function retryAfterMs(response) {
  const holders = [
    get(response, 'header'),
    get(response, 'headers'),
    get(get(response, 'response'), 'headers'),
  ];
  const given = holders
    .map((headers) => headerOf(headers, 'retry-after'))
    .find((value) => value !== undefined);
  if (given === undefined) return 0;
  const seconds = Number(given);
  const ms = seconds === Math.floor(seconds) ? seconds * 1000 : Date.parse(given) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : 0;
}

/** Whether a text is a page, such as one to sign in on. */
const isHtml = (value) => typeof value === 'string' && /^[\s\ufeff]*</.test(value);

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

/**
 * The ids in an answer of the form `{ data: string[] }`, each once; the answer may be JSON text. Empty ids are left
 * out and counted as `leftOut`, unless there is no other. Throws a failure.
 */
function templateIds(answer) {
  const data = get((typeof answer === 'string' && json(answer.trim())) || answer, 'data');
  if (!isList(data) || !(get(data, 'length') <= LONGEST_LIST)) {
    throw failure('badResponse', 'findCustomerPopTemplate: `data` is no list');
  }
  const ids = new Set();
  let leftOut = 0;
  for (let at = 0; at < data.length; at++) {
    const id = get(data, at);
    if (id === '' || id === null || id === undefined) leftOut += 1;
    else if (typeof id === 'string') ids.add(id);
    else throw failure('badResponse', 'findCustomerPopTemplate: not a template id');
  }
  if (leftOut > 0 && ids.size === 0)
    throw failure('badResponse', 'findCustomerPopTemplate: no template id');
  return Object.assign(Array.from(ids), { leftOut });
}

/** A copy of `extraVariableMap` as it is at the tap. Throws a failure. */
function extraMap(extra, mostBytes) {
  if (extra === undefined || extra === null) return {};
  const text = isPlain(extra) ? jsonText(extra) : undefined;
  const copy = json(text);
  if (!isPlain(copy))
    throw failure('badArgument', 'extraVariableMap is no object that JSON can hold');
  if (utf8Length(text) > mostBytes) throw failure('badArgument', 'extraVariableMap is too large');
  return copy;
}

function define(object, key, value) {
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
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
  if (baseUrl === undefined ? !find || !report : !/^https?:\/\//.test(baseUrl))
    wrong('baseUrl', 'an http(s) URL');
  const header = member('header');
  if (header !== undefined && typeof header !== 'function' && !isPlain(header)) {
    wrong('header', 'an object or a function');
  }
  const openId = member('openId');
  const isOpenId = openId === undefined || openId === false || typeof openId === 'function';
  if (!isOpenId && (typeof openId !== 'string' || !openId)) {
    wrong('openId', 'a string that is not empty, a function, or false');
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
    signIn: fn('signIn'),
    isSaved: fn('isSaved'),
    maxTemplates: Math.floor(number('maxTemplates', 3, 1)),
    templateTtlMs: number('templateTtlMs', 300000, 0),
    requestTimeoutMs: Math.min(number('requestTimeoutMs', 10000, 1), LONGEST_TIMER_MS),
    popupGraceMs: Math.min(number('popupGraceMs', 5000, 1), LONGEST_TIMER_MS),
    popupTimeoutMs: Math.min(number('popupTimeoutMs', 120000, 1), LONGEST_TIMER_MS),
    outboxMaxAgeMs: number('outboxMaxAgeMs', 2592000000, 1),
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
      const returned = config.onEvent(event);
      if (isThenable(returned)) ignore(returned);
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

  function remove(key) {
    try {
      host.removeStorageSync(key);
    } catch (_) {
      write(key, '');
    }
  }

  /** The openIds of this launch, none of which may be quoted. */
  let seen = [];

  function saw(openId) {
    if (openId && seen.indexOf(openId) < 0) seen = [openId].concat(seen).slice(0, MOST_USERS);
    return openId;
  }

  /** Who the user is: '' if not known, null if no report says, undefined if asking failed, or a promise. */
  function askOpenId() {
    let { openId } = config;
    if (openId === false) return null;
    try {
      if (openId === undefined) openId = host.getStorageSync('openId');
      else if (typeof openId === 'function') openId = openId();
    } catch (_) {
      return undefined;
    }
    if (!isThenable(openId)) return saw(typeof openId === 'string' ? openId : '');
    ignore(openId);
    return openId;
  }

  function whenUserIsKnown(asked, then) {
    if (!isThenable(asked)) {
      then(asked === undefined ? '' : asked);
      return;
    }
    const settle = (how, value) => then(saw(how === OK && typeof value === 'string' ? value : ''));
    follow(asked, once(settle, config.requestTimeoutMs));
  }

  /** The failure that a thrown or rejected value means. No text with an openId in it is passed on. */
  function failureOf(thrown, classify, own) {
    const code = [integer(thrown, 'errCode'), integer(thrown, 'errno')].find(
      (number) => number !== null,
    );
    const text =
      typeof thrown === 'string'
        ? thrown
        : string(thrown, 'errMsg') || string(thrown, 'message') || '';
    const error = classify(code === undefined ? null : code, text);
    const isUnknown = askOpenId() === undefined;
    const lower = text.toLowerCase();
    const isSecret = (openId) => openId && lower.indexOf(openId.toLowerCase()) >= 0;
    if (isUnknown || seen.concat(own).some(isSecret)) error.message = ADVICE[error.kind];
    return error;
  }

  /**
   * What settles one answer: of all its callbacks, the first. `then(how, value)`, with one of the first three above.
   * What a promise was fulfilled with counts if `isAnswer` says so.
   */
  function once(then, limitMs, isAnswer = () => true) {
    let isOpen = true;
    let timer;
    function settle(how, value) {
      if (!isOpen || (how === FULFILLED && !isAnswer(value))) return;
      isOpen = false;
      if (timer !== undefined) clearTimeout(timer);
      then(how === FULFILLED ? OK : how, value);
    }
    if (limitMs !== undefined)
      timer = setTimeout(() => settle(FAILED, failure('timeout')), limitMs);
    return settle;
  }

  function follow(returned, settle) {
    try {
      Promise.resolve(returned).then(
        (value) => settle(FULFILLED, value),
        (thrown) => settle(THROWN, thrown),
      );
    } catch (thrown) {
      settle(THROWN, thrown);
    }
  }

  /** Nobody waits for this promise, but a rejection must not stay unhandled. */
  const ignore = (promise) => follow(promise, () => {});

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

  /** Calls a function of the application. What is no promise counts at once. */
  function callOwn(own, given, then) {
    let returned;
    try {
      returned = own(...given);
    } catch (thrown) {
      then(THROWN, thrown);
      return;
    }
    if (isThenable(returned)) follow(returned, once(then, config.requestTimeoutMs));
    else then(OK, returned);
  }

  // -- what is open over the page

  let overPage = [];

  /** What settles a call that opens something over the page. */
  function openOverPage(then, limitMs, isAnswer) {
    const opened = { isAway: false, end: undefined, timer: undefined };
    const settle = once(
      (how, value) => {
        clear(opened);
        overPage = overPage.filter((other) => other !== opened);
        then(how, value);
      },
      undefined,
      isAnswer,
    );
    opened.end = () => settle(FAILED, failure('timeout'));
    if (limitMs !== undefined) opened.timer = setTimeout(opened.end, limitMs);
    overPage.push(opened);
    return settle;
  }

  function clear(opened) {
    if (opened.timer !== undefined) clearTimeout(opened.timer);
    opened.timer = undefined;
  }

  function toTheBackground() {
    overPage.forEach((opened) => {
      opened.isAway = true;
      clear(opened);
    });
  }

  /** Only a trip that began with the call open counts: a payment shows the app without having hidden it. */
  function backInTheForeground() {
    overPage.forEach((opened) => {
      if (!opened.isAway) return;
      opened.isAway = false;
      opened.timer = setTimeout(opened.end, config.popupGraceMs);
    });
    urge(HOST_ROUNDS);
  }

  // -- the back end

  /** `then(error, answer, retryAfterMs)`; over wx.request within its callback, which carries the tap. */
  function callBackEnd(own, path, body, report, then) {
    function settle(how, value) {
      if (how === FAILED) {
        then(value);
        return;
      }
      const status = httpStatus(value);
      const isFine = status >= 200 && status < 300;
      if (status !== null && !isFine && (how === THROWN || isHttp(status))) {
        then(statusFailure(status), undefined, retryAfterMs(value));
      } else if (how === THROWN)
        then(failureOf(value, requestFailure, report && report.body.openId));
      else if (own || isFine) then(null, value);
      else then(failure('badResponse', 'no HTTP status'));
    }
    if (own) {
      callOwn(own, [body, report && contextOf(report)], settle);
      return;
    }
    withHeader(report, (error, header) => {
      if (error) {
        then(error);
        return;
      }
      const url = config.baseUrl + path;
      const answered = once(settle, config.requestTimeoutMs, (value) => httpStatus(value) !== null);
      call(
        'request',
        { url, method: 'POST', data: body, header, timeout: config.requestTimeoutMs },
        answered,
      );
    });
  }

  /** How long ago the user answered, unless the clock cannot be right. */
  function ageOf(report) {
    const ageMs = Date.now() - report.queuedAt;
    return ageMs >= 0 && ageMs <= config.outboxMaxAgeMs ? ageMs : undefined;
  }

  function contextOf(report) {
    const context = { reportId: report.id };
    const ageMs = ageOf(report);
    if (ageMs !== undefined) context.ageMs = ageMs;
    if (report.triggerAct !== undefined) context.triggerAct = report.triggerAct;
    return context;
  }

  function addHeaders(header, report) {
    const ageMs = ageOf(report);
    header['Idempotency-Key'] = report.id;
    if (ageMs !== undefined) header['Subscribe-Age'] = String(Math.floor(ageMs / 1000));
    if (report.triggerAct !== undefined)
      header['Subscribe-Trigger'] = encodeURIComponent(report.triggerAct);
  }

  /** The headers of a request. Theirs replace our content type, our key replaces theirs. */
  function withHeader(report, then) {
    const wrong = () => then(failure('badArgument', '`header` must give an object of strings'));
    const given = (how, value) => {
      if (how !== OK || !isPlain(value)) {
        wrong();
        return;
      }
      const header =
        headerOf(value, 'content-type') === undefined ? { 'content-type': 'application/json' } : {};
      let isRight = true;
      Object.keys(value).forEach((key) => {
        const member = get(value, key);
        if (
          member === undefined ||
          member === null ||
          (report && OWN_HEADERS.indexOf(key.toLowerCase()) >= 0)
        )
          return;
        if (typeof member !== 'string' && typeof member !== 'number') isRight = false;
        header[key] = member;
      });
      if (!isRight) {
        wrong();
        return;
      }
      notice(jsonText(value));
      if (report) addHeaders(header, report);
      then(null, header);
    };
    const { header } = config;
    if (typeof header === 'function') callOwn(header, [], given);
    else given(OK, header === undefined ? {} : header);
  }

  let lastHeader;
  let isUserUnknown = false;

  /** Where the back end did not know the user, other headers are news. */
  function notice(header) {
    const isNews = header !== lastHeader;
    lastHeader = header;
    if (!isNews || !isUserUnknown) return;
    isUserUnknown = false;
    setTimeout(() => urge(APPLICATION_ROUNDS), 0);
  }

  /** The calls that wait until the user has signed in again. */
  let signingIn = null;

  /** Has the application sign the user in again, once for all who wait: `then(hasSignedIn)`. */
  function signInAgain(then) {
    if (!config.signIn) {
      then(false);
      return;
    }
    if (signingIn) {
      signingIn.push(then);
      return;
    }
    signingIn = [then];
    callOwn(config.signIn, [], (how) => {
      const waiting = signingIn;
      signingIn = null;
      waiting.forEach((wait) => wait(how === OK));
    });
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

  /** The questions that are under way. */
  let finds = [];

  /** `then(error, ids)`, which tells the application. */
  function findTemplates({ moment, triggerAct, busNo }, then) {
    const askedBy = config;
    const find = { moment, isOutdated: false };
    finds.push(find);
    const attempt = (answered) =>
      callBackEnd(
        config.find,
        '/findCustomerPopTemplate',
        { triggerAct, busNo },
        undefined,
        answered,
      );
    function end(failed, answer) {
      finds = finds.filter((other) => other !== find);
      let error = failed;
      let ids;
      try {
        if (!error) ids = templateIds(askedBy.find ? answer : get(answer, 'data'));
      } catch (thrown) {
        error = thrown;
      }
      // The user may have answered meanwhile: then the back end decides anew.
      if (!error && !find.isOutdated && askedBy === config) keep(moment, ids);
      then(error, ids);
    }
    attempt((failed, answer) => {
      if (!failed || !isStranger(failed)) {
        end(failed, answer);
        return;
      }
      signInAgain((hasSignedIn) => (hasSignedIn ? attempt(end) : end(failed)));
    });
  }

  function tellTemplates({ triggerAct, busNo }, error, ids) {
    if (error) emit({ name: 'templatesFailed', triggerAct, busNo, error });
    else emit({ name: 'templatesFound', triggerAct, busNo, templateIds: ids.slice() });
    if (ids && ids.leftOut > 0)
      emit({ name: 'templatesLeftOut', triggerAct, busNo, count: ids.leftOut });
  }

  function prefetch(type, given) {
    let asked;
    try {
      asked = momentOf(type, given);
    } catch (error) {
      emit({
        name: 'templatesFailed',
        triggerAct: '',
        busNo: typeof given === 'string' ? given : '',
        error,
      });
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
      tellTemplates(asked, error, ids);
      resolve(error ? [] : ids.slice());
    });
    return promise;
  }

  // -- the popup

  const wholeText = (text) => json(jsonText(text));

  /** The arguments that name a moment. Throws a failure. */
  function momentOf(type, given) {
    const triggerAct = config.names.get(type);
    if (triggerAct === undefined) throw failure('unknownTrigger');
    if (typeof given !== 'string' || given === '')
      throw failure('badArgument', 'busNo is no string, or empty');
    const busNo = wholeText(given);
    return { moment: `${type} ${busNo}`, triggerAct: wholeText(triggerAct), busNo };
  }

  /** What error 20003 taught about this client, unless the client may have been updated since. */
  let learned = get(storedObject((read(LEARNED_KEY) || {}).value), 'limit');

  function limit() {
    const most = integer(learned, 'most');
    const age = Date.now() - (Number(get(learned, 'at')) || 0);
    return most > 0 && age >= 0 && age < LIMIT_TTL_MS ? most : Infinity;
  }

  /** The popup that is open, `{ openedAt }`. */
  let popup = null;

  /** From some time on the host is asked, which knows. */
  function isBusy() {
    const age = popup && Date.now() - popup.openedAt;
    return Boolean(popup) && age >= 0 && age < BUSY_MS;
  }

  function subscribe(type, busNo, extra) {
    return new Promise((resolve) => {
      let asked;
      try {
        const moment = momentOf(type, busNo);
        const room = config.outboxMaxBytes - utf8Length(moment.busNo) - REPORT_FRAME;
        asked = Object.assign(moment, { extra: extraMap(extra, room), resolve });
      } catch (error) {
        resolve({ status: 'failed', stage: 'trigger', error });
        return;
      }
      const fail = (stage, error) => resolve({ status: 'failed', stage, error });
      if (isBusy()) {
        fail('popup', failure('busy'));
        return;
      }
      const known = knownTemplates(asked.moment);
      if (known) {
        offer(asked, known, () => {});
        return;
      }
      findTemplates(asked, (error, ids) => {
        const tell = () => tellTemplates(asked, error, ids);
        if (!error) {
          offer(asked, ids, tell);
          return;
        }
        tell();
        fail('templates', error);
      });
    });
  }

  /** Shows the popup. Nothing may come between the tap and this, not even telling the application. */
  function offer(asked, ids, tell) {
    const { triggerAct, busNo, resolve } = asked;
    if (ids.length === 0) {
      tell();
      resolve({ status: 'noTemplates' });
      return;
    }
    if (isBusy()) {
      tell();
      resolve({ status: 'failed', stage: 'popup', error: failure('busy') });
      return;
    }
    const most = Math.min(config.maxTemplates, limit());
    const tmplIds = ids.slice(0, most);
    const remaining = ids.slice(most);
    const opened = { openedAt: Date.now() };
    popup = opened;
    // What the host says before the application was told waits until then.
    let early;
    let isTold = false;
    let isTimedOut = false;
    function settled(how, value) {
      if (!isTold) {
        early = [how, value];
        return;
      }
      if (popup === opened) popup = null;
      answered(asked, tmplIds, remaining, how, value, Math.max(0, Date.now() - opened.openedAt));
    }
    const isAnswer = (value) =>
      string(value, 'errMsg') !== undefined ||
      tmplIds.some((id) => string(value, id) !== undefined);
    // Should the user answer after the time limit all the same, that is reported, too.
    const late = once(
      (how, value) => {
        if (!isTimedOut || how === OK) settled(how, value);
      },
      undefined,
      isAnswer,
    );
    const settle = openOverPage(
      (how, value) => {
        if (how !== FAILED) late(how, value);
        else {
          isTimedOut = true;
          settled(how, value);
        }
      },
      config.popupTimeoutMs,
      isAnswer,
    );
    call('requestSubscribeMessage', { tmplIds: tmplIds.slice() }, (how, value) => {
      if (isTimedOut) late(how, value);
      else settle(how, value);
    });
    tell();
    emit({ name: 'popupRequested', triggerAct, busNo, templateIds: tmplIds.slice() });
    isTold = true;
    if (early) settled(...early);
  }

  function popupFailed({ triggerAct, busNo, resolve }, error) {
    emit({ name: 'popupFailed', triggerAct, busNo, error });
    resolve({ status: 'failed', stage: 'popup', error });
  }

  function answered(asked, tmplIds, remaining, how, value, elapsedMs) {
    const { moment, triggerAct, busNo, extra, resolve } = asked;
    let error = how === THROWN ? failureOf(value, popupFailure) : value;
    const outcome = how === OK && sorted(tmplIds, value);
    if (how === OK && !outcome)
      error = failure('badResponse', "the popup's answer has no word for any template");
    if (!outcome) {
      if (error.kind === 'tooManyTemplates' && tmplIds.length > 1) {
        learned = {
          most: tmplIds.length > SAFE_LIMIT ? SAFE_LIMIT : tmplIds.length - 1,
          at: Date.now(),
        };
        write(LEARNED_KEY, JSON.stringify({ limit: learned }));
        error.retryable = true;
      }
      popupFailed(asked, error);
      return;
    }
    finds.forEach((find) => {
      if (find.moment === moment) find.isOutdated = true;
    });
    if (remaining.length > 0) keep(moment, remaining.slice());
    else cache.delete(moment);
    const { accepted, rejected } = outcome;
    const counts = {};
    ['accepted', 'rejected', 'banned', 'filtered', 'other'].forEach((list) => {
      counts[list] = outcome[list].length;
    });
    const lists = { accepted: accepted.slice(), rejected: rejected.slice() };
    emit(
      Object.assign(
        { name: 'popupAnswered', triggerAct, busNo, counts, elapsedMs, topUp: false },
        lists,
      ),
    );
    outcome.remaining = remaining;
    outcome.report = 'none';
    let report;
    let user;
    if (accepted.length > 0 || rejected.length > 0) {
      user = askOpenId();
      const body = { busNo, extraVariableMap: extra };
      if (user !== null) body.openId = typeof user === 'string' ? user : '';
      report = addReport(
        Object.assign(body, { agreeTemplateIds: accepted, rejectTemplateIds: rejected }),
        triggerAct,
      );
      outcome.report = report.isSaved ? 'queued' : 'unsaved';
    }
    keptOf(rejected, (keptRejected) => {
      outcome.keptRejected = keptRejected;
      resolve(outcome);
    });
    if (!isThenable(user)) {
      pump();
      return;
    }
    whenUserIsKnown(user, (openId) => {
      report.body.openId = openId;
      save(report);
      pump();
    });
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
    return words > 0
      ? { status: 'answered', accepted, rejected, banned, filtered, other, raw }
      : undefined;
  }

  // -- the outbox: a key for each report. Storage is shared with other launches, and may refuse a write or not be
  // readable; then this launch works from memory

  /** Reports, oldest first: what storage has of each, and `isSaved`, `isMine` (the lease), `round`. */
  let reports = [];
  /** Undefined until storage was read; false if it is of a newer version. */
  let isStoreOurs;

  function save(report) {
    report.isSaved = false;
    if (!isStoreOurs) return;
    const { body, triggerAct, queuedAt, attempts, notBefore, waitMs, leasedUntil } = report;
    const text = jsonText({
      body,
      triggerAct,
      queuedAt,
      attempts,
      notBefore,
      waitMs,
      leasedUntil,
    });
    write(REPORT_KEY + report.id, text);
    const kept = (read(REPORT_KEY + report.id) || {}).value;
    report.isSaved = (isObject(kept) ? jsonText(kept) : kept) === text;
  }

  function reportOf(id, stored) {
    const body = get(stored, 'body');
    if (!id || !isPlain(body)) return undefined;
    const time = (key, otherwise = 0) =>
      typeof get(stored, key) === 'number' ? stored[key] : otherwise;
    return {
      id,
      body,
      triggerAct: string(stored, 'triggerAct') || undefined,
      queuedAt: time('queuedAt', Date.now()),
      attempts: Math.max(0, time('attempts')),
      notBefore: time('notBefore'),
      waitMs: time('waitMs', LONGEST_WAIT_MS),
      leasedUntil: time('leasedUntil'),
      isSaved: true,
      isMine: false,
      round: 0,
    };
  }

  /** Takes in what an earlier launch left, as soon as the host can read it. */
  function openStore() {
    if (isStoreOurs !== undefined) return;
    const cell = read(MARKER_KEY);
    if (!cell) return;
    const marker = storedObject(cell.value);
    const version = get(marker, 'version');
    if (version > VERSION) {
      isStoreOurs = false;
      return;
    }
    let keys;
    try {
      ({ keys } = host.getStorageInfoSync());
    } catch (_) {
      keys = undefined;
    }
    isStoreOurs = true;
    let isDamaged = false;
    const found = [];
    (isList(keys) ? keys : []).forEach((key) => {
      if (typeof key !== 'string' || key.indexOf(REPORT_KEY) !== 0) return;
      const { value } = read(key) || {};
      const report = reportOf(key.slice(REPORT_KEY.length), storedObject(value));
      if (report) found.push(report);
      else if (value) {
        isDamaged = true;
        remove(key);
      }
    });
    found.sort((one, other) => one.queuedAt - other.queuedAt);
    reports = found.concat(reports);
    if (version !== VERSION) {
      const list = [get(marker, 'reports'), marker].find(isList);
      const older = (list || []).map((stored) => reportOf(string(stored, 'id'), stored));
      isDamaged = isDamaged || older.some((report) => !report) || (!list && Boolean(cell.value));
      const isNew = ({ id }) => reports.every((known) => known.id !== id);
      const taken = older.filter((report) => report && isNew(report));
      reports = taken.concat(reports);
      taken.forEach(save);
      const most = get(get(marker, 'limit'), 'most');
      if (most !== undefined) learned = marker.limit;
      if (taken.every(({ isSaved }) => isSaved))
        write(MARKER_KEY, JSON.stringify({ version: VERSION }));
    }
    if (isDamaged) emit({ name: 'outboxDamaged' });
  }

  const leaseMs = () => config.requestTimeoutMs + LEASE_MARGIN_MS;

  function addReport(body, triggerAct) {
    openStore();
    const now = Date.now();
    const report = {
      id: newReportId(),
      body: wholeText(body),
      triggerAct,
      queuedAt: now,
      attempts: 0,
      notBefore: 0,
      waitMs: 0,
      leasedUntil: now + leaseMs(),
      isSaved: false,
      isMine: true,
      round: 0,
    };
    save(report);
    if (report.isSaved) reports.filter(({ isSaved }) => !isSaved).forEach(save);
    reports.push(report);
    emit({ name: 'reportQueued', reportId: report.id, saved: report.isSaved });
    const bytesOf = (other) => utf8Length(JSON.stringify(other.body));
    let total = reports.reduce((sum, other) => sum + bytesOf(other), 0);
    reports.slice(0, -1).forEach((other) => {
      const isFull = reports.length > config.outboxMaxReports || total > config.outboxMaxBytes;
      if (!isFull || left(other.leasedUntil, leaseMs()) > 0) return;
      total -= bytesOf(other);
      giveUp(other, null);
    });
    return report;
  }

  function forget(report) {
    reports = reports.filter(({ id }) => id !== report.id);
    if (isStoreOurs) remove(REPORT_KEY + report.id);
  }

  function giveUp(report, error) {
    forget(report);
    const body = JSON.parse(JSON.stringify(report.body));
    delete body.openId;
    emit({ name: 'reportDropped', reportId: report.id, error, report: body });
  }

  // -- the reports: one at a time. None keeps another back, but where nothing would arrive

  let isSending = false;
  let isPumping = false;
  let isDue = false;
  let timer;
  let sentCount = 0;
  let waiters = [];
  let round = 1;
  let rounds = { since: 0, count: 0, postponedUntil: undefined };
  let line = { failures: 0, closedUntil: 0, closedMs: 0 };
  /** The ids of the report that the user was signed in for, and of the last that failed perhaps by its own fault. */
  let signedInFor;
  let doubtful;

  /** Begins a round, in which each report is tried once more: now, or as soon as it may. */
  function urge(most) {
    beginRound(most);
    pump();
  }

  function beginRound(most) {
    const now = Date.now();
    if (!(now >= rounds.since && now < rounds.since + ROUND_WINDOW_MS))
      rounds = { since: now, count: 0 };
    if (rounds.count >= most) {
      rounds.postponedUntil = rounds.since + ROUND_WINDOW_MS;
      return;
    }
    rounds.count += 1;
    rounds.postponedUntil = undefined;
    round += 1;
    line.closedUntil = 0;
  }

  /** How long until a round that had to wait. */
  function roundWait() {
    if (rounds.postponedUntil === undefined) return Infinity;
    const ms = rounds.postponedUntil - Date.now();
    return ms >= 0 && ms <= ROUND_WINDOW_MS ? ms : 0;
  }

  /** A loop: a host that answers at once, for each of a thousand reports, would otherwise use up the stack. */
  function pump() {
    if (isSending) return;
    isDue = true;
    if (isPumping) return;
    isPumping = true;
    while (isDue) {
      isDue = false;
      isSending = true;
      step();
    }
    isPumping = false;
  }

  function step() {
    openStore();
    if (roundWait() === 0) beginRound(APPLICATION_ROUNDS);
    const isExpired = ({ queuedAt }) => Date.now() - queuedAt > config.outboxMaxAgeMs;
    reports.filter(isExpired).forEach((report) => {
      const error = failure('timeout', 'not delivered in time');
      error.retryable = false;
      giveUp(report, error);
    });
    if (reports.length === 0) rest(Infinity);
    else whenUserIsKnown(askOpenId(), sendNext);
  }

  function goOn() {
    isSending = false;
    pump();
  }

  /** Of the reports that are due, the one that has waited longest since its last failure. */
  function sendNext(user) {
    let next;
    let rank = Infinity;
    let waitMs = Infinity;
    const closed = left(line.closedUntil, line.closedMs);
    reports.forEach((report) => {
      const { openId } = report.body;
      if (user && openId && openId !== user) return;
      const isNew = report.round !== round;
      const waiting = isNew ? 0 : left(report.notBefore, report.waitMs);
      const leased = report.isMine ? 0 : left(report.leasedUntil, leaseMs());
      const ms = Math.max(waiting, leased, closed);
      const own = isNew ? 0 : report.notBefore;
      if (ms > 0) waitMs = Math.min(waitMs, ms);
      else if (own < rank) {
        rank = own;
        next = report;
      }
    });
    if (!next) {
      rest(waitMs);
      return;
    }
    if (next.body.openId === '' && user) {
      next.body.openId = user;
      save(next);
    }
    if (!claim(next)) goOn();
    else if (next.body.openId === '')
      settle(next, failure('badArgument', 'there is no openId yet: store it, or give it to setup'));
    else send(next);
  }

  /** Leases a report, unless it has gone or another copy sends it. */
  function claim(report) {
    const now = Date.now();
    report.round = round;
    if (report.isMine && report.leasedUntil >= now + config.requestTimeoutMs) return true;
    const cell = report.isSaved ? read(REPORT_KEY + report.id) : undefined;
    const stored = cell && storedObject(cell.value);
    if (
      cell &&
      !stored &&
      get(storedObject((read(MARKER_KEY) || {}).value), 'version') === VERSION
    ) {
      reports = reports.filter((other) => other !== report);
      return false;
    }
    const storedUntil = get(stored, 'leasedUntil');
    const isOurs = report.isMine && storedUntil === report.leasedUntil;
    if (stored && !isOurs && left(storedUntil, leaseMs()) > 0) {
      Object.assign(report, { leasedUntil: storedUntil, isMine: false });
      return false;
    }
    Object.assign(report, { leasedUntil: now + leaseMs(), isMine: true });
    save(report);
    return true;
  }

  function send(report) {
    // A copy: what an own function does to it changes nothing here.
    const body = json(jsonText(report.body));
    const isOwn = Boolean(config.report);
    callBackEnd(config.report, '/popSubscribeResult', body, report, (error, answer, afterMs) => {
      if (!error) {
        whetherSaved(answer, (isSaved) => settle(report, isSaved ? null : unsaved(), isOwn));
      } else if (!isStranger(error) || signedInFor === report.id)
        settle(report, error, isOwn, afterMs);
      else {
        signedInFor = report.id;
        signInAgain((hasSignedIn) => {
          if (!hasSignedIn) {
            settle(report, error, isOwn);
            return;
          }
          report.round = round - 1;
          goOn();
        });
      }
    });
  }

  function whetherSaved(answer, then) {
    if (config.isSaved)
      callOwn(config.isSaved, [answer], (how, value) => then(how === OK && Boolean(value)));
    else then(!isHtml(answer) && !isHtml(get(answer, 'data')));
  }

  function unsaved() {
    const error = failure('badResponse', 'the answer does not say that the report is saved');
    error.retryable = true;
    return error;
  }

  function openLine() {
    doubtful = undefined;
    line = { failures: 0, closedUntil: 0, closedMs: 0 };
  }

  /** What an attempt came to. */
  function settle(report, error, isOwn, afterMs) {
    signedInFor = undefined;
    if (!error) {
      openLine();
      forget(report);
      sentCount += 1;
      emit({ name: 'reportSent', reportId: report.id });
    } else if (isRefusal(error)) {
      openLine();
      giveUp(report, error);
    } else postpone(report, error, isOwn, afterMs);
    goOn();
  }

  const waitAfter = (failures, random = Math.random()) =>
    Math.floor(
      Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 16), LONGEST_WAIT_MS) * (0.5 + 0.5 * random),
    );

  /** The report waits, and where the reason holds for all, all wait. */
  function postpone(report, error, isOwn, afterMs = 0) {
    // An attempt that could not begin reaches no server: nothing is to be spread.
    const random = error.kind === 'badArgument' ? 1 : Math.random();
    const retryInMs = Math.max(waitAfter(report.attempts, random), afterMs);
    const now = Date.now();
    const wasInRound = report.round === round;
    Object.assign(report, {
      attempts: report.attempts + 1,
      notBefore: now + retryInMs,
      waitMs: retryInMs,
      leasedUntil: 0,
      isMine: false,
    });
    if (isStranger(error)) isUserUnknown = true;
    if (holdsForAll(report, error, isOwn)) {
      if (wasInRound) {
        line.closedMs = waitAfter(line.failures);
        line.closedUntil = now + line.closedMs;
        line.failures += 1;
      }
    } else if (error.code !== null) openLine();
    if (reports.indexOf(report) >= 0) save(report);
    emit({ name: 'reportPostponed', reportId: report.id, retryInMs, error });
  }

  /** A 403, or what an own function was rejected with, may be about this one report, until another fails next. */
  function holdsForAll({ id }, error, isOwn) {
    const isOffline = error.kind === 'network';
    if (error.code === 401 || (isOffline && (!isOwn || /request:fail/i.test(error.message))))
      return true;
    if (!isOffline && !isStranger(error)) return false;
    const last = doubtful;
    doubtful = id;
    return last !== undefined && last !== id;
  }

  function rest(waitMs) {
    isSending = false;
    if (timer !== undefined) clearTimeout(timer);
    const ms = Math.min(waitMs, roundWait());
    timer = ms < Infinity ? setTimeout(pump, ms) : undefined;
    const ended = waiters;
    waiters = [];
    ended.forEach(({ resolve, sentBefore }) =>
      resolve({ sent: sentCount - sentBefore, pending: reports.length }),
    );
  }

  function flush() {
    return new Promise((resolve) => {
      waiters.push({ resolve, sentBefore: sentCount });
      urge(APPLICATION_ROUNDS);
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
      const answered = (how, value) => resolve(settingsOf(how === OK ? value : undefined));
      const settle = once(answered, config.requestTimeoutMs, isSettings);
      call('getSetting', { withSubscriptions: true }, settle);
    });
  }

  /** Calls back with those of the refused ids that the user keeps refusing; with null if that cannot be told in time. */
  function keptOf(rejected, callBack) {
    if (rejected.length === 0) {
      callBack([]);
      return;
    }
    const answered = (how, value) => {
      const isTold = how === OK && isObject(get(value, 'subscriptionsSetting'));
      const { items } = settingsOf(value);
      callBack(isTold ? rejected.filter((id) => items[id] === 'reject') : null);
    };
    call('getSetting', { withSubscriptions: true }, once(answered, ANSWER_WAITS_MS, isSettings));
  }

  const isSettings = (value) =>
    string(value, 'errMsg') !== undefined || isObject(get(value, 'subscriptionsSetting'));

  function openSettings() {
    return new Promise((resolve) => {
      const settled = (how, value) => {
        const error = how === THROWN ? failureOf(value, popupFailure) : value;
        resolve(
          Object.assign(settingsOf(how === OK ? value : undefined), {
            error: how === OK ? null : error,
          }),
        );
      };
      call(
        'openSetting',
        { withSubscriptions: true },
        openOverPage(settled, undefined, isSettings),
      );
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

  listen('onAppShow', backInTheForeground);
  listen('onAppHide', toTheBackground);
  listen('onNetworkStatusChange', (status) => {
    if (get(status, 'isConnected')) urge(HOST_ROUNDS);
  });
  pump();

  return {
    configure(newest) {
      config = newest;
      cache = new Map();
      prefetching = new Map();
      urge(APPLICATION_ROUNDS);
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
  return ms > 0 && ms < longest + 1 ? ms : 0;
}

/** An `Idempotency-Key` that no other client makes: the time, and 100 random bits. */
function newReportId() {
  let id = Date.now().toString(32).padStart(9, '0');
  for (let part = 0; part < 4; part++) {
    id += Math.floor(Math.random() * 2 ** 25)
      .toString(32)
      .padStart(5, '0');
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
exports.prefetchTemplates = (type, busNo) =>
  flow ? flow.prefetch(type, busNo) : Promise.resolve([]);
exports.flushReports = () => (flow ? flow.flush() : Promise.reject(new Error(missing().message)));
exports.getSubscriptionSettings = () =>
  flow ? flow.settings() : Promise.reject(new Error(missing().message));
exports.openSubscriptionSettings = () =>
  flow ? flow.openSettings() : Promise.reject(new Error(missing().message));
