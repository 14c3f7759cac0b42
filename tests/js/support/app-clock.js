// One clock for several apps, each with timers of its own that can be counted
// and end with it. `Date.now` follows it as long as the test runs.
'use strict';

const assert = require('node:assert/strict');

const { createClock } = require('./clock.js');

/** Longer than anything waits here: a popup may stay open for two minutes. */
const LONGEST_MS = 150_000;

/** @param {import('node:test').TestContext} t */
function createAppClock(t) {
  const clock = createClock((error) => {
    throw error;
  });
  t.mock.method(Date, 'now', clock.now);

  return {
    now: clock.now,

    /** `pass(ms, done)`: lets `ms` milliseconds pass, or the time until `done()`. */
    pass: clock.pass,

    /** Changes the wall clock by `ms`; timers are not affected. */
    jump: clock.jump,

    /** The timers of one app, as `functions` for its realm or its fake `wx`. */
    timers() {
      const own = new Set();
      function stop(handle) {
        own.delete(handle);
        clock.clearTimeout(handle);
      }
      function begin(work, ms) {
        const handle = clock.setTimeout(() => {
          own.delete(handle);
          work();
        }, ms);
        own.add(handle);
        return handle;
      }
      return {
        functions: { setTimeout: begin, clearTimeout: stop },
        count: () => own.size,
        stopAll: () => own.forEach(stop),
      };
    },

    /**
     * Lets time pass until `done()`. It stands still as long as `busy()` gives
     * a promise: of something outside, that takes no time on this clock.
     */
    async until(done, { busy = () => undefined, what = String(done) } = {}) {
      const end = clock.now() + LONGEST_MS;
      for (;;) {
        await clock.pass(end - clock.now(), () => done() || busy() !== undefined);
        if (done()) return;
        assert.ok(clock.now() < end, `it never came: ${what}`);
        await busy();
      }
    },
  };
}

exports.createAppClock = createAppClock;
