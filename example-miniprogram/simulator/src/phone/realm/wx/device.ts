// The system, the network, the account, and the app's show and hide events.
import type { Core } from '../core';
import { type Listeners, createListeners } from '../listeners';
import type { LaunchOptions, Pages } from '../pages';
import { type Api, createApi } from './api';

const BASE_LIBRARY = '3.12.1';
const WECHAT = '8.0.61';
const STATUS_BAR_PX = 44;
const TITLE_BAR_PX = 44;

type Network = { isConnected: boolean; networkType: 'wifi' | 'none' };

export function createDevice(core: Core, pages: Pages) {
  const { host, faults } = core;
  const onNetwork = createListeners<Network>(core);
  const network = (connected = !faults().offline): Network => ({
    isConnected: connected,
    networkType: connected ? 'wifi' : 'none',
  });

  function systemInfo() {
    const { innerWidth, innerHeight, devicePixelRatio } = host.view;
    const platform = host.oldPromises
      ? { platform: 'ios', system: 'iOS 15.8' }
      : { platform: 'ios', system: 'iOS 17.6' };
    return {
      ...platform,
      brand: 'iPhone',
      model: 'iPhone (simulated)',
      pixelRatio: devicePixelRatio,
      screenWidth: innerWidth,
      screenHeight: innerHeight + STATUS_BAR_PX + TITLE_BAR_PX,
      windowWidth: innerWidth,
      windowHeight: innerHeight,
      statusBarHeight: STATUS_BAR_PX,
      language: 'zh_CN',
      version: WECHAT,
      SDKVersion: BASE_LIBRARY,
      fontSizeSetting: 16,
      theme: 'light',
    };
  }
  const listening = <T>(name: string, listeners: Listeners<T>) => ({
    [`on${name}`]: (listener: (given: T) => void) => listeners.on(listener),
    [`off${name}`]: (listener?: (given: T) => void) => listeners.off(listener),
  });
  const answering = (name: string, answer: () => object) =>
    createApi(core, name, (_, settle) => settle.success({ ...answer() }), { logged: false });

  const apis: Record<string, Api | ((...given: never[]) => unknown)> = {
    getSystemInfoSync: systemInfo,
    getSystemInfo: answering('getSystemInfo', systemInfo),
    getSystemInfoAsync: answering('getSystemInfoAsync', systemInfo),
    getWindowInfo: systemInfo,
    getDeviceInfo: systemInfo,
    getAppBaseInfo: systemInfo,
    getNetworkType: answering('getNetworkType', () => ({ networkType: network().networkType })),
    ...listening('NetworkStatusChange', onNetwork),
    ...listening<LaunchOptions>('AppShow', pages.onAppShow),
    ...listening<undefined>('AppHide', pages.onAppHide),
    getLaunchOptionsSync: () => pages.launchOptions(),
    getEnterOptionsSync: () => pages.enterOptions(),
    getAccountInfoSync: () => ({
      miniProgram: { appId: core.miniprogram.appId, envVersion: 'develop', version: '' },
    }),
    login: createApi(core, 'login', (_, settle) => {
      if (faults().offline) settle.fail('network error');
      else settle.success({ code: `simulated-${Date.now().toString(36)}` });
    }),
    checkSession: createApi(core, 'checkSession', (_, settle) => settle.success()),
    getMenuButtonBoundingClientRect() {
      const width = 87;
      const height = 32;
      const top = STATUS_BAR_PX + (TITLE_BAR_PX - height) / 2;
      const right = host.view.innerWidth - 7;
      return { width, height, top, right, bottom: top + height, left: right - width };
    },
  };
  return { apis, networkChanged: (connected: boolean) => onNetwork.emit(network(connected)) };
}
