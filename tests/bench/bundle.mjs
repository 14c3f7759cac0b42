// Bundles the other contestants: the hand-written flow and the glue of the
// naive build, each as one minified CommonJS file, like that of the package.
// Run by `cargo xtask bench`:
//
//   node bundle.mjs <folder of the naive glue> <folder to fill>
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { build } = createRequire(new URL('../../js-glue/package.json', import.meta.url))('esbuild');
const [generated, built] = process.argv.slice(2);

const common = {
  bundle: true,
  minify: true,
  format: 'cjs',
  target: 'es2015',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

await build({
  ...common,
  entryPoints: [join(import.meta.dirname, 'hand-written.js')],
  outfile: join(built, 'hand-written.js'),
});

// The few lines that a team adds to the glue for a mini-program. On a phone it
// needs a TextDecoder and a TextEncoder as well; those of Node are faster.
const loader = `
  import * as glue from './wx_subscribe_naive_bg.js';
  export * from './wx_subscribe_naive_bg.js';
  export function setup(config) {
    if (setup.isLoaded) return glue.setup(config);
    return WXWebAssembly.instantiate('/naive.wasm', { './wx_subscribe_naive_bg.js': glue }).then(({ instance }) => {
      glue.__wbg_set_wasm(instance.exports);
      if (instance.exports.__wbindgen_start) instance.exports.__wbindgen_start();
      setup.isLoaded = true;
      return glue.setup(config);
    });
  }`;
await build({
  ...common,
  // The glue's types of numbers that ES2015 does not have are never used.
  target: 'es2020',
  stdin: { contents: loader, resolveDir: generated },
  outfile: join(built, 'naive.js'),
});
