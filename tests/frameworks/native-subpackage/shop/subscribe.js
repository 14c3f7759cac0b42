const subscribe = require('wx-subscribe');

subscribe
  .setup({
    baseUrl: 'https://shop.example.com/api',
    wasmPath: '/shop/miniprogram_npm/wx-subscribe/wx_subscribe.wasm',
    fallback: require('wx-subscribe/fallback'),
    header: () => ({ authorization: wx.getStorageSync('token') }),
  })
  .catch((error) => console.error('[wx-subscribe]', error.kind, error.message));

module.exports = subscribe;
