// 反例：弹不出来的写法。
const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('../../subscribe');

Page({
  data: { message: '' },

  onLoad() {
    prefetchTemplates(TriggerType.AddToCart, 'product-1001');
  },

  async onTapThenAwait() {
    await wx.login();
    const outcome = await asyncSubscribeMessage(TriggerType.AddToCart, 'product-1001');
    this.setData({ message: outcome.status === 'failed' ? outcome.error.kind : outcome.status });
  },
});
