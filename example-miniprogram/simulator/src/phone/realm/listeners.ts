// The listeners of `wx.on…` and `wx.off…`.
import type { Core } from './core';
import { report } from './report';

export interface Listeners<T> {
  on(listener: (given: T) => void): void;
  /** Removes all of them if none is given. */
  off(listener?: (given: T) => void): void;
  emit(given: T): void;
}

export function createListeners<T>({ host, tap }: Core): Listeners<T> {
  let all: ((given: T) => void)[] = [];
  return {
    on(listener) {
      all.push(listener);
    },
    off(listener) {
      all = listener ? all.filter((one) => one !== listener) : [];
    },
    emit(given) {
      all.forEach((listener) => {
        try {
          tap.run(null, () => listener(given));
        } catch (error) {
          report(host, error);
        }
      });
    },
  };
}
