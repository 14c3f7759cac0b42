// Bundles the suites, the stand-in for Node, and the files of the built package
// into one script.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../../..');
const STAND_IN = path.join(__dirname, '../stand-in');
const DIST = 'js-glue/miniprogram_dist';

// The esbuild that bundles the package itself.
const { build } = require('esbuild');

/** Suites that need more of Node than the stand-in has, or do not test the package by itself. */
const NODE_ONLY = [
  'brotli.test.js',
  'example.test.js',
  'fake-wx.test.js',
  'faults.test.js',
  'fuzz.test.js',
  'language-level.test.js',
  'package.test.js',
  'popup-memory.test.js',
  'restart.test.js',
  'soak.test.js',
];

/** All others run in every engine. */
const SUITES = fs
  .readdirSync(path.join(ROOT, 'tests/js'))
  .filter((name) => name.endsWith('.test.js') && !NODE_ONLY.includes(name))
  .sort();

const TEXTS = [
  'Cargo.toml',
  'js-glue/package.json',
  'js-glue/generated/names.json',
  `${DIST}/index.js`,
  `${DIST}/fallback.js`,
  `${DIST}/index.d.ts`,
];
/** The module, in each form that the package has. */
const isModule = (name) => /\.wasm(\.br)?$/.test(name);

/** The files that the suites read, by their path from the root: text as it is, others with one UTF-16 unit per byte. */
function embedded(replaced) {
  const dist = path.join(ROOT, DIST);
  if (!fs.existsSync(dist)) throw new Error(`${dist} is not there: run \`cargo xtask build\``);
  const read = (file, encoding) => [`/${file}`, fs.readFileSync(path.join(ROOT, file), encoding)];
  const modules = fs.readdirSync(dist).filter(isModule);
  const files = Object.fromEntries([
    ...TEXTS.map((file) => read(file, 'utf8')),
    ...modules.map((name) => read(`${DIST}/${name}`, 'latin1')),
  ]);
  Object.keys(replaced).forEach((name) => {
    files[`/${DIST}/${name}`] = replaced[name];
  });
  return `module.exports = ${JSON.stringify(files)};`;
}

const embeddedFiles = (replaced) => ({
  name: 'embedded-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded-files$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'embedded',
    }));
    onLoad({ filter: /.*/, namespace: 'embedded' }, () => ({ contents: embedded(replaced) }));
  },
});

/**
 * @param {object} options
 * @param {'wasm' | 'fallback'} options.build which build of the package the suites run over
 * @param {string[]} [options.suites] files of `tests/js`, or absolute ones, in place of all
 * @param {boolean} [options.withLong] whether the tests that take long are among them
 * @param {Record<string, string>} [options.replaced] texts in place of files of the package, by their name
 * @returns {Promise<string>} a script that looks for a global `host`, see `hosts/`
 */
async function bundle({ build: wanted, suites = SUITES, withLong = false, replaced = {} }) {
  const standIn = (name) => path.join(STAND_IN, `${name}.js`);
  const tests = suites.map((file) => path.resolve(ROOT, 'tests/js', file));
  const lines = [standIn('language'), standIn('globals'), ...tests].map(
    (file) => `require(${JSON.stringify(file)});`,
  );
  const { outputFiles } = await build({
    stdin: {
      contents: `${lines.join('\n')}\nrequire(${JSON.stringify(standIn('test'))}).run(host);`,
      resolveDir: ROOT,
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    // The language level of the oldest engine here. The package's own files are not transpiled.
    target: 'node8.17',
    // Of the libraries, the oldest lack this name.
    banner: { js: 'if (typeof globalThis === "undefined") this.globalThis = this;' },
    charset: 'utf8',
    logLevel: 'warning',
    alias: {
      'node:assert/strict': standIn('assert'),
      'node:fs': standIn('fs'),
      'node:path': standIn('path'),
      'node:test': standIn('test'),
      'node:vm': standIn('vm'),
    },
    define: {
      BUILD: JSON.stringify(wanted),
      WITH_LONG: String(withLong),
      __dirname: '"/tests/js/support"',
    },
    plugins: [embeddedFiles(replaced)],
  });
  return outputFiles[0].text;
}

exports.ROOT = ROOT;
exports.SUITES = SUITES;
exports.bundle = bundle;
