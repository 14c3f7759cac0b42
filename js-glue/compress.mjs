// Writes the brotli of a module beside it, as `.wasm.br`, which WeChat loads as well.
import { readFileSync, writeFileSync } from 'node:fs';

import { brotli } from './brotli.mjs';

/** Each coding of distances that brotli has, in steps: which one suits a module best is a matter of luck. */
const DISTANCES = [0, 1, 2, 3].flatMap((postfix) => [0, 1, 2, 3, 4, 6, 8, 15].map((direct) => [postfix, direct << postfix]));

const [path] = process.argv.slice(2);
const raw = readFileSync(path);
const forms = DISTANCES.map((coding) => brotli(raw, coding));
writeFileSync(`${path}.br`, forms.reduce((a, b) => (b.length < a.length ? b : a)));
