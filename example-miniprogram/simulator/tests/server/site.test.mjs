// The page and the package, as a browser fetches them.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';

import { createSite } from '../../server/site.mjs';
import { serve } from './support.mjs';

const WASM = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** A mini-program of one page in a folder of its own, served. */
async function serveSite(t) {
  const above = await mkdtemp(path.join(os.tmpdir(), 'wx-subscribe-site-'));
  t.after(() => rm(above, { recursive: true, force: true }));
  const folder = path.join(above, 'miniprogram');
  const write = async (name, content) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  await write('app.json', JSON.stringify({ pages: ['pages/one/index'] }));
  await write('app.js', 'App({});');
  await write('pages/one/index.js', 'Page({});');
  await write('pages/one/index.wxml', '<view>one</view>');
  await write('sdk.wasm', WASM);
  await write('packed.wasm.br', brotliCompressSync(WASM));
  await writeFile(path.join(above, 'secret.txt'), 'secret');
  const url = await serve(t, await createSite(folder));
  return { url, write, get: (name) => fetch(url + name) };
}

test('the page comes with its script and its style', async (t) => {
  const { get } = await serveSite(t);
  for (const [name, type] of [
    ['/', 'text/html; charset=utf-8'],
    ['/main.js', 'text/javascript; charset=utf-8'],
    ['/main.css', 'text/css; charset=utf-8'],
    ['/main.js.map', 'application/json; charset=utf-8'],
  ]) {
    const response = await get(name);
    assert.equal(response.status, 200, name);
    assert.equal(response.headers.get('content-type'), type);
    assert.ok((await response.arrayBuffer()).byteLength > 100, name);
  }
});

test('files of the package come by their path, and what is brotli decompressed', async (t) => {
  const { get } = await serveSite(t);
  for (const name of ['/package/sdk.wasm', '/package/packed.wasm.br']) {
    const response = await get(name);
    assert.equal(response.headers.get('content-type'), 'application/wasm');
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), WASM);
  }
});

test('nothing outside of the package is served', async (t) => {
  const { get } = await serveSite(t);
  for (const [name, status] of [
    ['/package/%2e%2e%2fsecret.txt', 404],
    ['/package/..%2Fsecret.txt', 404],
    ['/package//etc/hosts', 404],
    ['/package/none.wasm', 404],
    ['/package/', 404],
    ['/package/%ff', 400],
  ]) {
    assert.equal((await get(name)).status, status, name);
  }
});

test('a change of the mini-program shows after a reload', async (t) => {
  const { get, write } = await serveSite(t);
  const module = async () =>
    (await (await get('/miniprogram.json')).json()).modules['pages/one/index.js'];
  assert.match(await module(), /Page\(\{\}\)/);
  const file = await write('pages/one/index.js', 'Page({ data: { changed: 1 } });');
  // Independent of the resolution of file times.
  await utimes(file, new Date(), new Date(Date.now() + 5000));
  assert.match(await module(), /changed/);
});
