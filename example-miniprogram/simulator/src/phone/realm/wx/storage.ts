// wx.getStorage and its family: typed values under one prefix.
import { FULL, LIMIT_BYTES, NOT_FOUND, checkKey, checkRoom, sizeOf } from '../../../shared/wechat';
import type { Core } from '../core';
import { type Options, createApi } from './api';

/** The types that storage keeps; functions, symbols and bigints are refused. */
type Stored = {
  type: 'String' | 'Number' | 'Boolean' | 'Object' | 'Array' | 'Date' | 'Null' | 'Undefined';
  data: string;
};

function encode(value: unknown): string {
  const type = Object.prototype.toString.call(value).slice(8, -1) as Stored['type'];
  let data: string | undefined;
  switch (type) {
    case 'String':
      data = value as string;
      break;
    case 'Number':
    case 'Boolean':
      data = String(value);
      break;
    case 'Date':
      data = String((value as Date).getTime());
      break;
    case 'Null':
    case 'Undefined':
      data = '';
      break;
    default:
      data = JSON.stringify(value);
  }
  if (data === undefined) throw new Error(`the data of type ${type} cannot be stored`);
  return JSON.stringify({ type, data });
}

function decode(text: string): unknown {
  const { type, data } = JSON.parse(text) as Stored;
  switch (type) {
    case 'String':
      return data;
    case 'Number':
      return Number(data);
    case 'Boolean':
      return data === 'true';
    case 'Date':
      return new Date(Number(data));
    case 'Null':
      return null;
    case 'Undefined':
      return undefined;
    default:
      return JSON.parse(data);
  }
}

export function createStorage(core: Core): Record<string, (...given: never[]) => unknown> {
  const { host } = core;
  const keys = () => JSON.parse(host.storageKeys()) as string[];
  const sizeOfEntry = (key: string) => {
    const text = host.storageGet(key);
    return text === null ? 0 : sizeOf(key) + sizeOf(text);
  };
  const usedBytes = () => keys().reduce((sum, key) => sum + sizeOfEntry(key), 0);

  function set(key: unknown, value: unknown): void {
    const name = checkKey(key);
    const text = encode(value);
    checkRoom({ key: name, text, others: usedBytes() - sizeOfEntry(name) });
    if (!host.storageSet(name, text)) throw new Error(FULL);
  }
  function get(key: unknown): { found: boolean; data: unknown } {
    const text = host.storageGet(checkKey(key));
    return text === null ? { found: false, data: '' } : { found: true, data: decode(text) };
  }
  const info = () => ({
    keys: keys(),
    currentSize: Math.ceil(usedBytes() / 1024),
    limitSize: LIMIT_BYTES / 1024,
  });
  const clear = () => keys().forEach((key) => host.storageRemove(key));

  /** The `…Sync` of an API throws what its callback form fails with. */
  function sync<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new Error(`${name}:fail ${(error as Error).message}`);
    }
  }
  const api = (name: string, work: (options: Options) => Options | void) =>
    createApi(
      core,
      name,
      (options, settle) => {
        if (options.encrypt) {
          settle.fail('encrypt is not simulated');
          return;
        }
        try {
          settle.success(work(options) ?? {});
        } catch (error) {
          settle.fail((error as Error).message);
        }
      },
      { logged: false },
    );

  return {
    setStorageSync: (key: unknown, value: unknown) => sync('setStorageSync', () => set(key, value)),
    getStorageSync: (key: unknown) => sync('getStorageSync', () => get(key).data),
    removeStorageSync: (key: unknown) =>
      sync('removeStorageSync', () => host.storageRemove(checkKey(key))),
    clearStorageSync: () => clear(),
    getStorageInfoSync: () => info(),
    setStorage: api('setStorage', ({ key, data }) => set(key, data)),
    getStorage: api('getStorage', ({ key }) => {
      const { found, data } = get(key);
      if (!found) throw new Error(NOT_FOUND);
      return { data };
    }),
    removeStorage: api('removeStorage', ({ key }) => host.storageRemove(checkKey(key))),
    clearStorage: api('clearStorage', clear),
    getStorageInfo: api('getStorageInfo', info),
  };
}
