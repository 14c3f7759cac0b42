/** 微信小程序订阅消息：从触发类型到上报授权结果。 */
import { asFailure, failed, failure, guard, quote } from './failure';
import type { Glue, Instance } from './instance';
import { load } from './loader';
import { offer } from './offer';
import type {
  Config,
  Diagnostics,
  ExtraVariableMap,
  OfferedSettings,
  OpenedSettings,
  Outcome,
  Preview,
  SettingsOffer,
  SubscribeEvent,
  SubscribeOptions,
  SubscriptionSettings,
} from './types';

export * from './types';

declare const VERSION: string;

/** The version of this package. */
export const version: string = VERSION;

/** How often the SDK starts anew by itself after a trap, with no call that succeeded in between. */
const MOST_REVIVALS = 3;

/** The SDK at work, once there is one. */
let running: Glue | undefined;
/** What runs it. */
let engine: Instance['engine'];
/** The newest start, by `setup` or after a trap. */
let newest: Promise<void> | undefined;
/** The starts that are under way, oldest first. */
const starting: Promise<void>[] = [];
/** What the newest `setup` was given. */
let configured: Config | undefined;
/** The newest configuration that the SDK has started with. */
let proven: Config | undefined;
let revivals = 0;
/** Whether the next call is to start the SDK anew, as it trapped and did not come back by itself. */
let dormant = false;
/** What ends each call that is under way. */
const pending = new Set<(reason: unknown) => void>();

/**
 * Loads the wasm and starts the SDK. Call it at app launch; a second call
 * applies the new configuration, and is how to try again after a failure.
 * @throws SetupError (as a rejection) if the configuration is wrong or the wasm cannot be loaded
 */
export function setup(config: Config): Promise<void> {
  revivals = 0;
  dormant = false;
  return begin(() => {
    configured = copiedConfig(config);
    guard(configured);
    return start(configured);
  });
}

/** Begins a start. It throws nothing. */
function begin(work: () => Promise<void>): Promise<void> {
  const own = new Promise<void>((resolve) => resolve(work())).catch((reason) => {
    throw asFailure(reason, 'badArgument');
  });
  newest = own;
  starting.push(own);
  const end = (): void => {
    starting.splice(starting.indexOf(own), 1);
  };
  own.then(end, end);
  return own;
}

/** The application may change its object before it is read. */
function copiedConfig(config: Config): Config {
  if (!config || typeof config !== 'object' || Array.isArray(config)) return config;
  const copy: Config = Object.assign(Object.create(Object.getPrototypeOf(config)), config);
  const { triggers } = copy;
  if (triggers && typeof triggers === 'object' && !Array.isArray(triggers))
    copy.triggers = Object.assign({}, triggers);
  return copy;
}

