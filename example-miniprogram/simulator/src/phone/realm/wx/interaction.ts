// wx.showModal, showActionSheet, showToast and showLoading
import type { ModalAnswer, ToastRequest } from '../../bridge';
import type { Core } from '../core';
import { type Api, type Options, type Settle, createApi } from './api';

const MOST_ITEMS = 6;
const TOAST_MS = 1500;
const ICONS = ['success', 'error', 'loading', 'none'];

const textOf = (value: unknown, otherwise = '') =>
  value === undefined || value === null ? otherwise : String(value);

export function createInteraction(core: Core): Record<string, Api> {
  const { host } = core;
  const toast = (request: ToastRequest) => host.showToast(JSON.stringify(request));

  function showModal(options: Options, settle: Settle): void {
    const editable = options.editable === true;
    const request = {
      title: textOf(options.title),
      content: textOf(options.content),
      showCancel: options.showCancel !== false,
      cancelText: textOf(options.cancelText, '取消'),
      cancelColor: textOf(options.cancelColor, '#000000'),
      confirmText: textOf(options.confirmText, '确定'),
      confirmColor: textOf(options.confirmColor, '#576B95'),
      editable,
      placeholderText: textOf(options.placeholderText),
    };
    const tooLong = (['cancelText', 'confirmText'] as const).find(
      (name) => request[name].length > 4,
    );
    if (tooLong) {
      settle.fail(`${tooLong} length should not larger than 4 Chinese characters`);
      return;
    }
    host.showModal(JSON.stringify(request), (text) => {
      const { confirm, content } = JSON.parse(text) as ModalAnswer;
      settle.success({ confirm, cancel: !confirm, content: editable && confirm ? content : null });
    });
  }

  function showActionSheet({ itemList, itemColor, alertText }: Options, settle: Settle): void {
    if (!Array.isArray(itemList) || itemList.length === 0) {
      settle.fail('parameter error: itemList should be an Array that is not empty');
      return;
    }
    if (itemList.length > MOST_ITEMS) {
      settle.fail('parameter error: itemList should not be large than 6');
      return;
    }
    const request = {
      alertText: textOf(alertText),
      itemList: itemList.map(String),
      itemColor: textOf(itemColor, '#000000'),
    };
    host.showActionSheet(JSON.stringify(request), (index) => {
      if (index < 0) settle.fail('cancel');
      else settle.success({ tapIndex: index });
    });
  }

  return {
    showModal: createApi(core, 'showModal', showModal),
    showActionSheet: createApi(core, 'showActionSheet', showActionSheet),

    showToast: createApi(
      core,
      'showToast',
      ({ title, icon = 'success', duration, mask, image }, settle) => {
        if (image) {
          settle.fail('image is not simulated');
        } else if (!ICONS.includes(String(icon))) {
          settle.fail(`parameter error: icon "${String(icon)}" is unknown`);
        } else {
          toast({
            title: textOf(title),
            icon: String(icon) as ToastRequest['icon'],
            mask: mask === true,
            duration: Number(duration ?? TOAST_MS),
          });
          settle.success();
        }
      },
    ),
    hideToast: createApi(core, 'hideToast', (_, settle) => {
      host.hideToast();
      settle.success();
    }),
    showLoading: createApi(core, 'showLoading', ({ title, mask }, settle) => {
      toast({ title: textOf(title), icon: 'loading', mask: mask === true, duration: null });
      settle.success();
    }),
    hideLoading: createApi(core, 'hideLoading', (_, settle) => {
      host.hideToast();
      settle.success();
    }),
  };
}
