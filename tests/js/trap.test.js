// The module traps, as it does when memory runs out: the calls that wait end,
// nothing of the dead instance runs on, and a fresh one takes over.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { createAppClock } = require('./support/app-clock.js');
const { BUILD, start } = require('./support/bare-context.js');
const { settled } = require('./support/clock.js');
const { longNameOf } = require('./support/names.js');
const { putReports, waitingIn } = require('./support/outbox.js');
const { macrotask, popupOf, startWasm } = require('./support/steps.js');
const { UNREACHABLE, createTraps } = require('./support/traps.js');

/** Long enough for the host to end what it has begun. */
const MOMENT_MS = 100;
/** So many that something must be wrong. */
const MOST_INSTANCES = 100;

/** A report as it is in storage. */
function waitingReport(id) {
  const body = {
    busNo: 'order-1',
    extraVariableMap: {},
    openId: 'user-1',
    agreeTemplateIds: ['tmpl-a'],
    rejectTemplateIds: [],
  };
  return { id, body };
}

/** Sorted, for a comparison whatever the order. */
const sorted = (values) => [...values].sort();

/** Launches an app whose module traps as `traps` says, on a clock, with a back end that stores each id once. */
async function launch(
  t,
  traps,
  { config, fake, answers, storage = { openId: '"user-1"' }, wx } = {},
) {
  const clock = createAppClock(t);
  const realm = clock.timers();
  const platform = clock.timers();
  /** The ids of the reports that the back end has. */
  const stored = [];
  /** The ids of all reports that were ever in storage. */
  const saved = new Set();

  const app = await start(t, {
    ready: false,
    config,
    answers: {
      popSubscribeResult({ header }) {
        const id = header['idempotency-key'];
        if (!stored.includes(id)) stored.push(id);
        return { json: {} };
      },
      ...answers,
    },
    fake: { ...platform.functions, storage, ...fake },
    globals: realm.functions,
    wasm: traps.wasm,
    wx: (host) => ({
      ...(wx && wx(host)),
      setStorageSync(key, value) {
        host.setStorageSync(key, value);
        waitingIn(storage).forEach(({ id }) => saved.add(id));
      },
    }),
  });
  const more = BUILD === 'fallback' ? { fallback: traps.fallback(app.require('fallback.js')) } : {};

  /** Loading takes real time, which the clock must not run ahead of. */
  const loading = () =>
    app.instantiated.length > traps.ready && BUILD === 'wasm' ? settled() : undefined;

  /** Waits for what the package promised. */
  async function waitFor(promise, what) {
    let ended = false;
    const end = () => {
      ended = true;
    };
    promise.then(end, end);
    await clock.until(() => ended, { busy: loading, what });
    return promise;
  }

  const self = {
    ...app,
    clock,
    storage,
    stored,
    saved,
    timers: realm.count,
    setup: () => waitFor(app.setup(more), 'setup'),
    subscribe: (...given) => waitFor(app.subscribe(...given), 'asyncSubscribeMessage'),
    tap: (...given) => waitFor(app.tap(...given), 'asyncSubscribeMessage'),
    prefetch: (...given) => waitFor(app.prefetch(...given), 'prefetchTemplates'),
    flush: () => waitFor(app.flush(), 'flushReports'),
    settings: () => waitFor(app.sdk.getSubscriptionSettings(), 'getSubscriptionSettings'),
    openSettings: () =>
      waitFor(
        app.fake.tap(() => app.sdk.openSubscriptionSettings()),
        'openSubscriptionSettings',
      ),
    /** Lets `ms` milliseconds pass, while the package may load again after a trap. */
    async pass(ms) {
      const end = clock.now() + ms;
      const isWrong = () => traps.instances.length > MOST_INSTANCES;
      while (clock.now() < end && !isWrong()) {
        await clock.pass(end - clock.now(), () => isWrong() || loading() !== undefined);
        while (loading()) await loading();
      }
    },
    /** Lets the host end what it has begun. */
    rest: () => self.pass(MOMENT_MS),
    /** Lets time pass until nothing waits in storage any more, and no timer runs. */
    delivered: () =>
      clock.until(() => waitingIn(storage).length === 0 && realm.count() === 0 && !loading(), {
        busy: loading,
        what: 'an empty outbox',
      }),
  };
  return self;
}

/** What becomes of a promise that may be rejected as internal, and in no other way. */
const orInternal = (promise) =>
  promise.catch((error) => {
    assert.equal(error.kind, 'internal', error.message);
    assert.ok(error.message.includes(UNREACHABLE), error.message);
    return 'internal';
  });

/** Nothing was asked of a trapped instance, and it did nothing, from the trap on. */
function assertDead(traps, what) {
  traps.instances.forEach(({ trapped, callsAfter }) => {
    assert.deepEqual(callsAfter, [], `${what}: called after ${trapped} trapped`);
  });
}

