// The host of the benchmark: a `wx` that answers synchronously and does as
// little as possible, so that its own time is small. Timers never fire: nothing
// here takes long enough.
'use strict';

const BASE_URL = 'https://shop.example.com/api';

/** As long as WeChat's own. */
const idOf = (_, at) => `template-${String(at).padStart(7, '0')}-of-the-shop-of-these-tests`;
const idsOf = (count) => Array.from({ length: count }, idOf);

/** @param {number} templates how many the back end offers at each moment; the user accepts them all */
function createHost(templates) {
  const templateIds = idsOf(templates);
  const offer = { statusCode: 200, data: { data: templateIds } };
  const saved = { statusCode: 200, data: {} };
  const refused = { statusCode: 503, data: '' };
  const answer = { errMsg: 'requestSubscribeMessage:ok' };
  templateIds.forEach((id) => {
    answer[id] = 'accept';
  });
  const nothing = () => {};

  const host = {
    storage: new Map([['openId', 'openid-of-the-user']]),
    /** Called when the popup is requested. */
    onPopup: nothing,
    /** Whether the back end accepts reports now. */
    isUp: true,
    /** How many it has accepted, and the options of the latest. */
    taken: 0,
    newest: null,
    wx: {
      getStorageSync(key) {
        const value = host.storage.get(key);
        return value === undefined ? '' : value;
      },
      setStorageSync(key, value) {
        host.storage.set(key, value);
      },
      removeStorageSync(key) {
        host.storage.delete(key);
      },
      getStorageInfoSync: () => ({ keys: [...host.storage.keys()] }),
      requestSubscribeMessage(options) {
        host.onPopup();
        options.success(answer);
      },
      request(options) {
        if (!options.url.endsWith('/popSubscribeResult')) {
          options.success(offer);
        } else if (host.isUp) {
          host.taken += 1;
          host.newest = options;
          options.success(saved);
        } else {
          options.success(refused);
        }
      },
      onAppShow: nothing,
      onAppHide: nothing,
      onNetworkStatusChange: nothing,
    },
    timers: { setTimeout: () => 1, clearTimeout: nothing },
  };
  return host;
}

exports.BASE_URL = BASE_URL;
exports.createHost = createHost;
