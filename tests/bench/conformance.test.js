// The hand-written flow does what the SDK does: in each case both run the same
// script over the fake `wx`, and must give the same outcomes, events, popups
// and requests. Otherwise comparing their speed and size would prove nothing.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const { createAppClock } = require('../js/support/app-clock.js');
const { answerWith, createFakeWx, createFakeWXWebAssembly } = require('../js/support/fake-wx.js');

const DIST = path.join(__dirname, '../../js-glue/miniprogram_dist');
const CONTESTANTS = {
  SDK: path.join(DIST, 'index.js'),
  'hand-written': path.join(__dirname, 'hand-written.js'),
};
const BASE_URL = 'https://shop.example.com/api';
const OPEN_ID = 'openid-of-the-user';
const [REPORTS, TEMPLATES] = ['popSubscribeResult', 'findCustomerPopTemplate'];

const OK = { json: {} };
const DOWN = { errMsg: 'net::ERR_INTERNET_DISCONNECTED', errno: 600001 };
const status = (statusCode) => ({ statusCode, json: {} });
const offering = (...ids) => ({ json: { data: ids } });
const saying =
  (...words) =>
  (ids) =>
    Object.fromEntries(ids.map((id, at) => [id, words[at]]));
const failing = (errCode, errMsg) => () => ({ errCode, errMsg });
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

/** Longer than pending work takes, shorter than any wait before a retry. */
const REST_MS = 50;

/** The module of a new launch, over the globals of `world`. */
function launch(file, world) {
  Object.assign(globalThis, world);
  delete require.cache[file];
  return require(file);
}

/** Advances the clock, except while something runs that is not on it. */
function letTimePass(clock) {
  let isOver = false;
  let isStill = false;
  const passed = (async () => {
    while (!isOver) await clock.pass(isStill ? 0 : 1);
  })();
  return {
    async stillFor(work) {
      isStill = true;
      try {
        return await work();
      } finally {
        isStill = false;
      }
    },
    async wait(ms) {
      const end = clock.now() + ms;
      while (clock.now() < end) await new Promise(setImmediate);
    },
    end() {
      isOver = true;
      return passed;
    },
  };
}

/** Runs a script with one contestant and records everything observable. */
async function trace(file, clock, steps) {
  const {
    offers = offering('a', 'b'),
    answers = {},
    config = {},
    storage = {},
    fake: platform,
    script,
  } = steps;
  const time = letTimePass(clock);
  const timers = clock.timers();
  const back = { [TEMPLATES]: offers, [REPORTS]: OK, ...answers };
  const notes = [];
  const reportIds = [];

  /** A copy with report ids replaced by `report-n`, and without random values and wordings. */
  const plain = (value) => {
    const text = JSON.stringify(value, (key, member) => {
      if (key === 'message')
        return typeof member === 'string' && !member.includes(OPEN_ID) && member.length > 9;
      // The wait is random, between half of its length and the whole.
      if (key === 'retryInMs') return Math.floor(Math.log2(member / 1000));
      return member;
    });
    if (text === undefined) return undefined;
    return JSON.parse(
      reportIds.reduce((all, id, at) => all.replaceAll(id, `report-${at + 1}`), text),
    );
  };
  const note = (what, value) => notes.push([what, plain(value)]);
  const onEvent = (event) => {
    if (event.reportId && !reportIds.includes(event.reportId)) reportIds.push(event.reportId);
    note('event', event);
  };

  const cells = { openId: JSON.stringify(OPEN_ID), ...storage };
  const app = { note };
  app.start = async (changed = {}) => {
    if (app.fake) app.fake.close();
    app.fake = createFakeWx({
      storage: cells,
      transport: answerWith(({ url, header, json }) => {
        const name = url.slice(url.lastIndexOf('/') + 1);
        note('request', { url, header, json });
        return typeof back[name] === 'function' ? back[name](json) : back[name];
      }),
      autoAnswer: saying('accept', 'reject'),
      ...timers.functions,
      ...platform,
    });
    const { requestSubscribeMessage } = app.fake.wx;
    if (requestSubscribeMessage) {
      app.fake.wx.requestSubscribeMessage = (options) => {
        note('popup', options.tmplIds);
        return requestSubscribeMessage(options);
      };
    }
    app.sdk = launch(file, {
      wx: app.fake.wx,
      WXWebAssembly: createFakeWXWebAssembly({
        WebAssembly,
        readFile: (name) => fs.readFileSync(path.join(DIST, path.basename(name))),
      }),
      ...timers.functions,
    });
    app.setup = (own) =>
      time.stillFor(() => app.sdk.setup({ baseUrl: BASE_URL, onEvent, ...config, ...own }));
    if (changed !== null) await app.setup(changed);
  };
  /** Another copy of the contestant in the same app, as a subpackage may contain one. */
  app.copy = async () => {
    const sdk = launch(file, {});
    await time.stillFor(() => sdk.setup({ baseUrl: BASE_URL, onEvent, ...config }));
    return sdk;
  };
  app.answers = (changed) => Object.assign(back, changed);
  app.tap = (type = 1, busNo = 'order-1', extra) =>
    app.fake.tap(() => app.sdk.asyncSubscribeMessage(type, busNo, extra));
  /** Taps, waits for the outcome and notes it. */
  app.subscribe = async (...given) => {
    note('outcome', await app.tap(...given));
    await app.rest();
  };
  app.prefetch = async (...given) => note('prefetched', await app.sdk.prefetchTemplates(...given));
  app.flush = async () => note('flushed', await app.sdk.flushReports());
  /** Waits until pending work has ended. */
  app.rest = () => time.wait(REST_MS);

  try {
    if (!script.startsItself) await app.start();
    await script(app);
    await app.rest();
  } finally {
    await time.end();
    app.fake.close();
    timers.stopAll();
    Object.assign(globalThis, { setTimeout: realSetTimeout, clearTimeout: realClearTimeout });
    delete globalThis.wx;
    delete globalThis.WXWebAssembly;
  }
  return notes;
}

