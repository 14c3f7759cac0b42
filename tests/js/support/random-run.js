// One random life of an app: steps drawn from seeds, a host that does what
// dice say, and what must hold whatever they say.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { GLUE_ROOT, changedNames, loadPackage } = require('./bare-context.js');
const { createClock, settled } = require('./clock.js');
const contract = require('./contract.js');
const { STORAGE_MODES, TIMEOUT_MS, USERS, createRandomHost } = require('./random-host.js');
const { dice: diceOf, mulberry32 } = require('./random.js');

const GRACE_MS = 500;
const LONG_MS = 1_200_000;
/** From so many on, "being processed" may be a verdict. */
const MOST_CONFLICTS = 5;
/** More calls of `wx` than any life makes. */
const MOST_CALLS = 20_000;
const BASE_URL = 'https://shop.example.com/api';

const unhandled = [];

/** Takes unhandled rejections from the test runner, which knows no runs, until the function it gives is called. */
function watchRejections() {
  const others = process.listeners('unhandledRejection');
  const note = (reason) => unhandled.push(reason);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  return () => {
    process.off('unhandledRejection', note);
    others.forEach((other) => process.on('unhandledRejection', other));
  };
}

// ---------------------------------------------------------------------------
// A realm for many lives

/** A realm with the package, whose clock, chance, host and traps are those of the life at hand. */
function createRealm(build) {
  const bytes = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/wx_subscribe.wasm'));
  const module = new WebAssembly.Module(bytes);
  let life;

  /** Exports that trap when the life says so: before their work, or after it. */
  function trapping(exports, owner) {
    const wrapped = {};
    Object.keys(exports).forEach((name) => {
      const member = exports[name];
      wrapped[name] =
        typeof member !== 'function'
          ? member
          : (...values) => {
              const traps = owner.trapIn > 0 && (owner.trapIn -= 1) === 0;
              if (!traps) return member(...values);
              if (owner.trapsLate) member(...values);
              owner.trapped();
              throw new WebAssembly.RuntimeError('unreachable');
            };
    });
    return wrapped;
  }

  const api =
    (name) =>
    (...given) => {
      life.called(name);
      return life.host.wx[name](...given);
    };
  const names = [
    'request',
    'requestSubscribeMessage',
    'getStorageSync',
    'setStorageSync',
    'removeStorageSync',
    'getStorageInfoSync',
    'getSetting',
    'onAppShow',
    'onAppHide',
    'onNetworkStatusChange',
  ];
  const loaded = loadPackage({
    fake: { wx: Object.fromEntries(names.map((name) => [name, api(name)])) },
    build,
    globals: {
      setTimeout: (work, ms) => life.clock.setTimeout(work, ms),
      clearTimeout: (handle) => life.clock.clearTimeout(handle),
      ...(build === 'wasm' && {
        WXWebAssembly: {
          instantiate: async (_, imports) => {
            life.load();
            return { exports: trapping(new WebAssembly.Instance(module, imports).exports, life) };
          },
        },
      }),
    },
  });
  const script = build === 'fallback' && loaded.require('fallback.js');
  loaded.before.get('Date').now = () => life.clock.now();
  loaded.before.get('Math').random = () => life.dice.next();
  const before = loaded.globals();

  return {
    enter(next) {
      life = next;
    },
    /** The package as a launch finds it. */
    launch: () => loaded.require('index.js'),
    config: build === 'fallback' && {
      fallback: (imports) => {
        life.load();
        return trapping(script(imports), life);
      },
    },
    harm: () => [
      ...changedNames(before, loaded.globals()),
      ...loaded.printed.map((values) => `printed ${values}`),
    ],
  };
}

// ---------------------------------------------------------------------------
// A life

const STEPS = [
  [34, 'tap'],
  [4, 'tap twice'],
  [10, 'prefetch'],
  [6, 'flush'],
  [22, 'wait'],
  [4, 'wait long'],
  [4, 'network'],
  [7, 'come back'],
  [3, 'come back twice'],
  [3, 'sign in'],
  [2, 'sign out'],
  [3, 'clock'],
  [4, 'set up'],
  [3, 'restart'],
  [3, 'trap'],
  [4, 'storage'],
  [1, 'damage'],
  [1, 'settings'],
  [5, 'preview'],
  [2, 'diagnostics'],
];

/** How a page asks. */
const OPTIONS = [
  undefined,
  undefined,
  {},
  { only: 'keptAccepted' },
  { force: true },
  { signal: { aborted: false } },
  { signal: { aborted: true } },
];

/** Whether the report of tap `n` is in that storage. */
const isIn = (stored, n) => stored.includes(`\\"n\\":${n}}`);

