// The figures, the page and the lines for the READMEs, over a simple run.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { exponent, number, power, spread, time } = require('./report/figures.js');
const { page, splice, summary } = require('./report/page.js');
const { checkComplete } = require('./report/results.js');
const { CONTESTANTS, CURVES, METRICS } = require('./subjects.js');

/** In µs, times the number of the metric. */
const FACTORS = { wasm: 4, before: 6, fallback: 8, javascript: 2, naive: 20 };

function run(changed) {
  const of = (make) =>
    Object.fromEntries(Object.keys(CONTESTANTS).map((name) => [name, make(FACTORS[name])]));
  const around = (p50) => ({ p10: p50 / 2, p50, p90: p50 * 2 });
  const growth = CURVES.flatMap(({ axis: { option, counts }, metric }) =>
    Object.keys(CONTESTANTS).map((contestant) => {
      const points = counts.map((count) => [
        count,
        contestant === 'naive' ? count ** 2 : 7 * count,
      ]);
      return { axis: option, metric, contestant, points, exponent: exponent(points) };
    }),
  );
  return {
    machine: {
      cpu: 'Abacus 3000',
      cores: 2,
      os: 'Linux 6.1',
      node: 'v20.11.0',
      v8: '11.3',
      date: '2026-01-31',
    },
    isQuick: false,
    cpuShare: 1.02,
    bytes: of((factor) => [4000 * factor, 2000 * factor, 1000 * factor]),
    times: of((factor) =>
      Object.fromEntries(METRICS.map((metric, at) => [metric, around(factor * (at + 1))])),
    ),
    growth,
    ...changed,
  };
}

test('the growth is that of the last decade', () => {
  const curve = (us) => [1, 10, 100, 1000].map((count) => [count, us(count)]);
  assert.equal(exponent(curve(() => 7)), 0);
  assert.ok(Math.abs(exponent(curve((count) => count ** 2)) - 2) < 1e-9);
  assert.ok(Math.abs(exponent(curve((count) => Math.max(count, 100))) - 1) < 1e-9);
});

test('figures have three digits, times the unit that reads best', () => {
  assert.deepEqual([0.123, 9.996, 99.96, 1234567].map(number), [
    '0.12',
    '10.0',
    '100',
    '1,234,567',
  ]);
  assert.deepEqual([999, 1000, 42184452].map(time), ['999 µs', '1.00 ms', '42.2 s']);
  assert.deepEqual([-0.001, 1.149].map(power), ['0.00', '1.15']);
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { p10: 1, p50: 3, p90: 5 });
});

test('a row has the median, its spread and the multiple of JavaScript', () => {
  const english = page(run(), 'en');
  const cells = [
    '12.0 µs (6.00–24.0), 2.00 ×',
    '18.0 µs (9.00–36.0), 3.00 ×',
    '24.0 µs (12.0–48.0), 4.00 ×',
  ];
  assert.ok(english.includes(`| tap to popup | ${cells.join(' | ')} |`), english);
});

test('a budget that is not met is said so', () => {
  const english = page(run(), 'en');
  assert.match(
    english,
    /tap to popup, × hand-written JavaScript \| 2\.00 × \| 1\.80 × \| \*\*not met/,
  );
  assert.match(english, /setup to ready \| 4\.00 µs \| 5\.00 ms \| met/);
  assert.match(english, /exponent, trigger types: tap to popup \| 1\.00 \| 1\.15 \| met/);
});

test('both languages have the same tables, and rows as long as their heads', () => {
  const shape = (text) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(' | ').length);
  assert.deepEqual(shape(page(run(), 'zh')), shape(page(run(), 'en')));
  assert.deepEqual(shape(summary(run(), 'zh')), [4, 4, 4, 4, 4, 4]);
  assert.deepEqual(new Set(shape(page(run(), 'en'))), new Set([6, 7, 4]));
});

test('the machine, the engine and the day are named, and doubts about the figures', () => {
  const facts = ['Abacus 3000', 'Linux 6.1', 'v20.11.0', '11.3', '2026-01-31'];
  facts.forEach((fact) =>
    assert.ok(summary(run(), 'zh').includes(fact) && page(run(), 'en').includes(fact), fact),
  );
  assert.ok(!page(run(), 'en').includes('Not to be quoted'));
  assert.match(summary(run({ cpuShare: 0.4 }), 'en'), /Not to be quoted: the machine was busy/);
  assert.match(summary(run({ isQuick: true }), 'zh'), /数字不可引用：快速测量/);
});

test('an incomplete run is refused, but the older build is optional', () => {
  const { before, ...bytes } = run().bytes;
  checkComplete(run());
  checkComplete(run({ bytes }));
  assert.throws(() => checkComplete(run({ growth: run().growth.slice(1) })), /growth of wasm/);
  assert.throws(() => checkComplete(run({ times: {} })), /start of wasm/);
  assert.throws(() => checkComplete(run({ cpuShare: null })), /the machine/);
});

test('only what is between the marks of a README changes', () => {
  const [begin, end] = ['<!-- bench:begin -->', '<!-- bench:end -->'];
  const once = splice(`# wx\n${begin}\nold\n${end}\nrest\n`, '| a |');
  assert.equal(once, `# wx\n${begin}\n\n| a |\n\n${end}\nrest\n`);
  assert.equal(splice(once, '| a |'), once);
  ['', begin, end, `${end} ${begin}`, `${begin} ${begin} ${end}`, `${begin} ${end} ${end}`].forEach(
    (text) => {
      assert.throws(() => splice(text, '| a |'), /must be there once/);
    },
  );
});
