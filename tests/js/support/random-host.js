// A host and a back end that do what dice say, and remember what they did.
'use strict';

const { OPEN_ID } = require('./contract.js');
const { NAMES, boom, value } = require('./hostile.js');
const { OUTBOX, REPORT, isOutboxKey } = require('./outbox.js');

const TIMEOUT_MS = 1_000;
/** How long the SDK itself answers busy; from then on the host is asked. */
const BUSY_MS = 10_000;

const FAILURES = [10001, 10002, 10003, 10004, 10005, 20001, 20002, 20003, 20004, 20005, 20013];
const TEXTS = [
  'can only be invoked by user TAP gesture.',
  'last call has not ended',
  'cancel',
  '不知道',
  '',
];
const WORDS = [
  'accept',
  'accept',
  'accept',
  'reject',
  'reject',
  'ban',
  'filter',
  'acceptWithAudio',
  'something',
  '',
];

/** Who signs in. The one's openId begins with the other's, so that a leak of either is seen. */
const USERS = [OPEN_ID, `${OPEN_ID}-too`];

/** Statuses that refuse a report for good, and others that do not. */
const REFUSALS = [400, 410, 413, 414, 415, 422];
const KEPT = [
  301, 302, 401, 403, 404, 405, 407, 408, 409, 411, 419, 423, 425, 428, 429, 451, 500, 502, 503,
  504, 599,
];

