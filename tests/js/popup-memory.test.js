// Popups whose callback never comes must not fill the module's memory.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { onOneClock } = require('./support/steps.js');

test('three thousand popups that never call back keep no memory for ever', async (t) => {
  let memory;
  const { clock, launch } = onOneClock(t);
  const app = await launch({
    build: 'wasm',
    config: { popupTimeoutMs: 10_000 },
    wasm: {
      WebAssembly: {
        async instantiate(bytes, imports) {
          const made = await WebAssembly.instantiate(bytes, imports);
          memory = Object.values(made.instance.exports).find(({ buffer }) => buffer);
          return made;
        },
      },
    },
    wx: () => ({ requestSubscribeMessage() {} }),
  });
  async function askInVain(times) {
    for (let time = 0; time < times; time += 1) {
      app.tap(1, 'order-1');
      await clock.pass(10_500);
    }
    return memory.buffer.byteLength;
  }
  const before = await askInVain(300);
  const after = await askInVain(3000);
  assert.ok(after - before <= 512 * 1024, `${after - before} bytes more`);
});
