// The app is killed at every step of its work and restarted with the same
// storage: each answer reaches the real back end exactly once.
'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');

const { createAppClock } = require('./support/app-clock.js');
const { startBackend } = require('./support/backend.js');
const { here, start } = require('./support/bare-context.js');
const { settled } = require('./support/clock.js');
const { createHttpTransport } = require('./support/http-transport.js');
const { createBorder } = require('./support/kill.js');
const {
  clearOutbox,
  keysIn,
  putOldReports,
  putOutbox,
  putOutboxText,
  putReportText,
  putReports,
  textIn,
  waitingIn,
} = require('./support/outbox.js');

const REQUEST_TIMEOUT_MS = 5_000;
/** The lease of a report that was being sent at a kill. */
const LEASE_MS = REQUEST_TIMEOUT_MS + 1_000;
/** A request and its callbacks, on a clock that charges a millisecond for each. */
const MOMENT_MS = 100;

let backend;
before(async () => {
  backend = await startBackend();
});
after(() => backend && backend.remove());

let users = 0;
/** Each app has a user of its own, so that all share one database. */
function newStorage() {
  users += 1;
  return { openId: JSON.stringify(`user-${users}`) };
}

const rowsOf = (storage) => backend.subscriptions(JSON.parse(storage.openId));

/** Accepts the first template and rejects the others. */
const firstOnly = (ids) => ({ [ids[0]]: 'accept' });

/**
 * The network between the phones and the back end. A request that has left a
 * phone arrives, even if its app is killed.
 */
function createNetwork(clock) {
  const send = createHttpTransport();
  const { setTimeout } = clock.timers().functions;
  /** Pending promises that take no time on the clock. */
  const arriving = new Set();
  /** The ids of the reports that are in transit. */
  const underWay = [];

  const network = {
    /** The ids of the reports that were sent, in order. */
    sent: [],
    /** The ids of those that were sent again while in transit. */
    doubled: [],
    /** `(id) => ms`: the time that a report takes. */
    delayMs: () => 0,
    /** `(outcome, id) => outcome`: changes the answer that the phone gets. */
    wayBack: (outcome) => outcome,

    busy: () => (arriving.size > 0 ? Promise.race(arriving) : undefined),
    isIdle: () => arriving.size === 0 && underWay.length === 0,

    transport(request, respond) {
      const id = request.header['idempotency-key'];
      const carry = () => {
        const arrival = new Promise((resolve) => {
          send(request, async (outcome) => {
            respond(id ? await network.wayBack(outcome, id) : outcome);
            arriving.delete(arrival);
            if (id) underWay.splice(underWay.indexOf(id), 1);
            resolve();
          });
        });
        arriving.add(arrival);
      };
      if (!id) {
        carry();
        return;
      }
      network.sent.push(id);
      if (underWay.includes(id)) network.doubled.push(id);
      underWay.push(id);
      const ms = network.delayMs(id);
      if (ms > 0) setTimeout(carry, ms);
      else carry();
    },
  };
  return network;
}

/** The failure if the connection breaks before the answer. */
const LOST = { errMsg: 'net::ERR_CONNECTION_RESET' };

/**
 * Launches the app over `storage`. With `killAt`, it is killed at that step.
 *
 * `begin(work)` sets it up and does `work(app)`, what its pages do; `isOver()`
 * once that is done or the app dead.
 */
