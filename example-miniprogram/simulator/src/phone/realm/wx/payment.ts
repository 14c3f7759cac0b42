// wx.requestPayment: a cashier that takes any parameters, and no money.
import { wrongType } from '../../../shared/wechat';
import type { Core } from '../core';
import { type Api, createApi } from './api';

const PARAMETERS = ['timeStamp', 'nonceStr', 'package', 'paySign'];

export function createPayment(core: Core): Record<string, Api> {
  return {
    requestPayment: createApi(core, 'requestPayment', (options, settle) => {
      const wrong = PARAMETERS.find((name) => typeof options[name] !== 'string');
      if (wrong) {
        settle.fail(wrongType(wrong, 'String', options[wrong]));
        return;
      }
      core.host.showCashier((paid) => {
        if (paid) settle.success();
        else settle.fail('cancel');
      });
    }),
  };
}
