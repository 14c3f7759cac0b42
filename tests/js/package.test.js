// What the npm package holds beside its code: the page that explains it, and
// the root files that bundlers resolve.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { GLUE_ROOT } = require('./support/bare-context.js');

const sdk = require(path.join(GLUE_ROOT, 'miniprogram_dist/index.js'));

const read = (name) => fs.readFileSync(path.join(GLUE_ROOT, name), 'utf8');

describe('REFERENCE.md', () => {
  test('ends with the types of this build', () => {
    assert.ok(read('REFERENCE.md').includes(read('miniprogram_dist/index.d.ts').trim()));
  });

  test('holds every section of the reference, which is tested against the types', () => {
    const reference = fs.readFileSync(path.join(GLUE_ROOT, '../docs/zh/reference.md'), 'utf8');
    const sections = reference.match(/^## .*$/gm);
    assert.ok(sections.length >= 6);
    sections.forEach((heading) =>
      assert.ok(read('REFERENCE.md').includes(`\n${heading}\n`), heading),
    );
  });

  test('links to nothing that the package does not hold', () => {
    assert.doesNotMatch(read('REFERENCE.md'), /\]\((?!https:)/);
  });

  test('names the version', () => {
    assert.ok(read('REFERENCE.md').startsWith(`# wx-subscribe ${sdk.version}\n`));
  });
});

test('README.md names no version, which it would have to follow', () => {
  assert.ok(read('README.md').includes('npm install wx-subscribe\n'));
  assert.ok(!read('README.md').includes(sdk.version));
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
