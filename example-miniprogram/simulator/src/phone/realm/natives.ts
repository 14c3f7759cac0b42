// Browser globals that the realm's own script still needs after they are
// removed. Loaded first, while they exist.

const realm = globalThis;

/** Timers of the browser; those of the mini-program are in `timers.ts`. */
export const startTimer = realm.setTimeout.bind(realm);
export const stopTimer = realm.clearTimeout.bind(realm);
export const startInterval = realm.setInterval.bind(realm);
export const stopInterval = realm.clearInterval.bind(realm);

export const instantiateWasm = realm.WebAssembly.instantiate;
export const NativePromise = realm.Promise;

const channel = new realm.MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Calls back in the next macrotask. */
export function soon(work: () => void): void {
  waiting.push(work);
  channel.port2.postMessage(null);
}
