// The faults of the phone, and their subscribers.
import type { Faults } from '../shared/phone';
import { MAX_TEMPLATES } from '../shared/wechat';

export const NO_FAULTS: Faults = {
  offline: false,
  backendStatus: null,
  noTemplates: false,
  requestDelayMs: 0,
  mainSwitchOff: false,
  banned: false,
  bannedTemplates: [],
  maxTemplates: MAX_TEMPLATES,
  nextPopupError: null,
  silentPopup: false,
  showWhilePopupOpen: false,
  codesAsStrings: false,
  asyncApis: [],
  chineseTimeout: false,
  oldPromises: false,
  noWasm: false,
  wasmDelayMs: 0,
};

export interface FaultSwitches {
  now(): Readonly<Faults>;
  set(changes: Partial<Faults>): void;
  onChange(listener: (faults: Readonly<Faults>, before: Readonly<Faults>) => void): () => void;
}

export function createFaults(): FaultSwitches {
  const listeners = new Set<(faults: Readonly<Faults>, before: Readonly<Faults>) => void>();
  let faults: Readonly<Faults> = NO_FAULTS;
  return {
    now: () => faults,
    set(changes) {
      const before = faults;
      faults = { ...faults, ...changes };
      listeners.forEach((listener) => listener(faults, before));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
