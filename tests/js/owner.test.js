// Whose report it is: an owner once known is never replaced or forgotten, and an
// owned report is sent only while its owner is named.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, ownFunctions, sleep, wallClock } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };
const DELIVERED = { json: {} };

/** Users who sign in and out; `openId` names the user, and the token of the header is theirs. */
function createUsers(first) {
  const users = { current: first };
  users.openId = () => users.current;
  users.config = {
    openId: () => users.openId(),
    header: () => ({ token: `of ${users.current}` }),
    requestTimeoutMs: 40,
  };
  return users;
}

/** `owner, of token` of each request with this business number. */
const sentFor = (app, busNo) =>
  app
    .reports()
    .filter(({ data }) => data.busNo === busNo)
    .map(({ data, header }) => `${data.openId}, ${header.token}`);

/** Each request for the report of `busNo` named this user, with the user’s own token. */
function assertOnlySentFor(app, busNo, user) {
  sentFor(app, busNo).forEach((sent) => assert.equal(sent, `${user}, of ${user}`));
}

/** An app of `users` whose back end answers the reports with `app.reply`. */
async function startFor(t, users, { config, ...options } = {}) {
  const back = { reply: DELIVERED };
  const app = await start(t, {
    config: { ...users.config, ...config },
    answers: { popSubscribeResult: () => back.reply },
    ...options,
  });
  return Object.assign(app, { back });
}

/** The same with a report of user A, business number `a`, that the network failed on. */
async function startWithReportOfA(t, users, options) {
  const app = await startFor(t, users, options);
  app.back.reply = OFFLINE;
  await app.tap(1, 'a');
  await event(app, 'reportPostponed');
  app.back.reply = DELIVERED;
  return app;
}

/** User A signs in again, and the report is delivered as A’s. */
async function assertGoesWithA(app, users) {
  users.current = 'user-a';
  users.openId = () => users.current;
  assert.equal((await app.flush()).pending, 0);
  assert.ok(sentFor(app, 'a').length > 0, 'A’s report was never sent');
  assertOnlySentFor(app, 'a', 'user-a');
}

describe('an answer whose openId is a promise', () => {
  const ends = {
    'never settles': () => {},
    'is rejected': ({ reject }) => reject(new Error('not signed in')),
    'gives an empty string': ({ resolve }) => resolve(''),
    'gives undefined': ({ resolve }) => resolve(undefined),
    'gives a number': ({ resolve }) => resolve(42),
  };
  Object.entries(ends).forEach(([name, end]) => {
    test(`that ${name} belongs to the first user known meanwhile, whoever signs in before that`, async (t) => {
      const users = createUsers('user-a');
      const app = await startFor(t, users);
      app.back.reply = { statusCode: 503 };
      let settle;
      users.openId = () => {
        users.openId = () => users.current;
        return new Promise((resolve, reject) => {
          settle = { resolve, reject };
        });
      };
      await app.tap(1, 'a');
      // Here the SDK learns that A is signed in.
      await app.flush();
      users.current = 'user-b';
      end(settle);
      await sleep(60);
      app.back.reply = DELIVERED;
      await app.flush();
      assertOnlySentFor(app, 'a', 'user-a');
      await app.tap(1, 'b');
      await event(app, 'reportSent');
      assertOnlySentFor(app, 'b', 'user-b');
      await assertGoesWithA(app, users);
    });
  });

  test('is held until that promise says whose it is, though another user is known by then', async (t) => {
    const users = createUsers('user-a');
    const app = await startFor(t, users, { config: { requestTimeoutMs: 5000 } });
    let give;
    users.openId = () => {
      users.openId = () => users.current;
      return new Promise((resolve) => {
        give = resolve;
      });
    };
    await app.tap(1, 'a');
    users.current = 'user-b';
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assert.deepEqual(sentFor(app, 'a'), []);
    give('user-a');
    await macrotask();
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assert.deepEqual(sentFor(app, 'a'), []);
    await assertGoesWithA(app, users);
  });

  test('holds back no other report meanwhile', async (t) => {
    const users = createUsers('user-a');
    const app = await startFor(t, users, { config: { requestTimeoutMs: 5000 } });
    users.openId = () => {
      users.openId = () => users.current;
      return new Promise(() => {});
    };
    await app.tap(1, 'a');
    users.current = 'user-b';
    await app.tap(1, 'b');
    await event(app, 'reportSent');
    assert.deepEqual([sentFor(app, 'a'), sentFor(app, 'b')], [[], ['user-b, of user-b']]);
  });

  test('and whose launch ends first belongs to the first user after it, and to no second one', async (t) => {
    const storage = {};
    const clock = wallClock(t);
    const users = createUsers('user-a');
    const launch = () => startFor(t, users, { fake: { storage }, ready: false });
    const first = await launch();
    await first.setup();
    users.openId = () => new Promise(() => {});
    await first.tap(1, 'a');
    first.close();

    clock.jump(20_000);
    users.openId = () => users.current;
    const second = await launch();
    second.back.reply = { statusCode: 503 };
    await second.setup();
    await event(second, 'reportPostponed');
    assert.deepEqual(sentFor(second, 'a'), ['user-a, of user-a']);
    second.close();

    users.current = 'user-b';
    const third = await launch();
    await third.setup();
    assert.deepEqual(await third.flush(), { sent: 0, pending: 1 });
    await assertGoesWithA(third, users);
  });
});

