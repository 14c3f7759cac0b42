// The buttons for events in the shop: the back end sends a message, if the user
// has granted one.
import { OCCASIONS } from '../api';
import { h, say } from '../../shared/dom';
import type { Result } from '../model';
import { storyOf } from '../story';
import type { Context, View } from './view';

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

  function textOf(answer: Result): string {
    switch (answer.status) {
      case 'sent':
        return texts.sent(answer.message.title ?? answer.occasion);
      case 'noGrant':
        return texts.noGrant(answer.title);
      case 'failed':
        return texts.failed(answer.message.errcode, answer.message.errmsg);
      case 'unknown':
        return texts.unknown;
      case 'unreachable':
        return texts.unreachable(answer.reason);
    }
  }

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
      say(result, model.sending ? texts.sending : model.result ? textOf(model.result) : texts.idle);
    },
  };
}