async function launch(t, { clock, network, storage, killAt, config, fake }) {
  const border = createBorder(killAt);
  const realm = clock.timers();
  const platform = clock.timers();
  /** The ids of all reports that this app ever had in storage. */
  const saved = new Set();

  const app = await start(t, {
    ready: false,
    config: {
      baseUrl: backend.url,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onEvent: border.outward('onEvent', (event) => app.events.push(here(event))),
      ...config,
    },
    fake: {
      ...platform.functions,
      transport: network.transport,
      storage,
      autoAnswer: firstOnly,
      ...fake,
    },
    globals: border.host(realm.functions),
    wx: (wx) =>
      border.host({
        ...wx,
        setStorageSync(key, value) {
          wx.setStorageSync(key, value);
          waitingIn(storage).forEach(({ id }) => saved.add(id));
        },
      }),
  });

  const kill = () => {
    realm.stopAll();
    app.close();
  };
  border.whenKilled(kill);

  let isLoaded = false;
  let ended = null;
  return Object.assign(app, {
    border,
    saved,
    kill,
    /** How many timers the package has running. */
    timers: realm.count,
    isOver: () => Boolean(ended) || border.isDead(),
    /** Loading takes real time; the clock waits for it. */
    loading: () => (isLoaded || app.isOver() ? undefined : settled()),
    /** Errors, except those of killed apps. */
    error: () => (ended && !border.isDead() ? ended.error : undefined),

    begin(work = () => {}) {
      const whole = async () => {
        await app.setup();
        isLoaded = true;
        await work(app);
      };
      whole().then(
        () => {
          ended = {};
        },
        (error) => {
          ended = { error };
        },
      );
      return app;
    },
  });
}

/** Advances the clock until `done()`, while the apps work. */
async function pass({ clock, network }, apps, done, what) {
  const loading = () => apps.map((app) => app.loading()).find(Boolean);
  await clock.until(done, { busy: () => loading() || network.busy(), what });
  apps.forEach((app) => {
    if (app.error()) throw app.error();
  });
}

/** Advances the clock until the apps have done their work or were killed. */
const over = (world, ...apps) =>
  pass(world, apps, () => apps.every((app) => app.isOver()), 'the end of the work');

/** Advances the clock until nothing waits in storage or is in transit. */
function delivered(world, storage, apps, what) {
  const isEmpty = () => waitingIn(storage).length === 0 && world.network.isIdle();
  return pass(
    world,
    apps,
    () => apps.every((app) => app.isOver()) && isEmpty(),
    `${what}: an empty outbox`,
  );
}

/** A clock and a network for the apps of one test. */
function createWorld(t) {
  const clock = createAppClock(t);
  return { clock, network: createNetwork(clock) };
}

const PRICE = { price: '129.00' };

/** A tap with prefetched templates. */
async function addToCart({ border: { step }, ...app }) {
  step('setup has resolved');
  await app.prefetch(1, 'product-1');
  step('prefetchTemplates has resolved');
  const { status } = await app.tap(1, 'product-1', PRICE);
  assert.equal(status, 'answered');
  step('asyncSubscribeMessage has resolved');
}

/** A tap without a prefetch. */
async function switchCompany({ border: { step }, ...app }) {
  const { status } = await app.tap(6, 'company-1');
  assert.equal(status, 'answered');
  step('the second asyncSubscribeMessage has resolved');
}

async function flush({ border: { step }, ...app }) {
  await app.flush();
  step('flushReports has resolved');
}

/** Several of these in sequence. */
const inTurn =
  (...works) =>
  async (app) => {
    for (const work of works) await work(app);
  };

/** The back end has each of these reports once, as the user answered, and nothing else. */
async function assertOnce(storage, saved, what) {
  const rows = await rowsOf(storage);
  assert.deepEqual(rows.map(({ id }) => id).sort(), [...saved].sort(), what);
  rows.forEach(({ busNo, extraVariableMap, agreeTemplateIds, rejectTemplateIds }) => {
    assert.deepEqual(extraVariableMap, busNo === 'product-1' ? PRICE : {}, what);
    assert.deepEqual([agreeTemplateIds.length, rejectTemplateIds.length], [1, 1], what);
  });
}

/** The next launch only starts: it sends the remaining reports soon, and then stops. */
async function restart(t, world, storage, what) {
  const began = world.clock.now();
  const app = await launch(t, { ...world, storage });
  await delivered(world, storage, [app.begin()], what);
  const took = world.clock.now() - began;
  assert.ok(took <= LEASE_MS + MOMENT_MS, `${what}: it took ${took} ms to send what was left`);
  assert.equal(app.timers(), 0, `${what}: a timer is left`);
  assert.deepEqual(
    app.eventNames().filter((name) => name !== 'reportSent'),
    [],
    what,
  );
  app.kill();
}

/** Where the user's answer enters the app. Steps before it do not depend on reports. */
const ANSWER = 'before success of requestSubscribeMessage';

