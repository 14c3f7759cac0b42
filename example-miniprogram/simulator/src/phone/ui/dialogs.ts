// wx.showModal, wx.showActionSheet, and the cashier of wx.requestPayment.
import type { ActionSheetRequest, ModalAnswer, ModalRequest } from '../bridge';
import { h } from '../../shared/dom';
import { avatar, button } from './dom';
import { openSheet } from './sheet';

export function showModal(
  layer: HTMLElement,
  request: ModalRequest,
  done: (answer: ModalAnswer) => void,
): void {
  const field = request.editable
    ? (h('textarea.modal-field', {
        rows: 3,
        placeholder: request.placeholderText,
      }) as HTMLTextAreaElement)
    : null;
  if (field) field.value = request.content;
  const answer = (confirm: boolean) => {
    sheet.close();
    done({ confirm, content: field ? field.value : null });
  };
  const choice = (text: string, color: string, confirm: boolean) => {
    const made = button('modal-choice', text, () => answer(confirm));
    made.style.color = color;
    return made;
  };
  const content = h(
    'div.modal',
    request.title !== '' && h('h3', request.title),
    field ?? (request.content !== '' && h('p', request.content)),
    h(
      'div.modal-choices',
      request.showCancel && choice(request.cancelText, request.cancelColor, false),
      choice(request.confirmText, request.confirmColor, true),
    ),
  );
  const label = request.title || request.content || '提示';
  const cancel = () => request.showCancel && answer(false);
  const sheet = openSheet(layer, 'center', label, content, cancel);
}

/** `done` gets the index, or -1. */
export function showActionSheet(
  layer: HTMLElement,
  request: ActionSheetRequest,
  done: (index: number) => void,
): void {
  const answer = (index: number) => {
    sheet.close();
    done(index);
  };
  const items = request.itemList.map((text, index) => {
    const item = button('action', text, () => answer(index));
    item.style.color = request.itemColor;
    return item;
  });
  const content = h(
    'div.actions',
    request.alertText !== '' && h('p.action-title', request.alertText),
    ...items,
    button('action cancel', '取消', () => answer(-1)),
  );
  const cancel = () => answer(-1);
  const sheet = openSheet(layer, 'bottom', request.alertText || '选择', content, cancel, cancel);
}

/** No money and no password: the user chooses whether it is paid. */
export function showCashier(layer: HTMLElement, name: string, done: (paid: boolean) => void): void {
  const answer = (paid: boolean) => {
    sheet.close();
    done(paid);
  };
  const content = h(
    'div.cashier',
    h(
      'header',
      button('close', '关闭收银台', () => answer(false), '✕'),
      h('strong', '模拟收银台'),
    ),
    h('div.payee', avatar(name), h('span', name)),
    h('p.amount', '金额由商户的订单决定'),
    h('p.hint', '模拟器不连接微信支付，也不扣款'),
    button('choice primary wide', '确认支付', () => answer(true)),
    button('choice plain wide', '取消支付', () => answer(false)),
  );
  const sheet = openSheet(layer, 'bottom', '模拟收银台', content, () => answer(false));
}
