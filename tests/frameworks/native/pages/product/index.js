const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

Page({
  data: { message: '' },
  productNo: '',

  onLoad({ productNo = '' }) {
    this.productNo = productNo;
    prefetchTemplates(TriggerType.AddToCart, productNo);
  },

  async onAddToCart() {
    // 第一行就调用，之前不能有 await
    const asked = asyncSubscribeMessage(TriggerType.AddToCart, this.productNo, { price: '129.00' });
    this.setData({ message: '已加入购物车' });

    const outcome = await asked;
    if (outcome.status === 'answered' && outcome.accepted.length > 0) this.setData({ message: '降价会通知您' });
    if (outcome.status === 'failed') console.warn(outcome.stage, outcome.error.kind, outcome.error.message);
  },
});
