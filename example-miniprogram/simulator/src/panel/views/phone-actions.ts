// The buttons under the phone, for the mini-program as a whole.
import { h, say } from '../../shared/dom';
import type { Context, View } from './view';

export function createPhoneActions({ desk, strings }: Context): View {
  const { actions } = strings;
  let inBackground = false;
  const background = h('button.quiet', {
    onclick: () => (inBackground ? desk.toFront() : desk.toBackground()),
  });
  return {
    element: h(
      'div.phone-actions',
      h('button.quiet', { onclick: () => desk.relaunch() }, actions.relaunch),
      background,
      h('button.quiet', { onclick: () => desk.startOver() }, actions.reset),
    ),
    update(model) {
      inBackground = model.inBackground;
      say(background, inBackground ? actions.show : actions.hide);
    },
  };
}
