/**
 * wasm-bindgen's own glue, which the build wraps into a function: each call
 * makes the glue of one instance.
 */
import type { Config, ExtraVariableMap, OpenedSettings, Outcome, SubscriptionSettings } from './types';

/** `src/js.rs` */
export interface Sdk {
  configure(config: Config): void;
  subscribe(type: number, busNo: string, extra?: ExtraVariableMap): Promise<Outcome>;
  prefetch(type: number, busNo: string): Promise<string[]>;
  flushReports(): Promise<{ sent: number; pending: number }>;
  subscriptionSettings(): Promise<SubscriptionSettings>;
  openSubscriptionSettings(): Promise<OpenedSettings>;
}

export interface Glue {
  Sdk: new (wx: unknown, config: Config) => Sdk;
  __wbg_set_wasm(exports: object): void;
}

export function createGlue(): Glue;
