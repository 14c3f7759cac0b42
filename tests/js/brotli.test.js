// The compressed module, which WeChat decompresses by itself.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { brotliDecompressSync } = require('node:zlib');

const { GLUE_ROOT, start } = require('./support/bare-context.js');

const DIST = path.join(GLUE_ROOT, 'miniprogram_dist');
const read = (name) => fs.readFileSync(path.join(DIST, name));

test('the .wasm.br is the module, and less than half of it', () => {
  const [plain, packed] = [read('wx_subscribe.wasm'), read('wx_subscribe.wasm.br')];
  assert.ok(brotliDecompressSync(packed).equals(plain));
  assert.ok(packed.length < plain.length / 2, `${packed.length} of ${plain.length} bytes`);
});

test('wasmPath chooses it', async (t) => {
  const wasmPath = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm.br';
  const unpacking = { readFile: (file) => brotliDecompressSync(read(path.basename(file))) };
  const app = await start(t, { build: 'wasm', config: { wasmPath }, wasm: unpacking });
  assert.deepEqual(app.instantiated, [wasmPath]);
  assert.equal((await app.tap()).status, 'answered');
});
