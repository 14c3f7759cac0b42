// A 401 or 403 is about the user, not about the report: `signIn` is asked once,
// and the call is repeated; without it the report waits for other headers.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, keysOf, macrotask, mockTimers, ownFunctions, pass } = require('./support/steps.js');

/** A back end that knows one token only; the other calls are answered with `status`. */
function knowing(token, status = 401) {
  const check = (json) => (request) =>
    request.header.token === token ? { json } : { statusCode: status };
  return { findCustomerPopTemplate: check({ data: ['tmpl-a'] }), popSubscribeResult: check({}) };
}

/** The same for reports; templates are offered to anybody. */
const reportsKnowing = (token, status) => ({
  popSubscribeResult: knowing(token, status).popSubscribeResult,
});

/** A session whose token `signIn` renews; `signIns` counts. */
function createSession(renew = () => 'new') {
  const session = {
    token: 'old',
    signIns: 0,
    config: {
      header: () => ({ token: session.token }),
      signIn() {
        session.signIns += 1;
        return Promise.resolve()
          .then(renew)
          .then((token) => {
            session.token = token;
          });
      },
    },
  };
  return session;
}

const tokensOf = (app) => app.reports().map(({ header }) => header.token);

/** Storage with one report of `user-1`, that an earlier launch left. */
async function storageWithReport(t, busNo = 'a') {
  const storage = { openId: JSON.stringify('user-1') };
  const app = await start(t, {
    fake: { storage },
    answers: { popSubscribeResult: { errMsg: 'net::ERR_INTERNET_DISCONNECTED' } },
  });
  await app.tap(1, busNo);
  await event(app, 'reportPostponed');
  app.close();
  return storage;
}

