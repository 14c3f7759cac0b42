const { TriggerType, asyncSubscribeMessage, prefetchTemplates } = require('wx-subscribe');

const subscription = require('../../behaviors/subscription');
const { company, identities } = require('../../data/shop');

Page({
  behaviors: [subscription],

  data: {
    company,
    identities,
    current: identities[0].busNo,
    submitted: false,
  },

  onShow() {
    prefetchTemplates(TriggerType.CompanyInfo, company.busNo);
    identities.forEach(({ busNo }) => prefetchTemplates(TriggerType.SwitchCompany, busNo));
  },

  async onSubmitCompany() {
    const asked = asyncSubscribeMessage(TriggerType.CompanyInfo, company.busNo, {
      companyName: company.name,
    });
    this.setData({ submitted: true });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, '认证有结果会通知你');
  },

  async onSwitch({ currentTarget }) {
    const { busNo, name } = currentTarget.dataset;
    if (busNo === this.data.current) return;
    const asked = asyncSubscribeMessage(TriggerType.SwitchCompany, busNo, { identity: name });
    this.setData({ current: busNo });

    const outcome = await asked;
    this.debugOutcome(outcome);
    this.thank(outcome, `${name}的消息会通知你`);
  },
});
