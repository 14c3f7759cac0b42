// The page, its bundle, and the mini-program's package.
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

import { bundle } from '../build.mjs';
import { compileMiniprogram } from '../compile/index.mjs';
import { HttpError, send } from './http.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const typeOf = (file) => TYPES[path.extname(file)] ?? 'application/octet-stream';

/** Bundled once per process. */
let bundled = null;

/** Folder → the last result of the compiler, and its files. */
const compiled = new Map();

/** Compiled again after any change, so that a reload shows it. */
async function compiledOf(folder) {
  const files = await readdir(folder, { recursive: true });
  const times = await Promise.all(
    files.sort().map(async (file) => [file, (await stat(path.join(folder, file))).mtimeMs]),
  );
  const stamp = JSON.stringify(times);
  const last = compiled.get(folder);
  if (last?.stamp === stamp) return last.text;
  const text = JSON.stringify(await compileMiniprogram(folder));
  compiled.set(folder, { stamp, text });
  return text;
}

/**
 * The routes that serve it.
 *
 * @param {string} miniprogram the folder of the mini-program
 */
export async function createSite(miniprogram) {
  bundled ??= bundle();
  const files = Object.entries(await bundled).map(([name, content]) => {
    const serve = (request, response) => send(response, 200, typeOf(name), content);
    return [`GET /${name === 'index.html' ? '' : name}`, serve];
  });

  return {
    ...Object.fromEntries(files),
    'GET /miniprogram.json': async (request, response) => {
      send(response, 200, TYPES['.json'], await compiledOf(miniprogram));
    },
    'GET /package/*': async (request, response, url) => {
      const file = within(miniprogram, url.pathname.slice('/package/'.length));
      send(response, 200, typeOf(file.replace(/\.br$/, '')), await contentOf(file));
    },
  };
}

/** A file of the folder; paths outside it are refused. */
function within(folder, escaped) {
  const file = path.resolve(folder, unescaped(escaped));
  if (!file.startsWith(folder + path.sep)) throw new HttpError(404, 'there is no such file');
  return file;
}

function unescaped(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new HttpError(400, 'the path is not one');
  }
}

async function contentOf(file) {
  try {
    const content = await readFile(file);
    return file.endsWith('.br') ? await promisify(brotliDecompress)(content) : content;
  } catch {
    throw new HttpError(404, 'there is no such file');
  }
}
