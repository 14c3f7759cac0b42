/** The failures that come before there is any wasm; the others are made in `src/failure.rs`. */
import type { Failed, Failure, FailureKind, SetupError } from './types';

const ADVICE: Partial<Record<FailureKind, string>> = {
  badArgument: 'wx-subscribe is not set up',
  internal: 'a defect of wx-subscribe, please report it',
  wasmUnavailable: 'the WebAssembly module could not be loaded: check `wasmPath`',
};

/** How much of a foreign text a message quotes, in UTF-16 units. */
const QUOTED = 300;

/** An error that is a failure, too. */
export function failure(kind: FailureKind, detail: string): SetupError {
  const error = new Error(`${ADVICE[kind]} (${detail})`) as SetupError;
  error.kind = kind;
  error.code = null;
  error.retryable = kind === 'internal';
  return error;
}

export function isFailure(reason: object): reason is Failure {
  return 'kind' in reason && 'retryable' in reason;
}

/** The outcome of a call that something kept from starting, or from going on. */
export function failed(reason: unknown): Failed {
  const known = reason instanceof Error && isFailure(reason) ? reason : failure('internal', quote(reason));
  const { kind, code, message, retryable } = known;
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
