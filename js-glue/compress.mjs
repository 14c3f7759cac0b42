// Writes the brotli of a module beside it, as `.wasm.br`, which WeChat loads as well.
import { readFileSync, writeFileSync } from 'node:fs';

import { brotli } from './brotli.mjs';

/** Every distance coding of brotli, in steps: which one suits a module best can only be tried. */
const DISTANCES = [0, 1, 2, 3].flatMap((postfix) => [0, 1, 2, 3, 4, 6, 8, 15].map((direct) => [postfix, direct << postfix]));

const [path] = process.argv.slice(2);
const raw = readFileSync(path);
const forms = DISTANCES.map((coding) => brotli(raw, coding));
writeFileSync(`${path}.br`, forms.reduce((a, b) => (b.length < a.length ? b : a)));
