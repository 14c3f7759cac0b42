// Storage that was cleared under the SDK is no delivery: what waits is saved
// again, and each report is delivered once.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { waitingIn } = require('./support/outbox.js');
const { event, keysOf, wallClock } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };
const DELIVERED = { json: {} };
const NUMBERS = ['a', 'b', 'c'];

/** A launch over `storage`, whose back end answers the reports with `app.back.reply`. */
async function launch(t, storage, { config, ...options } = {}) {
  const back = { reply: OFFLINE, delivered: [] };
  const app = await start(t, {
    fake: { storage },
    config: { openId: 'user-1', ...config },
    answers: {
      popSubscribeResult: (request) => {
        const reply = typeof back.reply === 'function' ? back.reply(request) : back.reply;
        if (reply === DELIVERED) back.delivered.push(request.json.busNo);
        return reply;
      },
    },
    ...options,
  });
  return Object.assign(app, { back });
}

/** The same with three reports that wait, each of which was tried. */
async function withThreeWaiting(t, storage, options) {
  const app = await launch(t, storage, options);
  app.back.reply = { statusCode: 503 };
  for (const busNo of NUMBERS) await app.tap(1, busNo);
  assert.deepEqual(await app.flush(), { sent: 0, pending: 3 });
  assert.equal(waitingIn(storage).length, 3);
  app.back.reply = OFFLINE;
  return app;
}

const clear = (app) => app.fake.wx.clearStorageSync();

describe('storage is cleared while three reports wait', () => {
  const moments = {
    'and all are sent': async (app) => clear(app),
    'before another answer': async (app) => {
      clear(app);
      await app.tap(1, 'd');
    },
    'after another answer': async (app) => {
      await app.tap(1, 'd');
      clear(app);
    },
    'twice, with an attempt between': async (app) => {
      clear(app);
      await app.flush();
      clear(app);
    },
    'and a new key of the application is there': async (app) => {
      clear(app);
      app.fake.wx.setStorageSync('cart', ['product-1']);
    },
    'and setup is called again': async (app) => {
      clear(app);
      await app.setup();
    },
    'with wx.clearStorage': (app) =>
      new Promise((resolve) => app.fake.wx.clearStorage({ complete: resolve })),
  };
  Object.entries(moments).forEach(([name, act]) => {
    test(`${name}: each is delivered once, and an event says that it was cleared`, async (t) => {
      const storage = {};
      const app = await withThreeWaiting(t, storage);
      await act(app);
      const fourth = app.eventNames().filter((told) => told === 'reportQueued').length - 3;
      app.back.reply = DELIVERED;
      assert.equal((await app.flush()).pending, 0);
      assert.deepEqual([...app.back.delivered].sort(), [...NUMBERS, 'd'].slice(0, 3 + fourth));
      assert.ok(app.eventNames().includes('outboxCleared'), `${app.eventNames()}`);
      assert.ok(!app.eventNames().includes('reportDropped'));
      assert.deepEqual(waitingIn(storage), []);
    });
  });

  test('and every next try fails: all three are in storage again, for the next launch', async (t) => {
    const storage = {};
    const clock = wallClock(t);
    const app = await withThreeWaiting(t, storage);
    clear(app);
    app.back.reply = { statusCode: 503 };
    assert.deepEqual(await app.flush(), { sent: 0, pending: 3 });
    assert.equal(waitingIn(storage).length, 3);
    assert.deepEqual(
      (await app.diagnostics()).waiting.map(({ saved }) => saved),
      [true, true, true],
    );
    app.close();
    clock.jump(20_000);
    const next = await launch(t, storage, { ready: false });
    next.back.reply = DELIVERED;
    await next.setup();
    await next.flush();
    assert.deepEqual([...next.back.delivered].sort(), NUMBERS);
    assert.deepEqual(new Set(keysOf(next)), new Set(keysOf(app)));
  });

  test('by signIn after a 401: each is delivered once', async (t) => {
    let token = 'old';
    const storage = {};
    const app = await withThreeWaiting(t, storage, {
      config: {
        header: () => ({ token }),
        signIn: async () => {
          clear(app);
          token = 'new';
        },
      },
    });
    app.back.reply = ({ header }) => (header.token === 'new' ? DELIVERED : { statusCode: 401 });
    assert.deepEqual(await app.flush(), { sent: 3, pending: 0 });
    assert.deepEqual([...app.back.delivered].sort(), NUMBERS);
    assert.ok(app.eventNames().includes('outboxCleared'), `${app.eventNames()}`);
  });

  test('in the event of a failed attempt, as an application does on 401: each is delivered once', async (t) => {
    let app;
    const names = [];
    const onEvent = ({ name, error }) => {
      names.push(name);
      if (name === 'reportPostponed' && error.code === 401) clear(app);
    };
    const storage = {};
    app = await launch(t, storage, { config: { onEvent } });
    app.back.reply = { statusCode: 503 };
    for (const busNo of NUMBERS) await app.tap(1, busNo);
    await app.flush();
    app.back.reply = { statusCode: 401 };
    await app.flush();
    app.back.reply = DELIVERED;
    assert.equal((await app.flush()).pending, 0);
    assert.deepEqual([...app.back.delivered].sort(), NUMBERS);
    assert.ok(names.includes('outboxCleared'), `${names}`);
  });

  Object.entries({ arrives: DELIVERED, fails: { statusCode: 503 } }).forEach(([name, reply]) => {
    test(`during a request that ${name}: each is delivered once`, async (t) => {
      const storage = {};
      const app = await withThreeWaiting(t, storage);
      let isFirst = true;
      app.back.reply = () => {
        if (!isFirst) return DELIVERED;
        isFirst = false;
        clear(app);
        return reply;
      };
      await app.flush();
      assert.equal((await app.flush()).pending, 0);
      assert.deepEqual([...app.back.delivered].sort(), NUMBERS);
    });
  });
});

