// Start of the page: fetches the parts of the phone, and launches it.
import { createPhone } from '../phone';
import { readMiniprogram, readTemplates } from './api';
import { createDesk } from './desk';
import { h } from '../shared/dom';
import { preferredLanguage } from './language';
import { initialModel } from './model';
import { createPage, type Places } from './page';
import { createStore } from './store';
import { stringsOf } from './strings';

/** The layout in which the parts are stacked, see `layout.css`. */
const STACKED = matchMedia('(max-width: 899px)');

function place(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

async function start(places: Places): Promise<void> {
  const [miniprogram, templates] = await Promise.all([readMiniprogram(), readTemplates()]);
  const phone = createPhone(places.phone, {
    miniprogram,
    templates,
    requestUrl: '/__request',
    wasmUrl: (path) => `/package/${path.replace(/^\/+/, '')}`,
  });
  const store = createStore(initialModel(preferredLanguage(), templates, phone.faults));
  const desk = createDesk(phone, store, () => {
    if (STACKED.matches) places.phone.scrollIntoView({ block: 'start', behavior: 'smooth' });
  });
  createPage(places, store, desk);
  desk.relaunch();
}

const places = {
  gone: place('gone'),
  top: place('top'),
  phone: place('phone'),
  underPhone: place('under-phone'),
  panel: place('panel'),
};

start(places).catch((error: Error) => {
  places.panel.replaceChildren(
    h(
      'p.card.warning',
      { role: 'alert' },
      stringsOf(preferredLanguage()).failedToStart(error.message),
    ),
  );
  throw error;
});
