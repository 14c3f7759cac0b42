// A page with nothing but a phone on it, served as the simulator's own server does.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { compileMiniprogram } from '../../../compile/index.mjs';
import { phonePlugin } from '../../../src/phone/build.mjs';

const ENTRY = fileURLToPath(new URL('page.ts', import.meta.url));

const TYPES = { '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png' };

/** The page's script: built once a process. */
let script = null;
function buildScript() {
  script ??= build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'esm',
    charset: 'utf8',
    plugins: [phonePlugin()],
  }).then(({ outputFiles }) => outputFiles[0].text);
  return script;
}

const page = (
  options,
) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>phone</title>
<link rel="icon" href="data:,">
<style>html,body{height:100%;margin:0;background:#dfe3e1}#phone{height:100%}</style>
<div id="phone"></div>
<script>window.options = ${JSON.stringify(options).replaceAll('<', '\\u003c')}</script>
<script type="module" src="/page.js"></script></html>`;

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/**
 * @param {string} folder of the mini-program
 * @param {object} options
 * @param {object[]} [options.templates] see TemplateInfo
 * @param {(request: object) => object | Promise<object>} [options.answer] what `/__request` answers
 * @returns `{ url, close }`
 */
export async function servePhone(
  folder,
  { templates = [], answer = () => ({ statusCode: 200, header: {}, data: '{}' }) } = {},
) {
  const miniprogram = await compileMiniprogram(folder);
  const text = await buildScript();

  async function respond(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    const send = (status, type, body) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (pathname === '/') send(200, 'text/html; charset=utf-8', page({ miniprogram, templates }));
    else if (pathname === '/page.js') send(200, 'text/javascript; charset=utf-8', text);
    else if (pathname === '/__request') {
      const answered = await answer(JSON.parse(await readBody(request)));
      send(200, 'application/json', JSON.stringify(answered));
    } else if (pathname.startsWith('/package/')) {
      const file = path.join(
        folder,
        path.normalize(decodeURIComponent(pathname.slice('/package'.length))),
      );
      const bytes = await readFile(file).catch(() => null);
      send(bytes ? 200 : 404, TYPES[path.extname(file)] ?? 'application/octet-stream', bytes ?? '');
    } else send(404, 'text/plain', 'not found');
  }

  const server = http.createServer((request, response) => {
    respond(request, response).catch((error) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
