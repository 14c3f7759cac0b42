// The files of a code package, by their path from its root.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { CompileError } from './error.mjs';

async function list(root, folder = '') {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const nested = entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .map(async (entry) => {
      const name = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? list(root, name) : [name];
    });
  return (await Promise.all(nested)).flat();
}

/**
 * @param {string} folder
 * @returns access to the package: `paths`, `has(path)`, `text(path)`, `json(path)`
 */
export async function readPackage(folder) {
  const paths = await list(folder).catch((error) => {
    throw new CompileError(folder, `the folder cannot be read (${error.code})`);
  });
  paths.sort();
  const known = new Set(paths);

  async function text(file) {
    if (!known.has(file)) throw new CompileError(file, 'the file is not in the package');
    return readFile(path.join(folder, file), 'utf8');
  }
  async function json(file) {
    try {
      return JSON.parse(await text(file));
    } catch (error) {
      if (error instanceof CompileError) throw error;
      throw new CompileError(file, `not JSON: ${error.message}`);
    }
  }
  return { paths, has: (file) => known.has(file), text, json };
}

/**
 * Resolves a path of WXML, WXSS or JSON: relative to the package root if it
 * begins with a slash, otherwise to the file that contains it.
 *
 * @param {string} from the file that names it
 * @param {string} to
 */
export function resolvePath(from, to) {
  const joined = to.startsWith('/') ? to : path.posix.join(path.posix.dirname(from), to);
  return path.posix.normalize(joined).replace(/^\/+/, '');
}
