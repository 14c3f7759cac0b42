const { setup } = require('wx-subscribe');
const fallback = require('wx-subscribe/fallback');

const { baseUrl } = require('./config');
const { signIn } = require('./utils/sign-in');

/** How long users who refuse all messages of a moment are not asked again at that moment. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

App({
  onLaunch() {
    signIn();

    // Pages may call the SDK at once: a call waits until `setup` has finished.
    setup({
      baseUrl,
      // Phones whose WeChat cannot load the wasm run the same code as JavaScript.
      fallback,
      coolDownMs: WEEK_MS,
      onEvent: (event) => console.debug('[wx-subscribe]', event),
    }).catch((error) => console.error('[wx-subscribe]', error.kind, error.message));
  },
});
