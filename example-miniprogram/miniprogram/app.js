const { setup } = require('wx-subscribe');

const { baseUrl } = require('./config');
const { signIn } = require('./utils/sign-in');

App({
  onLaunch() {
    signIn();

    // Pages may call the SDK at once: a call waits until `setup` has finished.
    setup({
      baseUrl,
      onEvent: (event) => console.debug('[wx-subscribe]', event),
    }).catch((error) => console.error('[wx-subscribe]', error.message));
  },
});