describe('another user signs in during an attempt', () => {
  ['native', 'polyfill'].forEach((promise) => {
    test(`while openId is awaited: the report does not go with the other’s header (${promise} promises)`, async (t) => {
      const users = createUsers('user-a');
      const app = await startWithReportOfA(t, users, {
        config: { requestTimeoutMs: 5000, findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
        fake: { promise },
      });
      let give;
      users.openId = () => {
        const { current } = users;
        return new Promise((resolve) => {
          give = () => resolve(current);
        });
      };
      const flushed = app.flush();
      while (!give) await macrotask();
      users.current = 'user-b';
      users.openId = () => users.current;
      give();
      assert.deepEqual(await flushed, { sent: 0, pending: 1 });
      assertOnlySentFor(app, 'a', 'user-a');
      await assertGoesWithA(app, users);
    });

    test(`while openId is awaited, and answers meanwhile: both reports go as their own (${promise} promises)`, async (t) => {
      const users = createUsers('user-a');
      const app = await startWithReportOfA(t, users, {
        config: { requestTimeoutMs: 5000, findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
        wx: () => ({
          requestSubscribeMessage: ({ success }) =>
            success({ errMsg: 'requestSubscribeMessage:ok', 'tmpl-a': 'accept' }),
        }),
        fake: { promise },
      });
      let give;
      users.openId = () => {
        const { current } = users;
        return new Promise((resolve) => {
          give = () => resolve(current);
        });
      };
      const flushed = app.flush();
      while (!give) await macrotask();
      users.current = 'user-b';
      users.openId = () => users.current;
      assert.equal((await app.tap(1, 'b')).status, 'answered');
      give();
      await flushed;
      await app.flush();
      assertOnlySentFor(app, 'a', 'user-a');
      assert.deepEqual(sentFor(app, 'b'), ['user-b, of user-b']);
      await assertGoesWithA(app, users);
    });
  });

  test('while header is awaited, and openId is a promise from then on: the report waits', async (t) => {
    const users = createUsers('user-a');
    let give;
    const header = () =>
      new Promise((resolve) => {
        give = () => resolve({ token: `of ${users.current}` });
      });
    const app = await startFor(t, users, {
      config: {
        header,
        requestTimeoutMs: 5000,
        findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }),
      },
    });
    await app.tap(1, 'a');
    while (!give) await macrotask();
    users.current = 'user-b';
    users.openId = async () => users.current;
    give();
    await sleep(20);
    assert.deepEqual(sentFor(app, 'a'), []);
    users.current = 'user-a';
    const flushed = app.flush();
    for (let turn = 0; turn < 5; turn += 1) {
      await macrotask();
      give();
    }
    assert.equal((await flushed).pending, 0);
    assertOnlySentFor(app, 'a', 'user-a');
  });

  test('while header is awaited, and signs out there: nobody is not A, so the report waits', async (t) => {
    const users = createUsers('user-a');
    let give;
    const header = () =>
      new Promise((resolve) => {
        give = () => resolve({ token: 'of user-b' });
      });
    const app = await startFor(t, users, {
      config: {
        header,
        requestTimeoutMs: 5000,
        findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }),
      },
    });
    await app.tap(1, 'a');
    while (!give) await macrotask();
    users.current = '';
    give();
    await sleep(20);
    assert.deepEqual(sentFor(app, 'a'), []);
  });
});

