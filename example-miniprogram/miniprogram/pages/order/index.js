const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { order, paymentParams } = require('../../data/shop');

const STATES = {
  draft: '待提交',
  submitted: '待支付',
  paid: '已支付',
};

Page({
  behaviors: [subscription],

  data: {
    order,
    state: 'draft',
    states: STATES,
    detailed: false,
  },

  onShow() {
    prefetchTemplates(TriggerType.OrderDetail, order.busNo);
    prefetchTemplates(TriggerType.SubmitOrder, order.busNo);
    prefetchTemplates(TriggerType.PaymentSuccess, order.busNo);
  },

  async onDetail() {
    const asked = asyncSubscribeMessage(TriggerType.OrderDetail, order.busNo);
    this.setData({ detailed: true });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, '订单有进展会通知你');
  },

  async onSubmit() {
    const asked = asyncSubscribeMessage(TriggerType.SubmitOrder, order.busNo, {
      amount: order.amount,
    });
    this.setData({ state: 'submitted' });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, '发货会通知你');
  },

  onPay() {
    // The success callback of a payment can open the popup like a tap, if it
    // does so at once.
    const onPaid = async () => {
      const asked = asyncSubscribeMessage(TriggerType.PaymentSuccess, order.busNo, {
        amount: order.amount,
      });
      this.setData({ state: 'paid' });

      const outcome = await asked;
      this.debugOutcome(outcome);
      this.thank(outcome, '发货会通知你');
    };

    // A real shop gets the parameters from its server before it offers to pay.
    wx.requestPayment({
      ...paymentParams,
      success: onPaid,
      fail: ({ errMsg }) => {
        if (!errMsg.endsWith('cancel')) this.pretendToPay(onPaid);
      },
    });
  },

  /**
   * The parameters of this example are made up, so on a phone the payment
   * fails. A modal replaces it: its success callback can open the popup as
   * well.
   */
  pretendToPay(onPaid) {
    wx.showModal({
      title: '收银台没有打开',
      content: '示例商店没有商户号，要当作支付成功继续吗？',
      success: ({ confirm }) => {
        if (confirm) onPaid();
      },
    });
  },

  onAgain() {
    this.setData({ state: 'draft', detailed: false, outcome: null, promise: '' });
  },
});
