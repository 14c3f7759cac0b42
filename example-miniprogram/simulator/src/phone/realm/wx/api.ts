// The common form of most APIs of `wx`: options with callbacks, or a promise.
import { type Tap, failureMessage, hasCallback, withoutCallbacks } from '../../../shared/wechat';
import type { Core } from '../core';
import { startTimer } from '../natives';

export type Options = Record<string, unknown>;
export type Callback = (result: unknown) => void;

export interface Settle {
  success(result?: Options, message?: string): void;
  fail(reason: string, more?: Options): void;
}

export interface Traits {
  /** Whether it is written to the log; by default it is. */
  logged?: boolean;
}

export type Api = (options?: Options) => unknown;

/**
 * Calls back like WeChat: later, in its own macrotask; `complete` in the same
 * one as `success` or `fail`.
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
 * An asynchronous API. Without callbacks it returns a promise, from base
 * library 2.10.2 on; with any callback it returns nothing.
 */
export function createApi(
  core: Core,
  name: string,
  work: (options: Options, settle: Settle) => void,
  { logged = true }: Traits = {},
): Api {
  return (given = {}) => {
    const options = (given ?? {}) as Options;
    const log = (phase: 'called' | 'success' | 'fail', detail: unknown) => {
      if (logged) core.host.log({ kind: 'wx', api: name, phase, detail });
    };
    log('called', withoutCallbacks(options));
    const taps = core.tap.ofCallbacks(name);

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
            const error = { ...more, errMsg: failureMessage(name, reason) };
            log('fail', error);
            failed(error);
          }),
      });
    }

    const { success, fail, complete } = options;
    if (hasCallback(options)) {
      run(
        (result) => callBack(core, taps.success(), [success, complete], result),
        (error) => callBack(core, taps.fail(), [fail, complete], error),
      );
      return undefined;
    }
    return new core.Promise((resolve, reject) => {
      run(
        (result) => callBack(core, taps.success(), [resolve], result),
        (error) => callBack(core, taps.fail(), [reject], error),
      );
    });
  };
}
