const { setup } = require('wx-subscribe');

const { baseUrl } = require('./config');
const { signIn } = require('./utils/sign-in');

App({
  onLaunch() {
    signIn();

    // Pages may call the SDK right away: a call waits until this has finished.
    setup({
      baseUrl,
      onEvent: (event) => console.debug('[wx-subscribe]', event),
    }).catch((error) => console.error('[wx-subscribe]', error.message));
  },
});
