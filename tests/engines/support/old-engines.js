// Engines of the years that old phones have, from the npm packages in `old/`.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const HOSTS = path.join(__dirname, '../hosts');
const PACKAGES = path.join(__dirname, '../old/node_modules');

const none =
  process.platform === 'linux' && process.arch === 'x64'
    ? null
    : 'npm has it for Linux on x64 only';

/** An engine whose program is in a package, run with these arguments before the bundle. */
function old({ program, args, ...engine }) {
  const file = path.join(PACKAGES, program);
  return {
    none,
    missing: fs.existsSync(file) ? null : 'install it with `npm ci` in tests/engines/old',
    hasJit: true,
    hasWebAssembly: true,
    fullOnly: true,
    command: (bundle) => [file, [...args, bundle]],
    env: {},
    ...engine,
  };
}

const oldV8 = (version, year, node, build) =>
  old({
    name: 'V8',
    year,
    title: `V8 ${version} of ${year} (Node ${node}), ${build}`,
    build,
    program: `node-${node}/bin/node`,
    // They allow about a hundred instances at a time: see stand-in/webassembly.js.
    args: ['--expose-gc', path.join(HOSTS, 'node.js')],
  });

/** The realms of its testing functions do not report a rejection. */
const javaScriptCore2023 = old({
  name: 'JavaScriptCore',
  year: 2023,
  title: 'JavaScriptCore of 2023 (Bun 0.5), wasm',
  build: 'wasm',
  hidesRejections: true,
  program: 'bun-0.5/bin/bun',
  args: ['run', path.join(HOSTS, 'bun.js')],
  env: { JSC_useDollarVM: '1' },
});

exports.OLD_ENGINES = [
  javaScriptCore2023,
  oldV8('6.2', 2017, 8, 'wasm'),
  oldV8('6.2', 2017, 8, 'fallback'),
  oldV8('6.8', 2018, 10, 'wasm'),
  oldV8('7.8', 2019, 12, 'wasm'),
  oldV8('8.4', 2020, 14, 'wasm'),
];
