// The buttons under the phone, for the mini-program as a whole.
import { h, say } from '../dom';
import type { Context, View } from './view';

export function createPhoneActions({ desk, strings }: Context): View {
  const { actions } = strings;
  let inBackground = false;
  const background = h('button', {
    type: 'button',
    class: 'quiet',
    onclick: () => (inBackground ? desk.toFront() : desk.toBackground()),
  });
  return {
    element: h(
      'div',
      { class: 'phone-actions' },
      h(
        'button',
        { type: 'button', class: 'quiet', onclick: () => desk.relaunch() },
        actions.relaunch,
      ),
      background,
      h(
        'button',
        { type: 'button', class: 'quiet', onclick: () => desk.startOver() },
        actions.reset,
      ),
    ),
    update(model) {
      inBackground = model.inBackground;
      say(background, inBackground ? actions.show : actions.hide);
    },
  };
}
