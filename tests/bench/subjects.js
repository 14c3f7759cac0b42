// The contestants, the metrics and the budgets. A text is a pair: Chinese,
// English.
'use strict';

const PACKAGE = ['wx_subscribe.wasm', 'index.js'];

/** In the order of the tables. */
const CONTESTANTS = {
  wasm: { name: ['wx-subscribe', 'wx-subscribe'], files: PACKAGE },
  before: { name: ['wx-subscribe（较早的构建）', 'wx-subscribe, an older build'], files: PACKAGE },
  fallback: {
    name: ['wx-subscribe（无 wasm）', 'wx-subscribe without wasm'],
    files: ['fallback.js', 'index.js'],
  },
  javascript: { name: ['手写 JavaScript', 'hand-written JavaScript'], files: ['hand-written.js'] },
  naive: { name: ['常规 wasm-bindgen', 'plain wasm-bindgen'], files: ['naive.wasm', 'naive.js'] },
};

/** The metrics of every contestant. `tapCalls` and `wholeCalls` are numbers, the others times. */
const METRICS = ['start', 'firstTap', 'tap', 'whole', 'tapCalls', 'wholeCalls'];

/** How many reports wait, in the two measurements with waiting reports. */
const WAITING = [10, 100, 300, 1000];

/** The measure of the driver, and its option for the number that grows. */
const TEMPLATES = { measure: 'tap', option: 'templates', counts: [1, 10, 100, 1000, 2000, 5000] };
const TRIGGERS = { measure: 'tap', option: 'triggers', counts: [9, 100, 1000, 3000, 10000] };
const QUEUED = { measure: 'queued', option: 'waiting', counts: WAITING };
const DELIVERED = { measure: 'delivered', option: 'delivered', counts: WAITING };

const CURVES = [
  {
    axis: TEMPLATES,
    metric: 'tap',
    name: ['模板数：点击到弹窗', 'templates of one popup: tap to popup'],
  },
  {
    axis: TEMPLATES,
    metric: 'whole',
    name: ['模板数：整次订阅', 'templates of one popup: whole subscription'],
  },
  {
    axis: TRIGGERS,
    metric: 'tap',
    name: ['触发类型数：点击到弹窗', 'trigger types: tap to popup'],
  },
  {
    axis: TRIGGERS,
    metric: 'setup',
    name: ['触发类型数：再次 `setup`', 'trigger types: a later `setup`'],
  },
  {
    axis: QUEUED,
    metric: 'whole',
    name: ['等待上报的条数：订阅到入队', 'waiting reports: subscription up to its queued report'],
  },
  {
    axis: DELIVERED,
    metric: 'setup',
    name: ['启动时送达 N 条上报', 'a launch that delivers N reports'],
  },
];

/** The package beside hand-written JavaScript, its start in µs, and each of its exponents. */
const MOST = { tap: 1.8, whole: 0.9, start: 5000, exponent: 1.15 };

Object.assign(exports, { CONTESTANTS, CURVES, METRICS, MOST, WAITING });
