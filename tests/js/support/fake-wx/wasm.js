// A fake `WXWebAssembly`.
'use strict';

/** Why the platform refuses `path`, or null. */
function pathFailure(path) {
  if (typeof path !== 'string') return 'WebAssembly.instantiate: first argument must be a string';
  if (/^(wxfile|https?):/.test(path))
    return 'WebAssembly.instantiate: not support wxfile: or http: path';
  if (!/\.wasm(\.br)?$/.test(path))
    return `WebAssembly.instantiate: not a .wasm or .wasm.br file: ${path}`;
  if (path.split('/').includes('..')) return `WebAssembly.instantiate: file not found: ${path}`;
  return null;
}

/**
 * Creates a fake `WXWebAssembly`: `instantiate` and nothing else, as on a phone.
 *
 * @param {object} options
 * @param {typeof WebAssembly} options.WebAssembly the host engine's
 * @param {(path: string) => Uint8Array | Promise<Uint8Array>} options.readFile the file at a path from the
 *   package root, without a leading slash; uncompressed, even if it is named `.wasm.br`; throws if there is none
 * @param {'instance' | 'result' | 'exports'} [options.shape] Instance, `{ module, instance }`, or plain `{ exports }`
 * @param {number} [options.delayMs] how long loading takes; Infinity never ends
 * @param {unknown} [options.fail] every call rejects with this; or a function of the call's number that
 *   returns what to reject with, or nothing
 */
function createFakeWXWebAssembly({
  WebAssembly: engine,
  readFile,
  shape = 'instance',
  delayMs = 0,
  fail,
}) {
  const calls = [];

  function shaped(module, instance) {
    if (shape === 'result') return { module, instance };
    if (shape === 'exports') return { exports: instance.exports };
    return instance;
  }

  function instantiate(path, imports) {
    calls.push(path);
    const failure = typeof fail === 'function' ? fail(calls.length) : fail;
    return new Promise((resolve, reject) => {
      const wrong = pathFailure(path);
      if (wrong) {
        reject(new Error(wrong));
        return;
      }
      if (delayMs === Infinity) return;
      setTimeout(() => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        Promise.resolve()
          .then(() => readFile(path.replace(/^\//, '')))
          .then((bytes) => engine.instantiate(bytes, imports))
          .then(({ module, instance }) => resolve(shaped(module, instance)))
          .catch(reject);
      }, delayMs);
    });
  }

  return { instantiate, calls };
}

exports.createFakeWXWebAssembly = createFakeWXWebAssembly;