const onItsOwn = (script) => Object.assign(script, { startsItself: true });
const tapOnce = (app) => app.subscribe();

/** title → the input of the script, and the minimum that must be observed: no case may pass by doing nothing. */
const CASES = {
  'a prefetched tap is answered and reported': {
    sees: ['prefetched', 'popup', 'outcome', 'request'],
    async script(app) {
      await app.prefetch(1, 'order-1');
      await app.subscribe(1, 'order-1', { price: '129.00', list: [1, null, { 备注: '到货' }] });
      await app.flush();
    },
  },
  'a tap without a prefetch asks first': { sees: ['popup', 'outcome'], script: tapOnce },
  'every trigger has its name': {
    sees: ['outcome'],
    async script(app) {
      for (let type = 0; type <= 10; type += 1) await app.subscribe(type, `order-${type}`);
    },
  },
  'an application adds and renames triggers': {
    config: { triggers: { 1: '加购', 42: '到货提醒' } },
    sees: ['outcome'],
    async script(app) {
      for (const type of [1, 2, 42, 43]) await app.subscribe(type);
    },
  },
  'arguments are checked': {
    sees: ['outcome'],
    async script(app) {
      const cyclic = {};
      cyclic.self = cyclic;
      for (const type of ['1', 1.5, -1, NaN, null, undefined, {}, 2 ** 32 + 1])
        await app.subscribe(type);
      for (const busNo of ['', 7, null, undefined, []]) await app.subscribe(1, busNo);
      for (const extra of [
        [],
        () => {},
        'text',
        7,
        cyclic,
        { big: 1n },
        { toJSON: () => 'text' },
      ]) {
        await app.subscribe(1, 'order-1', extra);
      }
      for (const extra of [null, undefined, {}, new Date(0)])
        await app.subscribe(1, 'order-1', extra);
      await app.prefetch(99, 'order-1');
      await app.prefetch(1, '');
    },
  },
  'what the page changes after the tap is not reported': {
    sees: ['request'],
    async script(app) {
      const extra = { price: '1.00' };
      const outcome = app.tap(1, 'order-1', extra);
      extra.price = '2.00';
      app.note('outcome', await outcome);
      await app.rest();
    },
  },
  'answers are sorted word by word': {
    offers: offering('a', 'b', 'c', 'd', 'e', '__proto__'),
    config: { maxTemplates: 9 },
    fake: {
      maxTemplates: 9,
      autoAnswer: saying('acceptWithAudio', 'reject', 'ban', 'filter', 'later', 'accept'),
    },
    sees: ['outcome'],
    script: tapOnce,
  },
  'what is beyond the limit is asked at the next tap': {
    offers: offering('a', 'b', 'c', 'd', 'e'),
    config: { maxTemplates: 2 },
    sees: ['popup', 'outcome'],
    async script(app) {
      for (let n = 0; n < 4; n += 1) await app.subscribe();
    },
  },
  'an answer with nothing to report': {
    fake: { autoAnswer: saying('ban', 'filter') },
    sees: ['outcome'],
    script: tapOnce,
  },
  'nothing to ask': { offers: offering(), sees: ['outcome'], script: tapOnce },
  'a repeated id is asked once': {
    offers: offering('a', 'b', 'a'),
    sees: ['popup'],
    script: tapOnce,
  },
  ...Object.fromEntries(
    [
      ['a list in a text', { body: '"[]"' }],
      ['no JSON', { body: '<html>' }],
      ['no list', { json: { data: { length: 1, 0: 'a' } } }],
      ['an empty id', offering('a', '', null)],
      ['empty ids alone', offering('', null)],
      ['JSON text with a byte order mark', { body: '\ufeff{"data":["a"]}' }],
      ['a number', { json: { data: ['a', 7] } }],
      ['500', status(500)],
      ['404', status(404)],
      ['429', status(429)],
      ['no network', DOWN],
      ['a time-out', { errMsg: 'timeout', errno: 5 }],
      ['the openId in its text', { errMsg: `no such user: ${OPEN_ID}` }],
    ].map(([what, offers]) => [
      `templates: the back end answers with ${what}`,
      {
        offers,
        sees: ['outcome', 'event'],
        async script(app) {
          await app.prefetch(1, 'order-1');
          await app.subscribe();
        },
      },
    ]),
  ),
  'templates: no answer in time': {
    offers: () => undefined,
    config: { requestTimeoutMs: 25 },
    sees: ['outcome', 'event'],
    script: tapOnce,
  },
  ...Object.fromEntries(
    [
      ...[10001, 10002, 10003, 10004, 10005, 20001, 20002, 20003, 20004, 20005, 20013, 99999].map(
        (code) => [code, ''],
      ),
      [0, 'cancel'],
      [undefined, 'can only be invoked by user TAP gesture.'],
      [undefined, 'Main Switch is switched off'],
      [undefined, '暂不支持'],
      [undefined, 'last call has not ended'],
      [undefined, `what about ${OPEN_ID}?`],
      [undefined, ''],
    ].map(([errCode, errMsg]) => [
      `popup: fails with ${errCode} ${errMsg}`,
      {
        fake: { autoAnswer: failing(errCode, errMsg) },
        sees: ['popup', 'outcome', 'event'],
        script: tapOnce,
      },
    ]),
  ),
  'popup: the client takes fewer templates, now and at the next launch': {
    offers: offering('a', 'b', 'c', 'd', 'e'),
    config: { maxTemplates: 5 },
    fake: { maxTemplates: 2 },
    sees: ['popup', 'outcome'],
    async script(app) {
      for (let n = 0; n < 3; n += 1) await app.subscribe();
      await app.start();
      await app.subscribe();
    },
  },
  'popup: outside a tap': {
    sees: ['outcome'],
    async script(app) {
      await app.prefetch(1, 'order-1');
      await app.rest();
      app.note('outcome', await app.sdk.asyncSubscribeMessage(1, 'order-1'));
    },
  },
  'popup: the client lacks it': {
    fake: { without: ['requestSubscribeMessage'] },
    sees: ['outcome'],
    script: tapOnce,
  },
  'popup: one at a time': {
    fake: { autoAnswer: null },
    sees: ['outcome'],
    async script(app) {
      await app.prefetch(1, 'order-1');
      const first = app.tap(1, 'order-1');
      app.note('outcome', await app.tap(1, 'order-1'));
      app.note('outcome', await app.tap(2, 'order-2'));
      (await app.fake.nextPopup()).rejectAll();
      app.note('outcome', await first);
    },
  },
  'popup: silent after the background': {
    config: { popupGraceMs: 20 },
    fake: { autoAnswer: null },
    sees: ['outcome'],
    async script(app) {
      const outcome = app.tap();
      const popup = await app.fake.nextPopup();
      app.fake.emit('appHide');
      app.fake.emit('appShow', {});
      app.note('outcome', await outcome);
      popup.acceptAll();
      await app.rest();
    },
  },
  'own functions: plain, promised, rejected, thrown': {
    config: { baseUrl: undefined },
    sees: ['outcome', 'own'],
    script: onItsOwn(async (app) => {
      const finds = [
        () => ({ data: ['a'] }),
        () => Promise.resolve({ data: ['a'] }),
        () => Promise.reject(Object.assign(new Error('x'), { response: { status: 403 } })),
        () => Promise.reject(new Error('request timed out')),
        () => {
          throw { statusCode: 503 };
        },
        () => null,
      ];
      const reports = [
        () => null,
        () => Promise.reject({ status: 400 }),
        () => Promise.reject('no luck'),
      ];
      let at = 0;
      await app.start({
        findCustomerPopTemplate(query) {
          app.note('own', query);
          return finds[at % finds.length]();
        },
        popSubscribeResult(result, context) {
          app.note('own', [result, context]);
          return reports[at % reports.length]();
        },
      });
      for (; at < finds.length; at += 1) await app.subscribe(1, `order-${at}`);
    }),
  },
  'headers: given, asked for, thrown': {
    sees: ['request', 'outcome'],
    async script(app) {
      await app.setup({
        header: { token: 't-1', 'content-type': 'application/json; charset=utf-8' },
      });
      await app.subscribe();
      await app.setup({ header: () => ({ token: 't-2' }) });
      await app.subscribe();
      await app.setup({
        header() {
          throw new Error('no token');
        },
      });
      await app.subscribe();
    },
  },
  'reports: put off, then sent in order under the same keys': {
    answers: { [REPORTS]: status(503) },
    sees: ['request', 'flushed'],
    async script(app) {
      for (const busNo of ['order-1', 'order-2', 'order-3']) await app.subscribe(1, busNo);
      await app.flush();
      app.answers({ [REPORTS]: OK });
      await app.flush();
      await app.flush();
    },
  },
  'reports: left to the next launch': {
    answers: { [REPORTS]: DOWN },
    sees: ['request', 'flushed'],
    async script(app) {
      await app.subscribe(1, 'order-1');
      await app.subscribe(2, 'order-2');
      app.answers({ [REPORTS]: OK });
      await app.start();
      await app.rest();
      await app.flush();
    },
  },
  'reports: two copies in one app share the outbox': {
    answers: { [REPORTS]: DOWN },
    sees: ['request', 'flushed'],
    async script(app) {
      await app.subscribe(1, 'order-1');
      const other = await app.copy();
      await app.fake.tap(() => other.asyncSubscribeMessage(1, 'order-2'));
      await app.subscribe(1, 'order-3');
      app.answers({ [REPORTS]: OK });
      await app.flush();
      app.note('flushed', await other.flushReports());
    },
  },
  'reports: sent once the network is back': {
    answers: { [REPORTS]: DOWN },
    sees: ['request', 'flushed'],
    async script(app) {
      await app.subscribe();
      app.answers({ [REPORTS]: OK });
      app.fake.emit('networkStatusChange', { isConnected: true });
      await app.rest();
      await app.flush();
    },
  },
  'reports: refused for good': {
    answers: { [REPORTS]: status(400) },
    sees: ['event'],
    script: tapOnce,
  },
  'reports: the openId comes later': {
    storage: { openId: JSON.stringify('') },
    sees: ['flushed', 'request'],
    async script(app) {
      await app.subscribe();
      await app.flush();
      app.fake.wx.setStorageSync('openId', OPEN_ID);
      await app.flush();
    },
  },
  'reports: the oldest make room, by number and by bytes': {
    answers: { [REPORTS]: DOWN },
    sees: ['event'],
    async script(app) {
      await app.setup({ outboxMaxReports: 2 });
      for (const busNo of ['order-1', 'order-2', 'order-3']) await app.subscribe(1, busNo);
      await app.setup({ outboxMaxBytes: 400 });
      await app.subscribe(1, 'order-4', { 备注: '到货'.repeat(40) });
    },
  },
  'reports: storage refuses them': {
    fake: { storageLimit: 60 },
    sees: ['outcome', 'request'],
    script: tapOnce,
  },
  'reports: storage holds something else': {
    storage: { 'wx-subscribe:outbox': JSON.stringify('{ not JSON') },
    sees: ['event', 'outcome'],
    script: tapOnce,
  },
  'reports: another launch left some, not all of them readable': {
    storage: {
      'wx-subscribe:outbox': JSON.stringify(
        JSON.stringify({
          version: 1,
          reports: [
            { id: 'report-of-old', body: { busNo: 'order-0', openId: OPEN_ID } },
            { id: '' },
            7,
            null,
          ],
          done: [],
        }),
      ),
    },
    sees: ['event', 'request', 'flushed'],
    async script(app) {
      await app.rest();
      await app.flush();
    },
  },
  'settings: read and opened': {
    fake: { itemSettings: { a: 'accept', b: 'reject' } },
    sees: ['settings'],
    async script(app) {
      app.note('settings', await app.sdk.getSubscriptionSettings());
      app.note('settings', await app.fake.tap(() => app.sdk.openSubscriptionSettings()));
      await app.rest();
      app.note('settings', await app.sdk.openSubscriptionSettings());
    },
  },
  'settings: silent after the background': {
    config: { popupGraceMs: 20 },
    sees: ['settings'],
    async script(app) {
      app.fake.wx.openSetting = () => {};
      const opened = app.sdk.openSubscriptionSettings();
      app.fake.emit('appHide');
      app.fake.emit('appShow', {});
      app.note('settings', await opened);
    },
  },
  'before setup, every call says so': {
    sees: ['outcome'],
    script: onItsOwn(async (app) => {
      await app.start(null);
      app.note('outcome', await app.sdk.asyncSubscribeMessage(1, 'order-1'));
      app.note('prefetched', await app.sdk.prefetchTemplates(1, 'order-1'));
    }),
  },
  'a wrong configuration is refused, and the one before stays at work': {
    sees: ['refused', 'outcome'],
    async script(app) {
      const wrong = [
        ...[7, 'shop.example.com', '', undefined].map((baseUrl) => ({ baseUrl })),
        ...['findCustomerPopTemplate', 'popSubscribeResult', 'onEvent'].map((key) => ({
          [key]: 'x',
        })),
        { header: 7 },
        ...['', 7].map((openId) => ({ openId })),
        ...[[], { x: '名' }, { 1: '' }].map((triggers) => ({ triggers })),
        ...[0, NaN, '3'].map((maxTemplates) => ({ maxTemplates })),
        { templateTtlMs: -1 },
        ...['requestTimeoutMs', 'popupGraceMs', 'outboxMaxReports', 'outboxMaxBytes'].map(
          (key) => ({ [key]: 0 }),
        ),
      ];
      for (const own of wrong) {
        const error = await app.setup(own).then(
          () => assert.fail(`${JSON.stringify(own)} is taken`),
          (reason) => reason,
        );
        app.note('refused', {
          kind: error.kind,
          code: error.code,
          retryable: error.retryable,
          own,
        });
      }
      await app.subscribe();
    },
  },
};

for (const [title, { sees, ...steps }] of Object.entries(CASES)) {
  test(title, async (t) => {
    const clock = createAppClock(t);
    const expected = await trace(CONTESTANTS.SDK, clock, steps);
    const seen = new Set(expected.map(([what]) => what));
    sees.forEach((what) =>
      assert.ok(seen.has(what), `the SDK shows no ${what}: ${JSON.stringify(expected)}`),
    );
    const actual = await trace(CONTESTANTS['hand-written'], clock, steps);
    // The number of promises that an outcome passes through is not part of the contract.
    const isOutcome = ([what]) => what === 'outcome';
    const isOther = ([what]) => what !== 'outcome';
    assert.deepEqual(actual.filter(isOutcome), expected.filter(isOutcome));
    assert.deepEqual(actual.filter(isOther), expected.filter(isOther));
  });
}
