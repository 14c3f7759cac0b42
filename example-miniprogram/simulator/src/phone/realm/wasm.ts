// `WXWebAssembly`: loads modules of the code package by path.
import type { Core } from './core';
import { NativePromise, instantiateWasm } from './natives';

export function createWasm({ host, tap, Promise }: Core): {
  instantiate: (...given: unknown[]) => unknown;
} {
  function instantiate(path: unknown, imports: unknown): unknown {
    return new Promise((resolve, reject) => {
      if (typeof path !== 'string') {
        reject(
          new TypeError(
            'WXWebAssembly.instantiate: the first argument must be a path of the code package',
          ),
        );
        return;
      }
      if (/^[a-z][a-z\d+.-]*:/i.test(path)) {
        reject(new Error(`WebAssembly.instantiate: not support wxfile: or http: path (${path})`));
        return;
      }
      if (!/\.wasm(\.br)?$/.test(path)) {
        reject(new Error(`WebAssembly.instantiate: ${path} is neither .wasm nor .wasm.br`));
        return;
      }
      host.readPackage(path.replace(/^\/+/, ''), (bytes) => {
        if (!bytes) {
          tap.run(null, () =>
            reject(new Error(`WebAssembly.instantiate: file not found: ${path}`)),
          );
          return;
        }
        const settle = (work: () => void) => () => tap.run(null, work);
        NativePromise.resolve(instantiateWasm(bytes, imports as WebAssembly.Imports)).then(
          ({ instance }) => settle(() => resolve({ instance }))(),
          (error: unknown) => settle(() => reject(error))(),
        );
      });
    });
  }
  return { instantiate };
}
