// Errors that the mini-program did not catch.
import type { Host } from '../bridge';

/** @param where what was running, as the component engine words it */
export function report(host: Host, error: unknown, where?: string): void {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  host.log({ kind: 'error', text: where ? `${text}\n(${where})` : text });
  host.print('error', [error]);
}