/** A whole visit, with every function of the package. */
async function visit(app, outcomes) {
  const began = await orInternal(app.setup());
  if (began === 'internal') await app.setup();
  outcomes.push(began === 'internal');
  await app.rest();

  const ids = await app.prefetch(1, 'product-1');
  assert.ok(ids.length === 0 || ids.length === 2);
  await app.rest();
  for (const [type, busNo] of [
    [1, 'product-1'],
    [6, 'company-1'],
  ]) {
    const outcome = await app.tap(type, busNo, { price: '129.00' });
    const isAnswered = outcome.status === 'answered';
    if (!isAnswered) {
      assert.deepEqual([outcome.status, outcome.error.kind], ['failed', 'internal']);
      assert.ok(outcome.error.message.includes(UNREACHABLE), outcome.error.message);
    }
    outcomes.push(!isAnswered);
    await app.rest();
  }
  outcomes.push((await orInternal(app.settings())) === 'internal');
  outcomes.push((await orInternal(app.openSettings())) === 'internal');
  outcomes.push((await orInternal(app.flush())) === 'internal');
  await app.rest();
}

describe('the module traps at each call of it in turn', () => {
  for (const late of [false, true]) {
    const when = `when the call has ${late ? 'done its work' : 'only begun'}`;
    const touched = new Set();
    let ended = 0;
    // In parts: old V8 holds a hundred instances at a time, and a test keeps all of its own.
    const sweep = (first) => async (t) => {
      for (let at = first; ; at += 3) {
        const traps = createTraps((call) => call.instance === 1 && call.at === at, { late });
        const app = await launch(t, traps);
        const outcomes = [];
        await visit(app, outcomes);
        traps.when = () => false;
        const { trapped } = traps.instances[0];
        const what = `call ${at}, ${trapped}`;

        const next = await app.tap(9, 'order-9');
        assert.equal(next.status, 'answered', `${what}: ${JSON.stringify(next)}`);
        await app.delivered();
        assert.deepEqual(sorted(app.stored), sorted(app.saved), what);
        assertDead(traps, what);
        assert.equal(traps.instances.length, trapped ? 2 : 1, what);
        const failed = outcomes.filter(Boolean).length;
        assert.ok(failed <= (trapped ? 1 : 0), `${what}: ${failed} calls failed`);

        ended += failed;
        app.close();
        t.mock.restoreAll();
        if (!trapped) break;
        touched.add(trapped);
      }
    };
    test(`${when}: the first and every third from there`, sweep(1));
    test(`${when}: the second and every third from there`, sweep(2));
    test(`${when}: the third and every third from there`, sweep(3));

    test(`${when}: every export was among them`, () => {
      // Each call of the package that can trap has done so, and was ended by it.
      const exported = [
        'configure',
        'subscribe',
        'prefetch',
        'flushReports',
        'subscriptionSettings',
        'complete',
      ];
      exported.forEach((name) =>
        assert.ok(touched.has(name), `${name} is not among ${[...touched]}`),
      );
      assert.ok(ended > exported.length);
    });
  }
});

/** Traps at the next call of an export whose name matches, once `armed`. */
function createNextTrap(pattern) {
  const traps = createTraps(({ name }) => {
    const isTrap = traps.armed && pattern.test(name);
    if (isTrap) traps.armed = false;
    return isTrap;
  });
  traps.armed = false;
  return traps;
}

/** The export through which callbacks enter the module. */
const CALLBACK = /^complete$/;
const isInternal = ({ status, error }) => {
  assert.equal(status, 'failed');
  assert.deepEqual([error.kind, error.retryable], ['internal', true]);
};

