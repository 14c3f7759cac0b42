const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { afterSale } = require('../../data/shop');

Page({
  behaviors: [subscription],

  data: {
    afterSale,
    progress: '可申请售后',
    trackingNumber: '',
  },

  onShow() {
    prefetchTemplates(TriggerType.ReturnAndRefund, afterSale.busNo);
    prefetchTemplates(TriggerType.ReturnShipment, afterSale.busNo);
    prefetchTemplates(TriggerType.RefundOnly, afterSale.busNo);
  },

  onReturnAndRefund() {
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.ReturnAndRefund, afterSale.busNo, {
        amount: afterSale.amount,
      }),
    );
    this.setData({ progress: '退货退款审核中' });
  },

  onRefundOnly() {
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.RefundOnly, afterSale.busNo, { amount: afterSale.amount }),
    );
    this.setData({ progress: '退款审核中' });
  },

  onTrackingNumber({ detail }) {
    this.setData({ trackingNumber: detail.value });
  },

  // In the tap of the button: the submit event of a form cannot open the popup.
  onReturnShipment() {
    const { trackingNumber } = this.data;
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.ReturnShipment, afterSale.busNo, { trackingNumber }),
    );
    this.setData({ progress: '退货已寄出' });
  },
});
