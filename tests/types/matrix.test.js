// The types of the package, as its tarball has them: the files of `js-glue/test`
// compile in each TypeScript, with each way to look up a module, beside WeChat's
// own types, and with every declaration file checked.
'use strict';

const assert = require('node:assert/strict');
const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, test } = require('node:test');

const sdk = require('../../js-glue/package.json');
const { devDependencies } = require('./package.json');

const ROOT = path.join(__dirname, '../..');
const FILES = path.join(ROOT, 'js-glue/test');
const TARBALL = path.join(ROOT, `dist/wx-subscribe-${sdk.version}.tgz`);
const TYPINGS = 'miniprogram-api-typings';

const COMPILERS = Object.keys(devDependencies)
  .filter((name) => name.startsWith('typescript-'))
  .map((name) => ({ name, version: Number(name.slice('typescript-'.length)) }));

/** How a module is looked up, by the name of a folder; and the versions that can do it. */
const LOOKUPS = {
  node: { module: 'commonjs', moduleResolution: 'node', has: (version) => version < 7 },
  node16: { module: 'node16', moduleResolution: 'node16' },
  'node16-modules': { module: 'node16', moduleResolution: 'node16', type: 'module' },
  bundler: { module: 'esnext', moduleResolution: 'bundler', has: (version) => version >= 5 },
};

const OPTIONS = {
  target: 'es2017',
  lib: ['es2017'],
  types: [TYPINGS],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

/** A project that has the package installed. */
let project;

/** A folder of the project with the files, in which modules are looked up in that way. */
function createFolder(name, { type = 'commonjs' }) {
  const folder = path.join(project, name);
  fs.cpSync(FILES, folder, { recursive: true, filter: (file) => !file.endsWith('.json') });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type }));
}

/** What `npm install` of the tarball leaves, as `node_modules` of the project. */
function install(modules) {
  if (!fs.existsSync(TARBALL)) throw new Error(`${TARBALL} is not there: run \`cargo xtask pack\``);
  execFileSync('tar', ['-xzf', TARBALL, '-C', project]);
  fs.mkdirSync(modules);
  fs.renameSync(path.join(project, 'package'), path.join(modules, 'wx-subscribe'));
  fs.symlinkSync(
    path.join(__dirname, 'node_modules', TYPINGS),
    path.join(modules, TYPINGS),
    'junction',
  );
}

before(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-types-'));
  install(path.join(project, 'node_modules'));
  Object.entries(LOOKUPS).forEach(([name, lookup]) => createFolder(name, lookup));
});

after(() => fs.rmSync(project, { recursive: true }));

/** Compiles one of the folders. Resolves with the errors. */
function errorsOf(name, { version, name: compiler }) {
  const { module, moduleResolution } = LOOKUPS[name];
  // Version 6 announces that the oldest way will go.
  const silent = version === 6 ? { ignoreDeprecations: '6.0' } : {};
  const config = path.join(project, name, `tsconfig.${version}.json`);
  const compilerOptions = { ...OPTIONS, module, moduleResolution, ...silent };
  fs.writeFileSync(config, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const { bin } = require(`${compiler}/package.json`);
  const tsc = path.join(__dirname, 'node_modules', compiler, bin.tsc);
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--pretty', 'false', '--project', config], (error, output) => {
      resolve(error ? output || error.message : '');
    });
  });
}

describe('the types compile', { concurrency: 2 }, () => {
  COMPILERS.forEach((compiler) => {
    Object.entries(LOOKUPS).forEach(([name, { has = () => true }]) => {
      if (!has(compiler.version)) return;
      test(`in ${compiler.name}, looked up by ${name}`, async () => {
        assert.equal(await errorsOf(name, compiler), '');
      });
    });
  });
});

test('types that take more than they say are found', async () => {
  const types = path.join(project, 'node_modules/wx-subscribe/miniprogram_dist/index.d.ts');
  const text = fs.readFileSync(types, 'utf8');
  const loose = text.replace(/Required<Pick<Members, 'baseUrl'>>/, 'Members');
  assert.notEqual(loose, text);
  fs.writeFileSync(types, loose);
  for (const compiler of [COMPILERS[0], COMPILERS[COMPILERS.length - 1]]) {
    assert.match(
      await errorsOf('node16', compiler),
      /config\.ts\(\d+,\d+\): error TS2578: Unused '@ts-expect-error'/,
    );
  }
});
