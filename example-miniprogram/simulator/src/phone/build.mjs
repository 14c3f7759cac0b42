// An esbuild plugin for the two generated modules of the phone.
//
//   phone:realm     the script of the logic realm, as one string
//   phone:wx-names  the names that WeChat's `wx` has, from its own typings
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { build as bundle } from 'esbuild';

const require = createRequire(import.meta.url);
const REALM_ENTRY = fileURLToPath(new URL('realm/index.ts', import.meta.url));
/** The name under which the realm's script keeps its exports. */
const REALM_EXPORTS = 'phoneRealm';

/** Where the members of an interface stand in the typings. */
const MEMBER = /^ {8}(\w+)\s*[<(]/gm;

async function readWxNames() {
  const typings = await readFile(
    require.resolve('miniprogram-api-typings/types/wx/lib.wx.api.d.ts'),
    'utf8',
  );
  const start = typings.indexOf('\n    interface Wx {');
  // The comments hold examples, which are code of any shape.
  const code = typings.slice(start).replace(/\/\*[\s\S]*?\*\//g, '');
  const end = code.indexOf('\n    }');
  if (start < 0 || end < 0) throw new Error('miniprogram-api-typings has no interface Wx');
  return [...new Set([...code.slice(0, end).matchAll(MEMBER)].map(([, name]) => name))].sort();
}

async function bundleRealm(minify) {
  const { outputFiles } = await bundle({
    entryPoints: [REALM_ENTRY],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: REALM_EXPORTS,
    target: 'es2022',
    charset: 'utf8',
    minify,
    plugins: [phonePlugin()],
    legalComments: 'none',
  });
  return outputFiles[0].text;
}

/** For the bundle of a page that imports `src/phone/index.ts`. */
export function phonePlugin() {
  return {
    name: 'phone',
    setup(build) {
      build.onResolve({ filter: /^phone:/ }, ({ path }) => ({ path, namespace: 'phone' }));
      build.onLoad({ filter: /^phone:wx-names$/, namespace: 'phone' }, async () => ({
        contents: JSON.stringify(await readWxNames()),
        loader: 'json',
      }));
      build.onLoad({ filter: /^phone:realm$/, namespace: 'phone' }, async () => ({
        contents: await bundleRealm(build.initialOptions.minify ?? false),
        loader: 'text',
      }));
    },
  };
}
