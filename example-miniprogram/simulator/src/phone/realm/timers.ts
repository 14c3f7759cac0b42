// The mini-program's timers: each runs in its own macrotask, without a tap.
import type { TapState } from '../../shared/wechat';
import { startInterval, startTimer, stopInterval, stopTimer } from './natives';

type Callback = (...given: unknown[]) => void;

function checked(name: string, callback: unknown): Callback {
  if (typeof callback === 'function') return callback as Callback;
  throw new TypeError(`${name} takes a function; the text of one is not run in a mini-program`);
}

export function createTimers(tap: TapState) {
  return {
    setTimeout(callback: unknown, ms?: number, ...given: unknown[]): number {
      const call = checked('setTimeout', callback);
      // Called without `this`: the browser would pass its window.
      return startTimer(() => tap.run(null, () => call.apply(undefined, given)), ms);
    },
    setInterval(callback: unknown, ms?: number, ...given: unknown[]): number {
      const call = checked('setInterval', callback);
      return startInterval(() => tap.run(null, () => call.apply(undefined, given)), ms);
    },
    clearTimeout: (handle?: number): void => stopTimer(handle),
    clearInterval: (handle?: number): void => stopInterval(handle),
  };
}
