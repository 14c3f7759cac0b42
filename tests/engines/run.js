// The suites over the built package in every engine that phones use:
// `node run.js [--full]`. The last line counts all.
'use strict';

const { SUITES } = require('./support/bundle.js');
const { ENGINES } = require('./support/engines.js');
const { runIn } = require('./support/run.js');

const AT_ONCE = 2;

const isFull = process.argv.includes('--full');

/** Calls `work` with each item, some at a time, and returns the results in order. */
async function inParallel(items, work) {
  const results = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function print({ title }, { passed, left, failures }, seconds) {
  const out = Object.entries(left).map(([reason, count]) => `, ${count} left out (${reason})`);
  console.log(
    `${title}: ${passed} passed, ${failures.length} failed${out.join('')}, ${seconds.toFixed(1)} s`,
  );
  failures.forEach((failure) => console.log(failure.replace(/^/gm, '  ')));
}

/** With `CI` set, an engine that is not here though it could be is a failure. */
function missing({ title, none, missing: why }) {
  console.log(`${title}: not run, ${none || why}`);
  return { passed: 0, failed: process.env.CI && !none ? 1 : 0 };
}

async function main() {
  const engines = ENGINES.filter(({ fullOnly }) => isFull || !fullOnly);
  const counts = await inParallel(engines, async (engine) => {
    if (engine.missing) return missing(engine);
    const start = performance.now();
    const without = engine.without || {};
    const suites = (!isFull && engine.suites) || SUITES;
    const result = await runIn(engine, {
      withLong: isFull,
      suites: suites.filter((name) => !without[name]),
    });
    print(engine, result, (performance.now() - start) / 1000);
    Object.entries(without).forEach(([name, why]) => console.log(`  without ${name}: ${why}`));
    return { passed: result.passed, failed: result.failures.length };
  });
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  console.log(`engines: ${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

main();
