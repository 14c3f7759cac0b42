/** 微信小程序订阅消息：从触发类型到上报授权结果。 */
import { failed, failure, quote } from './failure';
import type { Glue, Instance } from './instance';
import { load } from './loader';
import type { Config, ExtraVariableMap, OpenedSettings, Outcome, SubscribeEvent, SubscriptionSettings } from './types';

export * from './types';

declare const VERSION: string;

/** The version of this package. */
export const version: string = VERSION;

/** How often the SDK restarts by itself after a trap without a successful call in between. */
const MOST_REVIVALS = 3;

/** The running SDK. */
let running: Glue | undefined;
/** The latest start, by `setup` or after a trap. */
let starting: Promise<void> | undefined;
/** The configuration of the latest `setup`. */
let configured: Config | undefined;
/** The latest configuration that the SDK accepted. */
let proven: Config | undefined;
let revivals = 0;
/** Whether the next call has to restart the SDK: it trapped, and restarting by itself failed. */
let dormant = false;
/** Rejects the calls that are under way. */
const pending = new Set<(reason: unknown) => void>();

/**
 * Loads the wasm and starts the SDK. Call it at app launch; a second call
 * applies the new configuration, or retries after a failure.
 * @throws SetupError (as a rejection) if the configuration is wrong or the wasm cannot be loaded
 */
export function setup(config: Config): Promise<void> {
  configured = copied(config);
  revivals = 0;
  dormant = false;
  starting = start(configured);
  return starting;
}

/** A copy: later changes to the object, while the module loads or restarts, have no effect. */
function copied(config: Config): Config {
  if (config === null || typeof config !== 'object' || Array.isArray(config)) return config;
  const copy: Record<string, unknown> = {};
  try {
    for (const key in config) {
      const value: unknown = config[key as keyof Config];
      copy[key] = key === 'triggers' ? copyOf(value) : value;
    }
  } catch (_) {
    return config;
  }
  return copy;
}

/** A JSON copy; for a value without JSON, an invalid value that the call refuses. */
function copyOf(value: unknown): unknown {
  if (value === undefined || value === null) return value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (_) {
    return 0;
  }
}

function start(config: Config): Promise<void> {
  return load(config || {}).then((instance) => {
    const { glue } = instance;
    let refusal: unknown;
    try {
      glue.configure(config, typeof wx === 'undefined' ? undefined : wx, glue);
    } catch (error) {
      refusal = error || 'it throws';
    }
    if (instance.trap) throw trapped(instance.trap);
    if (refusal !== undefined) throw refused(instance, refusal);
    running = glue;
    proven = config;
    instance.onTrap = (reason) => {
      running = undefined;
      dormant = revivals >= MOST_REVIVALS;
      revivals++;
      if (!dormant) revive();
      pending.forEach((end) => end(trapped(reason)));
      pending.clear();
    };
  });
}

/** Restarts after a trap. */
function revive(): void {
  dormant = false;
  starting = start(proven as Config);
  starting.catch(() => {
    dormant = true;
  });
}

/** The module throws a string if the configuration is wrong. Anything else means that it is not our module. */
function refused(instance: Instance, reason: unknown): Error {
  if (typeof reason === 'string') return failure('badArgument', reason);
  instance.trap = reason;
  return failure('wasmUnavailable', quote(reason));
}

function trapped(reason: unknown): Error {
  return failure('internal', quote(reason));
}

/**
 * Asks the user to subscribe to the messages of this moment. Call it first in a
 * tap handler. Never rejects, never hangs.
 * @param type a trigger type, see `TriggerType`
 * @param busNo the business number: a product, an order, a company
 * @param extraVariableMap what the message is to show, such as a price
 */
export function asyncSubscribeMessage(
  type: number,
  busNo: string,
  extraVariableMap?: ExtraVariableMap,
): Promise<Outcome> {
  // The SDK copies it at once; until there is one, it is copied here.
  const extra = (running ? extraVariableMap : copyOf(extraVariableMap)) as ExtraVariableMap;
  return use<Outcome>((sdk, resolve) => sdk.subscribe(type, busNo, extra, resolve)).catch(failed);
}

/**
 * Fetches the templates of a moment ahead of its tap. Call it in `onLoad` or
 * `onShow`. Never rejects: resolves to `[]` after a failure, and an event has the reason.
 */
export function prefetchTemplates(type: number, busNo: string): Promise<string[]> {
  return use<string[]>((sdk, resolve) => sdk.prefetch(type, busNo, resolve)).catch((error) => {
    tell({ name: 'templatesFailed', triggerAct: '', busNo, error: failed(error).error });
    return [];
  });
}

/** Sends the waiting reports. Resolves to how many were sent and how many still wait. */
export function flushReports(): Promise<{ sent: number; pending: number }> {
  return use((sdk, resolve) => sdk.flushReports(resolve));
}

/** The user's settings for subscription messages. */
export function getSubscriptionSettings(): Promise<SubscriptionSettings> {
  return use((sdk, resolve) => sdk.subscriptionSettings(resolve));
}

/** Opens the settings page, in a tap. Resolves to the settings afterwards. */
export function openSubscriptionSettings(): Promise<OpenedSettings> {
  return use((sdk, resolve) => sdk.openSubscriptionSettings(resolve));
}

/** Sends an event about a call that never reached the SDK. */
function tell(event: SubscribeEvent): void {
  try {
    if (configured && configured.onEvent) configured.onEvent(event);
  } catch (_) {
    // Exceptions of the application are ignored.
  }
}

/** Calls the SDK: synchronously if it runs, because a tap does not wait. */
function use<T>(call: (sdk: Glue, resolve: (value: T) => void) => void): Promise<T> {
  const sdk = running;
  if (!sdk && dormant) revive();
  if (sdk) {
    return new Promise((resolve, reject) => {
      pending.add(reject);
      try {
        call(sdk, (value) => {
          pending.delete(reject);
          revivals = 0;
          resolve(value);
        });
      } catch (error) {
        pending.delete(reject);
        reject(trapped(error));
      }
    });
  }
  if (!starting) return Promise.reject(failure('badArgument', 'call setup first, in app.js onLaunch'));
  return starting.then(() => use(call));
}
