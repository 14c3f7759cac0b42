// The shape that most of `wx` shares: options with callbacks, or a promise.
import type { Core } from '../core';
import { startTimer } from '../natives';
import type { Tap } from '../tap';

export type Options = Record<string, unknown>;
export type Callback = (result: unknown) => void;

export interface Settle {
  success(result?: Options, message?: string): void;
  fail(reason: string, more?: Options): void;
}

export interface Traits {
  /** What the callbacks hold; by default nothing. */
  tap?: { success?: () => Tap | null; fail?: () => Tap | null };
  /** Whether it is written to the log; by default it is. */
  logged?: boolean;
}

export type Api = (options?: Options) => unknown;

const CALLBACKS = ['success', 'fail', 'complete'] as const;

/** A copy that JSON can hold, for the log: callbacks left out. */
export function withoutCallbacks(options: Options): Options {
  const copy = { ...options };
  CALLBACKS.forEach((name) => delete copy[name]);
  return copy;
}

/**
 * Calls back as WeChat does: later, in a macrotask of its own; `complete` in
 * that of the callback before it.
 */
export function callBack(core: Core, tap: Tap | null, callbacks: unknown[], result: unknown): void {
  startTimer(() => {
    core.tap.run(tap, () => {
      callbacks.forEach((callback) => {
        if (typeof callback === 'function') (callback as Callback)(result);
      });
    });
  }, 0);
}

/**
 * An asynchronous API. Without callbacks it gives a promise, from base library
 * 2.10.2 on; with any of them it gives nothing.
 */
export function createApi(
  core: Core,
  name: string,
  work: (options: Options, settle: Settle) => void,
  { tap = {}, logged = true }: Traits = {},
): Api {
  return (given = {}) => {
    const options = (given ?? {}) as Options;
    const log = (phase: 'called' | 'success' | 'fail', detail: unknown) => {
      if (logged) core.host.log({ kind: 'wx', api: name, phase, detail });
    };
    log('called', withoutCallbacks(options));

    function run(succeeded: (result: Options) => void, failed: (error: Options) => void): void {
      let settled = false;
      const once = (done: () => void) => {
        if (settled) return;
        settled = true;
        done();
      };
      work(options, {
        success: (result = {}, message = 'ok') =>
          once(() => {
            const answer = { ...result, errMsg: `${name}:${message}` };
            log('success', answer);
            succeeded(answer);
          }),
        fail: (reason, more = {}) =>
          once(() => {
            const error = { ...more, errMsg: `${name}:fail ${reason}` };
            log('fail', error);
            failed(error);
          }),
      });
    }

    const { success, fail, complete } = options;
    if (CALLBACKS.some((callback) => typeof options[callback] === 'function')) {
      run(
        (result) => callBack(core, tap.success?.() ?? null, [success, complete], result),
        (error) => callBack(core, tap.fail?.() ?? null, [fail, complete], error),
      );
      return undefined;
    }
    return new core.Promise((resolve, reject) => {
      run(
        (result) => callBack(core, tap.success?.() ?? null, [resolve], result),
        (error) => callBack(core, tap.fail?.() ?? null, [reject], error),
      );
    });
  };
}

/** An API that carries the tap it is called with into its callbacks. */
export function createCarryingApi(core: Core, name: string, work: (options: Options, settle: Settle) => void): Api {
  return (options) => {
    const carried = core.tap.carry();
    return createApi(core, name, work, { tap: { success: carried, fail: carried } })(options);
  };
}
