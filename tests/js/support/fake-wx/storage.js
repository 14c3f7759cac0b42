// The fake storage, over `cells`: a plain object of JSON strings that outlives the app.
'use strict';

const {
  LIMIT_BYTES,
  NOT_FOUND,
  checkKey,
  checkRoom,
  sizeOf,
} = require('../../../wechat/storage.js');

function createStorage(platform, api) {
  const { cells } = platform;
  const has = (key) => Object.prototype.hasOwnProperty.call(cells, key);
  const sizeOfCell = (key) => sizeOf(key) + sizeOf(cells[key]);
  const currentSize = () => Object.keys(cells).reduce((sum, key) => sum + sizeOfCell(key), 0);

  const operations = {
    get(key) {
      checkKey(key);
      if (!has(key)) throw new Error(NOT_FOUND);
      return JSON.parse(cells[key]);
    },
    set(key, data) {
      checkKey(key);
      const text = JSON.stringify(data === undefined ? '' : data);
      const others = currentSize() - (has(key) ? sizeOfCell(key) : 0);
      checkRoom({ key, text, others, limit: platform.storageLimit });
      cells[key] = text;
    },
    remove(key) {
      checkKey(key);
      delete cells[key];
    },
    clear() {
      Object.keys(cells).forEach((key) => delete cells[key]);
    },
    info() {
      const kilobytes = (bytes) => Math.ceil(bytes / 1024);
      return {
        keys: Object.keys(cells),
        currentSize: kilobytes(currentSize()),
        limitSize: kilobytes(LIMIT_BYTES),
      };
    },
  };

  function sync(name, options, operation) {
    api.record(name, options);
    try {
      return operation();
    } catch (error) {
      throw new Error(`${name}:fail ${error.message}`);
    }
  }

  const async = (name, operation) => (options) =>
    api.call(name, options, (given, settle) => {
      try {
        settle.success(operation(given));
      } catch (error) {
        settle.fail(error.message);
      }
    });

  return {
    getStorageSync: (key) =>
      sync('getStorageSync', { key }, () => {
        checkKey(key);
        return has(key) ? operations.get(key) : '';
      }),
    setStorageSync: (key, data) =>
      sync('setStorageSync', { key, data }, () => operations.set(key, data)),
    removeStorageSync: (key) => sync('removeStorageSync', { key }, () => operations.remove(key)),
    clearStorageSync: () => sync('clearStorageSync', {}, operations.clear),
    getStorageInfoSync: () => sync('getStorageInfoSync', {}, operations.info),
    getStorage: async('getStorage', ({ key }) => ({ data: operations.get(key) })),
    setStorage: async('setStorage', ({ key, data }) => operations.set(key, data)),
    removeStorage: async('removeStorage', ({ key }) => operations.remove(key)),
    clearStorage: async('clearStorage', operations.clear),
    getStorageInfo: async('getStorageInfo', operations.info),
  };
}

exports.createStorage = createStorage;
