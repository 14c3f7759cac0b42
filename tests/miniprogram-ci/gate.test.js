// WeChat's own tools accept the package as npm would publish it, and build the
// example with it without errors; their output works.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { before, describe, test } = require('node:test');

const acorn = require('acorn');
const { wxmlToJs, wxssToJs } = require('miniprogram-compiler');

const { ENGINES } = require('../engines/support/engines.js');
const { runIn } = require('../engines/support/run.js');
const {
  DIST,
  PACKED,
  ROOT,
  copyPages,
  createFlatProject,
  createProject,
  useTools,
} = require('./support/project.js');

const { build } = require(path.join(ROOT, 'node_modules/esbuild'));

/** The platform's limit for the main package, and for each subpackage. */
const PACKAGE_LIMIT = 2 * 1024 * 1024;

const OLDEST = Math.min(...ENGINES.map(({ year = Infinity }) => year));

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const sum = (files) => files.reduce((total, { bytes }) => total + bytes, 0);
const filesOf = (folder) => fs.readdirSync(folder).sort();

/** The example, built and compiled once for all tests. */
let project;
let tools;

before(async () => {
  project = await createProject();
  tools = await useTools(project, 'packNpmManually', 'checkCodeQuality', 'compile');
});

/** Each file of the package is in the mini-program, byte for byte. */
function assertCopied({ miniprogram }) {
  const copied = path.join(miniprogram, PACKED);
  assert.deepEqual(filesOf(copied), filesOf(DIST));
  filesOf(DIST).forEach((name) => {
    const same = fs
      .readFileSync(path.join(copied, name))
      .equals(fs.readFileSync(path.join(DIST, name)));
    assert.ok(same, `${name} was changed on its way`);
  });
}

describe('构建 npm', () => {
  test('copies the package as it is, where package.json lies beside the mini-program', () => {
    const { miniProgramPackNum, otherNpmPackNum, warnList } = tools.packNpmManually;
    assert.deepEqual([miniProgramPackNum, otherNpmPackNum, warnList], [1, 0, []]);
    assertCopied(project);
  });

  test('copies the package as it is, where package.json lies within the mini-program', async () => {
    const flat = await createFlatProject();
    const { packNpm } = await useTools(flat, 'packNpm');
    assert.deepEqual(packNpm, []);
    assertCopied(flat);
  });
});

describe('上传', () => {
  const compiledFile = (name) => fs.readFileSync(path.join(tools.compiled, name));
  const named = (pattern) => tools.compile.filter(({ name }) => pattern.test(name));

  test('takes the module along unchanged, to where the package looks for it', () => {
    const modules = filesOf(DIST).filter((name) => /\.wasm(\.br)?$/.test(name));
    assert.ok(modules.includes('wx_subscribe.wasm'));
    modules.forEach((name) => {
      const same = compiledFile(`${PACKED}/${name}`).equals(fs.readFileSync(path.join(DIST, name)));
      assert.ok(same, `${name} was changed on its way`);
    });
  });

  test('leaves the types behind', () => {
    assert.ok(filesOf(DIST).includes('index.d.ts'));
    assert.deepEqual(named(/\.ts$/), []);
  });

  test('makes ES5 of every script', () => {
    const scripts = named(/\.js$/);
    assert.ok(scripts.some(({ name }) => name === `${PACKED}/index.js`));
    assert.ok(scripts.some(({ name }) => name === 'app.js'));
    scripts.forEach(({ name }) => {
      try {
        acorn.parse(compiledFile(name).toString(), { ecmaVersion: 5, sourceType: 'script' });
      } catch (error) {
        assert.fail(`${name}: ${error.message}`);
      }
    });
  });

  test('stays far below the limit of the main package', (t) => {
    const total = sum(tools.compile);
    const own = named(new RegExp(`^${PACKED}/`));
    t.diagnostic(`main package: ${kilobytes(total)} of ${kilobytes(PACKAGE_LIMIT)}`);
    t.diagnostic(`of that wx-subscribe: ${kilobytes(sum(own))}`);
    own.forEach(({ name, bytes }) => t.diagnostic(`  ${path.basename(name)}: ${bytes} bytes`));
    assert.ok(total < PACKAGE_LIMIT / 2);
  });
});

describe('代码质量', () => {
  test('every check is passed', (t) => {
    assert.ok(tools.checkCodeQuality.length >= 10);
    const failed = tools.checkCodeQuality.filter(({ success }) => !success);
    assert.deepEqual(
      failed.map(({ name, text }) => `${name}: ${text}`),
      [],
    );
    const { detail } = tools.checkCodeQuality.find(({ name }) => name === 'PACKAGE_SIZE_LIMIT');
    t.diagnostic(`main package, as the check counts it: ${kilobytes(detail.__APP__)}`);
  });

  const unused = (report) =>
    report.checkCodeQuality.find(({ name }) => name === 'CONTAINS_UNUSED_CODES').detail;

  test('no file of the package is without use, as the example asks for the fallback, too', () => {
    assert.deepEqual(unused(tools), []);
  });

  test('the fallback is without use in an app that does not require it', async () => {
    const another = await createProject();
    const app = path.join(another.miniprogram, 'app.js');
    const source = fs.readFileSync(app, 'utf8');
    const without = source.replace("require('wx-subscribe/fallback')", 'undefined');
    assert.notEqual(without, source);
    fs.writeFileSync(app, without);
    const report = await useTools(another, 'packNpmManually', 'checkCodeQuality');
    assert.deepEqual(unused(report), [`${PACKED}/fallback.js`]);
  });
});

describe('the compiler of pages', () => {
  const PAGE = 'pages/product/index.wxml';

  test('takes every page and component of the example', () => {
    const pages = copyPages();
    assert.match(wxmlToJs(pages), /\$gwx/);
    assert.match(wxssToJs(pages), /wxssMap/);
  });

  test('would not take an unclosed tag', () => {
    const pages = copyPages();
    fs.appendFileSync(path.join(pages, PAGE), '\n<view><text>未关闭</text>\n');
    assert.throws(() => wxmlToJs(pages), new RegExp(PAGE));
  });

  test('would not take an unclosed rule of style', () => {
    const pages = copyPages();
    fs.appendFileSync(path.join(pages, PAGE.replace('.wxml', '.wxss')), '\n.open {{ color: red\n');
    assert.throws(() => wxssToJs(pages));
  });
});

describe('what is uploaded passes the suites', () => {
  /** One of the compiled files, with the helpers that it requires. */
  async function compiledScript(name) {
    const { outputFiles } = await build({
      entryPoints: [path.join(tools.compiled, PACKED, name)],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'es5',
      charset: 'utf8',
      logLevel: 'warning',
    });
    return outputFiles[0].text;
  }

  /** Of the old ones the oldest, which lacks most; QuickJS would take too long. */
  const isWanted = ({ name, year = OLDEST }) => name !== 'QuickJS' && year === OLDEST;

  ENGINES.filter(isWanted).forEach((engine) => {
    const skip = engine.missing && !process.env.CI ? `not run, ${engine.missing}` : false;
    test(`in ${engine.title}`, { skip }, async (t) => {
      assert.equal(engine.missing, null);
      const names = ['index.js', 'fallback.js'];
      const texts = await Promise.all(names.map(compiledScript));
      const replaced = Object.fromEntries(names.map((name, at) => [name, texts[at]]));
      const { passed, failures } = await runIn(engine, { replaced });
      t.diagnostic(`${passed} tests passed`);
      assert.deepEqual(failures, []);
      assert.ok(passed > 0);
    });
  });
});
