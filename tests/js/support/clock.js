// A simulated clock: timers for the realm and for the fake `wx`, and a wall
// clock that can be set independently.
'use strict';

const START = Date.UTC(2026, 0, 1);

/** Resolves after all pending promise jobs. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * @param {(error: unknown) => void} onThrow gets what a timer's work throws
 */
function createClock(onThrow) {
  const timers = new Map();
  let last = 0;
  let elapsed = 0;
  let wall = START;

  function earliest() {
    let found;
    timers.forEach((timer) => {
      if (!found || timer.at < found.at) found = timer;
    });
    return found;
  }

  /** Runs the next timer, unless it is due after `end`. Returns whether there was one. */
  function runNext(end) {
    const timer = earliest();
    if (!timer || timer.at > end) return false;
    elapsed = Math.max(elapsed, timer.at);
    timers.delete(timer.handle);
    try {
      timer.work();
    } catch (error) {
      onThrow(error);
    }
    return true;
  }

  return {
    now: () => Math.floor(wall + elapsed),
    setTimeout(work, ms) {
      last += 1;
      timers.set(last, { handle: last, at: elapsed + Math.max(0, Number(ms) || 0), work });
      return last;
    },
    clearTimeout(handle) {
      timers.delete(handle);
    },
    /** Changes the wall clock; timers are not affected. */
    jump(ms) {
      wall += ms;
    },
    /** Removes every timer. */
    clear: () => timers.clear(),
    /** Advances the clock by `ms` milliseconds, or until `done()`. */
    async pass(ms, done = () => false) {
      const end = elapsed + ms;
      do await settled();
      while (!done() && runNext(end));
      if (!done()) elapsed = Math.max(elapsed, end);
      await settled();
    },
  };
}

exports.createClock = createClock;
exports.settled = settled;
