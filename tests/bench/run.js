// Measures every contestant, each time in a fresh process, writes
// `results.json` and prints the page. Run by `cargo xtask bench`:
//
//   node run.js <target/bench> [--quick] [--against <folder of an older build>]
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');

const { folderOf } = require('./contestants.js');
const { exponent, quantile, spread } = require('./report/figures.js');
const { page } = require('./report/page.js');
const { checkComplete } = require('./report/results.js');
const { CONTESTANTS, CURVES, WAITING } = require('./subjects.js');

/** How many processes for each start, tap and point, and how long one measures, in ms. */
const FULL = { starts: 15, taps: 5, points: 3, tapMs: 400, pointMs: 120 };
const QUICK = { starts: 3, taps: 1, points: 1, tapMs: 150, pointMs: 60 };

/** A measurement that takes longer is not repeated, in ms. */
const LONG_MS = 1500;

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, against: { type: 'string' } },
  allowPositionals: true,
});
const [folder] = positionals;
const folders = { built: path.join(folder, 'built'), before: values.against };
const pace = values.quick ? QUICK : FULL;
const names = Object.keys(CONTESTANTS).filter((name) => name !== 'before' || folders.before);
const cpuShares = [];

function node(...args) {
  return execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 180_000,
  });
}

/** Runs the driver. Returns a few samples in µs of each metric, by its name. */
function ask(measure, options) {
  const { answer, cpuShare } = JSON.parse(
    node(path.join(__dirname, 'measure.js'), JSON.stringify({ measure, ...folders, ...options })),
  );
  cpuShares.push(cpuShare);
  return answer;
}

/** In turns, so that a disturbance of the machine affects all contestants alike. */
function measureTimes() {
  const pools = Object.fromEntries(names.map((name) => [name, {}]));
  const rounds = { start: pace.starts, tap: pace.taps, calls: 1 };
  Object.entries(rounds).forEach(([measure, count]) => {
    console.error(`measuring: ${measure}`);
    for (let round = 0; round < count; round += 1) {
      names.forEach((contestant) => {
        const answer = ask(measure, { contestant, warmUpMs: pace.tapMs, measureMs: pace.tapMs });
        Object.entries(answer).forEach(([metric, samples]) => {
          (pools[contestant][metric] ||= []).push(...samples);
        });
      });
    }
  });
  const spreads = (pool) =>
    Object.fromEntries(Object.entries(pool).map(([metric, all]) => [metric, spread(all)]));
  return Object.fromEntries(names.map((name) => [name, spreads(pools[name])]));
}

/** One point of each contestant's curves along an axis: the lowest median of a few processes. */
function measureRow({ measure, option }, count) {
  const row = Object.fromEntries(names.map((name) => [name, {}]));
  let left = names;
  for (let round = 0; round < pace.points; round += 1) {
    left = left.filter((contestant) => {
      const began = performance.now();
      const answer = ask(measure, {
        contestant,
        [option]: count,
        warmUpMs: pace.pointMs,
        measureMs: pace.pointMs,
      });
      Object.entries(answer).forEach(([metric, samples]) => {
        row[contestant][metric] = Math.min(
          quantile(samples, 0.5),
          row[contestant][metric] ?? Infinity,
        );
      });
      return performance.now() - began < LONG_MS;
    });
  }
  return row;
}

function measureGrowth() {
  names.forEach((contestant) => ask('outboxes', { contestant, counts: WAITING }));
  return [...new Set(CURVES.map(({ axis }) => axis))].flatMap((axis) => {
    console.error(`measuring: ${axis.option}`);
    const rows = axis.counts.map((count) => measureRow(axis, count));
    return CURVES.filter((curve) => curve.axis === axis).flatMap(({ metric }) =>
      names.map((contestant) => {
        const points = rows.map((row, at) => [axis.counts[at], row[contestant][metric]]);
        return { axis: axis.option, metric, contestant, exponent: exponent(points), points };
      }),
    );
  });
}

/** Plain, with gzip -9, with brotli 11. */
function measureBytes(contestant) {
  const files = CONTESTANTS[contestant].files.map((file) =>
    path.join(folderOf(contestant, folders), file),
  );
  const lines = node(path.join(__dirname, '../../js-glue/measure.mjs'), ...files)
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(' ').map(Number));
  return rows.reduce((sum, row) => sum.map((bytes, at) => bytes + row[at]));
}

const results = {
  machine: ask('machine', {}),
  isQuick: Boolean(values.quick),
  bytes: Object.fromEntries(names.map((name) => [name, measureBytes(name)])),
  times: measureTimes(),
  growth: measureGrowth(),
};
// How much of a core the processes had; 1 or more on an idle machine.
results.cpuShare = quantile(cpuShares, 0.5);
checkComplete(results);
fs.writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(page(results, 'en'));
