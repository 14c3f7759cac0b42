// Reading the figures of one run. Times are in µs.
'use strict';

const { CONTESTANTS, CURVES, METRICS, MOST } = require('../subjects.js');

/** An older build is measured only if it was given. */
const contestantsOf = ({ bytes }) =>
  Object.keys(CONTESTANTS).filter((name) => name !== 'before' || name in bytes);

/** Its time as a multiple of that of the hand-written flow. */
function timesJavaScript({ times }, contestant, metric) {
  return times[contestant][metric].p50 / times.javascript[metric].p50;
}

function curveOf({ growth }, { axis, metric }, contestant) {
  return growth.find(
    (curve) =>
      curve.axis === axis.option && curve.metric === metric && curve.contestant === contestant,
  );
}

/** Throws, naming what is missing, unless every contestant has every figure. */
function checkComplete(results) {
  const must = (isThere, what) => {
    if (!isThere) throw new Error(`the run lacks ${what}: measure again`);
  };
  must(results.machine?.cpu && Number.isFinite(results.cpuShare), 'the machine');
  contestantsOf(results).forEach((name) => {
    must(
      results.bytes[name]?.every((bytes) => bytes > 0),
      `the size of ${name}`,
    );
    METRICS.forEach((metric) =>
      must(Number.isFinite(results.times[name]?.[metric]?.p50), `${metric} of ${name}`),
    );
    CURVES.forEach((kind) => {
      const curve = curveOf(results, kind, name);
      const isWhole =
        curve?.points.length === kind.axis.counts.length && Number.isFinite(curve.exponent);
      must(isWhole, `the growth of ${name}, ${kind.name[1]}`);
    });
  });
}

/** The budgets of the package. */
function budgets(results) {
  const ratio = (metric) => ({
    value: timesJavaScript(results, 'wasm', metric),
    most: MOST[metric],
    is: 'ratio',
  });
  return [
    {
      name: ['点击到弹窗，手写 JavaScript 的倍数', 'tap to popup, × hand-written JavaScript'],
      ...ratio('tap'),
    },
    {
      name: ['整次订阅，手写 JavaScript 的倍数', 'whole subscription, × hand-written JavaScript'],
      ...ratio('whole'),
    },
    {
      name: ['启动到就绪', 'setup to ready'],
      value: results.times.wasm.start.p50,
      most: MOST.start,
      is: 'time',
    },
    ...CURVES.map((kind) => {
      const name = [`指数，${kind.name[0]}`, `exponent, ${kind.name[1]}`];
      return {
        name,
        value: curveOf(results, kind, 'wasm').exponent,
        most: MOST.exponent,
        is: 'exponent',
      };
    }),
  ];
}

Object.assign(exports, { budgets, checkComplete, contestantsOf, curveOf, timesJavaScript });