/** The same for a map that a message is to show. What JSON cannot hold stays so. */
function copiedMap(map: ExtraVariableMap | undefined): ExtraVariableMap | undefined {
  if (map === undefined || map === null) return undefined;
  try {
    return JSON.parse(JSON.stringify(map));
  } catch (_) {
    return { toJSON() {} };
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
    engine = instance.engine;
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

/** Starts anew after a trap. */
function revive(): void {
  dormant = false;
  begin(() => start(proven as Config)).catch(() => {
    dormant = true;
  });
}

/** The module says in a string what is wrong with the configuration. Anything else is no error of our module. */
function refused(instance: Instance, reason: unknown): Error {
  if (typeof reason === 'string') return failure('badArgument', reason);
  instance.trap = reason;
  return failure('wasmUnavailable', quote(reason));
}

function trapped(reason: unknown): Error {
  return failure('internal', quote(reason));
}

/**
 * Asks the user to subscribe to the messages of this moment. Call it first
 * thing in a tap handler. Never rejects, never hangs.
 * @param type a trigger type, see `TriggerType`
 * @param busNo the business number: a product, an order, a company
 * @param extraVariableMap what the message is to show, such as a price
 * @param options how to ask
 */
export function asyncSubscribeMessage(
  type: number,
  busNo: string,
  extraVariableMap?: ExtraVariableMap,
  options?: SubscribeOptions,
): Promise<Outcome> {
  // A call that has to wait asks for what it was given now.
  const extra = running ? extraVariableMap : copiedMap(extraVariableMap);
  return use<Outcome>((sdk, resolve) => sdk.subscribe(type, busNo, extra, options, resolve)).catch(
    failed,
  );
}

/**
 * Fetches the templates of a moment ahead of its tap. Call it in `onLoad` or
 * `onShow`. Never rejects: `[]` after a failure, and an event says why.
 */
export function prefetchTemplates(type: number, busNo: string): Promise<string[]> {
  return use<string[]>((sdk, resolve) => sdk.prefetch(type, busNo, resolve)).catch((error) => {
    tell({ name: 'templatesFailed', triggerAct: '', busNo, error: failed(error).error });
    return [];
  });
}

/**
 * What a tap would do now. Fetches the templates as `prefetchTemplates` does, and
 * reads the settings at most once in 10 minutes, unless they may have changed. So
 * call it in `onReady` or later, not in `onLoad` or `onShow`: WeChat limits how
 * often settings are read. Never rejects.
 */
export function previewSubscription(type: number, busNo: string): Promise<Preview> {
  return use<Preview>((sdk, resolve) => sdk.preview(type, busNo, resolve)).catch(() => ({
    status: 'unknown',
    ask: [],
    keptAccepted: [],
    keptRejected: [],
    mainSwitch: null,
    coolDownUntil: null,
  }));
}

/** Sends the reports that wait, and tells how many went and how many still wait. */
export function flushReports(): Promise<{ sent: number; pending: number }> {
  return use((sdk, resolve) => sdk.flushReports(resolve));
}

/** The user's settings for subscription messages. */
export function getSubscriptionSettings(): Promise<SubscriptionSettings> {
  return use((sdk, resolve) => sdk.subscriptionSettings(resolve));
}

/** Opens the settings page, in a tap, and tells what is set then. */
export function openSubscriptionSettings(): Promise<OpenedSettings> {
  return use((sdk, resolve) => sdk.openSubscriptionSettings(resolve));
}

/**
 * The way back to a user who has refused for good, or turned messages off: asks
 * in a modal whether to open the settings, opens them, and tells what is set
 * then. A grant needs a further tap. Call it anywhere, it needs no tap. Never
 * rejects.
 */
export function offerSettings(texts: SettingsOffer): Promise<OfferedSettings> {
  return offer(texts, openSubscriptionSettings);
}

/** How the SDK is doing, for a log or a support page. It names no user. Never rejects. */
export function getDiagnostics(): Promise<Diagnostics> {
  type Running = Extract<Diagnostics, { status: 'running' }>;
  return use<Omit<Running, 'status' | 'version' | 'engine'>>((sdk, resolve) =>
    sdk.diagnostics(resolve),
  ).then(
    // A copy: the module goes on with its own.
    (found): Diagnostics =>
      Object.assign(
        { status: 'running' as const, version, engine },
        JSON.parse(JSON.stringify(found)) as typeof found,
      ),
    (reason): Diagnostics => ({
      status: 'notRunning',
      version,
      engine: null,
      error: failed(reason).error,
    }),
  );
}

/** Tells the application of a step that the SDK itself never got to see. */
function tell(event: SubscribeEvent): void {
  new Promise<unknown>((resolve) =>
    resolve(configured && configured.onEvent && configured.onEvent(event)),
  ).catch(() => {
    // What it throws, or its promise is rejected with, is its own affair.
  });
}

/** Calls the SDK: at once if it is there, since a tap does not wait. */
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
  if (!newest)
    return Promise.reject(failure('badArgument', 'call setup first, in app.js onLaunch'));
  const awaited = starting[starting.length - 1] || newest;
  return awaited.then(
    () => use(call),
    (reason) => {
      // Another `setup` may have begun before, and come to more.
      if (running || starting.length) return use(call);
      throw reason;
    },
  );
}
