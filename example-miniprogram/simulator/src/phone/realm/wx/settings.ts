// wx.getSetting and wx.openSetting
import type { SubscriptionState } from '../../bridge';
import type { Core } from '../core';
import { type Api, type Options, createApi, createCarryingApi } from './api';

export function createSettings(core: Core): Record<string, Api> {
  const { host, tap } = core;

  function read({ withSubscriptions }: Options): Options {
    const setting = { authSetting: {} };
    if (!withSubscriptions) return setting;
    const { mainSwitch, kept } = JSON.parse(host.subscriptions()) as SubscriptionState;
    // Only kept choices are listed, and without any the member is missing.
    const items = Object.keys(kept).length > 0 ? { itemSettings: kept } : {};
    return { ...setting, subscriptionsSetting: { mainSwitch, ...items } };
  }

  return {
    getSetting: createCarryingApi(core, 'getSetting', (options, settle) => settle.success(read(options))),
    openSetting: createApi(core, 'openSetting', (options, settle) => {
      if (!tap.consume()) {
        settle.fail('can only be invoked by user TAP gesture.');
        return;
      }
      host.showSettings(() => settle.success(read(options)));
    }),
  };
}
