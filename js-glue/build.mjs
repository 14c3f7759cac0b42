// Bundles src/ and wasm-bindgen's glue into miniprogram_dist/: one CommonJS
// file, its types, and the fallback; and writes REFERENCE.md. `cargo xtask build`
// runs this after it has put the generator's output into generated/.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'miniprogram_dist');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
/** What the names between the glue and the module were shortened to. */
const names = JSON.parse(readFileSync(join(here, 'generated/names.json'), 'utf8'));

const common = {
  bundle: true,
  write: false,
  target: 'es2015',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

/** wasm-bindgen's glue keeps its instance in module variables; as a function, it creates them for each instance. */
const glue = {
  name: 'glue',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^wx-subscribe-glue$/ }, ({ path }) => ({ path, namespace: 'glue' }));
    onLoad({ filter: /.*/, namespace: 'glue' }, async () => ({
      contents: asFunction(quickened(withFreshViews(await generatedGlue()))),
    }));
  },
};

/** The generated glue as one module, with our own UTF-8 codec. */
async function generatedGlue() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(here, 'generated/wx_subscribe_bg.js')],
    format: 'esm',
    inject: [join(here, 'src/utf8.ts')],
    // Phones have no use for it: the closures that the SDK makes live as long as their instance.
    define: { FinalizationRegistry: 'undefined' },
    minifySyntax: true,
  });
  return outputFiles[0].text;
}

/** A bundled module without its one list of exports, and that list: name → local name. */
function parted(module) {
  const [whole, list] = module.match(/\bexport ?\{([^}]*)\};?\s*$/);
  const locals = list.split(',').map((exported) => exported.trim().split(' as '));
  return {
    body: module.replace(whole, ''),
    locals: Object.fromEntries(locals.map(([local, name = local]) => [name, local])),
  };
}

/**
 * Wraps the glue into a function that returns its exports, and the module's
 * imports as the list `imports`, by number.
 */
