const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { afterSale } = require('../../data/shop');

/** Letters and digits, as couriers print them. */
const TRACKING_NUMBER = /^[A-Za-z0-9]{5,30}$/;

Page({
  behaviors: [subscription],

  data: {
    afterSale,
    progress: '可申请售后',
    isApplied: false,
    isReturned: false,
    trackingNumber: '',
    isComplete: false,
  },

  onShow() {
    prefetchTemplates(TriggerType.ReturnAndRefund, afterSale.busNo);
    prefetchTemplates(TriggerType.ReturnShipment, afterSale.busNo);
    prefetchTemplates(TriggerType.RefundOnly, afterSale.busNo);
  },

  onReturnAndRefund() {
    this.apply(TriggerType.ReturnAndRefund, '退货退款审核中');
  },

  onRefundOnly() {
    this.apply(TriggerType.RefundOnly, '退款审核中');
  },

  /** Both applications ask alike; called in the tap, before anything asynchronous. */
  async apply(type, progress) {
    const asked = asyncSubscribeMessage(type, afterSale.busNo, { amount: afterSale.amount });
    this.setData({ progress, isApplied: true });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, '审核和退款的进展会通知你');
  },

  onTrackingNumber({ detail }) {
    const trackingNumber = detail.value.trim();
    this.setData({ trackingNumber, isComplete: TRACKING_NUMBER.test(trackingNumber) });
  },

  // In the tap of the button: the submit event of a form cannot open the popup.
  async onReturnShipment() {
    const { trackingNumber } = this.data;
    const asked = asyncSubscribeMessage(TriggerType.ReturnShipment, afterSale.busNo, {
      trackingNumber,
    });
    this.setData({ progress: '退货已寄出', isReturned: true });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, '商家收到退货后会通知你');
  },
});
