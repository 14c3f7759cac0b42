// Removes the browser's globals from the realm; only the language remains.

/** What ECMAScript defines on every engine that WeChat runs on. */
const LANGUAGE = new Set(
  `Infinity NaN undefined isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape Object Function Array Number Boolean String Symbol Date Promise RegExp Error
  AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl Reflect Proxy
  ArrayBuffer DataView Map Set WeakMap WeakSet BigInt BigInt64Array BigUint64Array Float32Array Float64Array
  Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array Uint32Array`.split(
    /\s+/,
  ),
);

/** Every name that a script could find on the realm's global object. */
function namesOf(object: object): string[] {
  const names: string[] = [];
  for (
    let at: object | null = object;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}

/**
 * `new Function('return this')` is the only dynamic code that WeChat allows.
 * The realm's content security policy blocks the browser's own constructor;
 * this one throws an error that says so.
 */
function createFunctionConstructor(global: object): FunctionConstructor {
  function SafeFunction(...given: unknown[]): () => unknown {
    if (given.length === 1 && /^\s*return\s+this\s*;?\s*$/.test(String(given[0])))
      return () => global;
    throw new EvalError(
      "a mini-program may not run text as code: only new Function('return this') is allowed",
    );
  }
  SafeFunction.prototype = Function.prototype;
  Object.defineProperty(SafeFunction, 'name', { value: 'Function' });
  return SafeFunction as unknown as FunctionConstructor;
}

/**
 * @param mine the globals of the mini-program, in place of the browser's
 * @returns the names that a module must take as parameters: `mine`, and those
 *   which a browser never lets go of (`window`, `document` …), shadowed
 */
export function seal(mine: Record<string, unknown>): Record<string, unknown> {
  const realm = globalThis as unknown as Record<string, unknown>;
  const found = namesOf(realm);

  // The value of `globalThis` and `new Function('return this')()`.
  const global: Record<string, unknown> = {};
  LANGUAGE.forEach((name) => {
    if (name in realm && name !== 'undefined') global[name] = realm[name];
  });
  Object.assign(global, mine);
  const SafeFunction = createFunctionConstructor(global);
  global.Function = SafeFunction;
  global.globalThis = global;
  Object.defineProperty(Function.prototype, 'constructor', { value: SafeFunction });

  for (
    let at: object | null = realm;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (!LANGUAGE.has(name)) Reflect.deleteProperty(at, name);
    }
  }

  const parameters: Record<string, unknown> = {};
  found.forEach((name) => {
    if (!LANGUAGE.has(name) && name in realm && !(name in Object.prototype))
      parameters[name] = undefined;
  });
  const { globalThis: self, Function: constructor } = global;
  return { ...parameters, ...mine, globalThis: self, Function: constructor };
}
