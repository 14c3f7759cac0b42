// The data of the back end for this user, read after each change.
import type { TemplateInfo } from '../../shared/phone';
import type { Held } from '../api';
import { h, say } from '../../shared/dom';
import { chip, clockTime, createRecords, record } from './records';
import { onChange, type Context, type View } from './view';

export function createHeld({ strings }: Context): View {
  const texts = strings.held;
  const user = h('code.open-id');
  const failure = h('p.warning', { role: 'status' });
  const grants = createRecords('grants', texts.grants, texts.noGrants);
  const messages = createRecords('messages', texts.messages, texts.noMessages);
  const answers = createRecords('answers', texts.answers, texts.noAnswers);

  const draw = onChange((held: Held | null, templates: TemplateInfo[]) => {
    const titles = (ids: string[]): string =>
      ids
        .map((id) => templates.find(({ templateId }) => templateId === id)?.title ?? id)
        .join('、');
    const open = held?.grants.filter(({ state }) => state === 'open') ?? [];
    const newestFirst = <T>(rows: T[] | undefined): T[] => [...(rows ?? [])].reverse();
    grants.show(
      newestFirst(held?.grants).map(({ title, busNo, state, grantedAt, spentAt }) => {
        const tone =
          state === 'open' ? 'good' : state === 'void' || state === 'unknown' ? 'bad' : 'calm';
        const mark = chip(tone, texts.states[state]);
        return record(
          { 'data-state': state },
          title ?? '—',
          `${busNo} · ${clockTime(spentAt ?? grantedAt)}`,
          mark,
        );
      }),
      open.length > 0 ? texts.openCount(open.length) : '',
    );
    messages.show(
      newestFirst(held?.messages).map(({ title, occasion, status, errcode, errmsg, createdAt }) => {
        const reason = errcode ? ` · ${errcode} ${errmsg ?? ''}` : '';
        const name =
          Object.entries(strings.send.occasions).find(([key]) => key === occasion)?.[1] ?? occasion;
        const tone =
          status === 'sent' ? 'good' : status === 'failed' || status === 'unknown' ? 'bad' : 'calm';
        const mark = chip(tone, texts.statuses[status]);
        return record(
          { 'data-status': status },
          title ?? '—',
          `${name} · ${clockTime(createdAt)}${reason}`,
          mark,
        );
      }),
    );
    answers.show(
      newestFirst(held?.answers).map(
        ({ busNo, agreeTemplateIds, rejectTemplateIds, createdAt }) => {
          const agreed =
            agreeTemplateIds.length > 0 && `${texts.accepted} ${titles(agreeTemplateIds)}`;
          const rejected =
            rejectTemplateIds.length > 0 && `${texts.rejected} ${titles(rejectTemplateIds)}`;
          const words = [agreed, rejected].filter((word) => word !== false).join(' · ');
          return record({}, words, `${busNo} · ${clockTime(createdAt)}`, null);
        },
      ),
    );
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
