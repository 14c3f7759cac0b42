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

  onSubmitCompany() {
    this.showOutcome(
      asyncSubscribeMessage(TriggerType.CompanyInfo, company.busNo, { companyName: company.name }),
    );
    this.setData({ submitted: true });
  },

  onSwitch({ currentTarget }) {
    const { busNo, name } = currentTarget.dataset;
    this.showOutcome(asyncSubscribeMessage(TriggerType.SwitchCompany, busNo, { identity: name }));
    this.setData({ current: busNo });
  },
});
