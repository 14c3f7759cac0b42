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

  onDetail() {
    this.showOutcome(asyncSubscribeMessage(TriggerType.OrderDetail, order.busNo));
    this.setData({ detailed: true });
  },

  onSubmit() {
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.SubmitOrder, order.busNo, { amount: order.amount }),
    );
    this.setData({ state: 'submitted' });
  },

  onPay() {
    // The success callback of a payment can open the popup like a tap, if it
    // does so at once.
    const onPaid = () => {
      this.showOutcome(
        asyncSubscribeMessage(TriggerType.PaymentSuccess, order.busNo, { amount: order.amount }),
      );
      this.setData({ state: 'paid' });
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
    this.setData({ state: 'draft', detailed: false, outcome: null });
  },
});
