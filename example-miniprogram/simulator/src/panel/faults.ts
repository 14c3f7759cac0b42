// The faults that the panel can switch on, and how they reach the phone.
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
  isOn(faults: Faults): boolean;
  turned(on: boolean): Partial<Faults>;
  /** It takes effect at the next launch. */
  atLaunch?: true;
}

export const SWITCHES = {
  offline: {
    group: 'network',
    isOn: (faults) => faults.offline,
    turned: (offline) => ({ offline }),
  },
  backend500: {
    group: 'network',
    isOn: (faults) => faults.backendStatus !== null,
    turned: (on) => ({ backendStatus: on ? 500 : null }),
  },
  noTemplates: {
    group: 'network',
    isOn: (faults) => faults.noTemplates,
    turned: (noTemplates) => ({ noTemplates }),
  },
  slowNetwork: {
    group: 'network',
    isOn: (faults) => faults.requestDelayMs > 0,
    turned: (on) => ({ requestDelayMs: on ? SLOW_MS : 0 }),
  },
  chineseTimeout: {
    group: 'network',
    isOn: (faults) => faults.chineseTimeout,
    turned: (chineseTimeout) => ({ chineseTimeout }),
  },
  mainSwitchOff: {
    group: 'wechat',
    isOn: (faults) => faults.mainSwitchOff,
    turned: (mainSwitchOff) => ({ mainSwitchOff }),
  },
  banned: { group: 'wechat', isOn: (faults) => faults.banned, turned: (banned) => ({ banned }) },
  showWhilePopupOpen: {
    group: 'wechat',
    isOn: (faults) => faults.showWhilePopupOpen,
    turned: (showWhilePopupOpen) => ({ showWhilePopupOpen }),
  },
  codesAsStrings: {
    group: 'wechat',
    isOn: (faults) => faults.codesAsStrings,
    turned: (codesAsStrings) => ({ codesAsStrings }),
  },
  silentPopup: {
    group: 'wechat',
    isOn: (faults) => faults.silentPopup,
    turned: (silentPopup) => ({ silentPopup }),
  },
  asyncApis: {
    group: 'device',
    isOn: (faults) => faults.asyncApis.length > 0,
    turned: (on) => ({ asyncApis: on ? OFTEN_ASYNC_APIS : [] }),
  },
  oldPromises: {
    group: 'device',
    isOn: (faults) => faults.oldPromises,
    turned: (oldPromises) => ({ oldPromises }),
    atLaunch: true,
  },
  noWasm: {
    group: 'device',
    isOn: (faults) => faults.noWasm,
    turned: (noWasm) => ({ noWasm }),
    atLaunch: true,
  },
  slowWasm: {
    group: 'device',
    isOn: (faults) => faults.wasmDelayMs > 0,
    turned: (on) => ({ wasmDelayMs: on ? SLOW_MS : 0 }),
    atLaunch: true,
  },
} as const satisfies Record<string, Switch>;

export type SwitchName = keyof typeof SWITCHES;

export const switchOf = (name: SwitchName): Switch => SWITCHES[name];

/** Errors for the next popup. */
export const NEXT_POPUP_ERRORS = [
  ...(Object.keys(POPUP_ERRORS).map(Number) as PopupErrorCode[]),
  ...UNCODED_ERRORS,
];

/** Errors that WeChat's server may answer to the back end. */
export const GATEWAY_ERRCODES = [42001, 43101, 40003, 40037, 47003, 45009, -1] as const;
export type GatewayErrcode = (typeof GATEWAY_ERRCODES)[number];
