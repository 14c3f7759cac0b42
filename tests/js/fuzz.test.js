// Random hosts, back ends and users, over both builds: in each run, each answer
// of a user ends as one report, and each call as one outcome.
//
//   WX_SUBSCRIBE_FUZZ_SEED=1 WX_SUBSCRIBE_FUZZ_RUNS=20 node --test fuzz.test.js
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { BUILD } = require('./support/bare-context.js');
const { createRealm, live, watchRejections } = require('./support/random-run.js');
const { mulberry32 } = require('./support/random.js');

const SEED = Number(process.env.WX_SUBSCRIBE_FUZZ_SEED || Date.now() % 2 ** 31);
const RUNS = Number(process.env.WX_SUBSCRIBE_FUZZ_RUNS || 1300);
const STEPS = 40;
/** How many runs share a realm; its globals are checked at the end. */
const RUNS_PER_REALM = 50;

/** The seeds of one run: one for its configuration, and one per step. */
function seedsOf(run) {
  const next = mulberry32(SEED + run * 0x9e3779b1);
  return Array.from({ length: STEPS + 1 }, () => Math.floor(next() * 2 ** 32));
}

/** One run; an exception counts as a violation. */
const attempt = (realm, seeds, journal) =>
  live(realm, seeds, journal).catch((error) => ({ violations: [String(error.stack)] }));

/** Shrinks the seeds: removes the steps that a failure does not need. */
async function shrink(build, seeds) {
  const fails = async (some) => (await attempt(createRealm(build), some)).violations.length > 0;
  let shortest = seeds;
  for (let length = STEPS; length >= 1; length = Math.floor(length / 2)) {
    for (let at = 1; at < shortest.length; ) {
      const shorter = [...shortest.slice(0, at), ...shortest.slice(at + length)];
      if (shorter.length < shortest.length && (await fails(shorter))) shortest = shorter;
      else at += length;
    }
  }
  return shortest;
}

async function explain(build, run, violations) {
  const shortest = await shrink(build, seedsOf(run));
  const journal = [];
  const replayed = await attempt(createRealm(build), shortest, journal);
  return [
    `run ${run} of seed ${SEED} over ${build}: ${violations.join('; ')}`,
    `with ${shortest.length - 1} of its ${STEPS} steps: ${replayed.violations.join('; ') || 'not seen again'}`,
    ...journal,
  ].join('\n');
}

const traces = { wasm: [], fallback: [] };
const once = { skip: BUILD === 'fallback' && 'it goes over both builds by itself' };

Object.keys(traces).forEach((build) => {
  test(
    `no host, back end or user harms the ${build} build (seed ${SEED}, ${RUNS} runs)`,
    once,
    async (t) => {
      const sum = { steps: 0, behaviours: 0, taps: 0, restarts: 0, traps: 0, saved: 0 };
      const outcomes = {};
      let realm;
      t.after(watchRejections());
      console.log(`# WX_SUBSCRIBE_FUZZ_SEED=${SEED} WX_SUBSCRIBE_FUZZ_RUNS=${RUNS}`);
      for (let run = 0; run < RUNS; run += 1) {
        if (run % RUNS_PER_REALM === 0) realm = createRealm(build);
        const { violations, stats, trace } = await attempt(realm, seedsOf(run));
        if (violations.length) assert.fail(await explain(build, run, violations));
        if (run % RUNS_PER_REALM === RUNS_PER_REALM - 1) assert.deepEqual(realm.harm(), []);
        traces[build].push(trace);
        Object.keys(sum).forEach((key) => {
          sum[key] += stats[key];
        });
        Object.entries(stats.outcomes).forEach(([kind, count]) => {
          outcomes[kind] = (outcomes[kind] || 0) + count;
        });
      }
      t.diagnostic(`${build}: ${JSON.stringify({ runs: RUNS, ...sum })}`);
      t.diagnostic(`${build}: ${JSON.stringify(outcomes)}`);
    },
  );
});

test('both builds do the same under the same host', once, (t) => {
  let compared = 0;
  traces.wasm.forEach((trace, run) => {
    if (trace === null || traces.fallback[run] === null) return;
    compared += 1;
    assert.equal(traces.fallback[run], trace, `run ${run} of seed ${SEED}`);
  });
  t.diagnostic(`${compared} runs compared`);
});
