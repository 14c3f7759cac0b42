// Lists of records: a title, details, and a mark.
import { fill, h, say } from '../../shared/dom';

/** The time of day of a moment. */
export const clockTime = (moment: string | number): string =>
  Number.isNaN(new Date(moment).getTime())
    ? String(moment)
    : new Date(moment).toLocaleTimeString('en-GB');

export const chip = (tone: string, text: string): HTMLElement =>
  h('span.chip', { 'data-tone': tone }, text);

export const record = (
  attributes: Record<string, string>,
  title: string,
  detail: string,
  mark: HTMLElement | null,
): HTMLElement =>
  h(
    'li.record',
    { ...attributes },
    h('div.record-body', h('span.record-title', title), h('span.record-detail', detail)),
    mark,
  );

/** Most records that are drawn of a list; the newest come first. */
const MOST = 50;

export function createRecords(name: string, title: string, empty: string) {
  const list = h('ul.records', { 'data-records': name });
  const count = h('span.count');
  return {
    element: h('section.records-part', h('h3', title, count), list),
    /** Draws the first of them; the count is of all. */
    show<T>(items: readonly T[], draw: (item: T) => HTMLElement, counted = ''): void {
      say(count, counted);
      const rest = items.length - MOST;
      const more = rest > 0 && h('li.empty', `… +${rest}`);
      fill(
        list,
        items.length === 0 && h('li.empty', empty),
        ...items.slice(0, MOST).map(draw),
        more,
      );
    },
  };
}
