/** The failures that come before there is any wasm; the others are made in `src/failure.rs`. */
import type { Failed, FailureKind, SetupError } from './types';

const ADVICE: Partial<Record<FailureKind, string>> = {
  badArgument: 'wx-subscribe is not set up',
  internal: 'a defect of wx-subscribe, please report it',
  wasmUnavailable: 'the WebAssembly module could not be loaded: check `wasmPath`',
};

/** How much of a foreign text a message quotes, in UTF-16 units. */
const QUOTED = 300;

/** The failures made here: no look at a foreign value tells them apart as safely. */
const made = new WeakSet<object>();

/** An error that is a failure, too. */
export function failure(kind: FailureKind, detail: string): SetupError {
  const error = new Error(`${ADVICE[kind]} (${detail})`) as SetupError;
  error.kind = kind;
  error.code = null;
  error.retryable = kind === 'internal';
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

/** What a foreign value says of itself, whatever it is. A text with the openId in it is left out. */
export function quote(reason: unknown): string {
  try {
    const { message, errMsg } = (reason || {}) as { message?: unknown; errMsg?: unknown };
    const text = String(message || errMsg || reason);
    const openId = typeof wx === 'undefined' ? '' : wx.getStorageSync('openId');
    return openId && text.indexOf(openId) >= 0 ? '' : text.slice(0, QUOTED);
  } catch (_) {
    return '';
  }
}
