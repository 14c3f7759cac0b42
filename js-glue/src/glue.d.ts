/**
 * wasm-bindgen's own glue, which the build wraps into a function: each call
 * makes the glue of one instance.
 */
import type { Config, ExtraVariableMap, OpenedSettings, Outcome, SubscriptionSettings } from './types';

type Resolve<T> = (value: T) => void;

/** The exports of the module, see `src/js.rs`; and what it imports. */
export interface Glue {
  configure(config: Config, host: unknown, callback: Glue['settle']): unknown;
  settle(ticket: number, how: number, value: unknown): void;
  subscribe(type: number, busNo: string, extra: ExtraVariableMap | undefined, resolve: Resolve<Outcome>): void;
  prefetch(type: number, busNo: string, resolve: Resolve<string[]>): void;
  flushReports(resolve: Resolve<{ sent: number; pending: number }>): void;
  subscriptionSettings(resolve: Resolve<SubscriptionSettings>): void;
  openSubscriptionSettings(resolve: Resolve<OpenedSettings>): void;
  imports: Record<string, unknown>;
  __wbg_set_wasm(exports: object): void;
}

export function createGlue(): Glue;
