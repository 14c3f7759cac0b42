// The part of node:test that the suites use. Each test prints a line of TAP.
'use strict';

const { clear, elapsed, runNext } = require('./loop.js');
const { MISSING, isThere, wasMissed } = require('./webassembly.js');

/** Suites that start hundreds of apps; in a short run, one engine is enough for them. */
const LONG = [/^the module traps at each call of it in turn/, /wherever memory runs out$/];
const LEFT_OUT = 'only with --full';

/** More steps than any test needs: it must be in an endless loop. */
const MOST_STEPS = 100000;

const tests = [];
const groups = [];

function describe(name, body) {
  groups.push(name);
  body();
  groups.pop();
}

function test(name, body) {
  tests.push({ name: [...groups, name].join(' › '), body });
}

/** `t.mock.timers`: time advances only by `tick`. */
function createMockTimers() {
  const real = { setTimeout, clearTimeout, now: Date.now };
  let waiting = [];
  let now = 0;

  const mocked = {
    setTimeout(work, ms = 0, ...rest) {
      const timer = { at: now + ms, work: () => work(...rest) };
      waiting.push(timer);
      return timer;
    },
    clearTimeout(timer) {
      waiting = waiting.filter((known) => known !== timer);
    },
    now: () => now,
  };
  const install = (functions) => {
    Object.assign(globalThis, {
      setTimeout: functions.setTimeout,
      clearTimeout: functions.clearTimeout,
    });
    Date.now = functions.now;
  };

  return {
    enable({ apis, now: begin }) {
      if (apis.join() !== 'setTimeout,Date')
        throw new Error(`only setTimeout and Date are mocked here, not ${apis}`);
      now = begin;
      install(mocked);
    },
    tick(ms) {
      now += ms;
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
        if (!next) return;
        mocked.clearTimeout(next);
        next.work();
      }
    },
    reset() {
      waiting = [];
      install(real);
    },
  };
}

function createContext() {
  const afters = [];
  const restores = [];
  const restoreAll = () => restores.splice(0).forEach((restore) => restore());
  const timers = createMockTimers();
  return {
    t: {
      after: (work) => afters.push(work),
      mock: {
        timers,
        method(object, name, replacement) {
          const original = object[name];
          restores.push(() => Object.assign(object, { [name]: original }));
          object[name] = replacement;
        },
        restoreAll,
      },
    },
    async end() {
      restoreAll();
      timers.reset();
      for (const work of afters) await work();
    },
  };
}

/** Ends the running test, whose own promises will not settle. */
let abort = () => {};
let steps = 0;

async function runOne({ body }) {
  const context = createContext();
  const aborted = new Promise((_, reject) => {
    abort = reject;
  });
  steps = 0;
  try {
    await Promise.race([body(context.t), aborted]);
  } finally {
    await context.end();
    clear();
  }
}

let isOver = false;

async function runAll(print) {
  print(`# ${host.hasJit ? 'with' : 'without'} JIT, ${isThere ? 'with' : 'without'} WebAssembly`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [at, entry] of tests.entries()) {
    const line = `${at + 1} - ${entry.name.replace(/[#\n]/g, ' ')}`;
    if (!WITH_LONG && LONG.some((pattern) => pattern.test(entry.name))) {
      counts.skipped += 1;
      print(`ok ${line} # SKIP ${LEFT_OUT}`);
      continue;
    }
    const began = elapsed();
    const error = await runOne(entry).then(
      () => undefined,
      (reason) => ({ reason }),
    );
    const isMissing = wasMissed();
    if (!error) {
      counts.passed += 1;
      print(`ok ${line}`);
    } else if (isMissing) {
      counts.skipped += 1;
      print(`ok ${line} # SKIP ${MISSING}`);
    } else {
      counts.failed += 1;
      print(`not ok ${line}`);
      const { message, stack } = error.reason || {};
      const detail = `${message || String(error.reason)}\n${stack || ''}\nafter ${elapsed() - began} ms`;
      detail.split('\n').forEach((part) => print(`# ${part}`));
    }
  }
  print(`1..${tests.length}`);
  print(`# ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

/** One step of the loop, after all promise jobs. Returns whether there is more to do. */
function step() {
  if (isOver) return false;
  steps += 1;
  try {
    if (steps > MOST_STEPS) abort(new Error(`not ended after ${MOST_STEPS} steps`));
    else if (!runNext()) abort(new Error('it never ends: nothing is left to wait for'));
  } catch (error) {
    abort(error);
  }
  return true;
}

/** Runs every test that was registered. */
function run(host) {
  runAll(host.print).then(
    () => {
      isOver = true;
    },
    (error) => {
      isOver = true;
      host.print(`Bail out! ${error && error.stack}`);
    },
  );
  host.drive(step);
}

exports.describe = describe;
exports.run = run;
exports.test = test;
