// Steps and back ends that several suites over the package share.
'use strict';

const assert = require('node:assert/strict');

const { createAppClock } = require('./app-clock.js');
const { start } = require('./bare-context.js');

/** Resolves in the next macrotask. */
const macrotask = () => new Promise((resolve) => setImmediate(resolve));

/** Starts the build with WebAssembly: for tests of loading, as the fallback loads nothing. */
const startWasm = (t, options) => start(t, { build: 'wasm', ...options });

/** A back end that refuses every report for good, and one that fails for now. */
const refusedReport = { popSubscribeResult: { statusCode: 400 } };
const failingReport = { popSubscribeResult: { statusCode: 503 } };

/** An application's own back end; the given functions replace parts of it. */
const ownFunctions = (own) => ({
  baseUrl: undefined,
  findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }),
  popSubscribeResult: () => null,
  ...own,
});

/** A back end that offers these templates. */
const offering = (...templateIds) => ({ findCustomerPopTemplate: { json: { data: templateIds } } });

/** Resolves with the popup of a tap; fails if the call settles before the popup opens. */
async function popupOf(app, outcome) {
  const popup = await Promise.race([app.fake.nextPopup(), outcome]);
  assert.equal(typeof popup.answer, 'function', `no popup opened: ${JSON.stringify(popup)}`);
  return popup;
}

/** Taps and answers with `chosen`; other ids are rejected. */
async function answer(app, chosen, ...given) {
  const outcome = app.tap(...given);
  (await popupOf(app, outcome)).answer(chosen);
  return outcome;
}

/** Resolves at the event `name`. */
async function event(app, name) {
  const end = performance.now() + 2000;
  while (performance.now() < end) {
    const found = app.events.find((known) => known.name === name);
    if (found) return found;
    await macrotask();
  }
  return assert.fail(`${name} never came, only ${app.eventNames()}`);
}

/** Advances the mocked clock by `ms`, and runs the timers that become due. */
async function pass(t, ms) {
  const steps = 20;
  for (let step = 0; step < steps; step += 1) {
    t.mock.timers.tick(Math.ceil(ms / steps));
    await macrotask();
  }
}

/** Mocks the clock: only `pass` and `t.mock.timers.tick` advance it. */
const mockTimers = (t) => t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });

/** Resolves after `ms` real milliseconds. */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A wall clock that the test sets with `jump(ms)`; timers stay real. */
function wallClock(t) {
  const real = Date.now.bind(Date);
  let ahead = 0;
  t.mock.method(Date, 'now', () => real() + ahead);
  return {
    jump(ms) {
      ahead += ms;
    },
  };
}

/**
 * One simulated clock for any number of apps: only `clock.pass` lets time pass, and `clock.jump` sets the wall clock
 * alone. `launch` is `start` on that clock; `tap` waits for a tap's outcome on it.
 */
function onOneClock(t) {
  const clock = createAppClock(t);
  return {
    clock,
    async launch({ globals, fake, ...options } = {}) {
      const timers = clock.timers();
      const app = await start(t, {
        ...options,
        globals: { ...timers.functions, ...globals },
        fake: { ...timers.functions, ...fake },
      });
      return {
        ...app,
        close() {
          app.close();
          timers.stopAll();
        },
      };
    },
    async tap(app, ...given) {
      let outcome;
      app.tap(...given).then((settled) => {
        outcome = settled;
      });
      await clock.until(() => outcome, { what: 'the outcome of a tap' });
      return outcome;
    },
  };
}

/** The rejection of a promise; fails the test if it is fulfilled. */
const rejection = (promise) =>
  promise.then(
    () => assert.fail('this must be rejected'),
    ({ message, kind, code, retryable }) => ({ message, kind, code, retryable }),
  );

/** A back end that answers the reports in turn with these replies, and with the last one from then on. */
function byTurns(...replies) {
  let turn = -1;
  return {
    popSubscribeResult: () => {
      turn = Math.min(turn + 1, replies.length - 1);
      return replies[turn];
    },
  };
}

/** The Idempotency-Key of each report that was sent. */
const keysOf = (app) => app.reports().map(({ header }) => header['Idempotency-Key']);

exports.answer = answer;
exports.byTurns = byTurns;
exports.event = event;
exports.failingReport = failingReport;
exports.keysOf = keysOf;
exports.macrotask = macrotask;
exports.mockTimers = mockTimers;
exports.offering = offering;
exports.onOneClock = onOneClock;
exports.ownFunctions = ownFunctions;
exports.pass = pass;
exports.popupOf = popupOf;
exports.refusedReport = refusedReport;
exports.rejection = rejection;
exports.sleep = sleep;
exports.startWasm = startWasm;
exports.wallClock = wallClock;
