// Data that survives a launch: the mini-program's storage, kept choices, notifications.
import type { Faults, ServiceNotification } from '../shared/phone';
import type { SubscriptionState } from './bridge';

/** Prefix of all keys of the phone in `localStorage`. */
const PREFIX = 'wx-phone';

export interface Account {
  storage: {
    get(key: string): string | null;
    set(key: string, text: string): boolean;
    remove(key: string): void;
    keys(): string[];
  };
  kept(): SubscriptionState['kept'];
  keep(choices: SubscriptionState['kept']): void;
  notifications(): ServiceNotification[];
  /** One that is known already is not added again. */
  addNotification(notification: ServiceNotification): void;
  faults(): Partial<Faults>;
  keepFaults(faults: Faults): void;
  /** Whether a key of `localStorage` is of this account. */
  owns(key: string | null): boolean;
  clear(): void;
}

/** The oldest go first. */
const MOST_NOTIFICATIONS = 50;

export function createAccount(appId: string): Account {
  const prefix = `${PREFIX}:${appId}:`;
  const storagePrefix = `${prefix}storage:`;
  const namesWith = (start: string) =>
    Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '').filter(
      (name) => name.startsWith(start),
    );

  function read<T>(name: string, otherwise: T): T {
    try {
      const text = localStorage.getItem(prefix + name);
      return text === null ? otherwise : (JSON.parse(text) as T);
    } catch {
      // Written by another program or an earlier version.
      return otherwise;
    }
  }
  const write = (name: string, value: unknown) =>
    localStorage.setItem(prefix + name, JSON.stringify(value));

  return {
    storage: {
      get: (key) => localStorage.getItem(storagePrefix + key),
      set(key, text) {
        try {
          localStorage.setItem(storagePrefix + key, text);
          return true;
        } catch {
          return false;
        }
      },
      remove: (key) => localStorage.removeItem(storagePrefix + key),
      keys: () => namesWith(storagePrefix).map((name) => name.slice(storagePrefix.length)),
    },
    kept: () => read('kept', {}),
    keep: (choices) => write('kept', { ...read('kept', {}), ...choices }),
    notifications: () => read('notifications', []),
    addNotification(notification) {
      const known = read<ServiceNotification[]>('notifications', []);
      if (known.some(({ id }) => id === notification.id)) return;
      write('notifications', [...known, notification].slice(-MOST_NOTIFICATIONS));
    },
    faults: () => read('faults', {}),
    keepFaults: (faults) => write('faults', faults),
    owns: (key) => key === null || key.startsWith(prefix),
    clear: () => namesWith(prefix).forEach((name) => localStorage.removeItem(name)),
  };
}
