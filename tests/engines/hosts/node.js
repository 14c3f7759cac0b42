// V8 as a host of the suites, through Node from 8 on:
// `node [--jitless] node.js BUNDLE`. The bundle runs in a realm without Node's
// globals.
'use strict';

const fs = require('fs');
const vm = require('vm');

/** Resolves after all pending promise jobs. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const host = {
  print: (line) => fs.writeSync(1, `${line}\n`),
  // With --expose-gc.
  collect: global.gc,
  hasJit: !process.execArgv.includes('--jitless'),
  createRealm() {
    const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
    return { evaluate: (source) => vm.runInContext(source, context) };
  },
  async drive(step) {
    do await settled();
    while (step());
  },
};

// Old versions only print a warning.
process.on('unhandledRejection', (reason) => {
  host.print(`Bail out! a rejection that nobody handles: ${reason}\n${reason && reason.stack}`);
});

const [bundle] = process.argv.slice(2);
vm.runInContext(fs.readFileSync(bundle, 'utf8'), vm.createContext({ host }), { filename: bundle });
