// An app under faults, on its own clock and observed completely. A fault is
// armed until the test disarms it; afterwards the app must pass the checks of
// `survived`.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');

const { BUILD, GLUE_ROOT, changedNames, start } = require('./bare-context.js');
const { createClock, settled } = require('./clock.js');
const contract = require('./contract.js');

const TIMEOUT_MS = 1_000;
const GRACE_MS = 500;
/** Longer than every limit and wait of the SDK. */
const LATE_MS = 60_000;
const LONG_MS = 1_800_000;

/** More calls of `wx` than any flow makes: an endless loop. */
const MOST_CALLS = 20_000;

let compiled;

/** An instance of the module, at once. */
function load(imports) {
  compiled ||= new WebAssembly.Module(
    fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/wx_subscribe.wasm')),
  );
  return new WebAssembly.Instance(compiled, imports);
}

/** A WXWebAssembly that works within the same macrotask. */
const instantiate = async (_, imports) => load(imports);

/** Unhandled rejections in any realm since the last call. */
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** `options` with callbacks that record what they throw, and rethrow it. */
function noting(options, thrown) {
  const guard =
    (callback) =>
    (...given) => {
      try {
        return callback(...given);
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    };
  return { ...options, success: guard(options.success), fail: guard(options.fail) };
}

/** Counts popups that are open at once: from the call until its first answer. */
function counting(popups, ask) {
  return (options) => {
    popups.open += 1;
    popups.calls += 1;
    popups.most = Math.max(popups.most, popups.open);
    let open = true;
    const close = () => {
      popups.open -= open ? 1 : 0;
      open = false;
    };
    popups.giveUp = close;
    const closing = (callback) => (result) => {
      close();
      return callback(result);
    };
    try {
      const returned = ask({
        ...options,
        success: closing(options.success),
        fail: closing(options.fail),
      });
      if (returned instanceof Promise) returned.then(close, close);
      return returned;
    } catch (error) {
      close();
      throw error;
    }
  };
}

/**
 * Launches an app whose faults are armed from the start.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} options of `start`, and
 * @param {Record<string, { only?: (given: any) => boolean, proper?: () => any, way?: Function }>} [options.faults]
 *   function of `wx` → which of its calls go wrong, by the first argument, and what would be right; they go wrong
 *   as `way` does, or else as the way that the app is armed with
 */
async function launch(t, { faults = {}, config, globals, fake, setUp = true, ...options } = {}) {
  unhandled.length = 0;
  const thrown = [];
  const clock = createClock((error) => thrown.push(error));
  const popups = { open: 0, most: 0, calls: 0, giveUp() {} };
  const state = { armed: true, way: undefined, calls: 0 };

  /** Calls `work`, or the fault in its place. */
  const faulty =
    (work, { only = () => true, way, proper = () => undefined } = {}) =>
    (...given) => {
      const goWrong = way || state.way;
      if (!state.armed || !goWrong || !only(given[0])) return work(...given);
      const [options] = given;
      const noted = options && options.success ? noting(options, thrown) : options;
      return goWrong({ options: noted, given, proper, clock, late: LATE_MS });
    };
  const withFaults = (wx) => {
    const host = { ...wx };
    Object.entries(faults).forEach(([api, fault]) => {
      host[api] = faulty(wx[api], fault);
    });
    host.requestSubscribeMessage = counting(popups, host.requestSubscribeMessage);
    Object.entries(host).forEach(([api, work]) => {
      host[api] = (...given) => {
        state.calls += 1;
        if (state.calls > MOST_CALLS) throw new Error('the host has had enough');
        return work(...given);
      };
    });
    return host;
  };

  const app = await start(t, {
    ...options,
    ready: false,
    wx: withFaults,
    fake: {
      storage: { openId: JSON.stringify(contract.OPEN_ID) },
      setTimeout: clock.setTimeout,
      clearTimeout: clock.clearTimeout,
      ...fake,
    },
    globals: {
      setTimeout: clock.setTimeout,
      clearTimeout: clock.clearTimeout,
      ...(BUILD === 'wasm' && { WXWebAssembly: { instantiate } }),
      ...globals,
    },
    config: { requestTimeoutMs: TIMEOUT_MS, popupGraceMs: GRACE_MS, ...config },
  });
  app.before.get('Date').now = clock.now;
  const names = app.globals();

  Object.assign(app, {
    clock,
    popups,
    state,
    thrown,
    /** An application's own function with the same fault. */
    faulty,

    /** The result of `promise` within `ms`, as `{ value }` or `{ error }`. */
    async within(ms, promise, what) {
      let result;
      promise.then(
        (value) => {
          result = { value };
        },
        (error) => {
          result = { error };
        },
      );
      await clock.pass(ms, () => result);
      assert.ok(result, `${what} must settle within ${ms} ms`);
      return result;
    },

    /** A tap, and its outcome; a popup that stays silent is sent to the background and back. */
    async outcome(type, busNo, extra, { finds = 1, popups: most = 1 } = {}) {
      const before = { finds: app.finds(), popups: popups.calls };
      const tapped = app.tap(type, busNo, extra);
      let isSettled = false;
      tapped.then(
        () => {
          isSettled = true;
        },
        () => {
          isSettled = true;
        },
      );
      await clock.pass(LATE_MS / 2, () => isSettled);
      if (!isSettled) app.comeBack();
      const { value, error } = await app.within(LATE_MS / 2, tapped, 'asyncSubscribeMessage');
      assert.equal(error, undefined, 'asyncSubscribeMessage never rejects');
      contract.checkOutcome(value);
      const asked = popups.calls - before.popups;
      const found = app.finds() - before.finds;
      assert.ok(found <= finds, `templates were asked for ${found} times`);
      const reached = value.status === 'answered' || value.stage === 'popup';
      assert.ok(
        asked <= (reached ? most : 0),
        `${asked} popups on the way to ${JSON.stringify(value)}`,
      );
      return value;
    },

    /** To the background and back, as a user does when a page does not react. */
    comeBack() {
      app.fake.emit('appHide');
      app.fake.emit('appShow', {});
    },

    finds: () =>
      app.calls.filter(({ api, given }) => api === 'request' && /find/.test(given[0].url)).length,
    told: (name) => app.events.filter((event) => event.name === name),

    /** From here on calls fail in this way. */
    arm(way) {
      Object.assign(state, { armed: true, way, calls: 0 });
    },

    /** From here on nothing fails; late answers come, and waits end. */
    async disarm() {
      await clock.pass(LATE_MS * 2);
      state.armed = false;
      popups.giveUp();
      await clock.pass(LONG_MS);
    },

    /** A subscription without a fault works, and no consent is lost or reported twice. */
    async worksAfterwards({ isListed = true } = {}) {
      assert.ok(state.calls <= MOST_CALLS, 'wx was called without end');
      const clean = await app.outcome(9, 'clean', { clean: true });
      assert.equal(clean.status, 'answered', JSON.stringify(clean));
      assert.equal(clean.report, isListed ? 'queued' : 'unsaved');
      const { value } = await app.within(LATE_MS, app.flush(), 'flushReports');
      contract.checkFlushed(value);
      assert.equal(value.pending, 0);
      const ends = [...app.told('reportSent'), ...app.told('reportDropped')].map(
        ({ reportId }) => reportId,
      );
      app.told('reportQueued').forEach(({ reportId }) => {
        const times = ends.filter((end) => end === reportId).length;
        assert.equal(times, 1, `a report came to an end ${times} times`);
      });
    },

    /** Invariants of every case. */
    async harmless() {
      await settled();
      assert.ok(state.calls <= MOST_CALLS, 'wx was called without end');
      assert.deepEqual(unhandled.splice(0), [], 'a rejection that nobody handles');
      assert.deepEqual(thrown, [], 'thrown into the host');
      assert.deepEqual(app.printed, [], 'printed');
      assert.deepEqual(changedNames(names, app.globals()), [], 'globals');
      assert.ok(popups.most <= 1, `${popups.most} popups at once`);
      app.events.forEach(contract.checkEvent);
      const internal = app.events.filter(({ error }) => error && error.kind === 'internal');
      assert.deepEqual(internal, [], 'a trap');
      app.events.length = 0;
      app.calls.length = 0;
    },
  });
  if (setUp) {
    const { error } = await app.within(LATE_MS, app.setup(), 'setup');
    if (error) throw error;
  }
  return app;
}

exports.LATE_MS = LATE_MS;
exports.launch = launch;
exports.load = load;
exports.unhandled = unhandled;
