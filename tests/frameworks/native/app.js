const { setup } = require('wx-subscribe');

App({
  onLaunch() {
    setup({
      baseUrl: 'https://shop.example.com/api',
      fallback: require('wx-subscribe/fallback'),
      header: () => ({ authorization: wx.getStorageSync('token') }),
    }).catch((error) => console.error('[wx-subscribe]', error.kind, error.message));
  },
});
