// Requests with their answers: the mini-program's and the back end's.
import type { Entry } from '../shared/phone';
import type { WechatCall } from './wechat-stream';

/** `phone`: the mini-program to the back end; `backend`: the back end to WeChat. */
export type Direction = 'phone' | 'backend';

type RequestEntry = Extract<Entry, { kind: 'request' }>;

/** One request and its result, as far as it is known. */
export interface Exchange {
  key: string;
  from: Direction;
  /** When it was sent, in milliseconds since the launch. */
  at: number;
  line: string;
  /** Its headers about the report, readable. */
  headers: string[];
  sent: unknown;
  /** null while it is pending. */
  result: { isGood: boolean; status: string; received: unknown; ms: number | null } | null;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

const REPORT_HEADER = /^(idempotency-key|subscribe-)/i;

/** A trigger is percent-encoded, as headers are ASCII. */
function readable(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const capitalized = (name: string): string =>
  name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

const headersIn = (header: Record<string, string>): string[] =>
  Object.entries(header)
    .filter(([name]) => REPORT_HEADER.test(name))
    .map(([name, value]) => `${capitalized(name)}: ${readable(String(value))}`);

/** The list of requests, updated by a log entry. */
export function withRequest(exchanges: Exchange[], entry: RequestEntry): Exchange[] {
  const { id, at, method, url, header, body, phase, response, errMsg } = entry;
  const { statusCode = 0, ms = null } = entry;
  const key = `request-${id}`;
  const result =
    phase === 'answered'
      ? { isGood: statusCode < 400, status: String(statusCode), received: response, ms }
      : { isGood: false, status: 'fail', received: errMsg, ms };
  const known = exchanges.find((exchange) => exchange.key === key);
  if (known) return exchanges.map((one) => (one === known ? { ...known, result } : one));
  const line = `${method} ${pathOf(url)}`;
  return [
    ...exchanges,
    {
      key,
      from: 'phone',
      at,
      line,
      headers: headersIn(header),
      sent: body,
      result: phase === 'sent' ? null : result,
    },
  ];
}

/** A call of the back end to WeChat. */
export function exchangeOf({ path, sent, answer }: WechatCall, key: string, at: number): Exchange {
  const { errcode = 0 } = answer;
  const result = {
    isGood: errcode === 0,
    status: errcode === 0 ? '0 ok' : String(errcode),
    received: answer,
    ms: null,
  };
  return { key, from: 'backend', at, line: `POST ${path}`, headers: [], sent, result };
}
