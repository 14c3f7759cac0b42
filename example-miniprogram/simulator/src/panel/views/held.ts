// The data of the back end for this user, read after each change.
import type { TemplateInfo } from '../../shared/phone';
import type { Held } from '../api';
import { fill, h, say } from '../dom';
import { onChange, type Context, type View } from './view';

const time = (moment: string): string =>
  Number.isNaN(Date.parse(moment)) ? moment : new Date(moment).toLocaleTimeString('en-GB');

const chip = (tone: string, text: string): HTMLElement => h('span', { class: 'chip', 'data-tone': tone }, text);

const item = (attributes: Record<string, string>, title: string, detail: string, mark: HTMLElement | null): HTMLElement =>
  h(
    'li',
    { class: 'record', ...attributes },
    h('div', { class: 'record-body' }, h('span', { class: 'record-title' }, title), h('span', { class: 'record-detail' }, detail)),
    mark,
  );

export function createHeld({ strings }: Context): View {
  const texts = strings.held;
  const user = h('code', { class: 'open-id' });
  const failure = h('p', { class: 'warning', role: 'status' });
  const part = (name: string, title: string) => {
    const list = h('ul', { class: 'records', 'data-records': name });
    const count = h('span', { class: 'count' });
    return { list, count, element: h('section', { class: 'held-part' }, h('h3', {}, title, count), list) };
  };
  const grants = part('grants', texts.grants);
  const messages = part('messages', texts.messages);
  const answers = part('answers', texts.answers);

  const list = (target: HTMLElement, rows: HTMLElement[], empty: string): void =>
    fill(target, ...(rows.length > 0 ? rows : [h('li', { class: 'empty' }, empty)]));

  const draw = onChange((held: Held | null, templates: TemplateInfo[]) => {
    const titles = (ids: string[]): string =>
      ids.map((id) => templates.find(({ templateId }) => templateId === id)?.title ?? id).join('、');
    const open = held?.grants.filter(({ state }) => state === 'open') ?? [];
    say(grants.count, open.length > 0 ? texts.openCount(open.length) : '');

    const newestFirst = <T>(rows: T[] | undefined): T[] => [...(rows ?? [])].reverse();
    list(
      grants.list,
      newestFirst(held?.grants).map(({ title, busNo, state, grantedAt, spentAt }) => {
        const tone = state === 'open' ? 'good' : state === 'void' || state === 'unknown' ? 'bad' : 'calm';
        const mark = chip(tone, texts.states[state]);
        return item({ 'data-state': state }, title ?? '—', `${busNo} · ${time(spentAt ?? grantedAt)}`, mark);
      }),
      texts.noGrants,
    );
    list(
      messages.list,
      newestFirst(held?.messages).map(({ title, occasion, status, errcode, errmsg, createdAt }) => {
        const reason = errcode ? ` · ${errcode} ${errmsg ?? ''}` : '';
        const name = Object.entries(strings.send.occasions).find(([key]) => key === occasion)?.[1] ?? occasion;
        const tone = status === 'sent' ? 'good' : status === 'failed' || status === 'unknown' ? 'bad' : 'calm';
        const mark = chip(tone, texts.statuses[status]);
        return item({ 'data-status': status }, title ?? '—', `${name} · ${time(createdAt)}${reason}`, mark);
      }),
      texts.noMessages,
    );
    list(
      answers.list,
      newestFirst(held?.answers).map(({ busNo, agreeTemplateIds, rejectTemplateIds, createdAt }) => {
        const agreed = agreeTemplateIds.length > 0 && `${texts.accepted} ${titles(agreeTemplateIds)}`;
        const rejected = rejectTemplateIds.length > 0 && `${texts.rejected} ${titles(rejectTemplateIds)}`;
        const words = [agreed, rejected].filter((word) => word !== false).join(' · ');
        return item({}, words, `${busNo} · ${time(createdAt)}`, null);
      }),
      texts.noAnswers,
    );
  });

  return {
    element: h(
      'div',
      { class: 'scroll', 'data-view': 'held' },
      failure,
      grants.element,
      messages.element,
      answers.element,
      h('p', { class: 'note user' }, `${texts.user} `, user),
    ),
    update(model) {
      say(user, model.openId ?? '—');
      say(failure, model.heldFailure ? `${texts.unreachable}: ${model.heldFailure}` : '');
      failure.hidden = model.heldFailure === null;
      draw(model.held, model.templates);
    },
  };
}
