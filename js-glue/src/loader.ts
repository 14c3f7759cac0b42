/** Loads the module: once, again after a failure or a trap, and never for longer than its limit. */
import { failure, quote } from './failure';
import { createInstance, type Instance } from './instance';
import type { Config, Fallback } from './types';

const WASM_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const LOAD_TIMEOUT_MS = 20000;
/** Timers that are longer end at once. */
const LONGEST_TIMER_MS = 2147483647;

/** What the module of this very build calls its memory. */
declare const MEMORY: string;

/** The newest instance. */
let instance: Instance | undefined;
/** The loads that are under way, by path. */
const loads = new Map<string, Promise<void>>();
/** What resolves each call of `load` that waits, in the order of the calls. */
const waiting = new Set<(made: Instance) => void>();

/**
 * The one instance, which is loaded if need be. Each call has its own path,
 * limit and fallback, but whichever instance comes first is that of all. Rejects
 * with a `SetupError`.
 */
export function load({ wasmPath, loadTimeoutMs, fallback }: Config): Promise<Instance> {
  return new Promise<Instance>((resolve, reject) => {
    const path = checked('wasmPath', 'string', wasmPath) || WASM_PATH;
    const limit = checked('loadTimeoutMs', 'number', loadTimeoutMs) || LOAD_TIMEOUT_MS;
    const spare = checked('fallback', 'function', fallback);
    if (instance && !instance.trap) {
      resolve(instance);
      return;
    }
    waiting.add(resolve);
    const loading = loadOnce(path);
    const fail = (reason: unknown): void => {
      waiting.delete(resolve);
      reject(failure('wasmUnavailable', `${path}: ${quote(reason)}`));
    };
    withLimit(loading, limit)
      .catch((reason) => {
        forget(path, loading);
        // Before a fallback comes, those without one have failed.
        if (spare) throw reason;
        fail(reason);
      })
      .catch(() => arrived(fromScript(spare as Fallback)))
      .catch(fail);
  });
}

/** Joins the load of this path that is under way, or begins one. */
function loadOnce(path: string): Promise<void> {
  const underWay = loads.get(path);
  if (underWay) return underWay;
  const loading = fromWasm(path).then(arrived);
  loads.set(path, loading);
  const end = (): void => forget(path, loading);
  loading.then(end, end);
  return loading;
}

/** The next call begins a load of its own, even if this one never ends. */
function forget(path: string, loading: Promise<void>): void {
  if (loads.get(path) === loading) loads.delete(path);
}

function arrived(made: Instance): void {
  const alive = instance && !instance.trap ? instance : made;
  instance = alive;
  waiting.forEach((resolve) => resolve(alive));
  waiting.clear();
}

/** What `setup` was given under `key`, if it was. */
function checked<T>(key: string, type: string, value: T | null | undefined): T | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type || (type === 'number' && !(+value > 0))) {
    throw failure(
      'badArgument',
      `setup: ${key} must be a ${type}${type === 'number' ? ' above 0' : ''}`,
    );
  }
  return value;
}

function fromWasm(path: string): Promise<Instance> {
  return new Promise<unknown>((resolve) => {
    if (typeof WXWebAssembly === 'undefined') throw new Error('this client has no WXWebAssembly');
    const made = createInstance('wasm');
    const imports = made.imports as object as WXWebAssembly.Imports;
    const answer = new Promise<unknown>((settle) =>
      settle(WXWebAssembly.instantiate(path, imports)),
    );
    resolve(answer.then((result) => connected(made, exportsOf(result))));
  }) as Promise<Instance>;
}

function fromScript(fallback: Fallback): Instance {
  const made = createInstance('fallback');
  return connected(made, fallback(made.imports));
}

function connected(made: Instance, exports: Record<string, unknown> | undefined): Instance {
  if (!exports) throw new Error('there are no exports');
  const { buffer } = (exports[MEMORY] || {}) as { buffer?: unknown };
  if (!buffer) throw new Error('this is not the module of this version');
  made.connect(exports);
  return made;
}

/** Hosts answer with an instance, as their typings say, or with `{ instance }`. */
function exportsOf(result: unknown): Record<string, unknown> | undefined {
  type Exporting = { exports?: Record<string, unknown> };
  const { instance, exports } = (result || {}) as { instance?: Exporting } & Exporting;
  return (instance && instance.exports) || exports;
}

/** Without timers, there is no limit. */
function withLimit<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => {};
    try {
      const timer = setTimeout(
        () => reject(`not loaded within ${ms} ms`),
        Math.min(ms, LONGEST_TIMER_MS),
      );
      stop = () => clearTimeout(timer);
    } catch (_) {
      // A host that is as odd as this may still load the module.
    }
    const settled = (): void => {
      try {
        stop();
      } catch (_) {
        // The timer then rejects what is settled already.
      }
    };
    promise.then(settled, settled);
    promise.then(resolve, reject);
  });
}
