// A host and a back end that act at random, and record what they did.
'use strict';

const { OPEN_ID } = require('./contract.js');
const { NAMES, boom, value } = require('./hostile.js');
const { OUTBOX } = require('./outbox.js');

const TIMEOUT_MS = 1_000;

const FAILURES = [10001, 10002, 10003, 10004, 10005, 20001, 20002, 20003, 20004, 20005, 20013];
const TEXTS = ['can only be invoked by user TAP gesture.', 'last call has not ended', 'cancel', '不知道', ''];
const WORDS = ['accept', 'accept', 'accept', 'reject', 'reject', 'ban', 'filter', 'acceptWithAudio', 'something', ''];

/** The probability that storage refuses a read or a write, or silently drops a write. */
const STORAGE_MODES = {
  fine: { read: 0, write: 0, forget: 0 },
  flaky: { read: 0.2, write: 0.2, forget: 0.1 },
  full: { read: 0, write: 1, forget: 0 },
  unreadable: { read: 1, write: 0, forget: 0 },
  forgetful: { read: 0, write: 0, forget: 1 },
};

/**
 * @param {object} world `{ clock, dice, calm, note(text), violation(text) }`, of which `dice` and `calm` change
 */
function createRandomHost(world) {
  const cells = new Map([['openId', JSON.stringify(OPEN_ID)]]);
  const listeners = { AppShow: [], NetworkStatusChange: [] };
  const host = {
    cells,
    mode: 'fine',
    /** How many templates the client takes at once. */
    maxTemplates: 3,
    popup: null,
    /** How often each was asked for, by busNo. */
    finds: new Map(),
    popups: new Map(),
    offered: new Set(),
    /** Report id → the first saved body; and all saves, in order. */
    saved: new Map(),
    savings: [],
    behaviours: 0,
    pending: 0,
  };
  const count = (counts, key) => counts.set(key, (counts.get(key) || 0) + 1);
  const lately = (work) => void world.clock.setTimeout(work, world.dice.below(60));
  const tooLate = (work) => void world.clock.setTimeout(work, TIMEOUT_MS * 3);
  const hostile = () => value(world.dice.among(NAMES));

  /** Does one of `behaviours`, `[weight, name, work]`; always the first when `calm`. */
  function behave(what, behaviours) {
    host.behaviours += 1;
    const [, name, work] = world.calm ? behaviours[0] : world.dice.weighted(behaviours);
    world.note(`${what} ${name}`);
    return work();
  }

  /** Calls back; an exception is a violation. */
  const call = (callback, result) => {
    try {
      callback(result);
    } catch (error) {
      world.violation(`a callback threw ${error}`);
    }
  };

  // -------------------------------------------------------------------------
  // The back end

  function offer(busNo) {
    const { dice } = world;
    const ids = Array.from({ length: 1 + dice.below(6) }, () => `${busNo}/${dice.below(8)}`);
    ids.forEach((id) => host.offered.add(id));
    return { data: ids };
  }

  function save(reportId, body) {
    const text = JSON.stringify(body);
    const known = host.saved.get(reportId);
    if (known && known.text !== text) world.violation(`${reportId} was sent as ${known.text} and as ${text}`);
    if (body.openId !== OPEN_ID) world.violation(`a report without its openId: ${text}`);
    if (!known) {
      host.saved.set(reportId, { text, body });
      host.savings.push(reportId);
    }
  }

  const failing = ({ answer, fail, refuse, never }) => [
    [5, 'fails', () => lately(() => fail({ errMsg: 'request:fail net::ERR_FAILED', errno: 600003 }))],
    [4, 'answers 503', () => lately(() => refuse(503))],
    [1, 'answers 429 at once', () => refuse(429)],
    [3, 'stays silent', never],
    [2, 'throws anything', () => {
      throw hostile();
    }],
    [2, 'fails with anything', () => lately(() => fail(hostile()))],
    [1, 'fails too late', () => tooLate(() => fail({ errMsg: 'request:fail' }))],
    [2, 'rejects a promise', () => Promise.reject(hostile())],
    [2, 'answers twice', () => {
      lately(answer);
      lately(answer);
    }],
    [2, 'answers and fails', () => {
      answer();
      fail({ errMsg: 'request:fail' });
    }],
    [1, 'answers and throws', () => {
      answer();
      boom();
    }],
    [2, 'answers too late', () => tooLate(answer)],
  ];

  function find(busNo, { answer, fail, refuse }) {
    count(host.finds, busNo);
    const answerWith = (data) => answer(data);
    return behave(`find ${busNo}`, [
      [50, 'offers', () => lately(() => answerWith(offer(busNo)))],
      [12, 'offers at once', () => answerWith(offer(busNo))],
      [4, 'offers nothing', () => lately(() => answerWith({ data: [] }))],
      [2, 'answers 404', () => lately(() => refuse(404))],
      [4, 'answers anything', () => lately(() => answerWith(hostile()))],
      [3, 'offers anything but texts', () => {
        lately(() => answerWith({ data: [hostile()].filter((id) => typeof id !== 'string') }));
      }],
      [1, 'resolves a promise with anything', () => Promise.resolve(hostile())],
      ...failing({ answer: () => answerWith(offer(busNo)), fail, refuse, never() {} }),
    ]);
  }

  function report(reportId, body, { answer, fail, refuse }) {
    const saveAndAnswer = () => {
      save(reportId, body);
      answer({});
    };
    return behave(`report ${body.extraVariableMap.n}`, [
      [50, 'is saved', () => {
        save(reportId, body);
        lately(() => answer({}));
      }],
      [10, 'is saved at once', saveAndAnswer],
      [4, 'is saved, the answer lost', () => save(reportId, body)],
      [4, 'is saved, and answers 500', () => {
        save(reportId, body);
        lately(() => refuse(500));
      }],
      [3, 'is refused', () => lately(() => refuse(422))],
      // For an own function, any fulfilled value is an answer.
      [1, 'is saved, and resolves a promise with anything', () => {
        save(reportId, body);
        return Promise.resolve(hostile());
      }],
      ...failing({ answer: saveAndAnswer, fail, refuse, never() {} }),
    ]);
  }

  // -------------------------------------------------------------------------
  // The popup

  function ask(options) {
    const { tmplIds } = options;
    const [busNo] = String(tmplIds[0]).split('/');
    count(host.popups, busNo);
    if (!Array.isArray(tmplIds) || tmplIds.length < 1 || tmplIds.length > host.maxTemplates
      || new Set(tmplIds).size !== tmplIds.length || !tmplIds.every((id) => host.offered.has(id))) {
      world.violation(`a popup for ${JSON.stringify(tmplIds)}`);
    }
    if (host.popup) {
      if (!host.popup.excused) world.violation('two popups at once');
      lately(() => call(options.fail, { errMsg: `requestSubscribeMessage:fail ${TEXTS[1]}` }));
      return undefined;
    }
    const popup = { excused: false };
    host.popup = popup;
    const close = () => {
      if (host.popup === popup) host.popup = null;
    };
    const end = (name, result) => {
      close();
      call(options[name], result);
    };
    const { dice } = world;
    const chosen = () => {
      const answer = { errMsg: 'requestSubscribeMessage:ok' };
      tmplIds.forEach((id) => {
        if (!dice.chance(0.05)) answer[id] = world.calm ? 'accept' : dice.among(WORDS);
      });
      return answer;
    };
    const answer = chosen();
    const slowly = (work) => void world.clock.setTimeout(work, dice.below(3_000));
    const success = () => end('success', answer);
    const failure = () => {
      const errCode = dice.among(FAILURES);
      return dice.chance(0.5) ? { errCode, errMsg: 'requestSubscribeMessage:fail' } : {
        errMsg: `requestSubscribeMessage:fail ${dice.among(TEXTS)}`,
      };
    };
    return behave(`popup ${tmplIds}`, [
      [50, 'is answered', () => slowly(success)],
      [12, 'is answered at once', success],
      [8, 'fails', () => {
        const result = failure();
        lately(() => end('fail', result));
      }],
      [3, 'fails at once', () => end('fail', failure())],
      [3, 'throws anything', () => {
        close();
        throw hostile();
      }],
      [2, 'stays silent', () => {}],
      [3, 'is answered with anything', () => slowly(() => end('success', hostile()))],
      [2, 'fails with anything', () => slowly(() => end('fail', hostile()))],
      [3, 'is answered twice', () => {
        slowly(success);
        slowly(success);
      }],
      [2, 'is answered and fails', () => slowly(() => {
        success();
        end('fail', { errMsg: 'requestSubscribeMessage:fail' });
      })],
      [2, 'is answered and throws', () => {
        success();
        boom();
      }],
      [1, 'is answered much later', () => void world.clock.setTimeout(success, 60_000)],
      [2, 'resolves a promise', () => {
        close();
        return Promise.resolve(answer);
      }],
      [2, 'rejects a promise', () => {
        close();
        return Promise.reject(hostile());
      }],
    ]);
  }

  // -------------------------------------------------------------------------
  // The whole

  function troubled(kind) {
    if (world.calm || host.mode === 'fine') return false;
    host.behaviours += 1;
    return world.dice.chance(STORAGE_MODES[host.mode][kind]);
  }
  const listen = (name) => (listener) => listeners[name].push(listener);

  host.wx = {
    request(options) {
      const callbacks = {
        answer: (data) => call(options.success, { statusCode: 200, data }),
        refuse: (statusCode) => call(options.success, { statusCode, data: '' }),
        fail: (result) => call(options.fail, result),
      };
      const data = JSON.parse(JSON.stringify(options.data));
      return options.url.endsWith('/findCustomerPopTemplate')
        ? find(data.busNo, callbacks)
        : report(options.header['Idempotency-Key'], data, callbacks);
    },
    requestSubscribeMessage: ask,
    getStorageSync(key) {
      if (troubled('read')) throw new Error('getStorageSync:fail');
      return cells.has(key) ? JSON.parse(cells.get(key)) : '';
    },
    setStorageSync(key, data) {
      if (troubled('write')) throw new Error('setStorageSync:fail');
      if (!troubled('forget')) cells.set(key, JSON.stringify(data));
    },
    getSetting: ({ success, fail }) => behave('getSetting', [
      [5, 'answers', () => lately(() => call(success, { subscriptionsSetting: { mainSwitch: true } }))],
      [2, 'answers anything', () => lately(() => call(success, hostile()))],
      [1, 'fails', () => call(fail, hostile())],
      [1, 'stays silent', () => {}],
    ]),
    onAppShow: listen('AppShow'),
    onNetworkStatusChange: listen('NetworkStatusChange'),
    offAppShow() {},
    offNetworkStatusChange() {},
  };

  /** The application's own functions, with the same random behaviour. */
  const promised = (work) => {
    let settle;
    let isPlain = false;
    let plain;
    const promise = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    promise.catch(() => {});
    const returned = work({
      answer(result) {
        plain = result;
        isPlain = true;
        settle.resolve(result);
      },
      refuse: (statusCode) => settle.reject({ statusCode }),
      fail: (reason) => settle.reject(reason),
    });
    if (returned) return returned;
    return isPlain ? plain : promise;
  };
  host.own = {
    findCustomerPopTemplate: ({ busNo }) => promised((callbacks) => find(busNo, callbacks)),
    popSubscribeResult: (body, { reportId }) =>
      promised((callbacks) => report(reportId, JSON.parse(JSON.stringify(body)), callbacks)),
  };

  /** Tells the listeners of `AppShow` or `NetworkStatusChange`. */
  host.emit = (name, detail) => listeners[name].forEach((listener) => call(listener, detail));
  /** A kill: removes all listeners, timers and popups. */
  host.kill = () => {
    Object.values(listeners).forEach((all) => all.splice(0));
    world.clock.clear();
    host.popup = null;
  };
  /** The outbox in storage, as a string. */
  host.stored = () => cells.get(OUTBOX) || '';
  host.damage = () => {
    const before = host.stored();
    cells.set(OUTBOX, JSON.stringify(world.dice.among(['{', 'null', '[]', '{"version":1}', ''])));
    return before;
  };
  return host;
}

exports.STORAGE_MODES = STORAGE_MODES;
exports.TIMEOUT_MS = TIMEOUT_MS;
exports.createRandomHost = createRandomHost;
