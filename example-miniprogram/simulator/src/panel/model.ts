// What the panel knows: the one state that its parts are drawn from.
import type { Entry, Faults, TemplateInfo } from '../shared/phone';
import type { Held, Occasion, Sent, WechatCall } from './api';
import type { GatewayErrcode } from './faults';
import type { Language } from './strings';

/** Entries that the list of events shows. */
export type TimelineEntry = Exclude<Entry, { kind: 'request' }>;

type RequestEntry = Extract<Entry, { kind: 'request' }>;

/** One request with what came of it, as far as that is known. */
export interface Exchange {
  key: string;
  /** `phone`: the mini-program to the back end; `backend`: the back end to WeChat. */
  from: 'phone' | 'backend';
  /** When it was sent, in milliseconds since the launch. */
  at: number;
  line: string;
  idempotencyKey: string | null;
  sent: unknown;
  /** null while it is under way. */
  result: { isGood: boolean; status: string; received: unknown; ms: number | null } | null;
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

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function keyIn(header: Record<string, string>): string | null {
  return Object.entries(header).find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1] ?? null;
}

/** The list of requests with what an entry adds to it. */
export function withRequest(exchanges: Exchange[], entry: RequestEntry): Exchange[] {
  const { id, at, method, url, header, body, phase, statusCode = 0, response, errMsg, ms = null } = entry;
  const key = `request-${id}`;
  const result =
    phase === 'answered'
      ? { isGood: statusCode < 400, status: String(statusCode), received: response, ms }
      : { isGood: false, status: 'fail', received: errMsg, ms };
  const known = exchanges.find((exchange) => exchange.key === key);
  if (known) return exchanges.map((one) => (one === known ? { ...known, result } : one));
  const line = `${method} ${pathOf(url)}`;
  const idempotencyKey = keyIn(header);
  return [...exchanges, { key, from: 'phone', at, line, idempotencyKey, sent: body, result: phase === 'sent' ? null : result }];
}

/** What the back end asked of WeChat. */
export function exchangeOf({ path, sent, answer }: WechatCall, key: string, at: number): Exchange {
  const { errcode = 0 } = answer;
  const result = { isGood: errcode === 0, status: errcode === 0 ? '0 ok' : String(errcode), received: answer, ms: null };
  return { key, from: 'backend', at, line: `POST ${path}`, idempotencyKey: null, sent, result };
}
