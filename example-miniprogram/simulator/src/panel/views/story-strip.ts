// The strip at the top: what to do first, and what is done.
import { h, say } from '../../shared/dom';
import { STEPS } from '../steps';
import { storyOf } from '../story';
import type { Context, View } from './view';

export function createStoryStrip({ strings }: Context): View {
  const items = STEPS.map((step, at) => {
    const mark = h('span.step-mark', { 'aria-hidden': 'true' }, String(at + 1));
    const said = h('span.said');
    const text = h('span.step-text', strings.steps[step]);
    const item = h('li.step', { 'data-step': step }, mark, text, said);
    return { step, item, mark, said, number: String(at + 1) };
  });
  const hint = h('p.story-hint', { role: 'status' });

  return {
    element: h(
      'section.story',
      { 'aria-label': strings.story },
      h('ol.steps', ...items.map(({ item }) => item)),
      hint,
    ),
    update(model) {
      const { done, hint: name } = storyOf(model);
      const next = items.find(({ step }) => !done[step])?.step;
      for (const { step, item, mark, said, number } of items) {
        item.dataset['state'] = done[step] ? 'done' : step === next ? 'next' : 'later';
        if (step === next) item.setAttribute('aria-current', 'step');
        else item.removeAttribute('aria-current');
        say(mark, done[step] ? '✓' : number);
        say(said, done[step] ? strings.stepDone : '');
      }
      say(hint, strings.hints[name]);
    },
  };
}
