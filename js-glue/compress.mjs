// Prints the bytes of each file given, plain, as gzip and as brotli, and writes
// the brotli of a module beside it: WeChat loads `.wasm.br` as well.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Each coding of distances that brotli has, in steps: which one suits a module best is a matter of luck. */
const DISTANCES = [0, 1, 2, 3].flatMap((postfix) => [0, 1, 2, 3, 4, 6, 8, 15].map((direct) => [postfix, direct << postfix]));

function brotli(raw, [postfix, direct] = [0, 0]) {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
      [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
      [constants.BROTLI_PARAM_NDIRECT]: direct,
    },
  });
}

for (const path of process.argv.slice(2)) {
  const raw = readFileSync(path);
  let compressed = brotli(raw);
  if (path.endsWith('.wasm')) {
    compressed = DISTANCES.map((coding) => brotli(raw, coding)).reduce((a, b) => (b.length < a.length ? b : a));
    writeFileSync(`${path}.br`, compressed);
  }
  console.log(raw.length, gzipSync(raw, { level: 9 }).length, compressed.length);
}
