// What the package may use on a phone: the language and the globals. The realm
// of the suites has nothing else.
'use strict';

/** The edition of ECMAScript that the package keeps to: phones run it since iOS 10 and Chrome 53. */
const ECMA_VERSION = 2015;

/**
 * The globals of that edition. All others are removed from the realm:
 * WebAssembly, eval, globalThis, WeakRef, FinalizationRegistry,
 * SharedArrayBuffer, Atomics, BigInt, Intl …
 */
const BUILTINS = new Set(
  `Infinity NaN undefined isFinite isNaN parseFloat parseInt
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  Array ArrayBuffer Boolean DataView Date Error EvalError Float32Array Float64Array Function Int8Array Int16Array
  Int32Array Map Number Object Promise Proxy RangeError ReferenceError RegExp Set String Symbol SyntaxError TypeError
  URIError Uint8Array Uint8ClampedArray Uint16Array Uint32Array WeakMap WeakSet JSON Math Reflect`.split(
    /\s+/,
  ),
);

/** Later members, by the expression of their owner. */
const LATER_MEMBERS = {
  Array: 'fromAsync',
  'Array.prototype':
    'at flat flatMap findLast findLastIndex includes toReversed toSorted toSpliced with',
  'ArrayBuffer.prototype': 'detached maxByteLength resizable resize transfer transferToFixedLength',
  Map: 'groupBy',
  Object: 'entries values fromEntries getOwnPropertyDescriptors groupBy hasOwn',
  'Object.getPrototypeOf(Uint8Array.prototype)':
    'at findLast findLastIndex includes toReversed toSorted with',
  Promise: 'allSettled any try withResolvers',
  'Promise.prototype': 'finally',
  'Set.prototype':
    'difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union',
  'String.prototype':
    'at isWellFormed matchAll padEnd padStart replaceAll toWellFormed trimEnd trimLeft trimRight trimStart',
  'Symbol.prototype': 'description',
};

/** Later symbols, which cannot be removed from an engine. */
const LATER_SYMBOLS = 'asyncDispose asyncIterator dispose matchAll';

const THE_LANGUAGE = `is of ECMAScript ${ECMA_VERSION}`;
const ITS_MODULE = 'WeChat runs each file as a CommonJS module';

/** `names` of the language, each with the same reason. */
const ofTheLanguage = (names) =>
  Object.fromEntries(names.split(' ').map((name) => [name, THE_LANGUAGE]));

/** Every global that the files of the package use, and the reason why each is allowed. */
const USED_GLOBALS = {
  'index.js': {
    ...ofTheLanguage(
      'Array DataView Date Error JSON Map Math Number Object Reflect Set String Uint8Array WeakSet',
    ),
    ...ofTheLanguage('decodeURIComponent encodeURIComponent'),
    Promise: `${THE_LANGUAGE}; WeChat's own on iOS 15 and below, which waits with timers, has all that is used`,
    escape: `${THE_LANGUAGE}, in the annex that every engine keeps to`,
    unescape: `${THE_LANGUAGE}, in the annex that every engine keeps to`,
    exports: ITS_MODULE,
    wx: 'the platform; a host without it is found by typeof, and comes to unsupportedHost',
    WXWebAssembly:
      'of base library 2.13.0; a host without it is found by typeof, and the fallback is taken',
    setTimeout: 'the platform; what it throws is caught, and there is no time limit then',
    clearTimeout:
      'the platform; what it throws is caught, and the timer finds that its work was done',
  },
  'fallback.js': {
    ...ofTheLanguage(
      'ArrayBuffer Error Float32Array Float64Array Int16Array Int32Array Int8Array Math Object',
    ),
    ...ofTheLanguage('Uint16Array Uint32Array Uint8Array'),
    module: ITS_MODULE,
  },
};

/** Later members that they use as well, and why each may be missing. */
const GUARDED_MEMBERS = {
  'index.js': {},
  'fallback.js': {},
};

exports.BUILTINS = BUILTINS;
exports.ECMA_VERSION = ECMA_VERSION;
exports.GUARDED_MEMBERS = GUARDED_MEMBERS;
exports.LATER_MEMBERS = LATER_MEMBERS;
exports.LATER_SYMBOLS = LATER_SYMBOLS;
exports.USED_GLOBALS = USED_GLOBALS;
