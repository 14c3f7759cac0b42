// The contestants, and how each one is started over the benchmark's host.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { BASE_URL } = require('./host.js');

const DIST = path.join(__dirname, '../../js-glue/miniprogram_dist');

/** The module's imports, with each call from wasm to JavaScript counted in `clock`. */
function counted(imports, clock) {
  const count =
    (work) =>
    (...given) => {
      clock.calls += 1;
      return work(...given);
    };
  const withCounts = (members) =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [
        name,
        typeof member === 'function' ? count(member) : member,
      ]),
    );
  return Object.fromEntries(
    Object.entries(imports).map(([from, members]) => [from, withCounts(members)]),
  );
}

const seenBy = (clock, imports) => (clock.isCounting ? counted(imports, clock) : imports);

/** A `WXWebAssembly` that has read the file already, and notes in `clock` how long the engine takes. */
function engineOf(file, clock) {
  const bytes = fs.readFileSync(file);
  return {
    async instantiate(_, imports) {
      const began = performance.now();
      const made = await WebAssembly.instantiate(bytes, seenBy(clock, imports));
      clock.instantiateMs = performance.now() - began;
      return made;
    },
  };
}

/** `require`, as in a process that has not loaded the file. */
function requireAnew(file) {
  delete require.cache[require.resolve(file)];
  return require(file);
}

/** A function that is timed in place of the engine. */
function timed(make, clock) {
  return (imports) => {
    const began = performance.now();
    const made = make(seenBy(clock, imports));
    clock.instantiateMs = performance.now() - began;
    return made;
  };
}

/** The folder with the files of a contestant, among what `cargo xtask bench` built and the older build it was given. */
function folderOf(contestant, { built, before }) {
  return { wasm: DIST, before, fallback: DIST, javascript: built, naive: built }[contestant];
}

/** Preparation, which is not timed; returns the import, which is timed: `() => ({ sdk, config })`. */
function withModule(module, script) {
  return (folder, clock) => {
    globalThis.WXWebAssembly = engineOf(path.join(folder, module), clock);
    return () => ({ sdk: requireAnew(path.join(folder, script)) });
  };
}

const CONTESTANTS = {
  wasm: withModule('wx_subscribe.wasm', 'index.js'),
  before: withModule('wx_subscribe.wasm', 'index.js'),
  fallback(folder, clock) {
    delete globalThis.WXWebAssembly;
    return () => {
      const sdk = requireAnew(path.join(folder, 'index.js'));
      const fallback = requireAnew(path.join(folder, 'fallback.js'));
      return { sdk, config: { fallback: timed(fallback, clock) } };
    };
  },
  javascript(folder) {
    delete globalThis.WXWebAssembly;
    return () => ({ sdk: requireAnew(path.join(folder, 'hand-written.js')) });
  },
  naive: withModule('naive.wasm', 'naive.js'),
};

/** Limits that no measurement reaches. */
const UNLIMITED = { maxTemplates: 1e6, outboxMaxReports: 1e6, outboxMaxBytes: 1e9 };

/**
 * Starts a new contestant over the host, as at a launch of the app.
 *
 * @param {object} options
 * @param {string} options.contestant
 * @param {string} options.built the folder of what `cargo xtask bench` builds for itself
 * @param {string} [options.before] the folder of an older build of the package
 * @param {ReturnType<import('./host.js').createHost>} options.host
 * @param {number} [options.triggers] how many trigger types there are, the nine included
 * @param {boolean} [options.isCounting] whether `app.clock.calls` counts the calls out of the module
 */
async function launch({ contestant, built, before, host, triggers = 9, isCounting = false }) {
  Object.assign(globalThis, { wx: host.wx, ...host.timers });
  const own = {};
  for (let number = 10; number <= triggers; number += 1) own[number] = `业务场景 ${number}`;
  const clock = { instantiateMs: 0, calls: 0, isCounting };
  const importNow = CONTESTANTS[contestant](folderOf(contestant, { built, before }), clock);
  const app = { clock, sent: 0, sentAt: 0, onSent: () => {} };
  const onEvent = ({ name }) => {
    if (name !== 'reportSent') return;
    app.sent += 1;
    app.sentAt = performance.now();
    app.onSent();
  };

  const began = performance.now();
  const { sdk, config } = importNow();
  const imported = performance.now();
  app.config = { baseUrl: BASE_URL, triggers: own, onEvent, ...UNLIMITED, ...config };
  await sdk.setup(app.config);
  const ready = performance.now();

  app.sdk = sdk;
  app.start = { totalMs: ready - began, loadedAt: imported + clock.instantiateMs };
  return app;
}

exports.folderOf = folderOf;
exports.launch = launch;
