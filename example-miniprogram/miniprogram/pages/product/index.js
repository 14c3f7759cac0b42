const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { product } = require('../../data/shop');

const MOST = 99;

Page({
  behaviors: [subscription],

  data: {
    product,
    quantity: 1,
    most: MOST,
    inCart: 0,
  },

  onShow() {
    // With this, the tap needs no network: the popup opens at once, on every phone.
    prefetchTemplates(TriggerType.AddToCart, product.busNo);
  },

  onFewer() {
    this.setQuantity(this.data.quantity - 1);
  },

  onMore() {
    this.setQuantity(this.data.quantity + 1);
  },

  setQuantity(quantity) {
    this.setData({ quantity: Math.min(Math.max(quantity, 1), MOST) });
  },

  onAddToCart() {
    const { quantity, inCart } = this.data;

    // Before anything asynchronous: only the tap itself can open the popup. A
    // later price drop is compared with this price.
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.AddToCart, product.busNo, { price: product.price, quantity }),
    );

    this.setData({ inCart: inCart + quantity });
  },
});
