// Requests with their answers: the mini-program's and the back end's.
import type { Entry } from '../shared/phone';
import type { WechatCall } from './api';

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
  idempotencyKey: string | null;
  sent: unknown;
  /** null while it is pending. */
  result: { isGood: boolean; status: string; received: unknown; ms: number | null } | null;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function keyIn(header: Record<string, string>): string | null {
  return (
    Object.entries(header).find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1] ?? null
  );
}

/** The list of requests, updated by a log entry. */
export function withRequest(exchanges: Exchange[], entry: RequestEntry): Exchange[] {
  const {
    id,
    at,
    method,
    url,
    header,
    body,
    phase,
    statusCode = 0,
    response,
    errMsg,
    ms = null,
  } = entry;
  const key = `request-${id}`;
  const result =
    phase === 'answered'
      ? { isGood: statusCode < 400, status: String(statusCode), received: response, ms }
      : { isGood: false, status: 'fail', received: errMsg, ms };
  const known = exchanges.find((exchange) => exchange.key === key);
  if (known) return exchanges.map((one) => (one === known ? { ...known, result } : one));
  const line = `${method} ${pathOf(url)}`;
  const idempotencyKey = keyIn(header);
  return [
    ...exchanges,
    {
      key,
      from: 'phone',
      at,
      line,
      idempotencyKey,
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
  return { key, from: 'backend', at, line: `POST ${path}`, idempotencyKey: null, sent, result };
}
