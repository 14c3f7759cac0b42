// The page, its bundle, and the mini-program's package.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

import { bundle } from '../build.mjs';
import { compileMiniprogram } from '../compile/index.mjs';
import { HttpError, send, sendJson } from './http.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const typeOf = (file) => TYPES[path.extname(file)] ?? 'application/octet-stream';

/**
 * The routes that serve it.
 *
 * @param {string} miniprogram the folder of the mini-program
 */
export async function createSite(miniprogram) {
  const files = await bundle();
  const serve = (name) => (request, response) => send(response, 200, typeOf(name), files[name]);

  return {
    'GET /': serve('index.html'),
    'GET /main.js': serve('main.js'),
    'GET /main.css': serve('main.css'),
    // Compiled at each load: a change in a page shows after a reload.
    'GET /miniprogram.json': async (request, response) => {
      sendJson(response, 200, await compileMiniprogram(miniprogram));
    },
    'GET /package/*': async (request, response, url) => {
      const file = within(miniprogram, decodeURIComponent(url.pathname.slice('/package/'.length)));
      send(response, 200, typeOf(file.replace(/\.br$/, '')), await contentOf(file));
    },
  };
}

/** A file of the folder, and of no other. */
function within(folder, name) {
  const file = path.resolve(folder, name);
  if (!file.startsWith(folder + path.sep)) throw new HttpError(404, 'there is no such file');
  return file;
}

async function contentOf(file) {
  try {
    const content = await readFile(file);
    return file.endsWith('.br') ? await promisify(brotliDecompress)(content) : content;
  } catch {
    throw new HttpError(404, 'there is no such file');
  }
}
