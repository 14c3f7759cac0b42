// The log of the phone, in order: the SDK's events with their meaning, and the
// actions of WeChat and the user.
import { h } from '../../shared/dom';
import type { TimelineEntry } from '../model';
import type { EventName, SkipReason, Strings } from '../strings';
import { laidOut } from './requests';
import { type Row, createRows } from './rows';
import { resultText } from './sender';
import { onChange, type Context, type View } from './view';

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
  if (typeof event['elapsedMs'] === 'number') parts.push(details.took(seconds(event['elapsedMs'])));
  if (typeof event['saved'] === 'boolean')
    parts.push(event['saved'] ? details.saved : details.unsaved);
  if (event['error']) parts.push(failureIn(event['error']));
  else if (event['error'] === null) parts.push(details.noRoom);
  if (typeof event['reason'] === 'string')
    parts.push(details.skipped[event['reason'] as SkipReason]);
  if (typeof event['retryInMs'] === 'number')
    parts.push(details.retryIn(seconds(event['retryInMs'])));
  return parts.join(' · ');
}

/** A later SDK may have events that this page does not know. */
const meaningOf = (name: string, { events }: Strings): string | undefined =>
  Object.hasOwn(events.meaning, name) ? events.meaning[name as EventName] : undefined;

/** A row with a text that can be opened. */
const opening = (head: Node[], label: string, text: string, copy: string): HTMLElement =>
  h(
    'details.row-body',
    h('summary', ...head),
    h('pre.json', { 'aria-label': label }, text),
    h('button.link', { onclick: () => void navigator.clipboard.writeText(text) }, copy),
  );

/** How an entry is shown: null if it is not. `more` is shown when the row is opened. */
interface Shown {
  tone: 'good' | 'bad' | 'calm' | 'quiet';
  /** A name of code, or words. */
  title: string;
  isCode?: boolean;
  meaning?: string;
  detail?: string;
  more?: string;
}

function shownOf(entry: TimelineEntry, strings: Strings): Shown | null {
  const { events } = strings;
  switch (entry.kind) {
    case 'sdk': {
      const { name, ...members } = entry.event;
      const isBad = /Failed|Postponed|Dropped|Damaged|Cleared/.test(name);
      return {
        tone: isBad ? 'bad' : /Answered|Sent$/.test(name) ? 'good' : 'calm',
        title: name,
        isCode: true,
        meaning: members['topUp'] === true ? events.toppedUp : (meaningOf(name, strings) ?? ''),
        detail: detailOf(members, strings),
        more: laidOut(entry.event),
      };
    }
    case 'tap': {
      const { page, handler, source } = entry;
      return { tone: 'calm', title: events.tapped, detail: `${page} · ${handler}`, more: source };
    }
    case 'outcome':
      return { tone: 'calm', title: events.outcome, more: laidOut(entry.outcome) };
    case 'templates': {
      const title = entry.inTap ? events.askedInTap : events.prefetched;
      return { tone: 'quiet', title, detail: entry.triggerAct };
    }
    case 'order': {
      const { result } = entry;
      const tone = result.status === 'sent' ? 'good' : result.status === 'noGrant' ? 'calm' : 'bad';
      const title = strings.send.occasions[result.occasion];
      return { tone, title, detail: resultText(result, strings) };
    }
    case 'arrival':
      return { tone: 'good', title: events.arrived, detail: entry.title };
    case 'wx':
      if (!/^(requestSubscribeMessage|openSetting|login)$/.test(entry.api)) return null;
      return {
        tone: entry.phase === 'fail' ? 'bad' : 'quiet',
        title: `wx.${entry.api} ${entry.phase}`,
        detail: wordsOf(entry),
      };
    case 'lifecycle':
      return { tone: 'quiet', title: entry.text === 'launch' ? events.launched : entry.text };
    case 'error':
      return { tone: 'bad', title: events.error, detail: entry.text };
    case 'console':
      if (entry.level !== 'error' && entry.level !== 'warn') return null;
      return { tone: 'bad', title: `console.${entry.level}`, detail: entry.text };
  }
}

function rowOf(entry: TimelineEntry, strings: Strings): Row<TimelineEntry> | null {
  const shown = shownOf(entry, strings);
  if (!shown) return null;
  const { tone, title, isCode, meaning, detail, more } = shown;
  const head = [
    h(isCode ? 'code.row-name' : 'span.row-title', title),
    ...(meaning ? [h('span.row-meaning', meaning)] : []),
    ...(detail ? [h('span.row-detail', detail)] : []),
  ];
  const event = entry.kind === 'sdk' ? entry.event : null;
  const marks = {
    'data-kind': entry.kind === 'lifecycle' ? entry.text : entry.kind,
    'data-event': event?.name,
    'data-top-up': event?.['topUp'] === true,
    'data-tone': tone,
  };
  const body = more ? opening(head, title, more, strings.events.copy) : h('div.row-body', ...head);
  return { element: h('li.row', marks, h('span.row-time', clock(entry.at)), body) };
}

/** WeChat's text of a failure. */
function wordsOf({ phase, detail }: { phase: string; detail: unknown }): string {
  if (phase !== 'fail' || typeof detail !== 'object' || detail === null) return '';
  const { errCode, errMsg } = detail as { errCode?: unknown; errMsg?: unknown };
  return [errCode, errMsg].filter((part) => part !== undefined).join(' ');
}

export function createTimeline({ strings }: Context): View {
  const texts = { label: strings.tabs.events, empty: strings.events.empty };
  const rows = createRows('timeline', texts, (entry: TimelineEntry) => rowOf(entry, strings));
  const update = onChange(rows.show);
  return { element: rows.element, update: ({ timeline }) => update(timeline) };
}
