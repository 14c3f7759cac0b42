// The buttons for events in the shop: the back end sends a message, if the user
// has granted one.
import { OCCASIONS } from '../api';
import { h, say } from '../../shared/dom';
import type { Result } from '../model';
import type { Strings } from '../strings';
import { storyOf } from '../story';
import type { Context, View } from './view';

/** What became of an order to send. */
export function resultText(result: Result, { send }: Strings): string {
  switch (result.status) {
    case 'sent':
      return send.sent(result.message.title ?? result.occasion);
    case 'noGrant':
      return send.noGrant(result.title);
    case 'failed':
      return send.failed(result.message.errcode, result.message.errmsg);
    case 'unknown':
      return send.unknown;
    case 'unreachable':
      return send.unreachable(result.reason);
  }
}

export function createSender({ desk, strings }: Context): View {
  const texts = strings.send;
  const buttons = OCCASIONS.map((occasion) => {
    const button = h(
      'button.send',
      {
        'data-occasion': occasion,
        onclick: () => desk.send(occasion),
      },
      texts.occasions[occasion],
    );
    return { occasion, button };
  });
  const result = h('p.send-result', { role: 'status' });

  return {
    element: h(
      'section.card.sender',
      { 'aria-label': texts.title },
      h('header.card-head', h('h2', texts.title), h('p.note', texts.about)),
      h('div.send-buttons', ...buttons.map(({ button }) => button)),
      result,
    ),
    update(model) {
      const isNext = storyOf(model).hint === 'drop';
      for (const { occasion, button } of buttons) {
        button.disabled = model.sending !== null || model.openId === null;
        button.classList.toggle('is-next', isNext && occasion === 'priceDrop');
      }
      result.dataset['tone'] = model.sending || !model.result ? 'calm' : model.result.status;
      say(
        result,
        model.sending
          ? texts.sending
          : model.result
            ? resultText(model.result, strings)
            : texts.idle,
      );
    },
  };
}