describe('an expired sign-in', () => {
  [401, 403].forEach((status) => {
    test(`at launch, HTTP ${status} signs in and sends yesterday’s report again`, async (t) => {
      const storage = await storageWithReport(t);
      const session = createSession();
      const app = await start(t, {
        fake: { storage },
        answers: knowing('new', status),
        config: session.config,
        ready: false,
      });
      await app.setup();
      await event(app, 'reportSent');
      assert.deepEqual([session.signIns, tokensOf(app)], [1, ['old', 'new']]);
      const [first, second] = keysOf(app);
      assert.equal(first, second);
      assert.deepEqual(
        app.eventNames(),
        ['reportSent'],
        'a report that was repeated is not postponed',
      );
    });

    test(`HTTP ${status} for the templates signs in and asks again`, async (t) => {
      const session = createSession();
      const app = await start(t, { answers: knowing('new', status), config: session.config });
      assert.deepEqual(await app.prefetch(), ['tmpl-a']);
      assert.equal(session.signIns, 1);
    });

    test(`without signIn, HTTP ${status} keeps the report, which goes with other headers`, async (t) => {
      const session = createSession();
      const app = await start(t, {
        answers: reportsKnowing('new', status),
        config: { header: session.config.header },
      });
      await app.tap(1, 'a');
      const { error } = await event(app, 'reportPostponed');
      assert.deepEqual([error.kind, error.code], ['badResponse', status]);
      session.token = 'new';
      mockTimers(t);
      const fetched = app.prefetch(1, 'b');
      await pass(t, 20);
      await fetched;
      assert.deepEqual(tokensOf(app), ['old', 'new']);
      await event(app, 'reportSent');
    });
  });

  test('all who wait are joined in one signIn, and each call is repeated', async (t) => {
    const storage = await storageWithReport(t);
    let release;
    const session = createSession(
      () =>
        new Promise((resolve) => {
          release = () => resolve('new');
        }),
    );
    const app = await start(t, {
      fake: { storage },
      answers: knowing('new'),
      config: session.config,
      ready: false,
    });
    await app.setup();
    const fetched = [1, 2, 3].map((type) => app.prefetch(type, 'b'));
    const tapped = app.tap(4, 'c');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(session.signIns, 1);
    release();
    for (const templates of fetched) assert.deepEqual(await templates, ['tmpl-a']);
    assert.ok((await tapped).status);
    await event(app, 'reportSent');
    assert.equal(session.signIns, 1);
  });

  test('many reports that wait need one signIn', async (t) => {
    const session = createSession();
    session.token = 'new';
    const answers = reportsKnowing('new');
    let isDown = true;
    const app = await start(t, {
      answers: {
        popSubscribeResult: (request) =>
          isDown
            ? { errMsg: 'net::ERR_INTERNET_DISCONNECTED' }
            : answers.popSubscribeResult(request),
      },
      config: session.config,
    });
    for (const busNo of ['a', 'b', 'c', 'd']) await app.tap(1, busNo);
    session.token = 'old';
    isDown = false;
    assert.deepEqual(await app.flush(), { sent: 4, pending: 0 });
    assert.equal(session.signIns, 1);
  });

  test('a signIn that is rejected keeps the report, and the next attempt asks again', async (t) => {
    let isOpen = false;
    const session = createSession(() => (isOpen ? 'new' : Promise.reject(new Error('closed'))));
    const app = await start(t, { answers: reportsKnowing('new'), config: session.config });
    await app.tap();
    const { error } = await event(app, 'reportPostponed');
    assert.equal(error.code, 401);
    assert.equal(session.signIns, 1);
    isOpen = true;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(session.signIns, 2);
  });

  test('a signIn that throws is one that is rejected', async (t) => {
    const app = await start(t, {
      answers: knowing('new'),
      config: {
        header: { token: 'old' },
        signIn() {
          throw new Error('closed');
        },
      },
    });
    const outcome = await app.tap();
    assert.deepEqual(
      [outcome.stage, outcome.error.kind, outcome.error.code],
      ['templates', 'badResponse', 401],
    );
  });

  test('a signIn that is no promise counts at once', async (t) => {
    const session = createSession();
    const signIn = () => {
      session.token = 'new';
    };
    const app = await start(t, {
      answers: knowing('new'),
      config: { header: session.config.header, signIn },
    });
    assert.equal((await app.tap()).status, 'answered');
    await event(app, 'reportSent');
  });

  test('a signIn that never ends is waited for as long as a request', async (t) => {
    const session = createSession(() => new Promise(() => {}));
    const app = await start(t, {
      answers: reportsKnowing('new'),
      config: { ...session.config, requestTimeoutMs: 3000 },
    });
    mockTimers(t);
    const outcome = app.tap();
    await pass(t, 200);
    assert.equal((await outcome).status, 'answered');
    assert.ok(!app.eventNames().includes('reportPostponed'));
    await pass(t, 3100);
    await event(app, 'reportPostponed');
    session.token = 'new';
    await pass(t, 5000);
    await event(app, 'reportSent');
  });

  test('a signIn that takes its time is followed by the repeated report at once', async (t) => {
    const session = createSession(
      () =>
        new Promise((resolve) => {
          setTimeout(() => resolve('new'), 4000);
        }),
    );
    const app = await start(t, { answers: reportsKnowing('new'), config: session.config });
    mockTimers(t);
    const outcome = app.tap();
    await pass(t, 200);
    await outcome;
    await pass(t, 2000);
    assert.equal(app.reports().length, 1);
    await pass(t, 2400);
    await event(app, 'reportSent');
    assert.deepEqual(
      app.eventNames().filter((name) => name.startsWith('report')),
      ['reportQueued', 'reportSent'],
    );
  });

  test('a report that was due much later is repeated at once as well', async (t) => {
    const session = createSession();
    let reply = { statusCode: 503 };
    const answers = reportsKnowing('new');
    const app = await start(t, {
      answers: { popSubscribeResult: (request) => reply || answers.popSubscribeResult(request) },
      config: session.config,
    });
    await app.tap();
    await event(app, 'reportPostponed');
    reply = undefined;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(session.signIns, 1);
  });

  test('a back end that does not know the user after signIn either is asked once more only', async (t) => {
    const session = createSession(() => 'other');
    const app = await start(t, { answers: reportsKnowing('new'), config: session.config });
    await app.tap();
    await event(app, 'reportPostponed');
    assert.deepEqual([session.signIns, tokensOf(app)], [1, ['old', 'other']]);
    for (let turn = 0; turn < 20; turn += 1) await macrotask();
    assert.deepEqual([session.signIns, tokensOf(app).length], [1, 2]);
  });

  test('the templates that are refused after signIn, too, are a failure with the status', async (t) => {
    const session = createSession(() => 'other');
    const app = await start(t, { answers: knowing('new', 403), config: session.config });
    const outcome = await app.tap();
    assert.deepEqual(
      [outcome.stage, outcome.error.kind, outcome.error.code],
      ['templates', 'badResponse', 403],
    );
    assert.equal(session.signIns, 1);
  });

  test('if another user signs in, the report waits for its own', async (t) => {
    const storage = await storageWithReport(t);
    const session = createSession(() => {
      storage.openId = JSON.stringify('user-2');
      return 'new';
    });
    const app = await start(t, {
      fake: { storage },
      answers: reportsKnowing('new'),
      config: session.config,
      ready: false,
    });
    await app.setup();
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assert.deepEqual(tokensOf(app), ['old'], 'not sent with the credentials of another');
    await app.tap(1, 'b');
    await app.flush();
    assert.deepEqual(
      app.reports().map(({ data }) => data.openId),
      ['user-1', 'user-2'],
    );
    storage.openId = JSON.stringify('user-1');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });

  const rejections = {
    'a rejection with statusCode 401': { statusCode: 401 },
    'a rejection with status 403': { status: 403 },
    'a rejection with response.status 401': { response: { status: 401 } },
    'a rejection with response.statusCode 401': { response: { statusCode: 401 } },
    'an Error with a status of 401': Object.assign(new Error('unauthorized'), { status: 401 }),
    'a rejection with status 401 in digits': { status: '401' },
  };
  Object.entries(rejections).forEach(([name, error]) => {
    test(`own functions: ${name} signs in and calls again`, async (t) => {
      const session = createSession();
      const check = (value) => async () => {
        if (session.token !== 'new') throw error;
        return value;
      };
      const app = await start(t, {
        config: ownFunctions({
          signIn: session.config.signIn,
          findCustomerPopTemplate: check({ data: ['tmpl-a'] }),
          popSubscribeResult: check(null),
        }),
      });
      assert.deepEqual(await app.prefetch(), ['tmpl-a']);
      session.token = 'old';
      await app.tap();
      await event(app, 'reportSent');
      assert.equal(session.signIns, 2);
    });
  });

  test('without signIn, a report that waits for the user goes at setup, at flushReports and when due', async (t) => {
    const ways = {
      setup: (app) => app.setup({ header: { token: 'new' } }),
      flushReports: (app, session) => {
        session.token = 'new';
        return app.flush();
      },
      'the foreground': (app, session) => {
        session.token = 'new';
        app.fake.emit('appShow', {});
      },
    };
    for (const way of Object.values(ways)) {
      const session = createSession();
      const app = await start(t, {
        answers: reportsKnowing('new'),
        config: { header: session.config.header },
      });
      await app.tap();
      await event(app, 'reportPostponed');
      await way(app, session);
      await event(app, 'reportSent');
      assert.deepEqual(tokensOf(app), ['old', 'new']);
    }
    const session = createSession();
    const app = await start(t, {
      answers: reportsKnowing('new'),
      config: { header: session.config.header },
    });
    mockTimers(t);
    const outcome = app.tap();
    await pass(t, 100);
    await outcome;
    session.token = 'new';
    await pass(t, 3000);
    await event(app, 'reportSent');
  });

  test('reports of a user who is not known are not all tried', async (t) => {
    const session = createSession();
    const app = await start(t, {
      answers: reportsKnowing('new'),
      config: { header: session.config.header },
    });
    for (const busNo of ['a', 'b', 'c']) await app.tap(1, busNo);
    const before = app.reports().length;
    assert.deepEqual(await app.flush(), { sent: 0, pending: 3 });
    assert.equal(app.reports().length, before + 1);
  });
});
