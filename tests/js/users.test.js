// A report goes with the credentials of the user who answered, and of no other.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, ownFunctions } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Users who sign in and out: the token of the header is the user’s. */
function createUsers(first) {
  const users = { current: first };
  users.config = { openId: () => users.current, header: () => ({ token: `of ${users.current}` }) };
  return users;
}

/** Who answered and with whose credentials that was sent, for each request. */
const sentFor = (app) => app.reports().map(({ data, header }) => `${data.openId}, ${header.token}`);

const assertNoneMixed = (app) =>
  sentFor(app).forEach((line) => assert.match(line, /^(.+), of \1$/, `mixed: ${line}`));

describe('another user', () => {
  test('signs in: the report of the first waits, and goes when that one is back', async (t) => {
    let reply = OFFLINE;
    const users = createUsers('user-a');
    const app = await start(t, {
      config: users.config,
      answers: { popSubscribeResult: () => reply },
    });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    reply = { json: {} };
    users.current = 'user-b';
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    await app.tap(1, 'b');
    await event(app, 'reportSent');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    users.current = 'user-a';
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assertNoneMixed(app);
    assert.deepEqual(
      app.reports().map(({ data }) => data.openId),
      ['user-a', 'user-b', 'user-a'],
    );
  });

  const returns = {
    'the foreground': (app) => app.fake.emit('appShow', {}),
    'the network': (app) =>
      app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' }),
    setup: (app) => app.setup(),
    'the next answer': (app) => app.tap(1, 'c'),
  };
  Object.entries(returns).forEach(([name, comeBack]) => {
    test(`once the first is back, ${name} sends its report`, async (t) => {
      let reply = OFFLINE;
      const users = createUsers('user-a');
      const app = await start(t, {
        config: users.config,
        answers: { popSubscribeResult: () => reply },
      });
      await app.tap(1, 'a');
      await event(app, 'reportPostponed');
      reply = { json: {} };
      users.current = 'user-b';
      await app.flush();
      users.current = 'user-a';
      await comeBack(app);
      await wait(20);
      await app.flush();
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
      assertNoneMixed(app);
    });
  });

  test('signs in while a report is under way: the next one of the first waits', async (t) => {
    const users = createUsers('user-a');
    const responds = [];
    const app = await start(t, {
      config: users.config,
      wx: (wx) => ({
        request: (options) => {
          if (options.url.endsWith('/popSubscribeResult')) responds.push(() => wx.request(options));
          else wx.request(options);
        },
      }),
    });
    await app.tap(1, 'first');
    await app.tap(1, 'second');
    users.current = 'user-b';
    responds.splice(0).forEach((respond) => respond());
    await event(app, 'reportSent');
    for (let turn = 0; turn < 5; turn += 1) await macrotask();
    responds.splice(0).forEach((respond) => respond());
    assertNoneMixed(app);
    assert.equal(app.reports().length, 1);
    users.current = 'user-a';
    const flushed = app.flush();
    await macrotask();
    responds.splice(0).forEach((respond) => respond());
    assert.deepEqual(await flushed, { sent: 1, pending: 0 });
    assertNoneMixed(app);
  });

  test('signs in while the header is awaited: nothing is sent with the wrong credentials', async (t) => {
    const users = createUsers('user-a');
    let give = () => {};
    const header = () =>
      new Promise((resolve) => {
        give = () => resolve({ token: `of ${users.current}` });
      });
    const app = await start(t, {
      config: { ...users.config, header, findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
    });
    await app.tap(1, 'a');
    await macrotask();
    users.current = 'user-b';
    give();
    await wait(20);
    give();
    await wait(20);
    assertNoneMixed(app);
    users.current = 'user-a';
    const flushed = app.flush();
    await wait(20);
    give();
    assert.equal((await flushed).pending, 0);
    assertNoneMixed(app);
  });

  test('is known by a promise: the report of the first waits', async (t) => {
    let reply = OFFLINE;
    const users = createUsers('user-a');
    const app = await start(t, {
      config: { ...users.config, openId: async () => users.current },
      answers: { popSubscribeResult: () => reply },
    });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    reply = { json: {} };
    users.current = 'user-b';
    await app.tap(1, 'b');
    await event(app, 'reportSent');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assertNoneMixed(app);
    users.current = 'user-a';
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assertNoneMixed(app);
  });

  test('signs in before the next launch: the report of the first waits there, too', async (t) => {
    const storage = { openId: JSON.stringify('user-a') };
    const before = await start(t, { fake: { storage }, answers: { popSubscribeResult: OFFLINE } });
    await before.tap(1, 'a');
    await event(before, 'reportPostponed');
    before.close();
    storage.openId = JSON.stringify('user-b');
    const after = await start(t, { fake: { storage }, ready: false });
    await after.setup();
    assert.deepEqual(await after.flush(), { sent: 0, pending: 1 });
    after.close();
    storage.openId = JSON.stringify('user-a');
    const last = await start(t, { fake: { storage }, ready: false });
    await last.setup();
    await event(last, 'reportSent');
    assert.deepEqual(
      last.reports().map(({ data }) => data.openId),
      ['user-a'],
    );
  });

  test('own functions are not called for the first either', async (t) => {
    const users = createUsers('user-a');
    const got = [];
    const popSubscribeResult = async ({ openId }) => {
      got.push(`${openId} by ${users.current}`);
      if (got.length === 1) throw new Error('offline');
    };
    const app = await start(t, { config: ownFunctions({ ...users.config, popSubscribeResult }) });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    users.current = 'user-b';
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    users.current = 'user-a';
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(got, ['user-a by user-a', 'user-a by user-a']);
  });

  test('many users on one phone: each report goes under its own', async (t) => {
    const users = createUsers('user-0');
    let reply = OFFLINE;
    const app = await start(t, {
      config: users.config,
      answers: { popSubscribeResult: () => reply },
    });
    for (let number = 0; number < 12; number += 1) {
      users.current = `user-${number % 4}`;
      await app.tap(1, `order-${number}`);
    }
    reply = { json: {} };
    for (const user of ['user-3', 'user-1', 'user-0', 'user-2']) {
      users.current = user;
      assert.equal((await app.flush()).sent, 3);
    }
    assertNoneMixed(app);
    assert.equal((await app.flush()).pending, 0);
  });

  test('openId false: there is one user, and no report says which', async (t) => {
    const app = await start(t, { config: { openId: false } });
    await app.tap();
    await event(app, 'reportSent');
    assert.ok(!('openId' in app.reports()[0].data));
  });
});

describe('an openId that is not there yet', () => {
  test('is awaited for the report, not for the outcome', async (t) => {
    const asked = [];
    let known;
    const openId = () =>
      known ? Promise.resolve(known) : new Promise((resolve) => asked.push(resolve));
    const app = await start(t, { config: { openId } });
    const { status, report } = await app.tap();
    assert.deepEqual([status, report], ['answered', 'queued']);
    // The promise of the answer is pending: another one that tells does not count.
    await wait(20);
    asked.pop()('user-b');
    await wait(20);
    assert.deepEqual(app.reports(), []);
    known = 'user-a';
    asked[0](known);
    await event(app, 'reportSent');
    assert.deepEqual(
      app.reports().map(({ data }) => data.openId),
      ['user-a'],
    );
  });

  test('async: the report carries what the promise gives', async (t) => {
    const app = await start(t, { config: { openId: async () => 'user-a' } });
    await app.tap();
    await event(app, 'reportSent');
    assert.deepEqual(
      app.reports().map(({ data }) => data.openId),
      ['user-a'],
    );
  });

  const failing = {
    'a promise that is rejected': () => Promise.reject(new Error('not signed in')),
    'a promise of nothing': () => Promise.resolve(undefined),
    'a promise of an empty text': () => Promise.resolve(''),
    'a function that throws': () => {
      throw new Error('not signed in');
    },
    'a function that gives nothing': () => undefined,
    'a function that gives a number': () => 42,
  };
  Object.entries(failing).forEach(([name, openId]) => {
    test(`${name} keeps the report, which goes once there is an openId`, async (t) => {
      let current = openId;
      const app = await start(t, { config: { openId: () => current() } });
      assert.equal((await app.tap()).status, 'answered');
      const { error } = await event(app, 'reportPostponed');
      assert.equal(error.kind, 'badArgument');
      assert.deepEqual(app.reports(), []);
      current = () => 'user-a';
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.deepEqual(
        app.reports().map(({ data }) => data.openId),
        ['user-a'],
      );
    });
  });

  test('a promise that never settles does not block the reports of others for ever', async (t) => {
    let openId = () => new Promise(() => {});
    const app = await start(t, { config: { openId: () => openId(), requestTimeoutMs: 50 } });
    await app.tap();
    await event(app, 'reportPostponed');
    openId = () => 'user-a';
    await app.flush();
    assert.deepEqual(
      app.reports().map(({ data }) => data.openId),
      ['user-a'],
    );
  });
});
