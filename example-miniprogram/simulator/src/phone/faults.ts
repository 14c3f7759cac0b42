// The faults of the phone, and their subscribers. They survive a reload, and are
// the same in every tab.
import type { Faults } from '../shared/phone';
import { MAX_TEMPLATES } from '../shared/wechat';
import type { Account } from './account';

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
  /** Another tab has changed them. */
  readAgain(): void;
  set(changes: Partial<Faults>): void;
  onChange(listener: (faults: Readonly<Faults>, before: Readonly<Faults>) => void): () => void;
}

export function createFaults(account: Account): FaultSwitches {
  const listeners = new Set<(faults: Readonly<Faults>, before: Readonly<Faults>) => void>();
  let faults: Readonly<Faults> = { ...NO_FAULTS, ...account.faults() };
  function become(next: Faults): void {
    const before = faults;
    faults = next;
    listeners.forEach((listener) => listener(faults, before));
  }
  return {
    now: () => faults,
    readAgain: () => become({ ...NO_FAULTS, ...account.faults() }),
    set(changes) {
      const next = { ...faults, ...changes };
      account.keepFaults(next);
      become(next);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