describe('a trap', () => {
  test('in the answer of the popup ends the call, and leaves no popup open', async (t) => {
    const traps = createNextTrap(CALLBACK);
    const app = await launch(t, traps, { fake: { autoAnswer: null } });
    await app.setup();
    await app.prefetch();
    const waiting = app.tap();
    traps.armed = true;
    app.fake.popup.acceptAll();
    isInternal(await waiting);
    await app.rest();

    await app.prefetch();
    const next = app.tap();
    assert.ok(app.fake.popup, 'the fresh instance takes a popup for open');
    app.fake.popup.acceptAll();
    assert.equal((await next).status, 'answered');
    await app.delivered();
    assert.deepEqual(app.stored, [...app.saved]);
    assertDead(traps);
  });

  test('while a popup is open: its late answer harms nobody, and the next tap works', async (t) => {
    const traps = createNextTrap(/^prefetch$/);
    const app = await launch(t, traps, { fake: { autoAnswer: null } });
    await app.setup();
    await app.prefetch();
    const waiting = app.tap();
    const { popup } = app.fake;
    traps.armed = true;
    assert.deepEqual(await app.prefetch(2, 'order-2'), []);
    isInternal(await waiting);
    await app.rest();

    const early = await app.tap();
    assert.equal(early.error.kind, 'busy', 'the host says so itself: its popup is still there');
    popup.acceptAll();
    await app.rest();
    assertDead(traps);

    const next = app.tap();
    app.fake.popup.acceptAll();
    assert.equal((await next).status, 'answered');
  });

  test('ends every call that waits, at once', async (t) => {
    const traps = createNextTrap(/^flushReports$/);
    const silent = () => undefined;
    const app = await launch(t, traps, {
      answers: { findCustomerPopTemplate: silent, popSubscribeResult: silent },
      config: { requestTimeoutMs: 50_000 },
      wx: () => ({ getSetting: silent }),
    });
    await app.setup();
    const subscribing = [app.tap(1, 'product-1'), app.tap(2, 'order-2')];
    const prefetching = app.prefetch(3, 'order-3');
    const asking = assert.rejects(app.settings(), { kind: 'internal' });
    const began = app.clock.now();
    traps.armed = true;
    await assert.rejects(app.flush(), { kind: 'internal' });
    (await Promise.all(subscribing)).forEach(isInternal);
    assert.deepEqual(await prefetching, []);
    await asking;
    assert.ok(app.clock.now() - began < MOMENT_MS);
    assertDead(traps);
  });

  test('of the timer of a retry is followed by a fresh instance that sends the report', async (t) => {
    const traps = createNextTrap(CALLBACK);
    let isDown = true;
    const app = await launch(t, traps, {
      answers: { popSubscribeResult: () => (isDown ? { statusCode: 503 } : { json: {} }) },
    });
    await app.setup();
    await app.prefetch();
    assert.equal((await app.tap()).report, 'queued');
    await app.clock.until(() => app.eventNames().includes('reportPostponed'));
    isDown = false;
    traps.armed = true;
    await app.delivered();
    assert.equal(traps.instances.length, 2);
    assert.deepEqual(
      app.eventNames().filter((name) => name === 'reportSent'),
      ['reportSent'],
    );
    assertDead(traps);
  });

  test('in an event of the host neither reaches the host nor the other listeners', async (t) => {
    const traps = createNextTrap(/^networkChanged$/);
    const app = await launch(t, traps);
    await app.setup();
    let heard = 0;
    app.wx.onNetworkStatusChange(() => {
      heard += 1;
    });
    traps.armed = true;
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    assert.equal(heard, 1);
    await app.rest();
    // Now both instances listen, of which one is dead.
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    assert.equal(heard, 2);
    assertDead(traps);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('within the tap keeps storage as it is, wherever memory runs out', async (t) => {
    const storage = { openId: '"user-1"' };
    const reports = ['old-1', 'old-2'].map(waitingReport);
    for (let nameAt = 1; ; nameAt += 1) {
      putReports(storage, reports);
      const traps = createTraps(
        ({ instance, name, nameAt: at }) =>
          instance === 1 && name === '__wbindgen_malloc' && at === nameAt,
      );
      const app = await launch(t, traps, {
        storage,
        answers: { popSubscribeResult: { statusCode: 503 } },
      });
      await orInternal(app.setup());
      await app.rest();
      const { trapped } = traps.instances[0];
      const waiting = waitingIn(storage).map(({ id }) => id);
      assert.deepEqual(waiting, ['old-1', 'old-2'], `after malloc ${nameAt}`);
      app.close();
      t.mock.restoreAll();
      if (!trapped) break;
      assert.ok(nameAt < 200);
    }
  });
});

describe('a fresh instance that cannot be made after a trap', () => {
  const ways = {
    'as it does not load': (traps) => {
      traps.refuse = (number) => number === 2;
    },
    'as it traps at its start': (traps) => {
      const { when } = traps;
      traps.when = (call) => when(call) || (call.instance === 2 && call.name === 'configure');
    },
  };
  for (const [name, spoil] of Object.entries(ways)) {
    test(`${name}, is made at the next call`, async (t) => {
      const traps = createTraps((call) => call.instance === 1 && call.name === 'prefetch');
      spoil(traps);
      const app = await launch(t, traps);
      await app.setup();
      assert.deepEqual(await app.prefetch(), []);
      await app.rest();
      // This call may still be told of the failure.
      await app.prefetch();
      await app.rest();
      const outcome = await app.tap();
      assert.equal(outcome.status, 'answered', JSON.stringify(outcome));
      assert.equal(traps.instances.length, 3);
      assertDead(traps);
    });
  }
});

describe('a module that traps always', () => {
  const HOUR_MS = 3_600_000;

  test('at its start rejects setup as internal, and is not tried again on its own', async (t) => {
    const traps = createTraps(({ name }) => name === 'configure');
    const app = await launch(t, traps);
    await assert.rejects(app.setup(), { kind: 'internal', retryable: true });
    await app.pass(HOUR_MS);
    assert.equal(traps.instances.length, 1);
    isInternal(await app.tap());
    assert.deepEqual(await app.prefetch(), []);
    assert.ok(
      traps.instances.length <= 3,
      `${traps.instances.length} instances for one setup and two calls`,
    );
    assertDead(traps);
    assert.equal(app.timers(), 0);
  });

  test('and is mended works at the next setup', async (t) => {
    const traps = createTraps(({ name }) => name === 'configure');
    const app = await launch(t, traps);
    await assert.rejects(app.setup(), { kind: 'internal' });
    traps.when = () => false;
    await app.setup();
    assert.equal((await app.tap()).status, 'answered');
    assert.equal(traps.instances.length, 2);
  });

  for (const name of ['subscribe', 'prefetch', 'flushReports']) {
    test(`in ${name} costs at most one instance a call`, async (t) => {
      const traps = createTraps((call) => call.name === name);
      const app = await launch(t, traps);
      await app.setup();
      for (let calls = 1; calls <= 5; calls += 1) {
        if (name === 'subscribe') isInternal(await app.tap());
        else if (name === 'prefetch') assert.deepEqual(await app.prefetch(), []);
        else await assert.rejects(app.flush(), { kind: 'internal' });
        await app.rest();
        assert.ok(
          traps.instances.length <= calls + 1,
          `${traps.instances.length} instances for ${calls} calls`,
        );
      }
      const { length } = traps.instances;
      await app.pass(HOUR_MS);
      assert.equal(traps.instances.length, length);
      assertDead(traps);
    });
  }

  for (const isFull of [false, true]) {
    const storageIs = isFull ? 'a full storage' : 'room in storage';
    test(`in each callback, with a report to send and ${storageIs}, is not loaded again and again`, async (t) => {
      const storage = { openId: '"user-1"' };
      putReports(storage, [waitingReport('old-1')]);
      const traps = createTraps(({ name }) => CALLBACK.test(name));
      const app = await launch(t, traps, { storage, fake: isFull ? { storageLimit: 0 } : {} });
      await orInternal(app.setup());
      await app.pass(HOUR_MS);
      const { length } = traps.instances;
      assert.ok(length <= 10, `${length} instances in an hour, without a call`);
      assertDead(traps);
    });
  }
});

describe('a trap in the module', () => {
  /** A host whose first instance traps at the next call of an export, once armed. */
  function trapping(name) {
    const trap = { armed: false };
    const wrap = (key, call) =>
      longNameOf(key) === name
        ? (...values) => {
            if (!trap.armed) return call(...values);
            trap.armed = false;
            throw new WebAssembly.RuntimeError('unreachable');
          }
        : call;
    const answer = ({ exports }) => {
      const wrapped = Object.entries(exports).map(([key, member]) => [
        key,
        typeof member === 'function' ? wrap(key, member) : member,
      ]);
      return { exports: Object.fromEntries(wrapped) };
    };
    return { trap, wasm: { answer } };
  }

  test('ends its call as internal, and the next one works on a fresh instance', async (t) => {
    const { trap, wasm } = trapping('subscribe');
    const app = await startWasm(t, { wasm });
    trap.armed = true;
    const { status, error } = await app.tap();
    assert.deepEqual([status, error.kind, error.retryable], ['failed', 'internal', true]);
    assert.match(error.message, /report it.*unreachable/);
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
    assert.equal(app.instantiated.length, 2);
  });

  test('ends the calls that wait, too, and late answers of the host do no harm', async (t) => {
    const { trap, wasm } = trapping('prefetch');
    const app = await startWasm(t, { wasm, fake: { autoAnswer: null } });
    const waiting = app.tap();
    const popup = await popupOf(app, waiting);
    trap.armed = true;
    assert.deepEqual(await app.prefetch(2), []);
    assert.equal((await waiting).error.kind, 'internal');
    popup.acceptAll();
    await macrotask();
    assert.deepEqual(await app.prefetch(2), ['tmpl-a', 'tmpl-b']);
  });

  test('after a setup that was refused, the configuration that worked is taken up again', async (t) => {
    const { trap, wasm } = trapping('subscribe');
    const app = await startWasm(t, { wasm });
    await assert.rejects(app.setup({ maxTemplates: 0 }), { kind: 'badArgument' });
    trap.armed = true;
    assert.equal((await app.tap()).error.kind, 'internal');
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
  });
});
