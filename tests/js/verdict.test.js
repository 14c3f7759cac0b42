// Only a verdict on the report itself drops it. HTTP 409 is "being processed",
// and an HTML page is a gateway’s, whatever its status.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { waitingIn } = require('./support/outbox.js');
const {
  byTurns,
  event,
  keysOf,
  onOneClock,
  ownFunctions,
  sleep,
  wallClock,
} = require('./support/steps.js');

const PAGE = '<!DOCTYPE html><html><head><title>Blocked</title></head><body>WAF</body></html>';
const CONFLICT = { statusCode: 409, json: { code: 'processing' } };
const HOUR_MS = 3_600_000;

const named = (app, name) => app.events.filter((event) => event.name === name);

describe('HTTP 409', () => {
  test('while the first attempt is being processed keeps the report, which goes again under its key', async (t) => {
    const app = await start(t, { answers: byTurns(CONFLICT, { json: {} }) });
    await app.tap();
    const { reportId, error } = await event(app, 'reportPostponed');
    assert.equal(error.code, 409);
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(keysOf(app), [reportId, reportId]);
    assert.deepEqual(named(app, 'reportDropped'), []);
  });

  test('of an own function keeps the report, too', async (t) => {
    const replies = [{ statusCode: 409 }, { response: { status: 409 } }];
    const popSubscribeResult = async () => {
      if (replies.length) throw replies.shift();
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await event(app, 'reportPostponed');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });

  test('keeps no other report back', async (t) => {
    const app = await start(t, {
      answers: {
        popSubscribeResult: ({ json }) => (json.busNo === 'a' ? CONFLICT : { json: {} }),
      },
    });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    await event(app, 'reportSent');
    assert.deepEqual(named(app, 'reportDropped'), []);
  });

  test('again and again is a verdict after five tries over a minute, and not before', async (t) => {
    const { clock, launch, tap } = onOneClock(t);
    const tries = [];
    const app = await launch({
      answers: {
        popSubscribeResult: () => {
          tries.push(clock.now());
          return CONFLICT;
        },
      },
    });
    await tap(app);
    await clock.pass(10 * 60_000);
    const [{ error, report }, ...more] = named(app, 'reportDropped');
    assert.deepEqual([error.code, report.busNo, more], [409, 'order-1', []]);
    assert.ok(tries.length >= 5, `after ${tries.length} tries`);
    const lasted = tries[tries.length - 1] - tries[0];
    assert.ok(lasted >= 60_000, `after ${lasted} ms`);
    assert.deepEqual((await app.diagnostics()).waiting, []);
  });

  test('ten times in one instant is none: only time that was to be waited counts', async (t) => {
    const app = await start(t, { answers: { popSubscribeResult: () => CONFLICT } });
    await app.tap();
    for (let turn = 0; turn < 9; turn += 1) {
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    }
    assert.deepEqual(named(app, 'reportDropped'), []);
  });

  [HOUR_MS, 40 * 24 * HOUR_MS, -HOUR_MS, -40 * 24 * HOUR_MS].forEach((ms) => {
    test(`a clock that jumps by ${ms / HOUR_MS} hours between the tries makes it none`, async (t) => {
      const clock = wallClock(t);
      const app = await start(t, {
        answers: { popSubscribeResult: () => CONFLICT },
        config: { outboxMaxAgeMs: 1000 * 24 * HOUR_MS },
      });
      await app.tap();
      await event(app, 'reportPostponed');
      for (let turn = 0; turn < 4; turn += 1) {
        clock.jump(ms);
        assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
      }
      assert.deepEqual(named(app, 'reportDropped'), []);
    });
  });

  test('with Retry-After is believed for longer: five tries at that distance', async (t) => {
    const { clock, launch, tap } = onOneClock(t);
    const tries = [];
    const app = await launch({
      answers: {
        popSubscribeResult: () => {
          tries.push(clock.now());
          return { ...CONFLICT, header: { 'Retry-After': '60' } };
        },
      },
    });
    await tap(app);
    await clock.pass(3 * 60_000);
    assert.deepEqual(named(app, 'reportDropped'), []);
    assert.ok(tries.length <= 4, `${tries.length} tries in three minutes`);
    assert.deepEqual((await app.diagnostics()).waiting.length, 1);
  });

  test('before a kill: the next launch sends the report again', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const before = await start(t, {
      fake: { storage },
      answers: { popSubscribeResult: () => CONFLICT },
    });
    await before.tap(1, 'a');
    await event(before, 'reportPostponed');
    before.close();
    clock.jump(20_000);
    const app = await start(t, { fake: { storage }, ready: false });
    await app.setup();
    await event(app, 'reportSent');
    assert.deepEqual(keysOf(app), keysOf(before));
  });
});

