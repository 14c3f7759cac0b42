// `wx`, composed of its groups of APIs.
import { OFTEN_ASYNC_APIS, asyncWhile } from '../../../shared/wechat';
import type { Core } from '../core';
import { startTimer } from '../natives';
import type { Pages } from '../pages';
import type { Api } from './api';
import { createDevice } from './device';
import { createInteraction } from './interaction';
import { createNavigation } from './navigation';
import { createPayment } from './payment';
import { createRequest } from './request';
import { createQuery } from './query';
import { createSettings } from './settings';
import { createStorage } from './storage';
import { createSubscribe } from './subscribe';

export function createWx(core: Core, pages: Pages) {
  const device = createDevice(core, pages);
  const wx: Record<string, unknown> = {
    ...createSubscribe(core),
    ...createSettings(core),
    ...createRequest(core),
    ...createStorage(core),
    ...createInteraction(core),
    ...createPayment(core),
    ...createNavigation(core, pages),
    ...createQuery(pages),
    ...device.apis,
    nextTick: (callback: () => void) => startTimer(() => core.tap.run(null, callback), 0),
    // Answers for the phone, not for WeChat.
    canIUse: (name: unknown) => typeof name === 'string' && simulated.has(name.split('.')[0] ?? ''),
  };
  const simulated = new Set(Object.keys(wx));
  OFTEN_ASYNC_APIS.forEach((name) => {
    wx[name] = asyncWhile(
      () => core.faults().asyncApis.includes(name),
      wx[name] as Api,
      core.Promise,
    );
  });

  // An API of WeChat that is not simulated throws an error that says so; a name
  // that WeChat lacks stays undefined, as feature checks expect.
  (JSON.parse(core.host.wxNames) as string[]).forEach((name) => {
    if (name in wx) return;
    wx[name] = () => {
      throw new Error(`wx.${name} is not simulated`);
    };
  });
  return { wx, networkChanged: device.networkChanged };
}
