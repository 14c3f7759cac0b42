/** The failures that come before there is any wasm; the others are made in `src/failure.rs`. */
import type { Failed, Failure, FailureKind, SetupError } from './types';

const ADVICE: Partial<Record<FailureKind, string>> = {
  badArgument: 'wx-subscribe is not set up',
  internal: 'a defect of wx-subscribe, please report it',
  wasmUnavailable: 'the WebAssembly module could not be loaded: check `wasmPath`',
};

/** An error that is a failure, too. */
export function failure(kind: FailureKind, detail: string): SetupError {
  const error = new Error(`${ADVICE[kind]} (${detail})`) as SetupError;
  error.kind = kind;
  error.code = null;
  error.retryable = kind === 'internal';
  return error;
}

/** The outcome of a call that a failure kept from starting. */
export function failed({ kind, code, message, retryable }: Failure): Failed {
  return { status: 'failed', stage: 'setup', error: { kind, code, message, retryable } };
}
