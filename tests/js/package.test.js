// What the npm package holds beside its code: the page that explains it, and
// the root files that bundlers resolve.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const vm = require('node:vm');

const { GLUE_ROOT } = require('./support/bare-context.js');

const sdk = require(path.join(GLUE_ROOT, 'miniprogram_dist/index.js'));

const read = (name) => fs.readFileSync(path.join(GLUE_ROOT, name), 'utf8');
const types = read('miniprogram_dist/index.d.ts');
const scriptsOf = (page) => [...read(page).matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code);

/** The words of a union of strings in the types. */
function unionOf(name) {
  const [, union] = new RegExp(`type ${name} = ([^;]*);`).exec(types);
  return [...union.matchAll(/'(\w+)'/g)].map(([, word]) => word);
}

/** The first cell of each row of the tables under a heading. */
function rowsUnder(page, heading) {
  const [, section] = read(page).split(`\n## ${heading}\n`);
  const [, ...words] = [...section.split('\n## ')[0].matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  return words;
}

describe('REFERENCE.md', () => {
  test('ends with the types of this build', () => {
    assert.ok(read('REFERENCE.md').includes(types.trim()));
  });

  test('explains each kind of failure, and no other', () => {
    const kinds = unionOf('FailureKind');
    assert.ok(kinds.length > 0);
    assert.deepEqual(rowsUnder('REFERENCE.md', '失败的 `kind`'), kinds);
  });

  test('names the version', () => {
    assert.ok(read('REFERENCE.md').startsWith(`# wx-subscribe ${sdk.version}\n`));
  });
});

['README.md', 'REFERENCE.md'].forEach((page) => {
  describe(`the code in ${page}`, () => {
    test('is there, and compiles', () => {
      const scripts = scriptsOf(page);
      assert.ok(scripts.length >= 2);
      scripts.forEach((code) => new vm.Script(`async () => {\n${code}\n}`, { filename: page }));
    });

    test('takes from the package what it exports', () => {
      const taken = scriptsOf(page)
        .flatMap((code) => [...code.matchAll(/const \{ ([^}]*) \} = require\('wx-subscribe'\)/g)])
        .flatMap(([, names]) => names.split(', '));
      assert.ok(taken.includes('asyncSubscribeMessage'));
      taken.forEach((name) => assert.ok(name in sdk, name));
    });
  });
});

test('README.md installs the tarball of this version', () => {
  assert.ok(read('README.md').includes(`npm install ./wx-subscribe-${sdk.version}.tgz`));
});

describe('wx-subscribe/fallback', () => {
  const fallback = require(path.join(GLUE_ROOT, 'fallback.js'));

  test('is the file that DevTools finds under the same name', () => {
    assert.equal(fallback, require(path.join(GLUE_ROOT, 'miniprogram_dist/fallback.js')));
    assert.equal(typeof fallback, 'function');
  });

  test('is the default export as well, for a compiler that looks for one', () => {
    assert.equal(fallback.default, fallback);
  });

  test('is what import gives', async () => {
    const { default: imported } = await import(path.join(GLUE_ROOT, 'fallback.js'));
    assert.equal(imported, fallback);
  });
});
