// The JavaScriptCore in Bun as a host of the suites, with its testing functions
// switched on: `JSC_useDollarVM=1 bun run bun.js BUNDLE`. The bundle runs in a
// realm without Bun's globals.
'use strict';

const { drainMicrotasks } = require('bun:jsc');
const fs = require('fs');

const TESTING_ONLY = ['$vm', 'Loader', 'console'];

/** Bun makes the buffers of JavaScriptCore in its own realm alone: in another one it crashes. */
const MADE_BY_BUN = /^(ArrayBuffer|DataView|WebAssembly|.+Array)$/;

function createRealm() {
  const global = $vm.createGlobalObject();
  TESTING_ONLY.forEach((name) => delete global[name]);
  Object.getOwnPropertyNames(global)
    .filter((name) => MADE_BY_BUN.test(name))
    .forEach((name) => {
      global[name] = globalThis[name];
    });
  return { global, evaluate: global.eval };
}

const host = {
  print: (line) => fs.writeSync(1, `${line}\n`),
  hasJit: $vm.useJIT(),
  createRealm,
  drive(step) {
    do drainMicrotasks();
    while (step());
  },
};

const { global, evaluate } = createRealm();
global.host = host;
evaluate(fs.readFileSync(process.argv[2], 'utf8'));
