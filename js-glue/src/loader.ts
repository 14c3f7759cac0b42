/** Loads the module: once, again after a failure or a trap, and never for longer than its limit. */
import { failure } from './failure';
import { createInstance, type Instance } from './instance';
import type { Config, Fallback } from './types';

const WASM_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const LOAD_TIMEOUT_MS = 20000;
/** Timers that are longer end at once. */
const LONGEST_TIMER_MS = 2147483647;

let loaded: Promise<Instance> | undefined;
let instance: Instance | undefined;

/** The one instance, which is loaded if need be. */
export function load(config: Config): Promise<Instance> {
  if (!loaded || (instance && instance.trap)) {
    instance = undefined;
    const attempt = new Promise<Instance>((resolve) => resolve(instantiate(config)));
    loaded = attempt;
    attempt.then(
      (made) => {
        instance = made;
      },
      () => {
        loaded = undefined;
      },
    );
  }
  return loaded;
}

function instantiate({ wasmPath, loadTimeoutMs, fallback }: Config): Promise<Instance> {
  const path = checked('wasmPath', 'string', wasmPath) || WASM_PATH;
  const limit = checked('loadTimeoutMs', 'number', loadTimeoutMs) || LOAD_TIMEOUT_MS;
  const spare = checked('fallback', 'function', fallback);
  return withLimit(fromWasm(path), limit)
    .catch((reason) => {
      if (!spare) throw reason;
      return fromScript(spare);
    })
    .catch((reason) => {
      throw failure('wasmUnavailable', `${path}: ${text(reason)}`);
    });
}

/** What `setup` was given under `key`, if it was. */
function checked<T>(key: string, type: string, value: T | null | undefined): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type || (type === 'number' && !(+value > 0))) {
    throw failure('badArgument', `setup: ${key} must be a ${type}${type === 'number' ? ' above 0' : ''}`);
  }
  return value;
}

function fromWasm(path: string): Promise<Instance> {
  return new Promise((resolve) => {
    if (typeof WXWebAssembly === 'undefined') throw new Error('this client has no WXWebAssembly');
    const made = createInstance();
    const answer: PromiseLike<unknown> = WXWebAssembly.instantiate(
      path,
      made.imports as object as WXWebAssembly.Imports,
    );
    resolve(
      answer.then((result) => {
        made.connect(exportsOf(result));
        return made;
      }),
    );
  });
}

function fromScript(fallback: Fallback): Instance {
  const made = createInstance();
  made.connect(fallback(made.imports));
  return made;
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
    const timer = setTimeout(() => reject(`not loaded within ${ms} ms`), Math.min(ms, LONGEST_TIMER_MS));
    const settled = (): void => clearTimeout(timer);
    promise.then(settled, settled);
    promise.then(resolve, reject);
  });
}

function text(reason: unknown): unknown {
  const { message, errMsg } = (reason || {}) as { message?: unknown; errMsg?: unknown };
  return message || errMsg || reason;
}
