// The engine's WebAssembly with an `instantiate` that needs no event loop;
// without WebAssembly, an object that throws and says so.
'use strict';

const engine = globalThis.WebAssembly;
const MISSING = 'this engine has no WebAssembly';

const modules = new WeakMap();
let isMissed = false;

/** Compiles each module once. */
function moduleOf(bytes) {
  if (!modules.has(bytes)) modules.set(bytes, new engine.Module(bytes));
  return modules.get(bytes);
}

let made = 0;

/**
 * Each instance reserves 10 GB of addresses, and old V8 refuses more than a terabyte: one test
 * may make more instances than that before garbage is collected by itself.
 */
function collect() {
  made += 1;
  if (typeof host === 'object' && host.collect && made % 40 === 0) host.collect();
}

exports.MISSING = MISSING;
exports.isThere = Boolean(engine);

/** Whether WebAssembly was asked for, and missing, since the last call of this. */
exports.wasMissed = () => {
  const was = isMissed;
  isMissed = false;
  return was;
};

exports.webAssembly = {
  RuntimeError: engine ? engine.RuntimeError : class RuntimeError extends Error {},
  async instantiate(bytes, imports) {
    if (!engine) {
      isMissed = true;
      throw new Error(MISSING);
    }
    collect();
    const module = moduleOf(bytes);
    return { module, instance: new engine.Instance(module, imports) };
  },
};
