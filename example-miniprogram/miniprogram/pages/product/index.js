const {
  TriggerType,
  asyncSubscribeMessage,
  offerSettings,
  prefetchTemplates,
  previewSubscription,
} = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { product } = require('../../data/shop');

const MOST = 99;

/** What the row 降价提醒 says, by the status of the preview. If there is nothing to ask for, there is no row. */
const REMINDERS = {
  unknown: '同意一次，提醒一次',
  ask: '同意一次，提醒一次',
  silent: '已开启，加购时自动续上',
  blocked: '已关闭，收不到提醒',
};

Page({
  behaviors: [subscription],

  data: {
    product,
    quantity: 1,
    most: MOST,
    inCart: 0,
    reminders: REMINDERS,
    preview: { status: 'unknown' },
  },

  onShow() {
    this.signal = { aborted: false };
    this.hasAnswered = false;
    // With this, the tap needs no network: the popup opens at once, on every phone.
    prefetchTemplates(TriggerType.AddToCart, product.busNo);
  },

  // Not in onShow: WeChat limits how often settings are read.
  onReady() {
    this.lookAhead();
  },

  // A popup must not open over another page.
  onHide() {
    this.signal.aborted = true;
  },

  onUnload() {
    this.signal.aborted = true;
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

    // Before anything asynchronous: only the tap itself can open the popup. One
    // popup a visit is enough: further taps are silent, and earn a grant for each
    // message that the user keeps accepting.
    this.ask(this.hasAnswered ? { only: 'keptAccepted' } : {});

    this.setData({ inCart: inCart + quantity });
  },

  // Who taps this wants to be asked, also after refusing not long ago.
  onRemind() {
    this.ask({ force: true });
  },

  onSettings() {
    const { mainSwitch } = this.data.preview;
    const name = mainSwitch === false ? '接收订阅消息' : '降价提醒';
    offerSettings({ title: '收不到降价提醒', content: `请在设置里打开“${name}”。` }).then(() =>
      this.lookAhead(),
    );
  },

  /** Asks in a tap. A later price drop is compared with this price. */
  async ask(how) {
    const { signal } = this;
    const { quantity } = this.data;
    const outcome = await asyncSubscribeMessage(
      TriggerType.AddToCart,
      product.busNo,
      { product: product.name, price: product.price, quantity },
      { ...how, signal },
    );
    this.debugOutcome(outcome);
    this.thank(outcome, how.only ? '又续上一次降价提醒' : '降价会通知你');
    // An answer of an earlier visit does not count for this one.
    if (outcome.status === 'answered' && signal === this.signal) this.hasAnswered = true;
    this.lookAhead();
  },

  /** Looks what the next tap would do, and has its templates ready. */
  lookAhead() {
    previewSubscription(TriggerType.AddToCart, product.busNo).then((preview) =>
      this.setData({ preview }),
    );
  },
});
