// wx.requestPayment: a cashier that takes any parameters, and no money.
import type { Core } from '../core';
import { type Api, createApi } from './api';

const PARAMETERS = ['timeStamp', 'nonceStr', 'package', 'paySign'];

export function createPayment(core: Core): Record<string, Api> {
  const { host, tap } = core;
  return {
    requestPayment: createApi(
      core,
      'requestPayment',
      (options, settle) => {
        const missing = PARAMETERS.find((name) => typeof options[name] !== 'string');
        if (missing) {
          settle.fail(`parameter error: parameter.${missing} should be String`);
          return;
        }
        host.showCashier((paid) => {
          if (paid) settle.success();
          else settle.fail('cancel');
        });
      },
      { tap: { success: () => tap.fresh() } },
    ),
  };
}
