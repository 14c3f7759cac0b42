// Time that passes only when told to: timers for the realm and for the fake
// `wx`, and the wall clock, which can be set apart from them.
'use strict';

const START = Date.UTC(2026, 0, 1);

/** Resolves once every promise that can go on has gone on. */
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

  /** Runs what is due next, unless that is after `end`. Whether there was something. */
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
    /** Sets the wall clock on or back; timers do not notice. */
    jump(ms) {
      wall += ms;
    },
    /** Forgets every timer. */
    clear: () => timers.clear(),
    /** Lets `ms` milliseconds pass, or the time until `done()`. */
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
