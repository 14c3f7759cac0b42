// Templates are fetched ahead of the tap.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { mockTimers, pass, startWasm } = require('./support/steps.js');

describe('prefetching', () => {
  test('templates older than templateTtlMs are fetched anew', async (t) => {
    const app = await start(t, { config: { templateTtlMs: 60_000 } });
    mockTimers(t);
    const prefetched = app.prefetch();
    await pass(t, 20);
    await prefetched;
    t.mock.timers.tick(60_000);
    const outcome = app.tap();
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 0);
    await pass(t, 20);
    assert.equal((await outcome).status, 'answered');
    assert.equal(app.sent('findCustomerPopTemplate').length, 2);
  });

  test('after a setup that failed, an event says why, too', async (t) => {
    const app = await startWasm(t, { ready: false, config: { wasmPath: '/nowhere.wasm' } });
    await assert.rejects(app.setup(), { kind: 'wasmUnavailable' });
    assert.deepEqual(await app.prefetch(1, 'order-1'), []);
    const [{ name, busNo, error }] = app.events;
    assert.deepEqual([name, busNo, error.kind], ['templatesFailed', 'order-1', 'wasmUnavailable']);
  });
});
