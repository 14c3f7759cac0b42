// The engines: where each one is, and its expected features.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { SUITES } = require('./bundle.js');
const { OLD_ENGINES } = require('./old-engines.js');

/** Suites that a slow engine such as QuickJS skips in a short run. */
const SLOW = ['bad-input.test.js', 'trap.test.js'];

const HOSTS = path.join(__dirname, '../hosts');

/** The output of a program; empty if it is missing or fails. */
function outputOf(program, args) {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch (_) {
    return '';
  }
}

// ---------------------------------------------------------------------------
// JavaScriptCore

/** Where macOS keeps its shell; elsewhere it is on the PATH. */
const MACOS_JSC =
  '/System/Library/Frameworks/JavaScriptCore.framework/Versions/Current/Helpers/jsc';

function findJsc() {
  const folders = (process.env.PATH || '').split(path.delimiter).filter(Boolean);
  return [...folders.map((folder) => path.join(folder, 'jsc')), MACOS_JSC].find((file) =>
    fs.existsSync(file),
  );
}

/** The shell does not print its version: it comes from its package. */
function jscVersion(file) {
  if (file === MACOS_JSC) return `of macOS ${outputOf('sw_vers', ['-productVersion'])}`;
  const [owner] = outputOf('dpkg-query', ['--search', fs.realpathSync(file)]).split(':');
  const version = owner
    ? outputOf('dpkg-query', ['--show', `--showformat=\${source:Upstream-Version}`, owner])
    : '';
  return version || 'of an unknown version';
}

const jsc = findJsc();
/** Where there can be none, in place of what is missing. */
const NO_JSC =
  process.platform === 'win32' ? 'its shell is looked for on Linux and macOS only' : null;
const JSC_MISSING = 'there is no `jsc`; Debian has it in libjavascriptcoregtk-4.0-bin';

function javaScriptCore(mode, { env = {}, ...features }) {
  const name = 'JavaScriptCore';
  return {
    name,
    title: `${jsc ? `${name} ${jscVersion(jsc)}` : name}, ${mode}`,
    none: NO_JSC,
    missing: jsc ? null : JSC_MISSING,
    ...features,
    prelude: path.join(HOSTS, 'jsc.js'),
    command: (bundle) => [jsc, [bundle]],
    env,
  };
}

// ---------------------------------------------------------------------------
// V8 and QuickJS

function v8(mode, flags, features) {
  return {
    name: 'V8',
    title: `V8 ${process.versions.v8} (Node ${process.versions.node}), ${mode}`,
    missing: null,
    ...features,
    command: (bundle) => [process.execPath, [...flags, path.join(HOSTS, 'node.js'), bundle]],
    env: {},
  };
}

/** Only the README of the QuickJS build names its version. */
function quickJsVersion() {
  const folder = path.dirname(require.resolve('@jitl/quickjs-wasmfile-release-sync/package.json'));
  const [, version] =
    /Version \[([\d-]+)/.exec(fs.readFileSync(path.join(folder, 'README.md'), 'utf8')) || [];
  return version || 'of an unknown version';
}

/**
 * - `year`: of an old one
 * - `none`, `missing`: why it cannot be on this system, and why it is not here
 * - `build`: which build of the package the engine runs
 * - `hasJit`, `hasWebAssembly`: the features that the engine must report
 * - `suites`: the suites of a short run; all if absent
 * - `without`: suites that it cannot run at all, and why
 * - `fullOnly`: not in a short run, as another engine runs the same build
 * - `hidesRejections`: it does not report a rejection that nobody handles
 */
const ENGINES = [
  // The slowest first, so that the others run beside it.
  {
    name: 'QuickJS',
    title: `QuickJS ${quickJsVersion()}, fallback`,
    missing: null,
    hidesRejections: true,
    build: 'fallback',
    hasJit: false,
    hasWebAssembly: false,
    fullOnly: Boolean(jsc),
    suites: SUITES.filter((name) => !SLOW.includes(name)),
    // It runs inside Node's WebAssembly, whose stack ends before QuickJS can throw for its own.
    without: { 'nothing-to-report.test.js': 'its stack ends with a crash, not with a RangeError' },
    command: (bundle) => [process.execPath, [path.join(HOSTS, 'quickjs.js'), bundle]],
    env: {},
  },
  javaScriptCore('wasm', { build: 'wasm', hasJit: true, hasWebAssembly: true, fullOnly: true }),
  // The iPhone's logic layer has no JIT.
  javaScriptCore('no JIT, wasm', {
    build: 'wasm',
    hasJit: false,
    hasWebAssembly: true,
    env: { JSC_useJIT: '0' },
  }),
  javaScriptCore('no WebAssembly, fallback', {
    build: 'fallback',
    hasJit: true,
    hasWebAssembly: false,
    env: { JSC_useWasm: '0' },
  }),
  v8('wasm', [], { build: 'wasm', hasJit: true, hasWebAssembly: true, fullOnly: true }),
  v8('no JIT, fallback', ['--jitless'], {
    build: 'fallback',
    hasJit: false,
    hasWebAssembly: false,
    fullOnly: true,
  }),
  ...OLD_ENGINES,
];

exports.ENGINES = ENGINES;
