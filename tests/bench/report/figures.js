// Quantiles, the growth of a curve, and formatting of figures.
'use strict';

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The value below which `part` of the values are. */
function quantile(values, part) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(part * (sorted.length - 1))];
}

/** The median, p10 and p90. */
function spread(values) {
  return { p10: quantile(values, 0.1), p50: quantile(values, 0.5), p90: quantile(values, 0.9) };
}

/**
 * The exponent `k` of `time ~ count ** k` over the last decade of a curve: the
 * slope of the regression line of its logarithms.
 */
function exponent(points) {
  const largest = Math.max(...points.map(([count]) => count));
  const logs = points
    .filter(([count]) => count >= largest / 10)
    .map((point) => point.map(Math.log));
  const [meanX, meanY] = [0, 1].map((at) => sum(logs.map((log) => log[at])) / logs.length);
  const products = sum(logs.map(([x, y]) => (x - meanX) * (y - meanY)));
  return products / sum(logs.map(([x]) => (x - meanX) ** 2));
}

/** An exponent; adding 0 turns -0 into 0. */
const power = (value) => (Math.round(value * 100) / 100 + 0).toFixed(2);

const grouped = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ',');

/** Three significant digits; whole numbers in groups of thousands. */
function number(value) {
  if (value >= 99.95) return grouped(Math.round(value));
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

function unitOf(us) {
  if (us >= 1e6) return [1e6, 's'];
  return us >= 1e3 ? [1e3, 'ms'] : [1, 'µs'];
}

/** A time in µs, in the unit that reads best. */
function time(us) {
  const [unit, name] = unitOf(us);
  return `${number(us / unit)} ${name}`;
}

/** The same, with the spread in brackets. */
function timeWithSpread({ p10, p50, p90 }) {
  const [unit, name] = unitOf(p50);
  return `${number(p50 / unit)} ${name} (${number(p10 / unit)}–${number(p90 / unit)})`;
}

Object.assign(exports, {
  exponent,
  grouped,
  number,
  power,
  quantile,
  spread,
  time,
  timeWithSpread,
});