describe('storage is cleared while one report waits', () => {
  test('it is delivered, and an event says that it was cleared', async (t) => {
    const app = await launch(t, {});
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    clear(app);
    app.back.reply = DELIVERED;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.ok(app.eventNames().includes('outboxCleared'), `${app.eventNames()}`);
  });
});

describe('storage is cleared, and another copy of the SDK writes its own marker', () => {
  test('the reports of the first copy are still delivered, each once', async (t) => {
    const storage = {};
    const first = await withThreeWaiting(t, storage);
    clear(first);
    const second = await launch(t, storage);
    await second.tap(1, 'd');
    await event(second, 'reportPostponed');
    first.back.reply = DELIVERED;
    await first.flush();
    assert.deepEqual(first.back.delivered.filter((busNo) => busNo !== 'd').sort(), NUMBERS);
    second.back.reply = DELIVERED;
    await second.flush();
    const all = [...first.back.delivered, ...second.back.delivered].sort();
    assert.deepEqual(all, [...NUMBERS, 'd']);
  });
});

describe('storage that nobody cleared', () => {
  test('a first launch, deliveries and a restart tell nothing of it', async (t) => {
    const storage = {};
    const app = await launch(t, storage);
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    app.close();
    const next = await launch(t, storage);
    next.back.reply = DELIVERED;
    await next.tap(1, 'b');
    await next.flush();
    const names = [...app.eventNames(), ...next.eventNames()];
    assert.ok(!names.includes('outboxCleared') && !names.includes('outboxDamaged'), `${names}`);
  });

  test('what another copy of the SDK has delivered is not sent again', async (t) => {
    const storage = {};
    const clock = wallClock(t);
    const first = await withThreeWaiting(t, storage);
    clock.jump(20_000);
    const second = await launch(t, storage);
    second.back.reply = DELIVERED;
    assert.deepEqual(await second.flush(), { sent: 3, pending: 0 });
    first.back.reply = DELIVERED;
    assert.deepEqual(await first.flush(), { sent: 0, pending: 0 });
    assert.deepEqual(first.back.delivered, []);
    assert.ok(!first.eventNames().includes('outboxCleared'));
  });
});