/**
 * Lives one life.
 *
 * @param {object} realm of `createRealm`
 * @param {number[]} seeds the first is that of the configuration, each other that of a step
 * @param {string[]} [journal] gets what happens
 * @returns {Promise<{ violations: string[], stats: object, trace: string | null }>} `trace`: what each build must do
 *   alike; null if the module failed to load or trapped on the way
 */
async function live(realm, seeds, journal) {
  const violations = [];
  const stats = { steps: 0, behaviours: 0, taps: 0, restarts: 0, traps: 0, saved: 0, outcomes: {} };
  const trace = [];
  const world = {
    clock: createClock((error) => world.violation(`a timer threw ${error}`)),
    dice: diceOf(mulberry32(seeds[0])),
    calm: false,
    trapIn: 0,
    traps: 0,
    trapsLate: false,
    note: (text) => journal && journal.push(`  ${world.clock.now()} ${text}`),
    violation(text) {
      violations.push(text);
      world.note(`VIOLATION ${text}`);
    },
    called(name) {
      calls += 1;
      if (calls === MOST_CALLS) world.violation(`${name} is called without end`);
      if (calls >= MOST_CALLS) throw new Error('the host has had enough');
    },
    /** A load of the module, which may fail. */
    load() {
      if (world.calm || !loading.chance(0.05)) return;
      isPlain = false;
      throw new Error('out of memory');
    },
    trapped() {
      stats.traps += 1;
      world.traps += 1;
      hasTrapped = true;
      isPlain = false;
      world.note('trap');
      excusePopup();
      survive();
    },
  };
  // Apart from the others, as the two builds load at different moments.
  const loading = diceOf(mulberry32(seeds[0] + 1));
  const host = createRandomHost(world);
  world.host = host;
  realm.enter(world);

  /** Taps, in order; the reports that wait, in order; what was given up; what may be lost. */
  const taps = [];
  const asked = new Map();
  /** Report id → the instance that it was queued in, its user if the SDK can know, and whether it was tried. */
  const queued = new Map();
  /** The reports that were queued while the SDK knew the user. A trap may keep a report from being told. */
  const somebodys = new Set();
  const dropped = new Set();
  const losable = new Set();
  /** The taps whose reports were in storage when that was damaged. */
  const damaged = new Set();
  const waiting = new Set();
  let hasTrapped = false;
  /** Whether nothing happened at a moment that is another one in each build. */
  let isPlain = true;
  let calls = 0;
  let sdk;

  function excusePopup() {
    if (host.popup) host.popup.excused = true;
  }

  /** What was in memory alone may be gone with an instance; what storage holds, or was said to hold, may not. */
  function survive() {
    const stored = host.stored();
    taps.forEach(({ n, outcome }) => {
      if (!isIn(stored, n) && (!outcome || outcome.report === 'unsaved')) losable.add(n);
    });
  }

  function onEvent(event) {
    check(() => contract.checkEvent(event), event);
    trace.push(JSON.stringify(event));
    world.note(`event ${JSON.stringify(event)}`);
    if (event.name === 'reportQueued') {
      queued.set(event.reportId, {
        instance: stats.restarts + stats.traps,
        user: usesFunction || host.tellsUser() ? host.user : undefined,
        isTried: false,
      });
      if (queued.get(event.reportId).user) somebodys.add(event.reportId);
    }
    if (event.name === 'reportPostponed' && queued.has(event.reportId))
      queued.get(event.reportId).isTried = true;
    if (event.name === 'reportDropped') {
      dropped.add(event.report.extraVariableMap.n);
      queued.delete(event.reportId);
      const { code } = event.error || {};
      const isRightful = event.error
        ? host.refused.has(event.reportId) ||
          (code === 409 && host.conflicts.get(event.reportId) >= MOST_CONFLICTS)
        : base.outboxMaxReports === 3;
      if (!isRightful) world.violation(`the report ${event.reportId} is given up, with ${code}`);
    }
    if (event.name === 'reportSent') queued.delete(event.reportId);
    if (event.name === 'popupFailed' && event.error.kind === 'timeout') excusePopup();
  }

  host.isNobodys = (reportId) => !somebodys.has(reportId);

  /** Whose report goes when: never with another user's credentials, and none that was tried keeps others back. */
  host.onAttempt = (reportId, body) => {
    const it = queued.get(reportId);
    const isKnown = usesFunction || host.tellsUser();
    if (isKnown && body.openId !== host.user) {
      const named = host.user || 'nobody';
      world.violation(`a report of ${body.openId} is sent while ${named} is signed in`);
    }
    if (!usesFunction && host.cannotTellUser())
      world.violation(`a report of ${body.openId} is sent while nobody can tell who is signed in`);
    if (!it) return;
    if (it.user && body.openId !== it.user)
      world.violation(`the answer of ${it.user} is sent as that of ${body.openId}`);
    for (const [id, other] of queued) {
      if (id === reportId) break;
      const isFirst =
        !it.isTried && !other.isTried && other.instance === it.instance && other.user === it.user;
      if (isFirst && it.user)
        world.violation(`the report ${reportId} was tried before the older ${id}`);
    }
    it.isTried = true;
  };

  function check(work, what) {
    try {
      work();
    } catch (error) {
      world.violation(`${error.message}: ${JSON.stringify(what)}`);
    }
  }

  /** Watches over a call: it must settle, and as `check` says. */
  function watch(name, promise, checked) {
    const call = { name };
    waiting.add(call);
    promise.then(
      (value) => {
        waiting.delete(call);
        // The two builds differ in their engine.
        trace.push((JSON.stringify(value) || '').replace(/"engine":"\w+",/, ''));
        world.note(`${name} → ${JSON.stringify(value)}`);
        check(() => checked(value), value);
      },
      (error) => {
        waiting.delete(call);
        trace.push(String(error && error.kind));
        world.note(`${name} ✗ ${error}`);
        check(() => contract.checkSetupError(error), String(error));
        if (/tap|prefetch|preview|diagnostics/.test(name))
          world.violation(`${name} was rejected: ${error}`);
      },
    );
  }

  const { dice: fate } = world;
  const isOwn = fate.chance(0.3);
  const usesFunction = fate.chance(0.3);
  host.wraps = fate.chance(0.2);
  host.givesHeaders = !isOwn && fate.chance(0.4);
  host.signsIn = fate.chance(0.3);
  const base = {
    ...realm.config,
    ...(isOwn ? host.own : { baseUrl: BASE_URL }),
    maxTemplates: host.maxTemplates,
    requestTimeoutMs: TIMEOUT_MS,
    popupGraceMs: GRACE_MS,
    outboxMaxReports: fate.among([3, 100]),
    openId: usesFunction ? () => host.user : undefined,
    coolDownMs: fate.among([undefined, 5_000]),
    header: host.givesHeaders ? () => host.header() : undefined,
    signIn: host.signsIn ? () => host.signIn() : undefined,
    onEvent,
  };
  const setUp = (more) => watch('setup', sdk.setup({ ...base, ...more }), () => {});
  const busNo = () => `b${world.dice.below(5)}`;

  function tap() {
    const n = taps.length;
    const moment = busNo();
    const it = { n, busNo: moment, outcome: undefined };
    taps.push(it);
    asked.set(moment, (asked.get(moment) || 0) + 1);
    stats.taps += 1;
    const options = world.dice.among(OPTIONS);
    const asks = sdk.asyncSubscribeMessage(1 + world.dice.below(9), moment, { n }, options);
    watch(`tap ${n} ${moment}`, asks, (outcome) => {
      it.outcome = outcome;
      if (outcome.report === 'queued') losable.delete(n);
      const kind =
        outcome.status === 'failed' ? `${outcome.stage}: ${outcome.error.kind}` : outcome.status;
      stats.outcomes[kind] = (stats.outcomes[kind] || 0) + 1;
      contract.checkOutcome(outcome);
      if (/internal/.test(kind) && !hasTrapped)
        world.violation(`nobody asked for a trap: ${outcome.error.message}`);
    });
  }

  const steps = {
    tap,
    'tap twice': () => {
      tap();
      tap();
    },
    prefetch() {
      const moment = busNo();
      asked.set(moment, (asked.get(moment) || 0) + 1);
      watch('prefetch', sdk.prefetchTemplates(1 + world.dice.below(9), moment), (ids) => {
        if (!Array.isArray(ids)) world.violation(`prefetched ${ids}`);
      });
    },
    preview() {
      const moment = busNo();
      asked.set(moment, (asked.get(moment) || 0) + 1);
      watch(
        'preview',
        sdk.previewSubscription(1 + world.dice.below(9), moment),
        contract.checkPreview,
      );
    },
    diagnostics: () => watch('diagnostics', sdk.getDiagnostics(), contract.checkDiagnostics),
    flush: () => watch('flush', sdk.flushReports(), contract.checkFlushed),
    wait: () => world.clock.pass(world.dice.below(5_000)),
    'wait long': () => world.clock.pass(world.dice.below(LONG_MS)),
    network: () => host.emit('NetworkStatusChange', { isConnected: world.dice.chance(0.7) }),
    'come back'() {
      host.emit('AppHide', {});
      host.emit('AppShow', {});
    },
    // A payment shows the mini-program without having hidden it.
    'come back twice': () => host.emit('AppShow', {}),
    'sign in': () => host.enter(world.dice.among(USERS)),
    'sign out': () => host.enter(''),
    clock: () => world.clock.jump((world.dice.next() - 0.5) * LONG_MS * 2),
    'set up'() {
      setUp(
        world.dice.among([
          {},
          {},
          { maxTemplates: 0 },
          { templateTtlMs: 1 },
          { baseUrl: 'ftp://' },
        ]),
      );
    },
    restart() {
      stats.restarts += 1;
      survive();
      host.kill();
      waiting.clear();
      sdk = realm.launch();
      setUp();
    },
    trap() {
      world.trapIn = 1 + world.dice.below(40);
      world.trapsLate = world.dice.chance(0.3);
    },
    storage() {
      host.mode = world.dice.among(Object.keys(STORAGE_MODES));
    },
    damage() {
      const stored = host.stored();
      taps.forEach(({ n }) => {
        losable.add(n);
        if (isIn(stored, n)) damaged.add(n);
      });
      // An empty key says that another copy of the SDK has delivered the report.
      queued.delete(host.damage());
    },
    settings: () => watch('getSetting', sdk.getSubscriptionSettings(), contract.checkSettings),
  };

  unhandled.length = 0;
  sdk = realm.launch();
  setUp();
  await settled();
  for (const seed of seeds.slice(1)) {
    world.dice = diceOf(mulberry32(seed));
    const [, name] = world.dice.weighted(STEPS);
    if (journal) journal.push(`${name} (${host.mode})`);
    stats.steps += 1;
    await steps[name]();
    await settled();
  }
  await end();
  verdict();
  stats.behaviours = host.behaviours;
  stats.saved = host.saved.size;
  return { violations, stats, trace: isPlain ? trace.join('\n') : null };

  /** All is well from here on: what waits must come to its end. */
  async function end() {
    if (journal) journal.push('all is well');
    world.calm = true;
    world.trapIn = 0;
    host.mode = 'fine';
    await world.clock.pass(LONG_MS);
    host.emit('AppHide', {});
    host.emit('AppShow', {});
    await world.clock.pass(LONG_MS);
    setUp();
    await world.clock.pass(LONG_MS);
    await comeToRest();
    waiting.forEach(({ name }) => world.violation(`${name} never settled`));
    // What this launch could not read of storage, the next one sends.
    steps.restart();
    await world.clock.pass(LONG_MS);
    await comeToRest();
    waiting.forEach(({ name }) => world.violation(`${name} never settled`));
    unhandled.splice(0).forEach((reason) => world.violation(`nobody handles ${String(reason)}`));
  }

  /** Each user signs in once more, and nothing waits then. */
  async function comeToRest() {
    let flushed;
    for (const user of USERS) {
      host.enter(user);
      flushed = undefined;
      sdk.flushReports().then(
        (result) => {
          flushed = result;
        },
        () => {},
      );
      await world.clock.pass(LONG_MS);
    }
    if (!flushed || flushed.pending !== 0)
      world.violation(`at the end, flushReports gives ${JSON.stringify(flushed)}`);
  }

  function verdict() {
    asked.forEach((calls, moment) => {
      const finds = host.finds.get(moment) || 0;
      const popups = host.popups.get(moment) || 0;
      // Asked again for a user whom the back end did not know, and by each other call during which the user answered.
      const repeated = (host.strangers.get(moment) || 0) + popups * (calls - 1);
      if (finds > calls + repeated)
        world.violation(`${calls} calls asked for the templates of ${moment} ${finds} times`);
      if (popups > calls) world.violation(`${calls} calls for ${moment} made ${popups} popups`);
    });
    const keys = new Map();
    host.saved.forEach(({ body }, reportId) => {
      const { n } = body.extraVariableMap;
      keys.set(n, [...(keys.get(n) || []), reportId]);
      if (taps[n].busNo !== body.busNo)
        world.violation(`the report of tap ${n} is about ${body.busNo}`);
      if (body.agreeTemplateIds.length + body.rejectTemplateIds.length === 0)
        world.violation(`tap ${n}: no answer`);
    });
    keys.forEach((reportIds, n) => {
      if (reportIds.length > 1)
        world.violation(`the answer to tap ${n} was saved under ${reportIds}`);
    });
    taps.forEach(({ n, outcome }) => {
      if (!outcome || outcome.status !== 'answered' || outcome.report === 'none') return;
      if (!keys.has(n)) {
        const mayBeGone = [dropped, losable, damaged].some((taps) => taps.has(n));
        if (!mayBeGone) world.violation(`the answer to tap ${n}, ${outcome.report}, is lost`);
        return;
      }
      const { body } = host.saved.get(keys.get(n)[0]);
      const saved = JSON.stringify([body.agreeTemplateIds, body.rejectTemplateIds]);
      const given = JSON.stringify([outcome.accepted, outcome.rejected]);
      if (saved !== given) world.violation(`tap ${n} was answered ${given}, and saved as ${saved}`);
    });
  }
}

exports.createRealm = createRealm;
exports.live = live;
exports.watchRejections = watchRejections;