describe('an HTML page', () => {
  const bodies = {
    'a page': PAGE,
    'a page in upper case behind a byte order mark': `\ufeff${PAGE.toUpperCase()}`,
    'a page behind line ends': `\r\n\r\n${PAGE}`,
  };
  [400, 409, 410, 413, 414, 415, 422].forEach((statusCode) => {
    Object.entries(bodies).forEach(([name, body]) => {
      test(`HTTP ${statusCode} with ${name} keeps the report, which goes once the gateway lets it`, async (t) => {
        const header = { 'content-type': 'text/html' };
        const app = await start(t, {
          answers: byTurns({ statusCode, body, header }, { json: {} }),
        });
        await app.tap();
        const { error } = await event(app, 'reportPostponed');
        assert.deepEqual([error.kind, error.code], ['badResponse', statusCode]);
        assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      });
    });
  });

  test('is no verdict however often it comes', async (t) => {
    const { clock, launch, tap } = onOneClock(t);
    const app = await launch({
      answers: { popSubscribeResult: () => ({ statusCode: 400, body: PAGE }) },
    });
    await tap(app);
    await clock.pass(HOUR_MS);
    assert.deepEqual(named(app, 'reportDropped'), []);
    assert.equal((await app.diagnostics()).waiting.length, 1);
  });

  const own = {
    'rejects with statusCode and data': () => Promise.reject({ statusCode: 413, data: PAGE }),
    'rejects with status and data': () => Promise.reject({ status: 400, data: PAGE }),
    'rejects with response.status and response.data': () =>
      Promise.reject({ response: { status: 400, data: PAGE } }),
    'rejects with an Error that has a response': () =>
      Promise.reject(
        Object.assign(new Error('Request failed with status code 422'), {
          response: { status: 422, data: PAGE },
        }),
      ),
    'resolves with statusCode and data': async () => ({ statusCode: 400, data: PAGE }),
    'resolves with status and data': async () => ({ status: 422, data: PAGE }),
  };
  Object.entries(own).forEach(([name, popSubscribeResult]) => {
    test(`with which an own function ${name} keeps the report`, async (t) => {
      const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
      await app.tap();
      await event(app, 'reportPostponed');
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
      assert.deepEqual(named(app, 'reportDropped'), []);
    });
  });

  test('is none in JSON: a back end that says 400 and quotes HTML has judged', async (t) => {
    const app = await start(t, {
      answers: byTurns({ statusCode: 400, json: { message: PAGE } }),
    });
    await app.tap();
    assert.equal((await event(app, 'reportDropped')).error.code, 400);
  });
});

describe('a report that is given up', () => {
  const refused = [{ answers: byTurns({ statusCode: 400 }) }, async () => {}];
  const evicted = [
    { answers: byTurns({ statusCode: 503 }), config: { outboxMaxReports: 1 } },
    async (app) => {
      await event(app, 'reportPostponed');
      await app.tap(1, 'second');
    },
  ];
  Object.entries({ refused, 'evicted to make room': evicted }).forEach(([name, [options, act]]) => {
    test(`as it is ${name}, is told before its key is removed`, async (t) => {
      const storage = { openId: JSON.stringify('user-1') };
      let atTheEvent;
      const onEvent = (told) => {
        app.events.push(JSON.parse(JSON.stringify(told)));
        if (told.name === 'reportDropped') atTheEvent = waitingIn(storage).map(({ id }) => id);
      };
      const app = await start(t, {
        answers: options.answers,
        config: { ...options.config, onEvent: (told) => onEvent(told) },
        fake: { storage },
      });
      await app.tap(1, 'first');
      await act(app);
      const { reportId, report } = await event(app, 'reportDropped');
      await sleep(5);
      assert.equal(report.busNo, 'first');
      assert.ok(atTheEvent.includes(reportId), 'a kill in the event would have lost it unheard');
      assert.ok(!waitingIn(storage).some(({ id }) => id === reportId));
    });
  });
});
