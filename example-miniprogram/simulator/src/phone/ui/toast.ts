// wx.showToast and wx.showLoading: one at a time.
import type { ToastRequest } from '../bridge';
import { h } from '../../shared/dom';
import { icon } from './dom';

const SHAPES = { success: 'M4.500 12.500l5 5L19.500 7', error: 'M12 6v7.500M12 17v.6' };

export function createToast(layer: HTMLElement) {
  let shown: HTMLElement | null = null;
  let timer = 0;

  function hide(): void {
    clearTimeout(timer);
    shown?.remove();
    shown = null;
  }
  return {
    hide,
    show({ title, icon: kind, mask, duration }: ToastRequest) {
      hide();
      const picture =
        kind === 'loading'
          ? h('span.spinner')
          : kind === 'none'
            ? null
            : icon('toast-icon', SHAPES[kind]);
      const box = h(
        `div.toast${picture ? '' : '.text-only'}`,
        { role: 'status' },
        picture,
        h('span', title),
      );
      shown = h(`div.toast-cover${mask ? '.masking' : ''}`, box);
      layer.append(shown);
      if (duration !== null) timer = window.setTimeout(hide, duration);
    },
  };
}
