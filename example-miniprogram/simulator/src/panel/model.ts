// The state of the panel, from which all its parts are drawn.
import type { Entry, Faults, TemplateInfo } from '../shared/phone';
import type { Diagnostics } from '../shared/sdk';
import type { Held, Occasion, Sent } from './api';
import type { Exchange } from './exchanges';
import type { GatewayErrcode } from './faults';
import type { Language } from './language';

/** Entries of the list of events; `at`: milliseconds since the launch. */
export type TimelineEntry = { key: string; at: number } & (
  | Exclude<Entry, { kind: 'request' | 'otherTab' }>
  /** The mini-program asks the back end for templates: ahead, or in a tap that needs them now. */
  | { kind: 'templates'; triggerAct: string; inTap: boolean }
  /** The back end was to send a message. */
  | { kind: 'order'; result: Result }
  | { kind: 'arrival'; title: string }
);

/** The result of the last order to send. */
export type Result = { occasion: Occasion } & (Sent | { status: 'unreachable'; reason: string });

/** Diagnostics of the SDK, and when they were asked for, in milliseconds since the epoch. */
export interface Diagnosis {
  at: number;
  found: Diagnostics;
}

export interface Model {
  language: Language;
  templates: TemplateInfo[];
  /** Since the list was cleared, oldest first. */
  timeline: TimelineEntry[];
  exchanges: Exchange[];
  openId: string | null;
  /** Data of that user; null until the back end has answered. */
  held: Held | null;
  /** Why the last request to the back end failed. */
  heldFailure: string | null;
  /** What the SDK said last about itself; null until it has, and without an SDK. */
  diagnosis: Diagnosis | null;
  sending: Occasion | null;
  result: Result | null;
  faults: Faults;
  /** The failure set for the next message to the user. */
  nextErrcode: GatewayErrcode | null;
  /** A fault was switched that takes effect at the next launch. */
  needsRelaunch: boolean;
  inBackground: boolean;
  /** The simulator's server does not answer. */
  isServerGone: boolean;
  /** Templates of messages that reached the phone. */
  arrived: string[];
}

export const initialModel = (
  language: Language,
  templates: TemplateInfo[],
  faults: Faults,
): Model => ({
  language,
  templates,
  timeline: [],
  exchanges: [],
  openId: null,
  held: null,
  heldFailure: null,
  diagnosis: null,
  sending: null,
  result: null,
  faults,
  nextErrcode: null,
  needsRelaunch: false,
  inBackground: false,
  isServerGone: false,
  arrived: [],
});
