// Templates are fetched ahead of the tap.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { mockTimers, pass, startWasm } = require('./support/steps.js');

describe('prefetching', () => {
  test('the tap needs no network', async (t) => {
    const app = await start(t);
    await app.prefetch();
    await app.tap();
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('two at once for the same moment ask the back end once', async (t) => {
    const app = await start(t);
    const [one, two] = await Promise.all([app.prefetch(), app.prefetch()]);
    assert.deepEqual([one, two], [['tmpl-a', 'tmpl-b'], ['tmpl-a', 'tmpl-b']]);
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('templates belong to their trigger and business number', async (t) => {
    const data = ({ json }) => ({ json: { data: [`${json.triggerAct}/${json.busNo}`] } });
    const app = await start(t, { answers: { findCustomerPopTemplate: data } });
    assert.deepEqual(await app.prefetch(1, 'a'), ['加入购物车/a']);
    assert.deepEqual((await app.tap(1, 'b')).accepted, ['加入购物车/b']);
    assert.deepEqual((await app.tap(2, 'a')).accepted, ['订单详情/a']);
    assert.deepEqual((await app.tap(1, 'a')).accepted, ['加入购物车/a']);
  });

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

  test('a failure resolves to no templates, and an event says why', async (t) => {
    const app = await start(t, { answers: { findCustomerPopTemplate: { statusCode: 503 } } });
    assert.deepEqual(await app.prefetch(1, 'order-1'), []);
    const [{ name, triggerAct, busNo, error }] = app.events;
    assert.deepEqual([name, triggerAct, busNo], ['templatesFailed', '加入购物车', 'order-1']);
    assert.deepEqual([error.kind, error.code, error.retryable], ['badResponse', 503, true]);
  });

  test('after a setup that failed, an event says why, too', async (t) => {
    const app = await startWasm(t, { ready: false, config: { wasmPath: '/nowhere.wasm' } });
    await assert.rejects(app.setup(), { kind: 'wasmUnavailable' });
    assert.deepEqual(await app.prefetch(1, 'order-1'), []);
    const [{ name, busNo, error }] = app.events;
    assert.deepEqual([name, busNo, error.kind], ['templatesFailed', 'order-1', 'wasmUnavailable']);
  });

  test('a failure is not remembered', async (t) => {
    let calls = 0;
    const recovering = () => {
      calls += 1;
      return calls === 1 ? { statusCode: 503 } : { json: { data: ['tmpl-a'] } };
    };
    const app = await start(t, { answers: { findCustomerPopTemplate: recovering } });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a']);
  });
});
