// Timers for an engine without them, on a simulated clock: the next timer runs
// at once, and the clock advances to it.
'use strict';

const START = Date.UTC(2026, 0, 1);
/** The duration of a macrotask. Time must advance, or loops that wait for it would never end. */
const IMMEDIATE_MS = 0.1;

const waiting = new Map();
let last = 0;
let elapsed = 0;

function start(work, ms, again) {
  last += 1;
  waiting.set(last, { handle: last, at: elapsed + ms, work, again });
  return last;
}

const atLeast1 = (ms) => Math.max(1, Number(ms) || 0);

const setTimeout = (work, ms, ...rest) => start(() => work(...rest), atLeast1(ms));
const setInterval = (work, ms, ...rest) => start(() => work(...rest), atLeast1(ms), atLeast1(ms));
const setImmediate = (work, ...rest) => start(() => work(...rest), IMMEDIATE_MS);
const stop = (handle) => {
  waiting.delete(handle);
};

function earliest() {
  let found;
  waiting.forEach((timer) => {
    if (!found || timer.at < found.at) found = timer;
  });
  return found;
}

/** Runs the next timer. Returns whether there was one. */
function runNext() {
  const timer = earliest();
  if (!timer) return false;
  elapsed = Math.max(elapsed, timer.at);
  if (timer.again) timer.at += timer.again;
  else waiting.delete(timer.handle);
  timer.work();
  return true;
}

exports.clear = () => waiting.clear();
exports.dateNow = () => Math.floor(START + elapsed);
exports.elapsed = () => elapsed;
exports.runNext = runNext;
exports.timers = {
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout: stop,
  clearInterval: stop,
  clearImmediate: stop,
};
