/** Failures from before the wasm runs; all others are made in `src/rules/failure.rs`. */
import type { Failed, FailureKind, SetupError } from './types';

const ADVICE: Partial<Record<FailureKind, string>> = {
  badArgument: 'wx-subscribe is not set up',
  internal: 'a defect of wx-subscribe, please report it',
  wasmUnavailable: 'the WebAssembly module could not be loaded: check `wasmPath`',
};

/** How much of a foreign string a message quotes, in UTF-16 units. */
const QUOTED = 300;

/** The failures made here: reading members of a foreign value would be less safe. */
const made = new WeakSet<object>();

/** Makes an error of this kind. */
export function failure(kind: FailureKind, detail: string): SetupError {
  const error = new Error(`${ADVICE[kind]} (${detail})`) as SetupError;
  error.kind = kind;
  error.code = null;
  error.retryable = kind === 'internal';
  made.add(error);
  return error;
}

/** The reason itself if `failure` made it, else a failure of this kind that quotes it. */
export function asFailure(reason: unknown, kind: FailureKind): SetupError {
  return made.has(reason as object) ? (reason as SetupError) : failure(kind, quote(reason));
}

/** The outcome of a call that could not start or continue. */
export function failed(reason: unknown): Failed {
  const { kind, code, message, retryable } = asFailure(reason, 'internal');
  return { status: 'failed', stage: 'setup', error: { kind, code, message, retryable } };
}

/** The message of any foreign value. A string that contains the openId is left out. */
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