/** Which step of a whole flow has this name, counted from 1. */
async function numberOf(t, world, name, { work, config }) {
  const app = await launch(t, { ...world, storage: newStorage(), config });
  await over(world, app.begin(work));
  await pass(world, [], world.network.isIdle, 'the last request');
  app.kill();
  assert.ok(app.border.steps.includes(name), `no step is ${name}`);
  return app.border.steps.indexOf(name) + 1;
}

/**
 * Kills an app at the first step of `work`, or at the first one named `from`,
 * the next app at the next step, and so on, until one reaches the end.
 *
 * @returns {Promise<{ what: string, storage: object, saved: Set<string> }[]>} the state after each kill
 */
async function killedAtEachStep(t, world, { work, from, atLeast, config, storageOf = newStorage }) {
  const killed = [];
  const first = from === undefined ? 1 : await numberOf(t, world, from, { work, config });
  for (let killAt = first; ; killAt += 1) {
    const storage = storageOf();
    const left = waitingIn(storage).map(({ id }) => id);
    const app = await launch(t, { ...world, storage, killAt, config });
    await over(world, app.begin(work));
    const { steps, isDead } = app.border;
    const what = `killed at step ${killAt}, ${steps[steps.length - 1]}`;
    const answers = steps.filter((name) => name === 'after success of requestSubscribeMessage');
    assert.ok(
      app.saved.size >= answers.length,
      `${what}: a callback returned, but its answer is not in storage`,
    );
    // Requests in transit arrive.
    await pass(world, [], world.network.isIdle, `${what}: the last request`);
    killed.push({ what, storage, saved: new Set([...left, ...app.saved]) });
    app.kill();
    if (!isDead()) break;
  }
  assert.ok(killed.length > atLeast, `only ${killed.length} steps`);
  return killed;
}

/** A report as it is in storage. */
function waitingReport(storage, id) {
  const body = {
    busNo: 'product-1',
    extraVariableMap: PRICE,
    openId: JSON.parse(storage.openId),
    agreeTemplateIds: ['tmpl-a'],
    rejectTemplateIds: ['tmpl-b'],
  };
  return { id: `${body.openId}-${id}`, body };
}

describe('the app is killed at each step in turn, and started again', () => {
  /** Restarts each killed app that left reports: all reach the same result. */
  async function restartEach(t, world, killed) {
    for (const { what, storage, saved } of killed) {
      if (keysIn(storage).length) await restart(t, world, storage, what);
      else assert.equal(saved.size, 0, what);
      await assertOnce(storage, saved, what);
    }
    assert.deepEqual(world.network.doubled, []);
  }

  test('with the back end up', async (t) => {
    const world = createWorld(t);
    const work = inTurn(addToCart, switchCompany, flush);
    const killed = await killedAtEachStep(t, world, { work, atLeast: 70 });
    assert.deepEqual([...new Set(killed.map(({ saved }) => saved.size))], [0, 1, 2]);
    await restartEach(t, world, killed);
  });

  test('with the back end down until then', async (t) => {
    const world = createWorld(t);
    t.after(() => backend.start());
    await backend.stop();
    const config = { findCustomerPopTemplate: async () => ({ data: ['tmpl-a', 'tmpl-b'] }) };
    const work = inTurn(addToCart, flush);
    const killed = await killedAtEachStep(t, world, { work, from: ANSWER, config, atLeast: 20 });
    assert.deepEqual([...new Set(killed.map(({ saved }) => saved.size))], [0, 1]);
    await backend.start();
    for (const { what, storage } of killed) assert.deepEqual(await rowsOf(storage), [], what);
    await restartEach(t, world, killed);
  });

  test('with a back end whose answers to reports were lost until then', async (t) => {
    const world = createWorld(t);
    world.network.wayBack = () => LOST;
    const work = inTurn(addToCart, flush);
    const killed = await killedAtEachStep(t, world, { work, from: ANSWER, atLeast: 20 });
    const stored = await Promise.all(killed.map(({ storage }) => rowsOf(storage)));
    assert.ok(
      stored.some((rows) => rows.length === 1),
      'no report arrived, so no retry is tested',
    );
    world.network.wayBack = (outcome) => outcome;
    await restartEach(t, world, killed);
  });

  test('and killed again while it sends what was left', async (t) => {
    const world = createWorld(t);
    function storageOf() {
      const storage = newStorage();
      putReports(
        storage,
        ['a', 'b'].map((id) => waitingReport(storage, id)),
      );
      return storage;
    }
    const killed = await killedAtEachStep(t, world, { work: flush, storageOf, atLeast: 25 });
    assert.deepEqual([...new Set(killed.map(({ saved }) => saved.size))], [2]);
    await restartEach(t, world, killed);
  });
});

