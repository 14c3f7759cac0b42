// What the panel knows: the one state that its parts are drawn from.
import type { Entry, Faults, TemplateInfo } from '../shared/phone';
import type { Held, Occasion, Sent } from './api';
import { NO_FAULTS, type GatewayErrcode } from './faults';
import type { Language } from './strings';

/** Entries that the list of events shows. */
export type TimelineEntry = Exclude<Entry, { kind: 'request' }>;

type RequestEntry = Extract<Entry, { kind: 'request' }>;

/** One request with what came of it, as far as that is known. */
export interface Exchange extends Omit<RequestEntry, 'kind'> {
  /** Unlike the request's own number, unique across launches. */
  key: string;
}

/** What came of the last order to send. */
export type Result = { occasion: Occasion } & (Sent | { status: 'unreachable'; reason: string });

export interface Model {
  language: Language;
  templates: TemplateInfo[];
  /** Since the list was cleared, oldest first. */
  timeline: TimelineEntry[];
  exchanges: Exchange[];
  openId: string | null;
  /** Of that user; null until the back end was asked. */
  held: Held | null;
  /** Why the back end could not be asked the last time. */
  heldFailure: string | null;
  sending: Occasion | null;
  result: Result | null;
  faults: Faults;
  /** What the next message to the user meets at WeChat. */
  nextErrcode: GatewayErrcode | null;
  /** A fault was switched that acts from the next launch on. */
  needsRelaunch: boolean;
  inBackground: boolean;
  /** Templates of messages that reached the phone. */
  arrived: string[];
}

export const initialModel = (language: Language, templates: TemplateInfo[]): Model => ({
  language,
  templates,
  timeline: [],
  exchanges: [],
  openId: null,
  held: null,
  heldFailure: null,
  sending: null,
  result: null,
  faults: NO_FAULTS,
  nextErrcode: null,
  needsRelaunch: false,
  inBackground: false,
  arrived: [],
});

/** The list of requests with what an entry adds to it. */
export function withRequest(exchanges: Exchange[], entry: RequestEntry, launches: number): Exchange[] {
  const key = `${launches}-${entry.id}`;
  const { kind, ...request } = entry;
  const known = exchanges.find((exchange) => exchange.key === key);
  // When it was sent is what orders the list.
  const exchange = { ...request, key, at: known?.at ?? entry.at };
  return known ? exchanges.map((one) => (one === known ? exchange : one)) : [...exchanges, exchange];
}
