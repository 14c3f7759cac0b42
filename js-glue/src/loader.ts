/** Loads the module: once, again after a failure or a trap, and never for longer than its limit. */
import { createGlue } from 'wx-subscribe-glue';

import { failure } from './failure';
import { connect, type Instance } from './instance';
import type { Config } from './types';

/** The name under which the module asks for its glue. */
const GLUE_MODULE = './wx_subscribe_bg.js';

const WASM_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const LOAD_TIMEOUT_MS = 20000;

let loaded: Promise<Instance> | undefined;

/** The one instance, which is loaded if need be. */
export function load(config: Config): Promise<Instance> {
  if (!loaded) {
    const attempt = instantiate(config);
    loaded = attempt;
    attempt.catch(() => unload(attempt));
  }
  return loaded;
}

/** Makes the next call of `load` load anew. */
export function unload(instance?: Promise<Instance>): void {
  if (!instance || instance === loaded) loaded = undefined;
}

function instantiate(config: Config): Promise<Instance> {
  const { wasmPath = WASM_PATH, loadTimeoutMs = LOAD_TIMEOUT_MS, fallback } = config;
  return withLimit(fromWasm(wasmPath), loadTimeoutMs).catch((reason) => {
    if (!fallback) throw failure('wasmUnavailable', `${wasmPath}: ${text(reason)}`);
    const glue = createGlue();
    return connect(glue, fallback({ [GLUE_MODULE]: glue }));
  });
}

function fromWasm(path: string): Promise<Instance> {
  return new Promise((resolve) => {
    if (typeof WXWebAssembly === 'undefined') throw new Error('this client has no WXWebAssembly');
    const glue = createGlue();
    const imports = { [GLUE_MODULE]: glue } as object as WXWebAssembly.Imports;
    const instance: PromiseLike<unknown> = WXWebAssembly.instantiate(path, imports);
    resolve(instance.then((result) => connect(glue, exportsOf(result))));
  });
}

/** Hosts answer with an instance, as their typings say, or with `{ instance }`. */
function exportsOf(result: unknown): Record<string, unknown> {
  type Exporting = { exports?: Record<string, unknown> };
  const { instance, exports } = (result || {}) as { instance?: Exporting } & Exporting;
  const found = (instance && instance.exports) || exports;
  if (!found) throw new Error('WXWebAssembly.instantiate gave no exports');
  return found;
}

function withLimit<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(`not loaded within ${ms} ms`), ms);
    const settled = (): void => clearTimeout(timer);
    promise.then(settled, settled);
    promise.then(resolve, reject);
  });
}

function text(reason: unknown): unknown {
  const { message, errMsg } = (reason || {}) as { message?: unknown; errMsg?: unknown };
  return message || errMsg || reason;
}
