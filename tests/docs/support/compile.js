// Compiles code from the pages, in strict TypeScript over the types that are shipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { ROOT } from './pages.js';

const tsc = path.join(
  path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

const OPTIONS = {
  target: 'es2020',
  lib: ['es2020'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  types: ['miniprogram-api-typings'],
  strict: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  // Snippets are JavaScript: arguments have no types.
  noImplicitAny: false,
};

/** What snippets require of the application itself. */
const APPLICATION = `
declare module '*/sign-in' { export function signIn(): Promise<void>; }
declare module '*/http' { export function post(path: string, data: object, header?: object): Promise<any>; }
`;

/**
 * Compiles files, given as name → code, in a folder below `target`.
 *
 * @returns {string[]} one line for each error
 */
export function compile(folder, files) {
  const where = path.join(ROOT, 'target/docs', folder);
  rmSync(where, { recursive: true, force: true });
  mkdirSync(path.join(where, 'node_modules'), { recursive: true });
  // Installed as a user has it.
  symlinkSync(
    path.join(ROOT, 'js-glue'),
    path.join(where, 'node_modules/wx-subscribe'),
    'junction',
  );
  const all = {
    ...files,
    'application.d.ts': APPLICATION,
    'tsconfig.json': JSON.stringify({ compilerOptions: OPTIONS }),
  };
  Object.entries(all).forEach(([name, code]) => writeFileSync(path.join(where, name), code));
  try {
    execFileSync(process.execPath, [tsc, '--pretty', 'false', '--project', where], {
      cwd: where,
      encoding: 'utf8',
    });
    return [];
  } catch ({ stdout, stderr }) {
    const errors = `${stdout}${stderr}`.trim().split('\n');
    if (errors.join('') === '') throw new Error('the compiler failed without a word');
    return errors;
  }
}
