// The globals of Node that the suites take for granted, in an engine's bare
// shell. The package sees none of them: it has a realm of its own.
'use strict';

const { dateNow, elapsed, timers } = require('./loop.js');
const { webAssembly } = require('./webassembly.js');

/** A copy of what the package tells: data, and nothing else. */
function structuredClone(value) {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('this cannot be cloned');
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
