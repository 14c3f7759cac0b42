// The page of one run, and the lines of it that a README quotes.
'use strict';

const { grouped, number, power, time, timeWithSpread } = require('./figures.js');
const { budgets, contestantsOf, curveOf, timesJavaScript } = require('./results.js');
const { CONTESTANTS, CURVES } = require('../subjects.js');

const [BEGIN, END] = ['<!-- bench:begin -->', '<!-- bench:end -->'];

const METHOD = [
  '`cargo xtask bench` 一次跑完所有写法：同一个立即应答的模拟 `wx`，每次测量都在新进程里。表中是中位数，括号内为 p10–p90，× 是手写 JavaScript 的倍数。手写 JavaScript 与 SDK 通过同一组用例（`tests/bench/conformance.test.js`）。常规 wasm-bindgen 写法（`async fn`、双向 serde，`tests/bench/naive`）做得略少，用与 SDK 相同的优化级别编译，再经 `wasm-opt -Oz`。',
  '`cargo xtask bench` measures every way to write the flow in one run: over one simulated `wx` that answers at once, each time in a fresh process. The figures are medians, with p10–p90 in brackets; × is the multiple of hand-written JavaScript, which passes the same scripted cases as the SDK (`tests/bench/conformance.test.js`). The plain wasm-bindgen build (`async fn`, serde both ways, `tests/bench/naive`) does somewhat less; it is compiled at the optimisation level of the SDK, and goes through `wasm-opt -Oz`.',
];
const GROWTH = [
  '每一格是最小规模与最大规模的用时，以及按最后一个数量级拟合的指数（1 为线性）。每一点取受干扰最少的进程。',
  'A cell has the time at the smallest and at the largest number, and the exponent fitted to the last decade (1 is linear). Each point is that of the least disturbed process.',
];
const QUICK = ['快速测量（`--quick`），样本很少', 'a quick run (`--quick`) with few samples'];
const BUSY = ['测量时机器繁忙', 'the machine was busy'];

/** With a smaller share of a core, other programs disturbed the process. */
const LEAST_CPU_SHARE = 0.9;

/** Writes one kind of figure of a contestant. */
const timeOf = (metric) => (results, name) =>
  `${timeWithSpread(results.times[name][metric])}, ${number(timesJavaScript(results, name, metric))} ×`;
const callsOf = ({ times }, name) => `${times[name].tapCalls.p50} / ${times[name].wholeCalls.p50}`;
const bytesOf =
  (form) =>
  ({ bytes }, name) =>
    grouped(bytes[name][form]);

const [START, TAP, WHOLE, BROTLI] = [
  { name: ['启动到就绪', 'setup to ready'], write: timeOf('start') },
  { name: ['点击到弹窗', 'tap to popup'], write: timeOf('tap') },
  { name: ['整次订阅', 'whole subscription'], write: timeOf('whole') },
  { name: ['体积（字节，brotli 11）', 'bytes, brotli 11'], write: bytesOf(2) },
];
const ROWS = [
  START,
  { name: ['首次点击到弹窗', 'first tap to popup'], write: timeOf('firstTap') },
  TAP,
  WHOLE,
  { name: ['wasm → JS 调用：到弹窗 / 整次', 'calls wasm → JS: to popup / whole'], write: callsOf },
  { name: ['体积（字节）', 'bytes'], write: bytesOf(0) },
  { name: ['体积（字节，gzip -9）', 'bytes, gzip -9'], write: bytesOf(1) },
  BROTLI,
];

function table(head, rows) {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The functions that write in one language; each text is a pair (Chinese, English). */
function writer(results, language) {
  const t = (pair) => pair[['zh', 'en'].indexOf(language)];
  const heads = (names) => names.map((name) => t(CONTESTANTS[name].name));
  const all = contestantsOf(results);
  return {
    t,
    figures(rows, names = all) {
      return table(
        ['', ...heads(names)],
        rows.map(({ name, write }) => [t(name), ...names.map((who) => write(results, who))]),
      );
    },
    growth() {
      const rows = CURVES.map((kind) => {
        const cells = all.map((name) => {
          const { points, exponent } = curveOf(results, kind, name);
          return `${time(points[0][1])} → ${time(points.at(-1)[1])}, **${power(exponent)}**`;
        });
        return [
          t(kind.name),
          [kind.axis.counts[0], kind.axis.counts.at(-1)].map(grouped).join(' → '),
          ...cells,
        ];
      });
      return table(
        [t(['测什么', 'what is measured']), t(['规模', 'numbers']), ...heads(all)],
        rows,
      );
    },
    budgets() {
      const write = { ratio: (value) => `${number(value)} ×`, time, exponent: power };
      const rows = budgets(results).map(({ name, value, most, is }) => {
        return [
          t(name),
          write[is](value),
          write[is](most),
          t(value <= most ? ['达到', 'met'] : ['**未达到**', '**not met**']),
        ];
      });
      return table(['wx-subscribe', t(['测得', 'measured']), t(['至多', 'at most']), ''], rows);
    },
    measuredOn() {
      const {
        machine: { cpu, cores, os, node, v8, date },
        isQuick,
        cpuShare,
      } = results;
      const words = [...(isQuick ? [QUICK] : []), ...(cpuShare < LEAST_CPU_SHARE ? [BUSY] : [])]
        .map(t)
        .join(t(['，', ', ']));
      const warning =
        words && t([`**数字不可引用：${words}。**`, ` **Not to be quoted: ${words}.**`]);
      const on = `${cpu} (${cores} ${t(['核', 'cores'])}), ${os}, Node ${node} (V8 ${v8}), ${date}`;
      return t([`测于 ${on}。`, `Measured on ${on}.`]) + warning;
    },
  };
}

/** Everything, as `docs/<language>/benchmarks.md` has it. */
function page(results, language) {
  const { t, ...write } = writer(results, language);
  const parts = [
    t(['# 性能', '# Benchmarks']),
    '<!-- Made by `cargo xtask bench --update-docs`. -->',
    t(['[English](../en/benchmarks.md)', '[中文](../zh/benchmarks.md)']),
    t(METHOD),
    write.measuredOn(),
    write.figures(ROWS),
    t(['## 增长', '## Growth']),
    t(GROWTH),
    write.growth(),
    t(['## 预算', '## Budgets']),
    write.budgets(),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The four lines and the link for a README. */
function summary(results, language) {
  const { t, ...write } = writer(results, language);
  const link = t([
    '[全部数字、测法与预算](docs/zh/benchmarks.md)。',
    '[All figures, their method and budgets](docs/en/benchmarks.md). ',
  ]);
  return `${write.figures([START, TAP, WHOLE, BROTLI], ['wasm', 'javascript', 'naive'])}\n\n${link}${write.measuredOn()}`;
}

/** Replaces the section between the two marks of a text. */
function splice(text, section) {
  const marks = text.match(/<!-- bench:(begin|end) -->/g) ?? [];
  if (marks.join() !== [BEGIN, END].join())
    throw new Error(`${BEGIN} and then ${END} must be there once`);
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
  return `${before}${BEGIN}\n\n${section}\n\n${END}${after}`;
}

Object.assign(exports, { page, splice, summary });
