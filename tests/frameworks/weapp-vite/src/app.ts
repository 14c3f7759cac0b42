import { setup } from 'wx-subscribe';
import fallback from 'wx-subscribe/fallback';

App({
  onLaunch() {
    setup({
      baseUrl: 'https://shop.example.com/api',
      fallback,
      header: () => ({ authorization: wx.getStorageSync('token') }),
    }).catch((error) => console.error('[wx-subscribe]', error.kind, error.message));
  },
});
