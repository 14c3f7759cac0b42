// Writes the brotli of a module beside it, as `.wasm.br`, which WeChat loads as well.
import { readFileSync, writeFileSync } from 'node:fs';

import { brotli } from './brotli.mjs';

const [path] = process.argv.slice(2);
writeFileSync(`${path}.br`, brotli(readFileSync(path)));
