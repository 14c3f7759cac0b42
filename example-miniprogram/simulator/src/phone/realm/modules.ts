// `require` of the mini-program's files.
import type { Host } from '../bridge';
import { resolvePath } from './path';

interface Module {
  exports: unknown;
}

const asFile = (name: string): string[] => [name, `${name}.js`, `${name}/index.js`];

/** Candidates of a request: a relative path first, then a package at each level up to the root. */
function candidates(from: string, request: string): string[] {
  if (/^[./]/.test(request)) return asFile(resolvePath(from, request));
  const folders = from.split('/').slice(0, -1);
  const roots = folders.map((_, index) => folders.slice(0, folders.length - index).join('/'));
  const packages = [...roots, ''].map((root) =>
    [root, 'miniprogram_npm', request].filter(Boolean).join('/'),
  );
  // WeChat also treats a path without `./` as relative.
  return [...asFile(resolvePath(from, request)), ...packages.flatMap(asFile)];
}

/**
 * @param sources path → source
 * @param names what every module sees by name, beside `require`, `module` and `exports`
 */
export function createModules(
  host: Host,
  sources: Record<string, string>,
  names: Record<string, unknown>,
) {
  const loaded = new Map<string, Module>();
  const parameters = ['require', 'module', 'exports', ...Object.keys(names)];
  const values = Object.values(names);

  function load(path: string): unknown {
    const known = loaded.get(path);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    loaded.set(path, module);
    try {
      const run = host.define(path, sources[path] ?? '', parameters);
      if (!run) throw new SyntaxError(`${path} cannot be run`);
      run.call(undefined, createRequire(path), module, module.exports, ...values);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module.exports;
  }

  function createRequire(from: string) {
    return (request: unknown): unknown => {
      if (typeof request !== 'string') throw new TypeError('require takes a path');
      const path = candidates(from, request).find((name) => sources[name] !== undefined);
      if (!path) throw new Error(`module '${request}' is not defined, required by '${from}'`);
      return load(path);
    };
  }

  return { load, has: (path: string) => sources[path] !== undefined };
}

export type Modules = ReturnType<typeof createModules>;
