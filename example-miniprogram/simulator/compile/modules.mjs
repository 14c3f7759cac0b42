// Compiles JavaScript files like "ES6 转 ES5" of DevTools: CommonJS, no async functions.
import { transform } from 'esbuild';

import { CompileError } from './error.mjs';

/**
 * Async functions become generators over the global `Promise`, as in a real
 * build: on iOS 15 and below that is a polyfill, and an `await` loses the tap.
 */
const TARGET = 'es2016';

async function compileModule(file, text) {
  try {
    const { code } = await transform(text, {
      format: 'cjs',
      target: TARGET,
      sourcefile: file,
      charset: 'utf8',
    });
    return code;
  } catch (error) {
    const first = error.errors?.[0];
    if (!first) throw error;
    throw new CompileError(file, first.text, first.location);
  }
}

/** @returns path → source, for every JavaScript file of the package */
export async function compileModules(source) {
  const files = source.paths.filter((file) => file.endsWith('.js'));
  const compiled = files.map(async (file) => [
    file,
    await compileModule(file, await source.text(file)),
  ]);
  return Object.fromEntries(await Promise.all(compiled));
}
