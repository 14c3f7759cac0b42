/** The failures that come before there is any wasm; the others are made in `src/failure.rs`. */
import type { Config, Failed, FailureKind, SetupError } from './types';

const ADVICE: Partial<Record<FailureKind, string>> = {
  badArgument: 'wx-subscribe is not set up',
  unsupportedHost: 'this client lacks the API: update WeChat',
  unknown: 'wx.showModal failed',
  timeout: 'no answer in time',
  internal: 'a defect of wx-subscribe, please report it',
  wasmUnavailable:
    'the WebAssembly module could not be loaded: check `wasmPath` (Taro, Mpx: /wx_subscribe.wasm; ' +
    'uni-app: import it with ?url; a subpackage: /its-root/miniprogram_npm/…)',
};

/** How much of a foreign text a message quotes, in UTF-16 units. */
const QUOTED = 300;

/** How much of an openId tells as much as the whole, as in `src/rules/secrecy.rs`. */
const TELLING = 16;

/** The failures made here: no look at a foreign value tells them apart as safely. */
const made = new WeakSet<object>();

/** An error that is a failure, too. */
export function failure(kind: FailureKind, detail: string): SetupError {
  const error = new Error(`${ADVICE[kind]} (${detail})`) as SetupError;
  error.kind = kind;
  error.code = null;
  error.retryable = kind === 'internal' || kind === 'timeout';
  made.add(error);
  return error;
}

/** The reason itself if it was made by `failure`, or else one of this kind that quotes it. */
export function asFailure(reason: unknown, kind: FailureKind): SetupError {
  return made.has(reason as object) ? (reason as SetupError) : failure(kind, quote(reason));
}

/** The outcome of a call that something kept from starting, or from going on. */
export function failed(reason: unknown): Failed {
  const { kind, code, message, retryable } = asFailure(reason, 'internal');
  return { status: 'failed', stage: 'setup', error: { kind, code, message, retryable } };
}

/** Where the openId comes from that no message may quote. */
let source: Config['openId'] | null;

/** No message quotes the openId of this configuration from now on. */
export function guard(config: Config): void {
  source = config && config.openId;
}

/** What a foreign value says of itself, whatever it is. A text with the openId in it is left out. */
export function quote(reason: unknown): string {
  try {
    const { message, errMsg } = (reason || {}) as { message?: unknown; errMsg?: unknown };
    const text = String(message || errMsg || reason);
    return openIds().some((openId) => tells(text, openId)) ? '' : text.slice(0, QUOTED);
  } catch (_) {
    return '';
  }
}

/** The openIds that are known without waiting. */
function openIds(): string[] {
  const stored: unknown = typeof wx === 'undefined' ? '' : wx.getStorageSync('openId');
  const given: unknown = typeof source === 'function' ? source() : source;
  if (given && typeof given === 'object') Promise.resolve(given).catch(() => {});
  return [stored, given].filter((openId): openId is string => typeof openId === 'string');
}

/** Whether the text holds the openId, or so much of it in a row. Letters have no case. */
function tells(text: string, openId: string): boolean {
  const [where, what] = [text.toLowerCase(), openId.toLowerCase()];
  const length = Math.min(what.length, TELLING);
  for (let at = 0; length && at + length <= what.length; at++) {
    if (where.indexOf(what.substr(at, length)) >= 0) return true;
  }
  return false;
}
