// The log of the phone, in order: the SDK's events with their meaning, and the
// actions of WeChat and the user.
import { fill, h } from '../../shared/dom';
import type { TimelineEntry } from '../model';
import type { EventName, SkipReason, Strings } from '../strings';
import { followEnd, onChange, type Context, type View } from './view';

const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 9_950 ? 2 : 1);

export const clock = (ms: number): string => `+${seconds(ms)} s`;

const listLength = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** An error of the SDK: its kind, and the host's code if there is one. */
export function failureIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { kind, code } = value as { kind?: unknown; code?: unknown };
  return [kind, code].filter((part) => part !== null && part !== undefined).join(' ');
}

/** The details of one event, in a few words. */
export function detailOf(event: Record<string, unknown>, { details }: Strings): string {
  const parts: string[] = [];
  if (typeof event['triggerAct'] === 'string') parts.push(event['triggerAct']);
  if (Array.isArray(event['templateIds']))
    parts.push(details.templates(event['templateIds'].length));
  if (Array.isArray(event['accepted'])) {
    parts.push(details.answered(listLength(event['accepted']), listLength(event['rejected'])));
  }
  if (event['topUp'] === true) parts.push(details.topUp);
  if (typeof event['elapsedMs'] === 'number') parts.push(details.took(seconds(event['elapsedMs'])));
  if (typeof event['saved'] === 'boolean')
    parts.push(event['saved'] ? details.saved : details.unsaved);
  if (event['error']) parts.push(failureIn(event['error']));
  if (typeof event['reason'] === 'string')
    parts.push(details.skipped[event['reason'] as SkipReason]);
  if (typeof event['retryInMs'] === 'number')
    parts.push(details.retryIn(seconds(event['retryInMs'])));
  return parts.join(' · ');
}

function isKnown(name: string, { events }: Strings): name is EventName {
  return Object.hasOwn(events.meaning, name);
}

function rowOf(entry: TimelineEntry, strings: Strings): HTMLElement | null {
  const time = h('span.row-time', clock(entry.at));
  const plain = (tone: string, title: string, detail: string): HTMLElement =>
    h(
      'li.row',
      { 'data-kind': entry.kind, 'data-tone': tone },
      time,
      h('div.row-body', h('span.row-title', title), detail && h('span.row-detail', detail)),
    );

  switch (entry.kind) {
    case 'sdk': {
      const { name, ...members } = entry.event;
      const tone = /Failed|Postponed|Dropped|Damaged/.test(name)
        ? 'bad'
        : /Answered|Sent$/.test(name)
          ? 'good'
          : 'calm';
      const detail = detailOf(members, strings);
      return h(
        'li.row',
        { 'data-kind': 'sdk', 'data-event': name, 'data-tone': tone },
        time,
        h(
          'details.row-body',
          h(
            'summary',
            h('code.row-name', name),
            h('span.row-meaning', isKnown(name, strings) ? strings.events.meaning[name] : ''),
            detail && h('span.row-detail', detail),
          ),
          h('pre.json', JSON.stringify(entry.event, null, 2)),
        ),
      );
    }
    case 'wx':
      if (!/^(requestSubscribeMessage|openSetting)$/.test(entry.api)) return null;
      return plain(
        entry.phase === 'fail' ? 'bad' : 'quiet',
        `wx.${entry.api} ${entry.phase}`,
        wordsOf(entry),
      );
    case 'lifecycle':
      return plain('quiet', entry.text, '');
    case 'error':
      return plain('bad', strings.events.error, entry.text);
    case 'console':
      return entry.level === 'error' || entry.level === 'warn'
        ? plain('bad', `console.${entry.level}`, entry.text)
        : null;
  }
}

/** WeChat's text of a failure. */
function wordsOf({ phase, detail }: { phase: string; detail: unknown }): string {
  if (phase !== 'fail' || typeof detail !== 'object' || detail === null) return '';
  const { errCode, errMsg } = detail as { errCode?: unknown; errMsg?: unknown };
  return [errCode, errMsg].filter((part) => part !== undefined).join(' ');
}

export function createTimeline({ strings }: Context): View {
  const list = h('ol.rows', { 'aria-label': strings.tabs.events, 'aria-live': 'off' });
  const empty = h('p.empty', strings.events.empty);
  const element = h('div.scroll', { 'data-view': 'timeline' }, empty, list);
  const atEnd = followEnd(element);
  let drawn: TimelineEntry[] = [];

  const update = onChange((timeline: TimelineEntry[]) => {
    const isContinued = drawn.length > 0 && timeline[0] === drawn[0];
    const news = (isContinued ? timeline.slice(drawn.length) : timeline).map((entry) =>
      rowOf(entry, strings),
    );
    atEnd(() => {
      if (isContinued) list.append(...news.filter((row) => row !== null));
      else fill(list, ...news);
      empty.hidden = list.childElementCount > 0;
    });
    drawn = timeline;
  });
  return { element, update: (model) => update(model.timeline) };
}
