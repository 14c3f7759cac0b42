// No report blocks another, none is tried while the network is down, and "send
// now" is never forgotten.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, mockTimers, ownFunctions, pass } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };

/** A back end that answers the reports of these business numbers otherwise. */
const poisoned = (replies) => ({
  popSubscribeResult: ({ json }) => (json.busNo in replies ? replies[json.busNo] : { json: {} }),
});

const numbersOf = (app) => app.reports().map(({ data }) => data.busNo);

/** An own function for reports; `replies` rejects those of its business numbers. */
const rejecting = (replies, tried) => async (report) => {
  tried.push(report.busNo);
  if (report.busNo in replies) throw replies[report.busNo];
};

const sentOf = (app) => app.events.filter(({ name }) => name === 'reportSent').length;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a report that always fails', () => {
  [500, 502, 503, 404, 405, 408, 419, 421, 425, 429, 451, 301, 302, 304, 599].forEach(
    (statusCode) => {
      test(`with HTTP ${statusCode} at the head of the line does not block those behind it`, async (t) => {
        const app = await start(t, { answers: poisoned({ poison: { statusCode } }) });
        await app.tap(1, 'poison');
        await event(app, 'reportPostponed');
        await app.tap(1, 'a');
        await event(app, 'reportSent');
        await app.tap(1, 'b');
        const { pending } = await app.flush();
        assert.deepEqual([pending, sentOf(app)], [1, 2]);
        assert.ok(!app.eventNames().includes('reportDropped'));
      });
    },
  );

  [401, 403].forEach((statusCode) => {
    test(`with HTTP ${statusCode} for itself alone delays those behind it by seconds at most`, async (t) => {
      const app = await start(t, { answers: poisoned({ poison: { statusCode } }) });
      mockTimers(t);
      const taps = app.tap(1, 'poison');
      await pass(t, 200);
      await taps;
      const next = app.tap(1, 'a');
      await pass(t, 200);
      await next;
      await pass(t, 3000);
      assert.equal(sentOf(app), 1);
    });
  });

  test('by a timeout does not block those behind it', async (t) => {
    const app = await start(t, {
      answers: poisoned({ poison: undefined }),
      config: { requestTimeoutMs: 2000 },
    });
    mockTimers(t);
    for (const busNo of ['poison', 'a', 'b']) {
      const outcome = app.tap(1, busNo);
      await pass(t, 100);
      await outcome;
    }
    await pass(t, 2500);
    assert.deepEqual(
      [sentOf(app), numbersOf(app).filter((busNo) => busNo !== 'poison')],
      [2, ['a', 'b']],
    );
  });

  const rejections = {
    'an Error': new Error('cannot save'),
    'a text': 'cannot save',
    undefined,
    'an object': { code: 'E_SAVE' },
    'status 500': { status: 500 },
    'a timeout': new Error('timeout of 3000ms exceeded'),
    'status 403': { statusCode: 403 },
  };
  Object.entries(rejections).forEach(([name, reason]) => {
    test(`with an own function that rejects with ${name} does not block those behind it`, async (t) => {
      const tried = [];
      const popSubscribeResult = rejecting({ poison: reason }, tried);
      const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
      await app.tap(1, 'poison');
      await event(app, 'reportPostponed');
      await app.tap(1, 'a');
      await event(app, 'reportSent');
      assert.deepEqual(tried, ['poison', 'a']);
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
      await app.tap(1, 'b');
      await app.flush();
      assert.equal(sentOf(app), 2);
    });
  });

  test('together with another one, after an hour, delays the next answer by seconds at most', async (t) => {
    const tried = [];
    const error = new Error('cannot save');
    const popSubscribeResult = rejecting({ 'poison-1': error, 'poison-2': error }, tried);
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    mockTimers(t);
    for (const busNo of ['poison-1', 'poison-2']) {
      const outcome = app.tap(1, busNo);
      await pass(t, 100);
      await outcome;
    }
    for (let minute = 0; minute < 60; minute += 1) await pass(t, 60_000);
    assert.ok(tried.length < 60, `${tried.length} attempts in an hour`);
    const outcome = app.tap(1, 'a');
    await pass(t, 100);
    await outcome;
    await pass(t, 2_500);
    assert.equal(sentOf(app), 1);
  });

  test('left by an earlier launch does not block those that wait with it', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const before = await start(t, { fake: { storage }, answers: { popSubscribeResult: OFFLINE } });
    for (const busNo of ['poison', 'a', 'b']) await before.tap(1, busNo);
    await event(before, 'reportPostponed');
    before.close();
    const app = await start(t, {
      fake: { storage },
      answers: poisoned({ poison: { statusCode: 500 } }),
      ready: false,
    });
    // What the earlier launch may have been sending is left alone for so long.
    const now = Date.now();
    t.mock.method(Date, 'now', () => now + 12_000);
    await app.setup();
    assert.equal((await app.flush()).pending, 1);
    assert.equal(sentOf(app), 2);
    t.mock.restoreAll();
  });

  test('waits twice as long each time, and the others do not wait for it', async (t) => {
    const app = await start(t, { answers: poisoned({ poison: { statusCode: 500 } }) });
    mockTimers(t);
    const outcome = app.tap(1, 'poison');
    await pass(t, 100);
    await outcome;
    await pass(t, 60_000);
    const waits = app.events
      .filter(({ name }) => name === 'reportPostponed')
      .map(({ retryInMs }) => retryInMs);
    waits.forEach((ms, at) => {
      const longest = Math.min(2000 * 2 ** at, 600_000);
      assert.ok(ms >= longest / 2 && ms <= longest, `${waits}`);
    });
    assert.ok(waits.length >= 4 && waits.length <= 7, `${waits}`);
    const next = app.tap(1, 'a');
    await pass(t, 100);
    await next;
    assert.equal(sentOf(app), 1);
  });

  test('a slow report delays the next one by no more than itself', async (t) => {
    let slow;
    const popSubscribeResult = ({ busNo }) =>
      busNo === 'slow' &&
      new Promise((resolve) => {
        slow = resolve;
      });
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    mockTimers(t);
    for (const busNo of ['slow', 'a']) {
      const outcome = app.tap(1, busNo);
      await pass(t, 100);
      await outcome;
    }
    await pass(t, 4000);
    slow();
    await pass(t, 100);
    assert.equal(sentOf(app), 2);
  });
});