describe('a report that the back end has, though the phone does not know', () => {
  test('is not stored again after the back end was killed before it could answer', async (t) => {
    const world = createWorld(t);
    const { network } = world;
    t.after(() => backend.start());
    network.wayBack = async () => {
      await backend.stop('SIGKILL');
      return LOST;
    };
    const storage = newStorage();
    const app = await launch(t, { ...world, storage });
    await over(world, app.begin(addToCart));
    await pass(world, [app], () => app.eventNames().includes('reportPostponed'), 'the failure');
    app.kill();
    network.wayBack = (outcome) => outcome;

    await backend.start();
    await assertOnce(storage, app.saved, 'before the retry');
    await restart(t, world, storage, 'after the kill');
    await assertOnce(storage, app.saved, 'after the retry');
    assert.deepEqual(network.sent, [...app.saved, ...app.saved]);
  });

  test('is not stored again when the first attempt arrives after the second', async (t) => {
    const world = createWorld(t);
    const { network } = world;
    const storage = newStorage();
    network.delayMs = () => 30_000;
    const app = await launch(t, { ...world, storage });
    await over(world, app.begin(addToCart));
    app.kill();
    network.delayMs = () => 0;

    const next = await launch(t, { ...world, storage });
    const isSent = () => next.eventNames().includes('reportSent');
    await pass(world, [next.begin()], isSent, 'the second attempt');
    assert.equal(network.isIdle(), false);
    await assertOnce(storage, app.saved, 'the second attempt');
    await delivered(world, storage, [next], 'the first attempt');
    await assertOnce(storage, app.saved, 'both attempts');
    assert.deepEqual(network.sent, [...app.saved, ...app.saved]);
  });
});

describe('two copies of the package over one storage', () => {
  const SCENES = [1, 2, 3, 4, 6];

  /** Reproducible numbers from 0 to 1. */
  function createRandom(seed) {
    let state = seed;
    return () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    };
  }

  /** Runs both apps; returns the ids of all reports that were ever in storage. */
  async function launchTwo(t, world, storage) {
    const first = await launch(t, { ...world, storage });
    const second = await launch(t, { ...world, storage });
    return { apps: [first, second], saved: () => new Set([...first.saved, ...second.saved]) };
  }

  const SEEDS = 30;
  let retried = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    test(`send each report once, never both at once, and lose none (seed ${seed})`, async (t) => {
      const world = createWorld(t);
      const { clock, network } = world;
      const random = createRandom(seed);
      const { setTimeout } = clock.timers().functions;
      const storage = newStorage();
      network.delayMs = () => random() * (REQUEST_TIMEOUT_MS - 1_000);
      network.wayBack = (outcome) => (random() < 0.3 ? LOST : outcome);
      const { apps, saved } = await launchTwo(t, world, storage);
      apps.forEach((app, copy) =>
        app.begin(async () => {
          for (const type of SCENES) {
            await new Promise((resolve) => {
              setTimeout(resolve, random() * 4_000);
            });
            assert.equal((await app.tap(type, `copy-${copy}`)).report, 'queued');
          }
        }),
      );
      await delivered(world, storage, apps, 'both copies');
      // A copy that waits for the other's report checks again when its lease ends.
      await pass(world, apps, () => apps.every((app) => app.timers() === 0), 'the last timer');

      const rows = await rowsOf(storage);
      assert.deepEqual(rows.map(({ id }) => id).sort(), [...saved()].sort());
      const asked = rows.map(({ busNo, agreeTemplateIds }) => [busNo, agreeTemplateIds.length]);
      assert.deepEqual(
        asked.sort(),
        [0, 1].flatMap((copy) => SCENES.map(() => [`copy-${copy}`, 1])),
      );
      assert.deepEqual(network.doubled, []);
      if (network.sent.length > rows.length) retried += 1;
    });
  }

  test('and most of them had to send a report again', () => {
    assert.ok(retried > SEEDS * 0.8, `only ${retried} of ${SEEDS}`);
  });

  test('need only one of them to live on', async (t) => {
    const world = createWorld(t);
    const { clock, network } = world;
    const storage = newStorage();
    network.delayMs = () => 3_000;
    const { apps, saved } = await launchTwo(t, world, storage);
    const [first, second] = apps;
    await over(world, first.begin(addToCart));
    await over(world, second.begin(switchCompany));
    assert.deepEqual(
      second.eventNames().filter((name) => name === 'reportSent'),
      [],
    );
    first.kill();

    const began = clock.now();
    await delivered(world, storage, apps, 'the other copy');
    assert.ok(clock.now() - began <= LEASE_MS + 2 * 3_000 + MOMENT_MS);
    await assertOnce(storage, saved(), 'the other copy');
    assert.deepEqual(network.doubled, []);
    assert.equal(second.timers(), 0);
  });
});

