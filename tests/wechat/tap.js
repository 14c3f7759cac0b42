// The tap state ("点击态"): which APIs check it, keep it and grant it.
//
// A tap handler holds the state within its own macrotask. Rules:
// https://developers.weixin.qq.com/miniprogram/dev/framework/view/tap.html
// @ts-check
'use strict';

/**
 * @typedef {{ consumed: boolean }} Tap
 *
 * @typedef {object} CallbackTaps the tap that each callback of a call holds
 * @property {() => Tap | null} success also of `complete` after `success`
 * @property {() => Tap | null} fail also of `complete` after `fail`
 *
 * @typedef {object} TapState
 * @property {<T>(tap: Tap | null, work: () => T) => T} run runs the synchronous part of a macrotask
 * @property {() => Tap} fresh the tap of an event
 * @property {() => boolean} isHeld
 * @property {() => boolean} consume checks and consumes the tap, as `requestSubscribeMessage` and `openSetting` do
 * @property {(api: string) => CallbackTaps} ofCallbacks to be asked when the API is called
 */

/** APIs whose callbacks hold the tap that the call was made with. */
const CARRYING_APIS = ['request', 'downloadFile', 'getSetting'];

/** APIs whose success is as good as a tap. */
const GRANTING_APIS = ['showModal', 'showActionSheet', 'requestPayment', 'requestOrderPayment'];

/** The text of a call that needs a tap and was made without; there is no errCode. */
const NOT_TAPPED = 'can only be invoked by user TAP gesture.';

const noTap = () => null;

/**
 * @param {object} options
 * @param {boolean} options.nativePromises whether promise jobs run in the macrotask they come from; on iOS 15 and
 *   below they are timers, and the tap ends with the synchronous part of the handler
 * @param {(work: () => void) => void} options.soon runs `work` in the next macrotask; it may run it twice
 * @returns {TapState}
 */
function createTapState({ nativePromises, soon }) {
  /** @type {Tap | null} */
  let held = null;
  let depth = 0;

  const fresh = () => ({ consumed: false });

  return {
    run(tap, work) {
      const outer = depth > 0 ? held : null;
      held = tap;
      depth += 1;
      if (tap) {
        // Scheduled before `work` runs, so it ends before any timer that `work` starts.
        soon(() => {
          if (held === tap) held = null;
        });
      }
      try {
        return work();
      } finally {
        depth -= 1;
        if (depth > 0) held = outer;
        else if (tap && (tap.consumed || !nativePromises)) held = null;
      }
    },

    fresh,

    isHeld: () => held !== null,

    consume() {
      if (held === null) return false;
      held.consumed = true;
      // A second such call passes only within the same synchronous handler.
      if (depth === 0) held = null;
      return true;
    },

    ofCallbacks(api) {
      if (GRANTING_APIS.includes(api)) return { success: fresh, fail: noTap };
      if (!CARRYING_APIS.includes(api)) return { success: noTap, fail: noTap };
      const tap = held;
      const carried = () => (tap && !tap.consumed ? tap : null);
      return { success: carried, fail: carried };
    },
  };
}

exports.NOT_TAPPED = NOT_TAPPED;
exports.createTapState = createTapState;
