// The faults that the panel can switch on, and how they reach the phone.
import { NO_FAULTS } from '../phone/faults';
import type { Faults } from '../shared/phone';
import {
  OFTEN_ASYNC_APIS,
  POPUP_ERRORS,
  UNCODED_ERRORS,
  type PopupErrorCode,
} from '../shared/wechat';

const SLOW_MS = 3000;

interface Switch {
  group: 'network' | 'wechat' | 'device';
  /** The faults while it is on; off, they are as in `NO_FAULTS`. */
  on: Partial<Faults>;
  /** It takes effect at the next launch. */
  atLaunch?: true;
}

const SWITCHES = {
  offline: { group: 'network', on: { offline: true } },
  backend500: { group: 'network', on: { backendStatus: 500 } },
  noTemplates: { group: 'network', on: { noTemplates: true } },
  slowNetwork: { group: 'network', on: { requestDelayMs: SLOW_MS } },
  chineseTimeout: { group: 'network', on: { chineseTimeout: true } },
  mainSwitchOff: { group: 'wechat', on: { mainSwitchOff: true } },
  banned: { group: 'wechat', on: { banned: true } },
  showWhilePopupOpen: { group: 'wechat', on: { showWhilePopupOpen: true } },
  codesAsStrings: { group: 'wechat', on: { codesAsStrings: true } },
  silentPopup: { group: 'wechat', on: { silentPopup: true } },
  asyncApis: { group: 'device', on: { asyncApis: OFTEN_ASYNC_APIS } },
  oldPromises: { group: 'device', on: { oldPromises: true }, atLaunch: true },
  noWasm: { group: 'device', on: { noWasm: true }, atLaunch: true },
  slowWasm: { group: 'device', on: { wasmDelayMs: SLOW_MS }, atLaunch: true },
} satisfies Record<string, Switch>;

export type SwitchName = keyof typeof SWITCHES;

export const SWITCH_NAMES = Object.keys(SWITCHES) as SwitchName[];

export const switchOf = (name: SwitchName): Switch => SWITCHES[name];

const keysOf = (name: SwitchName) => Object.keys(SWITCHES[name].on) as (keyof Faults)[];

export const turned = (name: SwitchName, on: boolean): Partial<Faults> =>
  on ? SWITCHES[name].on : Object.fromEntries(keysOf(name).map((key) => [key, NO_FAULTS[key]]));

/** By value: faults that were stored are copies. */
export const isOn = (name: SwitchName, faults: Faults): boolean =>
  keysOf(name).some((key) => String(faults[key]) !== String(NO_FAULTS[key]));

/** Errors for the next popup. */
export const NEXT_POPUP_ERRORS = [
  ...(Object.keys(POPUP_ERRORS).map(Number) as PopupErrorCode[]),
  ...UNCODED_ERRORS,
];

/** Errors that WeChat's server may answer to the back end. */
export const GATEWAY_ERRCODES = [42001, 43101, 40003, 40037, 47003, 45009, -1] as const;
export type GatewayErrcode = (typeof GATEWAY_ERRCODES)[number];
