// The page: the phone on the left stays; everything around it is redrawn when
// the language changes.
import type { Desk } from './desk';
import { fill, h } from '../shared/dom';
import { rememberLanguage, type Language } from './language';
import type { Model } from './model';
import type { Store } from './store';
import { stringsOf } from './strings';
import { createDiagnostics } from './views/diagnostics';
import { createHeld } from './views/held';
import { createPhoneActions } from './views/phone-actions';
import { createRequests } from './views/requests';
import { createSender } from './views/sender';
import { createStoryStrip } from './views/story-strip';
import { createSwitchboard } from './views/switchboard';
import { createTabs } from './views/tabs';
import { createTimeline } from './views/timeline';
import type { View } from './views/view';

/** The elements of `index.html` that are filled here. */
export interface Places {
  top: HTMLElement;
  phone: HTMLElement;
  underPhone: HTMLElement;
  panel: HTMLElement;
}

function createTop(language: Language, store: Store<Model>): HTMLElement[] {
  const strings = stringsOf(language);
  const other: Language = language === 'zh' ? 'en' : 'zh';
  const toggle = h(
    'button.quiet.language',
    {
      lang: stringsOf(other).lang,
      onclick() {
        rememberLanguage(other);
        store.set({ language: other });
        document.querySelector<HTMLElement>('.language')?.focus();
      },
    },
    strings.otherLanguage,
  );
  return [h('div.titles', h('h1', strings.title), h('p.note', strings.subtitle)), toggle];
}

/** Fills the elements and updates them with the model. */
export function createPage(places: Places, store: Store<Model>, desk: Desk): void {
  let views: View[] = [];
  let drawnIn: Language | null = null;

  function draw(language: Language): void {
    const strings = stringsOf(language);
    const context = { desk, strings };
    const story = createStoryStrip(context);
    const actions = createPhoneActions(context);
    const sender = createSender(context);
    const timeline = createTimeline(context);
    const requests = createRequests(context);
    const held = createHeld(context);
    const switchboard = createSwitchboard(context);
    const diagnostics = createDiagnostics(context);
    views = [story, actions, sender, timeline, requests, held, switchboard, diagnostics];

    document.documentElement.lang = strings.lang;
    document.title = strings.title;
    places.phone.setAttribute('aria-label', strings.phone);
    fill(places.top, ...createTop(language, store), story.element);
    fill(places.underPhone, actions.element);
    fill(
      places.panel,
      sender.element,
      createTabs(
        'record',
        [
          { id: 'events', label: strings.tabs.events, content: timeline.element },
          {
            id: 'requests',
            label: strings.tabs.requests,
            badge: requests.badge,
            content: requests.element,
          },
        ],
        h('button.link', { onclick: () => desk.clear() }, strings.events.clear),
      ),
      createTabs('desk', [
        { id: 'held', label: strings.tabs.held, content: held.element },
        {
          id: 'faults',
          label: strings.tabs.faults,
          badge: switchboard.badge,
          content: switchboard.element,
        },
        {
          id: 'diagnostics',
          label: strings.tabs.diagnostics,
          badge: diagnostics.badge,
          content: diagnostics.element,
        },
      ]),
    );
    drawnIn = language;
  }

  const update = (model: Model): void => {
    if (model.language !== drawnIn) draw(model.language);
    for (const view of views) view.update(model);
  };
  store.subscribe(update);
  update(store.get());
}
