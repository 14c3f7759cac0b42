// Timers of one fake client, which end with it.
'use strict';

/**
 * @param {object} options
 * @param {typeof setTimeout} [options.setTimeout]
 * @param {typeof clearTimeout} [options.clearTimeout]
 * @param {typeof setImmediate} [options.setImmediate]
 */
function createTimers(options) {
  const start = options.setTimeout || setTimeout;
  const stop =
    options.clearTimeout || (typeof clearTimeout === 'function' ? clearTimeout : () => {});
  const immediate =
    options.setImmediate || (typeof setImmediate === 'function' ? setImmediate : null);
  const running = new Set();
  let stopped = false;

  function after(ms, work) {
    if (stopped) return () => {};
    const timer = start(() => {
      running.delete(timer);
      work();
    }, ms);
    running.add(timer);
    return () => {
      running.delete(timer);
      stop(timer);
    };
  }

  return {
    after,
    /** Runs `work`, which may run twice, at the very next macrotask of either kind. */
    soon(work) {
      start(work, 0);
      if (immediate) immediate(work);
    },
    /** Ends all timers for good, also later ones. */
    stopAll() {
      stopped = true;
      running.forEach((timer) => stop(timer));
      running.clear();
    },
  };
}

exports.createTimers = createTimers;