describe('while the network is down', () => {
  test('one attempt tells, and no other report is tried', async (t) => {
    let isDown = true;
    const app = await start(t, {
      answers: { popSubscribeResult: () => (isDown ? OFFLINE : { json: {} }) },
    });
    for (const busNo of ['a', 'b', 'c', 'd']) await app.tap(1, busNo);
    await wait(20);
    assert.deepEqual(numbersOf(app), ['a']);
    assert.deepEqual(await app.flush(), { sent: 0, pending: 4 });
    assert.equal(numbersOf(app).length, 2);
    isDown = false;
    assert.deepEqual(await app.flush(), { sent: 4, pending: 0 });
  });

  test('an own function that passes on what wx.request failed with is understood alike', async (t) => {
    const tried = [];
    const failure = { errMsg: 'request:fail net::ERR_CONNECTION_REFUSED', errno: 600001 };
    const popSubscribeResult = rejecting({ a: failure, b: failure, c: failure }, tried);
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    for (const busNo of ['a', 'b', 'c']) await app.tap(1, busNo);
    await wait(20);
    assert.deepEqual(tried, ['a']);
  });

  test('an own function that rejects everything is not called for everything', async (t) => {
    let tried = 0;
    const popSubscribeResult = async () => {
      tried += 1;
      throw new Error('offline');
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    for (let number = 0; number < 20; number += 1) await app.tap(1, `order-${number}`);
    await wait(20);
    assert.ok(tried <= 2, `${tried}`);
    const before = tried;
    await app.flush();
    assert.ok(tried <= before + 2, `${tried}`);
  });
});

describe('send now', () => {
  /** Reports that fail `failures` times in a row by now, and so wait for minutes. */
  async function waitingLong(app, failures = 9) {
    for (let turn = 0; turn < failures; turn += 1) await app.flush();
  }

  /** An own function whose attempts end when told to. */
  function createAttempts() {
    const attempts = [];
    const popSubscribeResult = () =>
      new Promise((resolve, reject) => {
        attempts.push({ resolve, fail: () => reject(new Error('request:fail')) });
      });
    return { attempts, config: ownFunctions({ popSubscribeResult }) };
  }

  const ways = {
    flushReports: (app) => app.flush(),
    'a regained network': (app) =>
      app.fake.emit('networkStatusChange', { isConnected: true, networkType: '4g' }),
    'a return to the foreground': (app) => app.fake.emit('appShow', {}),
    setup: (app) => app.setup(),
  };
  Object.entries(ways).forEach(([name, sendNow]) => {
    test(`by ${name} sends what waits for minutes`, async (t) => {
      let reply = OFFLINE;
      const app = await start(t, { answers: { popSubscribeResult: () => reply } });
      await app.tap();
      await waitingLong(app);
      await wait(1100);
      reply = { json: {} };
      sendNow(app);
      await event(app, 'reportSent');
    });

    test(`by ${name} is not forgotten while an attempt is failing`, async (t) => {
      const { attempts, config } = createAttempts();
      const app = await start(t, { config });
      mockTimers(t);
      const outcome = app.tap();
      await pass(t, 100);
      await outcome;
      // The attempts fail, until the next one is minutes away.
      for (let turn = 0; turn < 12; turn += 1) {
        attempts[attempts.length - 1].fail();
        await pass(t, 3000 * 2 ** Math.min(turn, 8));
      }
      const before = attempts.length;
      sendNow(app);
      attempts[before - 1].fail();
      await pass(t, 1500);
      assert.equal(attempts.length, before + 1);
      attempts[before].resolve();
      await pass(t, 100);
      assert.equal(sentOf(app), 1);
    });
  });

  test('a hundred network events make one attempt', async (t) => {
    let reply = OFFLINE;
    const app = await start(t, { answers: { popSubscribeResult: () => reply } });
    await app.tap();
    await event(app, 'reportPostponed');
    const before = app.reports().length;
    for (let turn = 0; turn < 100; turn += 1) {
      app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    }
    await wait(20);
    assert.equal(app.reports().length, before + 1);
    reply = { json: {} };
    await wait(1200);
    assert.equal(app.reports().length, before + 2, 'the last of them is not forgotten');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
  });

  test('a hundred network events while an attempt is under way send no report twice', async (t) => {
    const { attempts, config } = createAttempts();
    const app = await start(t, { config });
    await app.tap();
    for (let turn = 0; turn < 100; turn += 1) {
      app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
      app.fake.emit('appShow', {});
    }
    await macrotask();
    assert.equal(attempts.length, 1);
    attempts[0].resolve();
    await event(app, 'reportSent');
    await wait(20);
    assert.equal(attempts.length, 1);
  });

  test('a network that is lost sends nothing', async (t) => {
    const app = await start(t, { answers: { popSubscribeResult: OFFLINE } });
    await app.tap();
    await event(app, 'reportPostponed');
    const before = app.reports().length;
    app.fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
    await wait(20);
    assert.equal(app.reports().length, before);
  });

  test('flushReports from onEvent is bounded', async (t) => {
    let flushed = 0;
    let app;
    const onEvent = ({ name }) => {
      if (name !== 'reportPostponed') return;
      flushed += 1;
      app.flush();
    };
    app = await start(t, {
      answers: { popSubscribeResult: { statusCode: 500 } },
      config: { onEvent },
    });
    await app.tap();
    await wait(300);
    assert.ok(flushed >= 1 && flushed <= 20, `${flushed}`);
  });
});

describe('Retry-After', () => {
  const inSeconds = { header: { 'Retry-After': '120' }, ms: 120_000 };
  const headers = {
    'in seconds': inSeconds.header,
    'in seconds, in lower case': { 'retry-after': '120' },
    'in seconds, in upper case': { 'RETRY-AFTER': '120' },
    'in seconds, as a number': { 'Retry-After': 120 },
  };
  Object.entries(headers).forEach(([name, header]) => {
    [429, 503].forEach((statusCode) => {
      test(`${name} is honoured after HTTP ${statusCode}`, async (t) => {
        const app = await start(t, {
          wx: () => ({
            request: ({ url, success }) => {
              const isReport = url.endsWith('/popSubscribeResult');
              success(
                isReport
                  ? { statusCode, header, data: '' }
                  : { statusCode: 200, data: { data: ['tmpl-a'] } },
              );
            },
          }),
        });
        await app.tap();
        assert.equal((await event(app, 'reportPostponed')).retryInMs, inSeconds.ms);
      });
    });
  });

  test('as a date is honoured', async (t) => {
    const header = { 'Retry-After': new Date(Date.now() + 3_600_000).toUTCString() };
    const app = await start(t, { answers: { popSubscribeResult: { statusCode: 429, header } } });
    await app.tap();
    const { retryInMs } = await event(app, 'reportPostponed');
    assert.ok(retryInMs > 3_590_000 && retryInMs <= 3_600_000, `${retryInMs}`);
  });

  const rejections = {
    header: { statusCode: 429, header: { 'Retry-After': '120' } },
    headers: { status: 429, headers: { 'retry-after': '120' } },
    'response.headers': { response: { status: 429, headers: { 'Retry-After': 120 } } },
    'response.header': { response: { statusCode: 429, header: { 'Retry-After': '120' } } },
  };
  Object.entries(rejections).forEach(([place, reason]) => {
    test(`in ${place} of what an own function rejects with is honoured`, async (t) => {
      const app = await start(t, {
        config: ownFunctions({ popSubscribeResult: async () => Promise.reject(reason) }),
      });
      await app.tap();
      assert.equal((await event(app, 'reportPostponed')).retryInMs, inSeconds.ms);
    });
  });

  test('holds for the report that was answered so, and for no other', async (t) => {
    const app = await start(t, {
      answers: poisoned({ a: { statusCode: 429, header: { 'Retry-After': '3600' } } }),
    });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    await event(app, 'reportSent');
  });

  const senseless = {
    nothing: '',
    'a word': 'soon',
    zero: '0',
    'a negative number': '-5',
    'the past': new Date(0).toUTCString(),
  };
  Object.entries(senseless).forEach(([name, value]) => {
    test(`of ${name} changes nothing`, async (t) => {
      const header = { 'Retry-After': value };
      const app = await start(t, { answers: { popSubscribeResult: { statusCode: 429, header } } });
      await app.tap();
      const { retryInMs } = await event(app, 'reportPostponed');
      assert.ok(retryInMs >= 1000 && retryInMs <= 2000, `${retryInMs}`);
    });
  });
});

describe('a verdict on the report itself', () => {
  [400, 410, 413, 414, 415, 422].forEach((statusCode) => {
    test(`HTTP ${statusCode} drops it, with an event`, async (t) => {
      const app = await start(t, { answers: poisoned({ a: { statusCode } }) });
      await app.tap(1, 'a');
      const { error, report } = await event(app, 'reportDropped');
      assert.deepEqual([error.code, report.busNo], [statusCode, 'a']);
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    });
  });
});
