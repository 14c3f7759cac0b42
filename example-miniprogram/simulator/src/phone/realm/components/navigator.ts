// <navigator>
import type { BuiltIn } from './built-in';

const APIS: Record<string, string> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
};

type Api = (options: Record<string, unknown>) => unknown;

export const navigator: BuiltIn = {
  properties: {
    url: String,
    openType: { type: String, value: 'navigate' },
    delta: { type: Number, value: 1 },
    hoverClass: { type: String, value: 'navigator-hover' },
    target: String,
  },
  created({ element, data, listen, trigger, surroundings: { wx } }) {
    element.setAttribute('role', 'link');
    listen(element, 'click', () => {
      const openType = String(data.openType || 'navigate');
      const name = APIS[openType];
      if (!name) throw new Error(`<navigator open-type="${openType}"> is not simulated`);
      (wx[name] as Api)({
        url: data.url,
        delta: data.delta,
        success: () => trigger('success', {}),
        fail: (error: unknown) => trigger('fail', error),
      });
    });
  },
};
