// Bundles the page: index.html as it is, one script, one style sheet; all in
// memory.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

import { phonePlugin } from './src/phone/build.mjs';

const here = import.meta.dirname;

/** @returns {Promise<Record<string, Uint8Array>>} file name → content */
export async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, 'src/panel/main.ts'), path.join(here, 'src/panel/main.css')],
    outdir: here,
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    plugins: [phonePlugin()],
    target: 'es2022',
    charset: 'utf8',
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = Object.fromEntries(
    outputFiles.map(({ path: file, contents }) => [path.basename(file), contents]),
  );
  return { ...files, 'index.html': await readFile(path.join(here, 'index.html')) };
}
