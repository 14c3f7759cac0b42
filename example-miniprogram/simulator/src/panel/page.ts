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
  /** Says that the server is gone. */
  gone: HTMLElement;
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
      },
    },
    strings.otherLanguage,
  );
  return [h('div.titles', h('h1', strings.title), h('p.note', strings.subtitle)), toggle];
}

/** Downloads the session. */
function save(session: string): void {
  const href = URL.createObjectURL(new Blob([session], { type: 'application/json' }));
  h('a', { href, download: 'wx-subscribe-session.json' }).click();
  setTimeout(() => URL.revokeObjectURL(href));
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

    const hadFocus = document.activeElement?.matches('.language');
    document.documentElement.lang = strings.lang;
    document.title = strings.title;
    places.phone.setAttribute('aria-label', strings.phone);
    fill(places.gone, strings.serverGone);
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
        h(
          'span.links',
          h('button.link', { onclick: () => save(desk.session()) }, strings.events.save),
          h('button.link', { onclick: () => desk.clear() }, strings.events.clear),
        ),
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
    if (hadFocus) document.querySelector<HTMLElement>('.language')?.focus();
    drawnIn = language;
  }

  const update = (model: Model): void => {
    if (model.language !== drawnIn) draw(model.language);
    places.gone.hidden = !model.isServerGone;
    for (const view of views) view.update(model);
  };
  store.subscribe(update);
  update(store.get());
}