/** How likely storage refuses to be read, to be written, or forgets what is written and does not say so. */
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
  const listeners = { AppShow: [], AppHide: [], NetworkStatusChange: [] };
  const host = {
    cells,
    mode: 'fine',
    /** Who is signed in. */
    user: OPEN_ID,
    /** Whether the application wraps what `wx` answers by callbacks into promises, which are fulfilled early. */
    wraps: false,
    /** Whether the application gives headers. */
    givesHeaders: false,
    /** Whether the application signs the user in again. */
    signsIn: false,
    /** How many templates the client takes at once. */
    maxTemplates: 3,
    popup: null,
    /** How often each was asked for, by busNo. */
    finds: new Map(),
    popups: new Map(),
    /** How often the back end did not know who asked for templates, by busNo. */
    strangers: new Map(),
    offered: new Set(),
    /** Report id → what was saved first; and each saving, in order. */
    saved: new Map(),
    /** The ids of the reports that the back end refused. */
    refused: new Set(),
    /** Report id → how often the back end said that it is being processed. */
    conflicts: new Map(),
    /** Whether a report was saved without its openId, and an outdated copy of it may have come back. */
    isNobodys: () => true,
    /** Told of each attempt to send a report. */
    onAttempt() {},
    behaviours: 0,
    pending: 0,
  };
  const dice = () => world.dice;
  const count = (counts, key) => counts.set(key, (counts.get(key) || 0) + 1);
  const lately = (work) => void world.clock.setTimeout(work, world.dice.below(60));
  const tooLate = (work) => void world.clock.setTimeout(work, TIMEOUT_MS * 3);
  /** Anything; what quotes an openId quotes that of the user who is signed in. */
  function hostile() {
    const name = world.dice.among(NAMES);
    if (!/quotes/.test(name)) return value(name);
    const quote = `cannot save ${host.user}`;
    return /Error/.test(name) ? Object.assign(new Error(quote), { errMsg: quote }) : quote;
  }

  /** Does one of `behaviours`, `[weight, name, work]`; the first of them once all is calm. */
  function behave(what, behaviours) {
    host.behaviours += 1;
    const [, name, work] = world.calm ? behaviours[0] : world.dice.weighted(behaviours);
    world.note(`${what} ${name}`);
    return work();
  }

  /** Calls back, and notes what that throws, which is nothing. */
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
    const ids = Array.from({ length: 1 + dice().below(6) }, () => `${busNo}/${dice().below(8)}`);
    ids.forEach((id) => host.offered.add(id));
    return { data: ids };
  }

  function save(reportId, body) {
    const isNobodys = host.isNobodys(reportId);
    const text = JSON.stringify(isNobodys ? { ...body, openId: undefined } : body);
    const known = host.saved.get(reportId);
    if (known && known.text !== text)
      world.violation(`${reportId} was sent as ${known.text} and as ${text}`);
    if (!USERS.includes(body.openId)) world.violation(`a report without its openId: ${text}`);
    if (!known) host.saved.set(reportId, { text, body });
  }

  const failing = ({ answer, fail, refuse, never }) => [
    [
      5,
      'fails',
      () => lately(() => fail({ errMsg: 'request:fail net::ERR_FAILED', errno: 600003 })),
    ],
    [4, 'answers 503', () => lately(() => refuse(503))],
    [1, 'answers 429 at once', () => refuse(429)],
    [3, 'stays silent', never],
    [
      2,
      'throws anything',
      () => {
        throw hostile();
      },
    ],
    [2, 'fails with anything', () => lately(() => fail(hostile()))],
    [1, 'fails too late', () => tooLate(() => fail({ errMsg: 'request:fail' }))],
    [2, 'rejects a promise', () => Promise.reject(hostile())],
    [
      2,
      'answers twice',
      () => {
        lately(answer);
        lately(answer);
      },
    ],
    [
      2,
      'answers and fails',
      () => {
        answer();
        fail({ errMsg: 'request:fail' });
      },
    ],
    [
      1,
      'answers and throws',
      () => {
        answer();
        boom();
      },
    ],
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
      [
        2,
        'knows nobody',
        () => {
          if (host.signsIn) count(host.strangers, busNo);
          lately(() => refuse(dice().among([401, 403])));
        },
      ],
      [4, 'answers anything', () => lately(() => answerWith(hostile()))],
      [
        3,
        'offers anything but texts',
        () => {
          lately(() => answerWith({ data: [hostile()].filter((id) => typeof id !== 'string') }));
        },
      ],
      [1, 'resolves a promise with anything', () => Promise.resolve(hostile())],
      ...failing({ answer: () => answerWith(offer(busNo)), fail, refuse, never() {} }),
    ]);
  }

  function report(reportId, body, { answer, fail, refuse }) {
    host.onAttempt(reportId, body);
    const saveAndAnswer = () => {
      save(reportId, body);
      answer({});
    };
    return behave(`report ${body.extraVariableMap.n}`, [
      [
        50,
        'is saved',
        () => {
          save(reportId, body);
          lately(() => answer({}));
        },
      ],
      [10, 'is saved at once', saveAndAnswer],
      [4, 'is saved, the answer lost', () => save(reportId, body)],
      [
        4,
        'is saved, and answers 500',
        () => {
          save(reportId, body);
          lately(() => refuse(500));
        },
      ],
      [
        3,
        'is refused',
        () => {
          host.refused.add(reportId);
          const status = dice().among(REFUSALS);
          lately(() => refuse(status));
        },
      ],
      [
        8,
        'is not taken now',
        () => {
          const status = dice().among(KEPT);
          if (status === 409) count(host.conflicts, reportId);
          lately(() => refuse(status));
        },
      ],
      [
        2,
        'is answered with a page',
        () => {
          const space = dice().among(['', '\ufeff', '\r\n\r\n', ' '.repeat(500)]);
          lately(() => answer(`${space}<!DOCTYPE html><html></html>`));
        },
      ],
      [
        3,
        'is met by the page of a gateway',
        () => {
          const status = dice().among([...REFUSALS, 409, 403, 502]);
          lately(() => refuse(status, '<!DOCTYPE html><html></html>'));
        },
      ],
      [3, 'is of nobody known', () => lately(() => refuse(dice().among([401, 403])))],
      // For an own function, whatever it resolves with is an answer.
      [
        1,
        'is saved, and resolves a promise with anything',
        () => {
          save(reportId, body);
          return Promise.resolve(hostile());
        },
      ],
      ...failing({ answer: saveAndAnswer, fail, refuse, never() {} }),
    ]);
  }

  // -------------------------------------------------------------------------
  // The popup

  function ask(options) {
    const { tmplIds } = options;
    const [busNo] = String(tmplIds[0]).split('/');
    count(host.popups, busNo);
    if (
      !Array.isArray(tmplIds) ||
      tmplIds.length < 1 ||
      tmplIds.length > host.maxTemplates ||
      new Set(tmplIds).size !== tmplIds.length ||
      !tmplIds.every((id) => host.offered.has(id))
    ) {
      world.violation(`a popup for ${JSON.stringify(tmplIds)}`);
    }
    if (host.popup) {
      const age = world.clock.now() - host.popup.openedAt;
      // With a clock that was set back, the SDK leaves it to the host, and forgets the first popup over the second.
      if (age < 0) host.popup.excused = true;
      if (!host.popup.excused && age < BUSY_MS) world.violation('two popups at once');
      lately(() => call(options.fail, { errMsg: `requestSubscribeMessage:fail ${TEXTS[1]}` }));
      return undefined;
    }
    const popup = { excused: false, openedAt: world.clock.now() };
    host.popup = popup;
    const close = () => {
      if (host.popup === popup) host.popup = null;
    };
    const end = (name, result) => {
      close();
      call(options[name], result);
    };
    const chosen = () => {
      const answer = { errMsg: 'requestSubscribeMessage:ok' };
      tmplIds.forEach((id) => {
        if (!dice().chance(0.05)) answer[id] = world.calm ? 'accept' : dice().among(WORDS);
      });
      return answer;
    };
    const answer = chosen();
    const slowly = (work) => void world.clock.setTimeout(work, dice().below(3_000));
    const success = () => end('success', answer);
    const failure = () => {
      const errCode = dice().among(FAILURES);
      return dice().chance(0.5)
        ? { errCode, errMsg: 'requestSubscribeMessage:fail' }
        : {
            errMsg: `requestSubscribeMessage:fail ${dice().among(TEXTS)}`,
          };
    };
    return behave(`popup ${tmplIds}`, [
      [50, 'is answered', () => slowly(success)],
      [12, 'is answered at once', success],
      [
        8,
        'fails',
        () => {
          const result = failure();
          lately(() => end('fail', result));
        },
      ],
      [3, 'fails at once', () => end('fail', failure())],
      [
        3,
        'throws anything',
        () => {
          close();
          throw hostile();
        },
      ],
      [2, 'stays silent', () => {}],
      [3, 'is answered with anything', () => slowly(() => end('success', hostile()))],
      [2, 'fails with anything', () => slowly(() => end('fail', hostile()))],
      [
        3,
        'is answered twice',
        () => {
          slowly(success);
          slowly(success);
        },
      ],
      [
        2,
        'is answered and fails',
        () =>
          slowly(() => {
            success();
            end('fail', { errMsg: 'requestSubscribeMessage:fail' });
          }),
      ],
      [
        2,
        'is answered and throws',
        () => {
          success();
          boom();
        },
      ],
      [1, 'is answered much later', () => void world.clock.setTimeout(success, 60_000)],
      [
        2,
        'resolves a promise',
        () => {
          close();
          return Promise.resolve(answer);
        },
      ],
      [
        2,
        'rejects a promise',
        () => {
          close();
          return Promise.reject(hostile());
        },
      ],
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

  /** What must hold for the headers of a request. */
  function checkHeaders(header, isReport) {
    const names = Object.keys(header);
    const text = JSON.stringify(header);
    if (names.some((name) => typeof header[name] !== 'string'))
      world.violation(`headers of no strings: ${text}`);
    const lower = names.map((name) => name.toLowerCase());
    if (new Set(lower).size !== lower.length) world.violation(`a header twice: ${text}`);
    if (!lower.includes('content-type')) world.violation(`no content type: ${text}`);
    if (host.givesHeaders && !header.token && !header.visitor)
      world.violation(`without its headers: ${text}`);
    if (isReport && !/^[0-9a-z]{20,}$/.test(header['Idempotency-Key']))
      world.violation(`no key: ${text}`);
  }

  const wx = {
    request(options) {
      checkHeaders(options.header, options.url.endsWith('/popSubscribeResult'));
      const callbacks = {
        answer: (data) => call(options.success, { statusCode: 200, data }),
        refuse: (statusCode, data = '') => call(options.success, { statusCode, data }),
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
    getSetting: ({ success, fail }) =>
      behave('getSetting', [
        [
          5,
          'answers',
          () =>
            lately(() =>
              call(success, { subscriptionsSetting: { mainSwitch: true, itemSettings: kept() } }),
            ),
        ],
        [2, 'answers anything', () => lately(() => call(success, hostile()))],
        [1, 'fails', () => call(fail, hostile())],
        [1, 'stays silent', () => {}],
      ]),
    removeStorageSync(key) {
      if (troubled('write')) throw new Error('removeStorageSync:fail');
      if (!troubled('forget')) cells.delete(key);
    },
    getStorageInfoSync() {
      if (troubled('read')) throw new Error('getStorageInfoSync:fail');
      return { keys: [...cells.keys()], currentSize: 1, limitSize: 10_240 };
    },
    onAppShow: listen('AppShow'),
    onAppHide: listen('AppHide'),
    onNetworkStatusChange: listen('NetworkStatusChange'),
  };

  /** Some of the offered templates, each with a choice that the user keeps. */
  const kept = () =>
    Object.fromEntries(
      [...host.offered]
        .filter(() => world.dice.chance(0.3))
        .map((id) => [id, world.dice.among(['accept', 'reject', 'ban', ''])]),
    );

  /** As an application does that waits for something of its own first. */
  const wrapping = (name) => (options) => {
    if (!host.wraps) return wx[name](options);
    const { traps } = world;
    return Promise.resolve().then(() => {
      const result = wx[name](options);
      // The instance that asked for this popup is gone: the next one knows nothing of it.
      if (host.popup && world.traps !== traps) host.popup.excused = true;
      return result;
    });
  };
  host.wx = { ...wx };
  ['request', 'requestSubscribeMessage', 'getSetting'].forEach((name) => {
    host.wx[name] = wrapping(name);
  });

  /** What the application gives as headers. */
  host.header = () => {
    const given = { token: `of-${USERS.indexOf(host.user)}` };
    return behave('header', [
      [60, 'is given', () => given],
      [4, 'is promised', () => Promise.resolve(given)],
      [2, 'is promised in vain', () => Promise.reject(hostile())],
      [2, 'throws', boom],
      [2, 'is no record', () => world.dice.among([undefined, null, 'token', 42, ['token']])],
      [4, 'has a nonce', () => ({ ...given, nonce: String(world.dice.next()) })],
      [3, 'has a hole', () => ({ token: undefined, visitor: '1' })],
      [
        3,
        'has names of ours',
        () => ({ ...given, 'IDEMPOTENCY-key': 'theirs', 'Content-Type': 'text/plain' }),
      ],
    ]);
  };
  host.signIn = () =>
    behave('signIn', [
      [6, 'works', () => Promise.resolve()],
      [2, 'returns', () => {}],
      [2, 'is rejected', () => Promise.reject(hostile())],
      [1, 'throws', boom],
      [1, 'stays silent', () => new Promise(() => {})],
    ]);
  host.enter = (user) => {
    host.user = user;
    cells.set('openId', JSON.stringify(user));
  };
  /** Whether the SDK can know who is signed in. */
  host.tellsUser = () => world.calm || STORAGE_MODES[host.mode].read === 0;
  /** Whether it cannot know. */
  host.cannotTellUser = () => !world.calm && STORAGE_MODES[host.mode].read === 1;

  /** The application's own functions, over the same dice. */
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
      refuse: (status, data) =>
        dice().among([
          () => settle.reject({ statusCode: status, data }),
          () => settle.resolve({ status, data }),
        ])(),
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
  /** What a kill does: no listener, no timer and no popup outlives it. */
  host.kill = () => {
    Object.values(listeners).forEach((all) => all.splice(0));
    world.clock.clear();
    host.popup = null;
  };
  /** What the outbox in storage holds, as text. */
  host.stored = () =>
    [...cells]
      .filter(([key]) => isOutboxKey(key))
      .map(([, cell]) => cell)
      .join('\n');
  /** Damages the marker or a report. Returns the id of the report that is gone now, if it is. */
  host.damage = () => {
    const keys = [OUTBOX, ...[...cells.keys()].filter((key) => key.startsWith(REPORT))];
    const [key, value] = [
      world.dice.among(keys),
      world.dice.among(['{', 'null', '[]', '{"version":1}', '']),
    ];
    cells.set(key, JSON.stringify(value));
    return value ? '' : key.slice(REPORT.length);
  };
  return host;
}

exports.STORAGE_MODES = STORAGE_MODES;
exports.USERS = USERS;
exports.TIMEOUT_MS = TIMEOUT_MS;
exports.createRandomHost = createRandomHost;
