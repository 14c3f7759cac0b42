// Prints the bytes of each file given, plain, as gzip and as brotli. A `.br`
// file beside it counts as its brotli, because it is shipped.
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { brotli } from './brotli.mjs';

for (const path of process.argv.slice(2)) {
  const raw = readFileSync(path);
  const packed = existsSync(`${path}.br`) ? readFileSync(`${path}.br`) : brotli(raw);
  console.log(raw.length, gzipSync(raw, { level: 9 }).length, packed.length);
}
