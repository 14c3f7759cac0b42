// What the panel knows: the one state that its parts are drawn from.
import type { Entry, Faults, TemplateInfo } from '../shared/phone';
import type { Held, Occasion, Sent } from './api';
import type { Exchange } from './exchanges';
import type { GatewayErrcode } from './faults';
import type { Language } from './language';

/** Entries that the list of events shows. */
export type TimelineEntry = Exclude<Entry, { kind: 'request' }>;

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

export const initialModel = (language: Language, templates: TemplateInfo[], faults: Faults): Model => ({
  language,
  templates,
  timeline: [],
  exchanges: [],
  openId: null,
  held: null,
  heldFailure: null,
  sending: null,
  result: null,
  faults,
  nextErrcode: null,
  needsRelaunch: false,
  inBackground: false,
  arrived: [],
});
