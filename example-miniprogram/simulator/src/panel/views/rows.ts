// A long list of rows: it grows at its end and shrinks at its start, so that
// open rows stay open, and each row is drawn once.
import { say, h } from '../../shared/dom';
import { SHOWN } from './tabs';

/** Within this distance of its end, a list counts as scrolled to the end. */
const NEAR_PX = 60;

interface Item {
  key: string;
}

export interface Row<T> {
  element: HTMLElement;
  update?(item: T): void;
}

/**
 * The list scrolls to its newest row, unless the user has scrolled up.
 *
 * @param create makes a row; null if the item has none
 */
export function createRows<T extends Item>(
  name: string,
  texts: { label: string; empty: string },
  create: (item: T) => Row<T> | null,
) {
  const list = h('ol.rows', { 'aria-label': texts.label });
  const empty = h('p.empty', texts.empty);
  const element = h('div.scroll', { 'data-view': name }, empty, list);
  const drawn = new Map<string, { item: T; row: Row<T> | null }>();
  const toEnd = (): void => {
    element.scrollTop = element.scrollHeight;
  };
  element.addEventListener(SHOWN, toEnd);

  function show(items: readonly T[]): void {
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    const kept = new Set(items.map(({ key }) => key));
    drawn.forEach(({ row }, key) => {
      if (kept.has(key)) return;
      row?.element.remove();
      drawn.delete(key);
    });
    for (const item of items) {
      const known = drawn.get(item.key);
      if (known?.item === item) continue;
      const row = known ? known.row : create(item);
      row?.update?.(item);
      if (row && !known) list.append(row.element);
      drawn.set(item.key, { item, row });
    }
    empty.hidden = list.childElementCount > 0;
    if (isAtEnd) toEnd();
  }
  return { element, show };
}

/** A count beside the label of a tab. */
export function createBadge(tone?: string) {
  const element = h('span.badge', { 'data-tone': tone });
  return { element, show: (count: number) => say(element, count > 0 ? String(count) : '') };
}
