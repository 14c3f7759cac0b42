// The tap state ("点击态"): which macrotask may open the consent popup.
//
// Every way into the mini-program's code goes through `run`: events, timers,
// callbacks of `wx`. Between two of them only promise jobs run, which belong
// to the macrotask they were started in.

export interface Tap {
  consumed: boolean;
}

export interface TapState {
  /** Runs a macrotask's synchronous part with this tap, or with none. */
  run<T>(tap: Tap | null, work: () => T): T;
  fresh(): Tap;
  /** Checks and consumes, as `requestSubscribeMessage` and `openSetting` do. */
  consume(): boolean;
  /** For `request`, `getSetting` and `downloadFile`: what their callbacks will hold. */
  carry(): () => Tap | null;
}

/**
 * @param promiseJobs whether promise jobs run in the macrotask they come from;
 *   on iOS 15 and below they are timers
 * @param soon calls back in the next macrotask
 */
export function createTapState(promiseJobs: boolean, soon: (work: () => void) => void): TapState {
  let held: Tap | null = null;
  let depth = 0;

  return {
    run(tap, work) {
      const outer = depth > 0 ? held : null;
      held = tap;
      depth += 1;
      if (tap) {
        soon(() => {
          if (held === tap) held = null;
        });
      }
      try {
        return work();
      } finally {
        depth -= 1;
        if (depth > 0) held = outer;
        else if (tap && (tap.consumed || !promiseJobs)) held = null;
      }
    },

    fresh: () => ({ consumed: false }),

    consume() {
      if (held === null) return false;
      held.consumed = true;
      // A second call passes in the same synchronous handler, but not after it.
      if (depth === 0) held = null;
      return true;
    },

    carry() {
      const tap = held;
      return () => (tap && !tap.consumed ? tap : null);
    },
  };
}