describe('while nobody says who is signed in, and header has the token of another user', () => {
  const questions = {
    'openId throws': () => {
      throw new Error('not signed in');
    },
    'openId is rejected': () => Promise.reject(new Error('not signed in')),
    'openId never settles': () => new Promise(() => {}),
    'openId is an empty string': () => '',
    'openId is a promise of an empty string': async () => '',
    'openId is undefined': () => undefined,
    'openId is a promise of null': async () => null,
    'openId is a number': () => 42,
    'openId is an object': () => ({ value: 'user-a' }),
  };
  Object.entries(questions).forEach(([name, question]) => {
    test(`${name}: the report of the first user waits for that one`, async (t) => {
      const users = createUsers('user-a');
      const app = await startWithReportOfA(t, users);
      users.current = 'user-b';
      users.openId = question;
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
      assertOnlySentFor(app, 'a', 'user-a');
      assert.ok(!app.eventNames().includes('reportDropped'));
      await assertGoesWithA(app, users);
    });

    test(`${name}: the application’s own function is not called for the first user`, async (t) => {
      const users = createUsers('user-a');
      const calls = [];
      const popSubscribeResult = async ({ openId }) => {
        calls.push(`${openId} by ${users.current}`);
        if (calls.length === 1) throw new Error('offline');
      };
      const config = ownFunctions({ popSubscribeResult });
      const app = await start(t, { config: { ...users.config, ...config } });
      await app.tap(1, 'a');
      await event(app, 'reportPostponed');
      users.current = 'user-b';
      users.openId = question;
      assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
      assert.deepEqual(calls, ['user-a by user-a']);
      users.current = 'user-a';
      users.openId = () => users.current;
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    });
  });

  test('at the next launch, where openId is stored later than the token: the report waits for its user', async (t) => {
    const storage = { openId: JSON.stringify('user-a') };
    let token = 'of user-a';
    const launch = (reply) =>
      start(t, {
        fake: { storage },
        config: { header: () => ({ token }) },
        answers: { popSubscribeResult: () => reply },
        ready: false,
      });
    const before = await launch(OFFLINE);
    await before.setup();
    await before.tap(1, 'a');
    await event(before, 'reportPostponed');
    before.close();
    delete storage.openId;
    token = 'of user-b';
    const app = await launch(DELIVERED);
    await app.setup();
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    storage.openId = JSON.stringify('user-b');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 1 });
    assert.deepEqual(app.reports(), []);
    storage.openId = JSON.stringify('user-a');
    token = 'of user-a';
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });

  test('openId false: what earlier versions kept under an openId goes, as the back end decides', async (t) => {
    const storage = { openId: JSON.stringify('user-a') };
    const before = await start(t, { fake: { storage }, answers: { popSubscribeResult: OFFLINE } });
    await before.tap(1, 'a');
    await event(before, 'reportPostponed');
    before.close();
    delete storage.openId;
    const app = await start(t, { fake: { storage }, config: { openId: false }, ready: false });
    await app.setup();
    await event(app, 'reportSent');
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
  });
});

describe('an openId that is no string', () => {
  const wrong = {
    'an object in storage': [
      { fake: { storage: { openId: JSON.stringify({ value: 'user-1', expires: 1 }) } } },
      /object/,
    ],
    'a number in storage': [{ fake: { storage: { openId: '42' } } }, /number/],
    'an object of a function': [{ config: { openId: () => ({ value: 'user-1' }) } }, /object/],
    'a number of a function': [{ config: { openId: () => 42 } }, /number/],
    'a promise of an object': [{ config: { openId: async () => ({ value: 'user-1' }) } }, /object/],
  };
  Object.entries(wrong).forEach(([name, [options, type]]) => {
    test(`${name} keeps the report, and the error names the type that was found`, async (t) => {
      const app = await start(t, options);
      assert.equal((await app.tap()).report, 'queued');
      const { error } = await event(app, 'reportPostponed');
      assert.equal(error.kind, 'badArgument');
      assert.match(error.message, /openId/);
      assert.match(error.message, type);
      assert.ok(!error.message.includes('user-1'), error.message);
      assert.deepEqual(app.reports(), []);
    });
  });
});
