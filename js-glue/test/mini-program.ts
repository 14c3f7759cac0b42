// The package beside WeChat's own types.
import {
  asyncSubscribeMessage,
  flushReports,
  getSubscriptionSettings,
  openSubscriptionSettings,
  prefetchTemplates,
  setup,
  TriggerType,
  version,
  type Config,
  type Outcome,
} from 'wx-subscribe';

/** A call of the application's own, by promise. */
const post = (url: string, data: object): Promise<{ data: string[] }> =>
  new Promise((resolve, reject) => {
    wx.request<{ data: string[] }>({
      url,
      method: 'POST',
      data,
      success: ({ data }) => resolve(data),
      fail: reject,
    });
  });

const config: Config = {
  findCustomerPopTemplate: (query) => post('/templates', query),
  popSubscribeResult: (result, { reportId }) => post(`/answers/${reportId}`, result),
  openId: () => wx.getStorageSync<string>('openId'),
  onEvent: (event) => wx.getRealtimeLogManager().info(event.name, event),
};

App({
  onLaunch() {
    setup(config).catch(({ kind, message }) => console.error(kind, message));
  },
});

Page({
  data: { outcome: null as Outcome | null, isOn: true },
  productNo: '',

  onLoad({ productNo = '' }: { productNo?: string }) {
    this.productNo = productNo;
    prefetchTemplates(TriggerType.AddToCart, productNo);
  },

  async onAddToCart(_: WechatMiniprogram.TouchEvent) {
    const outcome = await asyncSubscribeMessage(TriggerType.AddToCart, this.productNo, {
      price: '129.00',
    });
    this.setData({ outcome });
  },

  async onSettings() {
    const { mainSwitch, items, error } = await openSubscriptionSettings();
    this.setData({ isOn: mainSwitch ?? (await getSubscriptionSettings()).mainSwitch ?? true });
    wx.showToast({ title: error ? error.message : `${Object.keys(items).length}` });
  },

  async onSignOut() {
    const { sent, pending } = await flushReports();
    console.info(version, sent, pending);
  },
});
