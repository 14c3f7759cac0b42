// The steps of the story, each ticked off by what really happened.
import type { Model } from './model';
import { STEPS, type StepName } from './steps';

const TRIGGER_ACT = '加入购物车';

/** The template of the price-drop message. */
const PRICE_DROP = '降价提醒';

/** Which steps are done, and the text of the next one. */
export function storyOf(model: Model): {
  done: Record<StepName, boolean>;
  hint: StepName | 'refused' | 'done';
} {
  const template = model.templates.find(({ title }) => title === PRICE_DROP)?.templateId;
  const events = model.timeline.flatMap((entry) => (entry.kind === 'sdk' ? [entry.event] : []));
  const answers = events.filter(
    ({ name, triggerAct }) => name === 'popupAnswered' && triggerAct === TRIGGER_ACT,
  );
  const accepts = (accepted: unknown): boolean =>
    Array.isArray(accepted) && accepted.includes(template);

  // Each step implies those before it: after a reload, the page finds the later
  // ones at the back end without having seen the earlier ones.
  const sent =
    model.held?.messages.filter((one) => one.templateId === template && one.status === 'sent') ??
    [];
  const arrived = sent.length > 0 && model.arrived.some((id) => id === template);
  const drop = sent.length > 0;
  const stored =
    drop || (model.held?.grants.some((grant) => grant.templateId === template) ?? false);
  const allow = stored || answers.some(({ accepted }) => accepts(accepted));
  const tap =
    allow ||
    events.some(({ name, triggerAct }) => name === 'popupRequested' && triggerAct === TRIGGER_ACT);

  const done = { tap, allow, stored, drop, arrived };
  const next = STEPS.find((step) => !done[step]);
  const isRefused = next === 'allow' && answers.length > 0;
  return { done, hint: isRefused ? 'refused' : (next ?? 'done') };
}
