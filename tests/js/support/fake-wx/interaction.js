// Settings, dialogs, payment and sign-in of the fake `wx`: answered by the test, or at once.
'use strict';

const { wrongType } = require('../../../wechat/call.js');
const { settingsAnswer } = require('../../../wechat/settings.js');
const { NOT_TAPPED } = require('../../../wechat/tap.js');
const { summary } = require('./api.js');

const PAYMENT_PARAMETERS = ['timeStamp', 'nonceStr', 'package', 'paySign'];

function createSettings(fake, platform, api) {
  const read = (given) => {
    const { mainSwitch, itemSettings } = platform.settings;
    return settingsAnswer(given, { mainSwitch, kept: itemSettings || {} });
  };
  return {
    getSetting: (options) =>
      api.call('getSetting', options, (given, settle) => settle.success(read(given))),
    openSetting: (options) =>
      api.call('openSetting', options, (given, settle) => {
        if (!platform.tap.consume()) return settle.fail(NOT_TAPPED);
        if (fake.onSettingsPage) fake.onSettingsPage(platform.settings);
        return settle.success(read(given));
      }),
  };
}

function createDialogs(fake, platform, api) {
  return {
    showModal: (options) =>
      api.call('showModal', options, (given, settle) => {
        const confirm = fake.onModal ? Boolean(fake.onModal(summary(given))) : true;
        settle.success({ confirm, cancel: !confirm, content: null });
      }),
    showActionSheet: (options) =>
      api.call('showActionSheet', options, (given, settle) => {
        const tapIndex = fake.onActionSheet ? fake.onActionSheet(summary(given)) : 0;
        if (typeof tapIndex === 'number') settle.success({ tapIndex });
        else settle.fail('cancel');
      }),
    requestPayment: (options) =>
      api.call('requestPayment', options, (given, settle) => {
        const wrong = PAYMENT_PARAMETERS.find((name) => typeof given[name] !== 'string');
        if (wrong) return settle.fail(wrongType(wrong, 'String', given[wrong]));
        const refusal = fake.onPayment ? fake.onPayment(summary(given)) : undefined;
        return typeof refusal === 'string' ? settle.fail(refusal) : settle.success();
      }),
    showToast: (options) => api.call('showToast', options, (_, settle) => settle.success()),
    hideToast: (options) => api.call('hideToast', options, (_, settle) => settle.success()),
    login: (options) =>
      api.call('login', options, (_, settle) => settle.success({ code: 'fake-login-code' })),
    getNetworkType: (options) =>
      api.call('getNetworkType', options, (_, settle) =>
        settle.success({ networkType: platform.network.networkType }),
      ),
  };
}

exports.createDialogs = createDialogs;
exports.createSettings = createSettings;
