/** Loads the wasm: once, again after a failure, and never for longer than its limit. */
import { createGlue, type Glue } from 'wx-subscribe-glue';

import { failure } from './failure';

/** The name under which the wasm asks for its glue. */
const GLUE_MODULE = './wx_subscribe_bg.js';

let loaded: Promise<Glue> | undefined;

/** The glue of the one instance, which is loaded from `path` if need be. */
export function load(path: string, limitMs: number): Promise<Glue> {
  if (!loaded) {
    const attempt = instantiate(path, limitMs);
    loaded = attempt;
    attempt.catch(() => {
      if (loaded === attempt) loaded = undefined;
    });
  }
  return loaded;
}

function instantiate(path: string, limitMs: number): Promise<Glue> {
  return new Promise((resolve, reject) => {
    const unavailable = (reason: unknown): void => reject(failure('wasmUnavailable', text(reason, path)));
    if (typeof WXWebAssembly === 'undefined') {
      return unavailable('this client has no WXWebAssembly');
    }
    const timer = setTimeout(() => unavailable(`not loaded within ${limitMs} ms`), limitMs);
    return start(path)
      .then(resolve, unavailable)
      .then(() => clearTimeout(timer));
  });
}

function start(path: string): Promise<Glue> {
  return new Promise<unknown>((resolve) => {
    const glue = createGlue();
    const imports = { [GLUE_MODULE]: glue } as object as WXWebAssembly.Imports;
    const instance: PromiseLike<unknown> = WXWebAssembly.instantiate(path, imports);
    resolve(
      instance.then((result) => {
        glue.__wbg_set_wasm(exportsOf(result));
        return glue;
      }),
    );
  }) as Promise<Glue>;
}

/** Hosts answer with an instance, as their typings say, or with `{ instance }`. */
function exportsOf(result: unknown): object {
  const { instance, exports } = (result || {}) as { instance?: { exports?: object }; exports?: object };
  const found = (instance && instance.exports) || exports;
  if (!found) throw new Error('WXWebAssembly.instantiate gave no exports');
  return found;
}

function text(reason: unknown, path: string): string {
  const { message, errMsg } = (reason || {}) as { message?: unknown; errMsg?: unknown };
  return `${path}: ${message || errMsg || reason}`;
}
