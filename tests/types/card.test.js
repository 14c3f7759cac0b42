// The card of the package, its package.json, as the tarball has it: publint and
// "are the types wrong" find nothing, and its README can be read on a registry's page.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const { tarball } = require('../js/support/tarball.js');

/** What the tarball holds. */
let folder;
let card;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-card-'));
  execFileSync('tar', ['-xzf', tarball(), '-C', folder, '--strip-components=1']);
  card = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
});

after(() => fs.rmSync(folder, { recursive: true }));

/** What publint says about a folder, suggestions included. */
async function publintOf(pkgDir) {
  const { publint } = await import('publint');
  const { messages } = await publint({ pkgDir, strict: true, pack: false });
  return messages.map(({ code }) => code);
}

test('publint finds nothing, and would find a missing type', async () => {
  assert.deepEqual(await publintOf(folder), []);
  const other = path.join(folder, 'other');
  fs.mkdirSync(other);
  const { type, ...rest } = card;
  assert.equal(type, 'commonjs');
  fs.writeFileSync(path.join(other, 'package.json'), JSON.stringify(rest));
  for (const name of ['miniprogram_dist', 'fallback.js', 'fallback.d.ts'])
    fs.cpSync(path.join(folder, name), path.join(other, name), { recursive: true });
  assert.ok((await publintOf(other)).includes('USE_TYPE'));
});

test('its types resolve as they run, for each way to look up a module', async () => {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
  const analysis = await checkPackage(createPackageFromTarballData(fs.readFileSync(tarball())));
  assert.ok(analysis.types);
  assert.ok(Object.keys(analysis.entrypoints).includes('./fallback'));
  assert.deepEqual(analysis.problems, []);
});

test('it names the Node it needs, and nothing that the tarball lacks', () => {
  assert.match(card.engines.node, /^>=\d+/);
  assert.deepEqual(
    [card.scripts, card.devDependencies, card.dependencies],
    [undefined, undefined, undefined],
  );
});

test('the links of its README lead somewhere on a registry', () => {
  const text = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link);
  assert.ok(links.length > 0);
  links.forEach((link) => assert.match(link, /^https:\/\//));
});
