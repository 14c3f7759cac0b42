// The globals of Node that the suites use, for the bare shell of an engine. The
// package sees none of them: it has a realm of its own.
'use strict';

const { dateNow, elapsed, timers } = require('./loop.js');
const { webAssembly } = require('./webassembly.js');

/** A copy of the data that the package passes out. */
function structuredClone(value) {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError('this cannot be cloned');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Array.from(value, structuredClone);
  return Object.fromEntries(Object.keys(value).map((key) => [key, structuredClone(value[key])]));
}

Object.assign(globalThis, timers, {
  structuredClone,
  performance: { now: elapsed },
  process: { env: { WX_SUBSCRIBE_BUILD: BUILD } },
  WebAssembly: webAssembly,
});
Date.now = dateNow;
