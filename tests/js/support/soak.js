// Subscribes many times on one instance, and prints what remains allocated as
// one line of JSON. Run by soak.test.js:
//
//   node --expose-gc support/soak.js 1000 100000
//
// measures after each of these numbers of subscriptions. The host answers at
// once or in a microtask, and its timers run only when asked to.
'use strict';

const v8 = require('node:v8');

const { BUILD, loadPackage } = require('./bare-context.js');
const { withLongNames } = require('./names.js');

const BASE_URL = 'https://shop.example.com';
const SAMPLES = 5;
/** Slots taken and released to measure the slab; more than are ever free. */
const PROBES = 4096;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A host that keeps only storage, listeners and timers, and counts them. */
function createHost() {
  const storage = new Map([['openId', 'user-1']]);
  const listeners = {
    onAppShow: new Set(),
    onAppHide: new Set(),
    onNetworkStatusChange: new Set(),
  };
  const running = new Map();
  let handle = 0;

  const host = {
    storage,
    listeners,
    running,
    /** `(ids) => answer`, or the error of the popup. */
    popup: null,
    /** `(path) => response`, or null where the network is down. */
    respond: null,
    now: Date.UTC(2026, 0, 1),
    /** How often each call of `wx` was made. */
    calls: {},
    wx: {
      getStorageSync: (key) => (storage.has(key) ? storage.get(key) : ''),
      setStorageSync(key, value) {
        storage.set(key, value);
      },
      removeStorageSync: (key) => storage.delete(key),
      getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
      onAppShow: (listener) => listeners.onAppShow.add(listener),
      onAppHide: (listener) => listeners.onAppHide.add(listener),
      onNetworkStatusChange: (listener) => listeners.onNetworkStatusChange.add(listener),
      requestSubscribeMessage({ tmplIds, success, fail }) {
        const answer = host.popup(tmplIds);
        const tell = () => (answer.errCode ? fail(answer) : success(answer));
        if (tmplIds.length % 2) tell();
        else Promise.resolve().then(tell);
      },
      request({ url, success, fail }) {
        const response = host.respond(url.slice(BASE_URL.length + 1));
        const tell = () =>
          response ? success(response) : fail({ errMsg: 'request:fail ', errno: 600001 });
        if (url.endsWith('Result')) Promise.resolve().then(tell);
        else tell();
        return { abort() {} };
      },
      getSetting({ success }) {
        success({
          errMsg: 'getSetting:ok',
          subscriptionsSetting: { mainSwitch: true, itemSettings: { a: 'accept' } },
        });
      },
    },
    timers: {
      setTimeout(work) {
        handle += 1;
        running.set(handle, work);
        return handle;
      },
      clearTimeout: (known) => running.delete(known),
    },
  };
  Object.entries(host.wx).forEach(([api, call]) => {
    host.calls[api] = 0;
    host.wx[api] = (...given) => {
      host.calls[api] += 1;
      return call(...given);
    };
  });
  return host;
}

/** The package over `host`, with its instance's memory and the glue's imports within reach. */
async function launch(host) {
  const instance = {};
  const reach = (imports, exports) => {
    instance.imports = withLongNames(Object.values(imports)[0]);
    instance.exports = exports;
    return exports;
  };
  const engine = {
    async instantiate(bytes, imports) {
      const made = await WebAssembly.instantiate(bytes, imports);
      reach(imports, made.instance.exports);
      return made;
    },
  };
  const { sdk, require, before } = loadPackage({
    fake: host,
    wasm: { WebAssembly: engine },
    globals: host.timers,
  });
  // A second for each subscription, as the SDK makes a few rounds a second at most.
  before.get('Date').now = () => host.now;
  const real = BUILD === 'fallback' && require('fallback.js');
  const events = {};
  const config = {
    baseUrl: BASE_URL,
    maxTemplates: 5,
    ...(real && { fallback: (imports) => reach(imports, real(imports)) }),
    onEvent({ name }) {
      events[name] = (events[name] || 0) + 1;
    },
  };
  await sdk.setup(config);
  return { sdk, config, instance, events };
}

/**
 * How many slots of the glue's slab hold a value. The slab reuses the slot that
 * was freed last, and grows when none is free: after taking more slots than are
 * ever free, the next slot is the length of the slab.
 */
function slotsInUse({ __wbindgen_object_clone_ref: take, __wbindgen_object_drop_ref: give }) {
  const taken = Array.from({ length: PROBES }, () => take(0));
  const last = taken[PROBES - 1];
  const isGrown =
    taken.slice(-16).every((slot, at) => slot === last - 15 + at) && last === Math.max(...taken);
  taken.reverse().forEach((slot) => give(slot));
  if (!isGrown) throw new Error(`${PROBES} slots were not enough to measure the slab`);
  return last + 1 - PROBES;
}

/** The JavaScript heap, without the machine code of hot functions. */
const dataBytes = () =>
  v8
    .getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !name.startsWith('code'))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);

async function heapBytes() {
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await turn();
    globalThis.gc();
    globalThis.gc();
    samples.push(dataBytes());
  }
  return samples.sort((a, b) => a - b)[(SAMPLES - 1) / 2];
}

const OK = { statusCode: 200, data: {} };
const offering =
  (...ids) =>
  (path) =>
    path === 'findCustomerPopTemplate' ? { statusCode: 200, data: { data: ids } } : OK;
