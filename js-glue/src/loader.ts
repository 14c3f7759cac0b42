/** Loads the module: once, again after a failure or a trap, and with a time limit. */
import { asFailure, failure, quote } from './failure';
import { createInstance, type Instance } from './instance';
import type { Config, Fallback } from './types';

const WASM_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const LOAD_TIMEOUT_MS = 20000;
/** Hosts fire longer timers immediately. */
const LONGEST_TIMER_MS = 2147483647;

/** The name of the memory in the module of this build. */
declare const MEMORY: string;

let loaded: Promise<Instance> | undefined;
let instance: Instance | undefined;

/** The one instance; loaded if necessary. Rejects with a `SetupError`. */
export function load(config: Config): Promise<Instance> {
  if (!loaded || (instance && instance.trap)) {
    instance = undefined;
    const attempt = new Promise<Instance>((resolve) => resolve(instantiate(config)));
    const checked = attempt.catch((reason) => {
      throw asFailure(reason, 'badArgument');
    });
    loaded = checked;
    checked.then(
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
      throw failure('wasmUnavailable', `${path}: ${quote(reason)}`);
    });
}

/** The checked value of a configuration key; `undefined` if absent. */
function checked<T>(key: string, type: string, value: T | null | undefined): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type || (type === 'number' && !(+value > 0))) {
    throw failure('badArgument', `setup: ${key} must be a ${type}${type === 'number' ? ' above 0' : ''}`);
  }
  return value;
}

function fromWasm(path: string): Promise<Instance> {
  return new Promise<unknown>((resolve) => {
    if (typeof WXWebAssembly === 'undefined') throw new Error('this client has no WXWebAssembly');
    const made = createInstance();
    const imports = made.imports as object as WXWebAssembly.Imports;
    const answer = new Promise<unknown>((settle) => settle(WXWebAssembly.instantiate(path, imports)));
    resolve(answer.then((result) => connected(made, exportsOf(result))));
  }) as Promise<Instance>;
}

function fromScript(fallback: Fallback): Instance {
  const made = createInstance();
  return connected(made, fallback(made.imports));
}

function connected(made: Instance, exports: Record<string, unknown> | undefined): Instance {
  if (!exports) throw new Error('there are no exports');
  const { buffer } = (exports[MEMORY] || {}) as { buffer?: unknown };
  if (!buffer) throw new Error('this is not the module of this version');
  made.connect(exports);
  return made;
}

/** Some hosts resolve to an instance, as their typings say, others to `{ instance }`. */
function exportsOf(result: unknown): Record<string, unknown> | undefined {
  type Exporting = { exports?: Record<string, unknown> };
  const { instance, exports } = (result || {}) as { instance?: Exporting } & Exporting;
  return (instance && instance.exports) || exports;
}

/** Rejects after `ms` milliseconds. Without timers, there is no limit. */
function withLimit<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => {};
    try {
      const timer = setTimeout(() => reject(`not loaded within ${ms} ms`), Math.min(ms, LONGEST_TIMER_MS));
      stop = () => clearTimeout(timer);
    } catch (_) {
      // A host without timers may still load the module.
    }
    const settled = (): void => {
      try {
        stop();
      } catch (_) {
        // Then the timer rejects a promise that is settled already.
      }
    };
    promise.then(settled, settled);
    promise.then(resolve, reject);
  });
}
