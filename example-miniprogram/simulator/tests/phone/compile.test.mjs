// The output of the compiler, and its errors for an invalid mini-program.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CompileError, compileMiniprogram } from '../../compile/index.mjs';
import { convertRpx } from '../../compile/rpx.mjs';

const FIXTURE = fileURLToPath(new URL('fixture', import.meta.url));

/** The fixture with other files: path → content, null takes it away. */
async function fixtureWith(t, files) {
  const folder = await mkdtemp(path.join(tmpdir(), 'wx-compile-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(FIXTURE, folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (content === null) {
      await rm(file);
    } else {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }
  return folder;
}

async function stylesWith(t, file, css) {
  const { styles } = await compileMiniprogram(await fixtureWith(t, { [file]: css }));
  return styles[file.replace(/\.wxss$/, '')];
}

test('a mini-program becomes plain JSON', async () => {
  const compiled = await compileMiniprogram(FIXTURE);
  assert.deepEqual(JSON.parse(JSON.stringify(compiled)), compiled);
  assert.equal(compiled.appId, 'touristappid');
  assert.equal(
    compiled.components['pages/parts/index'].usingComponents.loose,
    'components/loose/index',
  );
  assert.equal(
    compiled.components['pages/parts/index'].usingComponents.box,
    'components/box/index',
  );
  assert.deepEqual(compiled.assets, ['images/dot.svg']);
  assert.ok('miniprogram_npm/tiny/part.js' in compiled.modules);
});

test('async functions become generators over the global Promise', async () => {
  const { modules } = await compileMiniprogram(FIXTURE);
  const source = modules['pages/tap/index.js'];
  assert.doesNotMatch(source, /\basync\s*(\(|function)|\bawait /);
  assert.match(source, /new Promise/);
});

test('rpx are parts of the width of the web view', () => {
  assert.equal(convertRpx('750rpx'), '100vw');
  assert.equal(convertRpx('calc(1px + 37.5rpx) -.75rpx'), 'calc(1px + 5vw) -0.1vw');
  assert.equal(convertRpx('0rpx url(a-1rpx.png)'), '0 url(a-1rpx.png)');
});

test('@import brings the rules of another file, in its place', async () => {
  const { styles } = await compileMiniprogram(FIXTURE);
  assert.match(styles.app, /^\.wide \{\s+width: 50vw;/);
  assert.doesNotMatch(styles.app, /@import/);
});

test('a page keeps its rules to itself, as strong as they were', async (t) => {
  const css = await stylesWith(
    t,
    'pages/list/index.wxss',
    '.a > button, page { color: red } @media (width > 1px) { .b::after { content: "x.y button" } }',
  );
  assert.match(css, /:where\(wx-page\[is="pages\/list\/index"\]\) \.a > wx-button/);
  assert.match(css, /wx-page:where\(\[is="pages\/list\/index"\]\)/);
  assert.match(
    css,
    /:where\(wx-page\[is="pages\/list\/index"\]\) \.b::after \{ content: "x\.y button" \}/,
  );
});

test('class names of a component are marked for its scope, and nothing else in a selector is', async (t) => {
  const css = await stylesWith(
    t,
    'components/box/index.wxss',
    ':host { top: 0 } :host(.x) .a.b:not(.c) [data-x=".d"] view:hover {} @keyframes k { from { top: 1.5px } to { top: 0 } }',
  );
  assert.match(css, /^\[wx-host="__SCOPE__"\] \{ top: 0 \}/);
  assert.match(
    css,
    /\[wx-host="__SCOPE__"\]\.__SCOPE__x \.__SCOPE__a\.__SCOPE__b:not\(\.__SCOPE__c\) \[data-x="\.d"\] wx-view:hover/,
  );
  assert.match(css, /from \{ top: 1\.5px \} to \{ top: 0 \}/);
});

const WRONG = [
  ['an app.json that is no JSON', { 'app.json': '{' }, 'app.json', /not JSON/],
  ['a folder without app.json', { 'app.json': null }, 'app.json', /not in the package/],
  ['an app without pages', { 'app.json': { pages: [] } }, 'app.json', /at least one page/],
  [
    'a page without a file',
    { 'pages/list/index.wxml': null },
    'app.json',
    /no pages\/list\/index\.wxml/,
  ],
  [
    'a key that is not simulated',
    { 'app.json': { pages: ['a'], subPackages: [] } },
    'app.json',
    /"subPackages" is not simulated/,
  ],
  [
    'a key of the tab bar that is not simulated',
    { 'app.json': { pages: ['a'], tabBar: { custom: true } } },
    'app.json',
    /"tabBar\.custom" is not simulated/,
  ],
  [
    'a key of a page that is not simulated',
    { 'pages/list/index.json': { enablePullDownRefresh: true } },
    'pages/list/index.json',
    /"enablePullDownRefresh" is not simulated/,
  ],
  [
    'a component that is not there',
    { 'pages/list/index.json': { usingComponents: { x: './x' } } },
    'pages/list/index.json',
    /no component at \.\/x \(for <x>\)/,
  ],
  [
    'a component of a plugin',
    { 'pages/list/index.json': { usingComponents: { x: 'plugin://p/x' } } },
    'pages/list/index.json',
    /plugins are not simulated/,
  ],
  [
    'a tab that is no page',
    {
      'app.json': { pages: ['pages/list/index'], tabBar: { list: [{ pagePath: 'x', text: 'X' }] } },
    },
    'app.json',
    /x, which is not in "pages"/,
  ],
  [
    'a tag that is not simulated',
    { 'pages/list/index.wxml': '<view>{{a <b}}</view><!-- <map/> --><video />' },
    'pages/list/index.wxml',
    /<video> is not simulated/,
  ],
  [
    'an event that is not simulated',
    { 'pages/list/index.wxml': '<view>no bindlongtap </view><view\n  catch:longpress="on" />' },
    'pages/list/index.wxml',
    /"longpress" is not simulated/,
  ],
  [
    'a tag without an end',
    { 'pages/list/index.wxml': '<view><text></view>' },
    'pages/list/index.wxml',
    /end tag/,
  ],
  [
    'an expression that is none',
    { 'pages/list/index.wxml': '<view a="{{ b + }}" />' },
    'pages/list/index.wxml',
    /:1:\d+: .*expression/,
  ],
  [
    'a template file that is not there',
    { 'pages/list/index.wxml': '<import src="./gone.wxml" />' },
    'pages/list/index.wxml',
    /no pages\/list\/gone\.wxml/,
  ],
  [
    'a wxs file that is not there',
    { 'pages/list/index.wxml': '<wxs src="./gone.wxs" module="m" />' },
    'pages/list/index.wxml',
    /no pages\/list\/gone\.wxs/,
  ],
  [
    'JavaScript that is none',
    { 'pages/list/index.js': 'Page({\n  a b\n})' },
    'pages/list/index.js',
    /:2:4: Expected/,
  ],
  [
    'WXSS that is none',
    { 'pages/list/index.wxss': '.a { color: red' },
    'pages/list/index.wxss',
    /Unclosed block/,
  ],
  [
    'an @import that is not there',
    { 'app.wxss': '@import "./gone.wxss";' },
    'app.wxss',
    /no gone\.wxss to import/,
  ],
  ['WXSS that imports itself', { 'app.wxss': '@import "app.wxss";' }, 'app.wxss', /imports itself/],
];
for (const [name, files, file, reason] of WRONG) {
  test(`${name} is an error that names the file`, async (t) => {
    const folder = await fixtureWith(t, files);
    await assert.rejects(compileMiniprogram(folder), (error) => {
      assert.ok(error instanceof CompileError, String(error.stack));
      assert.equal(error.file, file);
      assert.match(error.message, reason);
      return true;
    });
  });
}