const answering = (word) => (ids) =>
  Object.fromEntries([...ids.map((id) => [id, word]), ['errMsg', 'ok']]);

/** The kinds of subscriptions: `work(sdk, host, n)` resolves to the outcome. */
const WAYS = {
  async 'accepted, fetched ahead'(sdk, host, n) {
    await sdk.prefetchTemplates(1, `product-${n}`);
    return sdk.asyncSubscribeMessage(1, `product-${n}`, { price: '129.00' });
  },
  async 'accepted in part, with some left for the next tap'(sdk, host, n) {
    host.respond = offering('a', 'b', 'c', 'd', 'e', 'f', 'g');
    host.popup = (ids) =>
      Object.fromEntries(ids.map((id, at) => [id, at % 2 ? 'reject' : 'acceptWithAlert']));
    const { remaining } = await sdk.asyncSubscribeMessage(2, `order-${n}`);
    if (remaining.length !== 2) throw new Error(`${remaining} are left`);
    return sdk.asyncSubscribeMessage(2, `order-${n}`);
  },
  rejected(sdk, host, n) {
    host.popup = answering('reject');
    return sdk.asyncSubscribeMessage(3, `order-${n}`, {
      备注: '到货提醒 🎁',
      list: [n, { deep: [null, true] }],
    });
  },
  banned(sdk, host, n) {
    host.popup = answering('ban');
    return sdk.asyncSubscribeMessage(4, `order-${n}`);
  },
  'failed, as the main switch is off'(sdk, host, n) {
    host.popup = () => ({
      errCode: 20004,
      errMsg: 'requestSubscribeMessage:fail The main switch is switched off',
    });
    return sdk.asyncSubscribeMessage(5, `company-${n}`);
  },
  'failed, as the network is down'(sdk, host, n) {
    host.respond = () => null;
    return sdk.asyncSubscribeMessage(6, `company-${n}`);
  },
  'nothing to ask'(sdk, host, n) {
    host.respond = offering();
    return sdk.asyncSubscribeMessage(7, `after-sale-${n}`);
  },
  'unknown trigger'(sdk, host, n) {
    return sdk.asyncSubscribeMessage(99, `order-${n}`);
  },
  async 'busy for a second tap'(sdk, host, n) {
    let end;
    host.popup = answering('accept');
    const request = host.wx.requestSubscribeMessage;
    host.wx.requestSubscribeMessage = (options) => {
      end = () => request(options);
    };
    const first = sdk.asyncSubscribeMessage(8, `return-${n}`);
    const second = await sdk.asyncSubscribeMessage(9, `refund-${n}`);
    host.wx.requestSubscribeMessage = request;
    end();
    await first;
    return second;
  },
  async 'reported at the second attempt'(sdk, host, n) {
    const all = host.respond;
    host.respond = (path) =>
      path === 'popSubscribeResult' ? { statusCode: 503, data: '' } : all(path);
    const outcome = await sdk.asyncSubscribeMessage(9, `refund-${n}`);
    await turn();
    host.respond = all;
    await sdk.flushReports();
    return outcome;
  },
};

/** How often each comes in a round. Those with a report take the most time. */
const ROUND = {
  'accepted, fetched ahead': 3,
  'accepted in part, with some left for the next tap': 1,
  rejected: 1,
  banned: 8,
  'failed, as the main switch is off': 11,
  'failed, as the network is down': 11,
  'nothing to ask': 11,
  'unknown trigger': 12,
  'busy for a second tap': 1,
  'reported at the second attempt': 1,
};
const TURNS = Object.entries(ROUND).flatMap(([name, times]) => Array(times).fill(name));

async function main(marks) {
  const host = createHost();
  const { sdk, config, instance, events } = await launch(host);
  const outcomes = {};
  const figures = [];

  async function settle() {
    host.now += 1_000;
    const { pending } = await sdk.flushReports();
    if (pending !== 0) throw new Error(`${pending} reports are left`);
    await turn();
  }
  async function measure(subscriptions) {
    await settle();
    figures.push({
      subscriptions,
      memoryBytes: Object.values(instance.exports).find(({ buffer }) => buffer).buffer.byteLength,
      slotsInUse: slotsInUse(instance.imports),
      timers: host.running.size,
      listeners: Object.values(host.listeners).reduce((sum, { size }) => sum + size, 0),
      storageBytes: JSON.stringify([...host.storage]).length,
      heapBytes: await heapBytes(),
    });
  }

  const began = Date.now();
  for (let n = 0; n <= marks[marks.length - 1]; n += 1) {
    if (marks.includes(n)) await measure(n);
    const name = TURNS[n % TURNS.length];
    host.now += 1_000;
    host.respond = offering('a', 'b');
    host.popup = answering('accept');
    const { status } = await WAYS[name](sdk, host, n);
    outcomes[name] = outcomes[name] || {};
    outcomes[name][status] = (outcomes[name][status] || 0) + 1;
    if (n % 100 === 0) {
      await sdk.setup(config);
      await sdk.getSubscriptionSettings();
      host.listeners.onNetworkStatusChange.forEach((listener) => listener({ isConnected: true }));
      host.listeners.onAppHide.forEach((listener) => listener());
      host.listeners.onAppShow.forEach((listener) => listener({}));
    }
  }
  const result = {
    build: BUILD,
    seconds: (Date.now() - began) / 1000,
    figures,
    outcomes,
    events,
    calls: host.calls,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main(process.argv.slice(2).map(Number));
