// Links lead somewhere: files and headings of this repository, and well-formed addresses.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ROOT, allPages, page } from './support/pages.js';

/** Why a link of a page leads nowhere; `undefined` if it does not. */
function fault(from, link) {
  if (/^[a-z]+:/i.test(link)) {
    return URL.canParse(link) && new URL(link).protocol === 'https:'
      ? undefined
      : 'it is no https address';
  }
  const [file, anchor] = link.split('#').map(decodeURIComponent);
  const target = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
  if (target.startsWith('..') || !existsSync(path.join(ROOT, target)))
    return `there is no ${target}`;
  if (anchor === undefined) return undefined;
  const anchors = page(target).headings.map((heading) => heading.anchor);
  return anchors.includes(anchor)
    ? undefined
    : `${target} has no heading #${anchor}, only ${anchors.join(' ')}`;
}

for (const name of allPages) {
  test(`the links of ${name}`, () => {
    const faults = page(name).links.map((link) => [link, fault(name, link)]);
    assert.deepEqual(
      faults.filter(([, why]) => why !== undefined),
      [],
    );
  });
}

test('a wrong link is found', () => {
  const wrong = [
    'nowhere.md',
    '#nothing',
    'docs/zh/guide.md#no-such',
    'http://plain.example.com',
    '../outside.md',
  ];
  wrong.forEach((link) => assert.notEqual(fault('README.md', link), undefined, link));
});
