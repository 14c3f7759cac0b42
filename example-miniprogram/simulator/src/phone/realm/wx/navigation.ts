// wx.navigateTo and its family, and the bar at the top.
import type { Core } from '../core';
import type { Pages } from '../pages';
import type { LeaveMode } from '../stack';
import { type Api, createApi } from './api';

const MODES: LeaveMode[] = ['navigateTo', 'redirectTo', 'switchTab', 'reLaunch'];

export function createNavigation(core: Core, pages: Pages): Record<string, Api> {
  const apis: Record<string, Api> = {};
  MODES.forEach((mode) => {
    apis[mode] = createApi(core, mode, ({ url, events }, settle) => {
      if (events) throw new Error('wx.navigateTo: an event channel (events) is not simulated');
      const why = pages.go(mode, url);
      if (why) settle.fail(why);
      else settle.success();
    });
  });
  const bar = (
    name: string,
    change: (options: Record<string, unknown>) => Parameters<Pages['setChrome']>[0],
  ) =>
    createApi(core, name, (options, settle) => {
      pages.setChrome(change(options));
      settle.success();
    });

  return {
    ...apis,
    navigateBack: createApi(core, 'navigateBack', ({ delta = 1 }, settle) => {
      const why = pages.back(Math.max(1, Number(delta)));
      if (why) settle.fail(why);
      else settle.success();
    }),
    setNavigationBarTitle: bar('setNavigationBarTitle', ({ title }) => ({
      navigationBarTitleText: String(title ?? ''),
    })),
    setNavigationBarColor: bar('setNavigationBarColor', ({ frontColor, backgroundColor }) => ({
      navigationBarTextStyle: frontColor === '#ffffff' ? 'white' : 'black',
      navigationBarBackgroundColor: String(backgroundColor),
    })),
    showNavigationBarLoading: bar('showNavigationBarLoading', () => ({ loading: true })),
    hideNavigationBarLoading: bar('hideNavigationBarLoading', () => ({ loading: false })),
    pageScrollTo: createApi(core, 'pageScrollTo', ({ scrollTop, duration = 300 }, settle) => {
      const page = core.host.view.document.querySelector('wx-page:not([hidden])');
      page?.scrollTo({
        top: Number(scrollTop ?? 0),
        behavior: Number(duration) > 0 ? 'smooth' : 'auto',
      });
      settle.success();
    }),
  };
}
