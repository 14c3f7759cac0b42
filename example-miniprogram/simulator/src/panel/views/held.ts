// The data of the back end for this user, read after each change.
import type { TemplateInfo } from '../../shared/phone';
import type { Answer, Grant, Held, Message } from '../api';
import { h, say } from '../../shared/dom';
import { chip, clockTime, createRecords, record } from './records';
import { onChange, type Context, type View } from './view';

/** The tone of a state. */
const TONES: Partial<Record<string, string>> = {
  open: 'good',
  sent: 'good',
  void: 'bad',
  failed: 'bad',
  unknown: 'bad',
};

export function createHeld({ strings }: Context): View {
  const texts = strings.held;
  const user = h('code.open-id');
  const failure = h('p.warning', { role: 'status' });
  const grants = createRecords('grants', texts.grants, texts.noGrants);
  const messages = createRecords('messages', texts.messages, texts.noMessages);
  const answers = createRecords('answers', texts.answers, texts.noAnswers);

  function grantOf({ title, busNo, state, grantedAt, spentAt }: Grant): HTMLElement {
    const mark = chip(TONES[state] ?? 'calm', texts.states[state]);
    const detail = `${busNo} · ${clockTime(spentAt ?? grantedAt)}`;
    return record({ 'data-state': state }, title ?? '—', detail, mark);
  }

  function messageOf({ title, occasion, status, errcode, errmsg, createdAt }: Message) {
    const names: Partial<Record<string, string>> = strings.send.occasions;
    const reason = errcode ? ` · ${errcode} ${errmsg ?? ''}` : '';
    const detail = `${names[occasion] ?? occasion} · ${clockTime(createdAt)}${reason}`;
    const mark = chip(TONES[status] ?? 'calm', texts.statuses[status]);
    return record({ 'data-status': status }, title ?? '—', detail, mark);
  }

  const draw = onChange((held: Held | null, templates: TemplateInfo[]) => {
    const listed = (label: string, ids: string[]): string[] => {
      const titleOf = (id: string) => templates.find((one) => one.templateId === id)?.title ?? id;
      return ids.length > 0 ? [`${label} ${ids.map(titleOf).join('、')}`] : [];
    };
    const answerOf = ({ busNo, agreeTemplateIds, rejectTemplateIds, createdAt }: Answer) => {
      const words = [
        ...listed(texts.accepted, agreeTemplateIds),
        ...listed(texts.rejected, rejectTemplateIds),
      ];
      return record({}, words.join(' · '), `${busNo} · ${clockTime(createdAt)}`, null);
    };
    const newestFirst = <T>(rows: T[] | undefined): T[] => (rows ?? []).toReversed();
    const open = held?.grants.filter(({ state }) => state === 'open').length ?? 0;
    grants.show(newestFirst(held?.grants), grantOf, open > 0 ? texts.openCount(open) : '');
    messages.show(newestFirst(held?.messages), messageOf);
    answers.show(newestFirst(held?.answers), answerOf);
  });

  return {
    element: h(
      'div.scroll',
      { 'data-view': 'held' },
      failure,
      grants.element,
      messages.element,
      answers.element,
      h('p.note.user', `${texts.user} `, user),
    ),
    update(model) {
      say(user, model.openId ?? '—');
      say(failure, model.heldFailure ? `${texts.unreachable}: ${model.heldFailure}` : '');
      failure.hidden = model.heldFailure === null;
      draw(model.held, model.templates);
    },
  };
}
