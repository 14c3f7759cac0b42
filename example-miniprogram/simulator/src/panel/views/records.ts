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

export function createRecords(name: string, title: string, empty: string) {
  const list = h('ul.records', { 'data-records': name });
  const count = h('span.count');
  return {
    element: h('section.records-part', h('h3', title, count), list),
    show(records: HTMLElement[], counted = ''): void {
      say(count, counted);
      fill(list, ...(records.length > 0 ? records : [h('li.empty', empty)]));
    },
  };
}
