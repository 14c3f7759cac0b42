// Tabs as the ARIA practices describe them: arrow keys move, one is in the tab
// order.
import { h } from '../../shared/dom';

export interface Tab {
  id: string;
  label: string;
  /** A short text beside the label, as a count. */
  badge?: HTMLElement | undefined;
  content: HTMLElement;
}

/** Called when the content of a tab becomes visible. */
export const SHOWN = 'shown';

/** Which tab was open, by the group's name: a change of language redraws the tabs. */
const opened = new Map<string, string>();

export function createTabs(name: string, tabs: Tab[], action?: HTMLElement): HTMLElement {
  const parts = tabs.map((tab) => {
    const button = h(
      'button.tab',
      {
        role: 'tab',
        id: `tab-${tab.id}`,
        'aria-controls': `panel-${tab.id}`,
      },
      tab.label,
      tab.badge,
    );
    const panel = h(
      'div.tab-panel',
      {
        role: 'tabpanel',
        id: `panel-${tab.id}`,
        'aria-labelledby': `tab-${tab.id}`,
        tabindex: '0',
      },
      tab.content,
    );
    return { id: tab.id, button, panel, content: tab.content };
  });

  function open(id: string): void {
    opened.set(name, id);
    for (const part of parts) {
      const isOpen = part.id === id;
      part.button.setAttribute('aria-selected', String(isOpen));
      part.button.tabIndex = isOpen ? 0 : -1;
      part.panel.hidden = !isOpen;
      if (isOpen) part.content.dispatchEvent(new Event(SHOWN));
    }
  }

  parts.forEach(({ id, button }, at) => {
    button.addEventListener('click', () => open(id));
    button.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      const next = step && parts[(at + step + parts.length) % parts.length];
      if (!next) return;
      open(next.id);
      next.button.focus();
    });
  });
  const first = opened.get(name) ?? tabs[0]?.id;
  if (first) open(first);

  return h(
    'section.card.tabs',
    { 'data-tabs': name },
    h(
      'div.tab-bar',
      h('div.tab-list', { role: 'tablist' }, ...parts.map(({ button }) => button)),
      action,
    ),
    ...parts.map(({ panel }) => panel),
  );
}
