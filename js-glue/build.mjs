// Bundles src/ and wasm-bindgen's glue into miniprogram_dist/: one CommonJS
// file, and its types. `cargo xtask build` runs this after it has put the
// generator's output into generated/.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'miniprogram_dist');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

const common = {
  bundle: true,
  write: false,
  target: 'es2015',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

/** wasm-bindgen's glue keeps its instance in module variables; as a function, it makes them anew for each. */
const glue = {
  name: 'glue',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^wx-subscribe-glue$/ }, ({ path }) => ({ path, namespace: 'glue' }));
    onLoad({ filter: /.*/, namespace: 'glue' }, async () => ({ contents: asFunction(await generatedGlue()) }));
  },
};

/** The generated glue as one module, with UTF-8 of our own. */
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

/** A bundled module ends in its one list of exports; as a function, it returns them. */
function asFunction(module) {
  const [whole, names] = module.match(/^export \{([^}]*)\};\s*$/m);
  const members = names.replace(/(\w+) as (\w+)/g, '$2: $1');
  return `export function createGlue() {\n${module.replace(whole, `return {${members}};`)}\n}`;
}

async function bundle() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(here, 'src/index.ts')],
    format: 'cjs',
    minify: true,
    define: { VERSION: JSON.stringify(version) },
    plugins: [glue],
  });
  writeFileSync(join(dist, 'index.js'), outputFiles[0].contents);
}

/** One file of types: what `index.ts` declares, and the types it exports. */
function declare() {
  const out = mkdtempSync(join(here, 'generated/types-'));
  try {
    const tsc = createRequire(import.meta.url).resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
    execFileSync(process.execPath, [tsc, '--emitDeclarationOnly', '--outDir', out], { cwd: here, stdio: 'inherit' });
    const [index, types] = ['index', 'types'].map((name) => readFileSync(join(out, `${name}.d.ts`), 'utf8'));
    const own = index.replace(/^(import|export) .* from '\.\/types';\n/gm, '');
    writeFileSync(join(dist, 'index.d.ts'), own + types);
  } finally {
    rmSync(out, { recursive: true });
  }
}

mkdirSync(dist, { recursive: true });
await bundle();
declare();