function asFunction(module) {
  const { body, locals } = parted(module);
  const imports = [];
  const members = [];
  Object.entries(locals).forEach(([name, local]) => {
    if (name in names.imports) imports[names.imports[name]] = local;
    else members.push(`${name}: ${local}`);
  });
  const bound = body.replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${shortOf(name)}`);
  return `export const ownImports = ${names.own};
export function createGlue() {\n${bound}return {${members}, imports: [${imports}]};\n}`;
}

function shortOf(name) {
  if (!names.exports[name]) throw new Error(`the module exports no ${name}`);
  return names.exports[name];
}

/**
 * The generated glue renews its view of the memory only when it is detached.
 * When memory grows, wasm2js and some hosts do not detach the old buffer.
 */
function withFreshViews(module) {
  const views = {
    cachedUint8ArrayMemory0: 'cachedUint8ArrayMemory0.byteLength === 0',
    cachedDataViewMemory0:
      'cachedDataViewMemory0.buffer.detached === !0 || cachedDataViewMemory0.buffer.detached === void 0 && cachedDataViewMemory0.buffer !== wasm.memory.buffer',
  };
  return Object.entries(views).reduce((text, [view, outdated]) => {
    if (text.split(outdated).length !== 2)
      throw new Error(`the generated glue has not one "${outdated}"`);
    return text.replace(outdated, `${view}.buffer !== wasm.memory.buffer`);
  }, module);
}

/** Removes the most expensive parts of each call from wasm to JavaScript. */
function quickened(module) {
  // Nearly all strings are constants, which are decoded once.
  const [start, end] = names.constants;
  const [decode, kept] = [
    'function getStringFromWasm0(ptr, len) {',
    `
    var texts = new Map();
    function getStringFromWasm0(ptr, len) {
      let key = ptr * 0x10000 + len, text = texts.get(key);
      if (text === undefined) {
        text = decodeAt(ptr, len);
        if (ptr >= ${start} && ptr < ${end}) texts.set(key, text);
      }
      return text;
    }
    function decodeAt(ptr, len) {`,
  ];
  if (module.split(decode).length !== 2)
    throw new Error(`the generated glue has not one "${decode}"`);
  // The generator wraps each call that may throw in a closure, and its arguments in a list.
  const wrapped =
    /function (\w+)\(\) \{\n {2}return handleError\(function\((.*?)\) \{\n([^]*?)\n {2}\}, arguments\);\n\}/g;
  const caught = 'wasm.__wbindgen_exn_store(addHeapObject(e));';
  const unwrapped = module.replace(wrapped, (_, name, values, body) => {
    return `function ${name}(${values}) {\n  try {\n${body}\n  } catch (e) {\n    ${caught}\n  }\n}`;
  });
  const handler = /function handleError\(f, args\) \{[^]*?\n\}\n/;
  if (unwrapped.split('handleError').length !== 2)
    throw new Error('the generated glue calls handleError in another way');
  return unwrapped.replace(handler, '').replace(decode, kept);
}

async function bundle() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(here, 'src/index.ts')],
    format: 'esm',
    minify: true,
    define: { VERSION: JSON.stringify(version), MEMORY: JSON.stringify(names.exports.memory) },
    plugins: [glue],
  });
  // Plain assignments in place of the bundler's CommonJS helpers.
  const { body, locals } = parted(outputFiles[0].text);
  const exported = Object.entries(locals).map(([name, local]) => `exports.${name}=${local};`);
  const marked = 'Object.defineProperty(exports,"__esModule",{value:!0});';
  writeFileSync(join(dist, 'index.js'), `"use strict";${marked}${body}${exported.join('')}\n`);
}

/** wasm2js generates a module that runs at once; as a function, it runs when called. */
async function bundleFallback() {
  const module = readFileSync(join(here, 'generated/wx_subscribe.wasm2js.js'), 'utf8');
  const body = module.slice(module.indexOf('\n'), module.indexOf('var retasmFunc = '));
  const { outputFiles } = await build({
    ...common,
    // The second assignment is for importers that take CommonJS for a module with a default export.
    stdin: { contents: `${body}\nmodule.exports = asmFunc;\nasmFunc.default = asmFunc;` },
    format: 'cjs',
    minify: true,
  });
  writeFileSync(join(dist, 'fallback.js'), outputFiles[0].contents);
  writeFileSync(
    join(dist, 'fallback.d.ts'),
    "import type { Fallback } from './index';\n\ndeclare const fallback: Fallback & { default: Fallback };\nexport = fallback;\n",
  );
}

/** One file of types: what `index.ts` declares, and the types it exports. */
function declare() {
  const out = mkdtempSync(join(here, 'generated/types-'));
  try {
    const tsc = createRequire(import.meta.url)
      .resolve('typescript/package.json')
      .replace(/package\.json$/, 'bin/tsc');
    execFileSync(process.execPath, [tsc, '--emitDeclarationOnly', '--outDir', out], {
      cwd: here,
      stdio: 'inherit',
    });
    const [index, types] = ['index', 'types'].map((name) =>
      readFileSync(join(out, 'src', `${name}.d.ts`), 'utf8'),
    );
    const own = index.replace(/^(import|export) .* from '\.\/types';\n/gm, '');
    writeFileSync(join(dist, 'index.d.ts'), own + types);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The sections of the documentation's reference: the links to its other pages lead nowhere in the package. */
function reference() {
  const page = readFileSync(join(here, '../docs/zh/reference.md'), 'utf8');
  return page
    .slice(page.indexOf('\n## '))
    .replace(/\[([^\]]*)\]\([^)]*\.md[^)]*\)/g, '「$1」')
    .trim();
}

/** The whole package in one page: how to begin, the reference, and the types as they are shipped. */
function writeReference() {
  const parts = {
    version,
    reference: reference(),
    types: readFileSync(join(dist, 'index.d.ts'), 'utf8').trim(),
  };
  const page = readFileSync(join(here, 'src/reference.md'), 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (_, part) => parts[part],
  );
  writeFileSync(join(here, 'REFERENCE.md'), page);
}

mkdirSync(dist, { recursive: true });
await bundle();
await bundleFallback();
declare();
writeReference();
