// wx.getSetting and wx.openSetting
import { NOT_TAPPED, settingsAnswer } from '../../../shared/wechat';
import type { SubscriptionState } from '../../bridge';
import type { Core } from '../core';
import { type Api, type Options, createApi } from './api';

export function createSettings(core: Core): Record<string, Api> {
  const { host, tap } = core;
  const read = (options: Options) =>
    settingsAnswer(options, JSON.parse(host.subscriptions()) as SubscriptionState);

  return {
    getSetting: createApi(core, 'getSetting', (options, settle) => settle.success(read(options))),
    openSetting: createApi(core, 'openSetting', (options, settle) => {
      if (tap.consume()) host.showSettings(() => settle.success(read(options)));
      else settle.fail(NOT_TAPPED);
    }),
  };
}
