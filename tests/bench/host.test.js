// Over the host of the benchmark, which answers synchronously, every contestant
// of this folder delivers as many reports as a measurement leaves waiting.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { launch } = require('./contestants.js');
const { createHost } = require('./host.js');
const { WAITING } = require('./subjects.js');

const MOST = Math.max(...WAITING);
const TRIGGER = 1;

for (const contestant of ['wasm', 'fallback', 'javascript']) {
  test(`${contestant}: ${MOST} reports that waited are all delivered`, async () => {
    const host = createHost(1);
    const app = await launch({ contestant, built: __dirname, host });
    host.isUp = false;
    for (let n = 0; n < MOST; n += 1) await app.sdk.asyncSubscribeMessage(TRIGGER, `order-${n}`);
    host.isUp = true;
    assert.deepEqual(await app.sdk.flushReports(), { sent: MOST, pending: 0 });
    assert.equal(host.taken, MOST);
  });
}