describe('what the next launch finds in storage', () => {
  /** Launches an app over `storage`, which does `work` until nothing is pending. */
  async function open(t, world, storage, { work, ...options } = {}) {
    const app = await launch(t, { ...world, storage, ...options });
    await over(world, app.begin(work));
    await pass(world, [app], () => world.network.isIdle() && app.timers() === 0, 'rest');
    return app;
  }

  const full = { storageLimit: 0 };

  test('that is full: what waits is sent once all the same, and forgotten when there is room', async (t) => {
    const world = createWorld(t);
    const { network } = world;
    const storage = newStorage();
    const reports = ['a', 'b'].map((id) => waitingReport(storage, id));
    const ids = reports.map(({ id }) => id);
    putOldReports(storage, reports);

    const app = await open(t, world, storage, { fake: full, work: inTurn(flush, flush) });
    await assertOnce(storage, ids, 'a full storage');
    assert.deepEqual(network.sent, ids, 'sent again and again, as storage does not forget them');
    assert.equal(waitingIn(storage).length, 2);
    app.kill();

    const next = await open(t, world, storage);
    await assertOnce(storage, ids, 'room in storage');
    assert.deepEqual(waitingIn(storage), []);
    assert.equal(next.eventNames().includes('outboxDamaged'), false);
  });

  test('that is full: a report with a key of its own is forgotten at once', async (t) => {
    const world = createWorld(t);
    const storage = newStorage();
    const reports = ['a', 'b'].map((id) => waitingReport(storage, id));
    putReports(storage, reports);
    await open(t, world, storage, { fake: full, work: inTurn(flush, flush) });
    assert.deepEqual(
      world.network.sent,
      reports.map(({ id }) => id),
    );
    assert.deepEqual(waitingIn(storage), []);
  });

  test('that is full: a new answer is told to be unsaved, and sent all the same', async (t) => {
    const world = createWorld(t);
    const storage = newStorage();
    let outcome;
    const app = await open(t, world, storage, {
      fake: full,
      async work({ tap }) {
        outcome = await tap(6, 'company-1');
      },
    });
    assert.equal(outcome.report, 'unsaved');
    const { sent } = world.network;
    assert.equal(sent.length, 1);
    await assertOnce(storage, sent, 'an unsaved answer');
    assert.equal(app.saved.size, 0);
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
  });

  test('that was emptied: nothing is wrong, and new answers are reported', async (t) => {
    const world = createWorld(t);
    const storage = newStorage();
    putReports(storage, [waitingReport(storage, 'a')]);
    clearOutbox(storage);
    const app = await open(t, world, storage, { work: switchCompany });
    assert.equal(app.saved.size, 1);
    await assertOnce(storage, app.saved, 'an emptied storage');
    assert.equal(app.eventNames().includes('outboxDamaged'), false);
  });

  test('that was emptied while a report was on its way: it is stored, and the next one, too', async (t) => {
    const world = createWorld(t);
    const storage = newStorage();
    world.network.delayMs = () => 1_000;
    const app = await open(t, world, storage, {
      async work(self) {
        await addToCart(self);
        clearOutbox(storage);
        await switchCompany(self);
      },
    });
    assert.equal(app.saved.size, 2);
    await assertOnce(storage, app.saved, 'emptied on the way');
    assert.equal(app.eventNames().includes('outboxDamaged'), false);
  });

  const versions = {
    'an older version, which knew no times': (reports) => ({ version: 0, reports }),
    'this version’s predecessor, with what it did not know': (reports) => ({
      version: 1,
      reports: reports.map((report) => ({ ...report, priority: 'high', sealed: { by: 'key-7' } })),
      deleted: [],
    }),
    'no version': (reports) => ({ reports }),
    'a bare list': (reports) => reports,
  };
  for (const [name, outbox] of Object.entries(versions)) {
    test(`of ${name}: what waits is sent once`, async (t) => {
      const world = createWorld(t);
      const storage = newStorage();
      const reports = ['a', 'b'].map((id) => waitingReport(storage, id));
      putOutbox(storage, outbox(reports));
      const app = await open(t, world, storage);
      assert.deepEqual(app.eventNames(), ['reportSent', 'reportSent']);
      await assertOnce(
        storage,
        reports.map(({ id }) => id),
        name,
      );
      assert.deepEqual(waitingIn(storage), []);
    });
  }

  test('of a newer version: it is left alone, and new answers are sent from memory', async (t) => {
    const world = createWorld(t);
    const storage = newStorage();
    putReports(storage, [waitingReport(storage, 'a')]);
    putOutbox(storage, { version: 99, sealed: { by: 'key-7' } });
    const before = textIn(storage);
    let outcome;
    const app = await open(t, world, storage, {
      async work({ tap }) {
        outcome = await tap(6, 'company-1');
      },
    });
    assert.equal(outcome.report, 'unsaved');
    assert.equal(textIn(storage), before);
    assert.equal(world.network.sent.length, 1);
    await assertOnce(storage, world.network.sent, 'a newer version');
    assert.equal(app.eventNames().includes('outboxDamaged'), false);
  });

  const parsing = {
    'reports of this version': (storage, reports) => {
      putReports(storage, []);
      reports.forEach(({ id, ...report }) => putReportText(storage, id, report));
    },
    'the outbox of version 1': (storage, reports) =>
      putOutboxText(storage, { version: 1, reports }),
  };
  for (const [name, put] of Object.entries(parsing)) {
    test(`that parses ${name}: what waits is sent once`, async (t) => {
      const world = createWorld(t);
      const storage = newStorage();
      const reports = ['a', 'b'].map((id) => waitingReport(storage, id));
      put(storage, reports);
      const app = await open(t, world, storage);
      assert.deepEqual(app.eventNames(), ['reportSent', 'reportSent']);
      await assertOnce(
        storage,
        reports.map(({ id }) => id),
        name,
      );
      assert.deepEqual(waitingIn(storage), []);
    });
  }

  const damaged = {
    'half a text': (storage) => {
      const text = JSON.stringify({ version: 1, reports: [waitingReport(storage, 'a')] });
      putOutboxText(storage, text.slice(0, -20));
    },
    'half a report': (storage) => {
      putReports(storage, []);
      putReportText(storage, 'a', JSON.stringify(waitingReport(storage, 'a')).slice(0, -20));
    },
    'a number': (storage) => putOutbox(storage, 42),
  };
  for (const [name, put] of Object.entries(damaged)) {
    test(`that is ${name}: it is told once, and new answers are reported`, async (t) => {
      const world = createWorld(t);
      const storage = newStorage();
      put(storage);
      const app = await open(t, world, storage, { work: switchCompany });
      assert.deepEqual(
        app.eventNames().filter((event) => event === 'outboxDamaged'),
        ['outboxDamaged'],
      );
      await assertOnce(storage, app.saved, name);
      assert.equal(app.saved.size, 1);
    });
  }
});
