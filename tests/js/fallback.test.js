// Without WebAssembly the same code runs as JavaScript.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { changedNames } = require('./support/bare-context.js');
const { event, rejection, startWasm } = require('./support/steps.js');

describe('the fallback in JavaScript', () => {
  const withoutWasm = {
    'a client without WXWebAssembly': { globals: { WXWebAssembly: undefined } },
    'a wasm that does not load': { wasm: { fail: new Error('CompileError: invalid wasm file') } },
    'a load that never ends': { wasm: { delayMs: Infinity }, config: { loadTimeoutMs: 10 } },
  };
  Object.entries(withoutWasm).forEach(([name, options]) => {
    test(`${name} is no hindrance with it, from the tap to the report`, async (t) => {
      const app = await startWasm(t, { ...options, ready: false });
      await app.setup({ fallback: app.require('fallback.js') });
      assert.deepEqual(await app.prefetch(8, '退货-👍'), ['tmpl-a', 'tmpl-b']);
      app.calls.length = 0;
      const outcome = app.tap(8, '退货-👍', { 单号: 'SF-1' });
      assert.equal(app.optionsOf('requestSubscribeMessage').length, 1, 'within the tap');
      assert.deepEqual((await outcome).accepted, ['tmpl-a', 'tmpl-b']);
      await event(app, 'reportSent');
      assert.deepEqual(app.reports()[0].data, {
        busNo: '退货-👍',
        extraVariableMap: { 单号: 'SF-1' },
        openId: 'user-1',
        agreeTemplateIds: ['tmpl-a', 'tmpl-b'],
        rejectTemplateIds: [],
      });
      assert.deepEqual(changedNames(app.before, app.globals()), []);
      assert.deepEqual(app.printed, []);
    });
  });

  test('it is left alone where the wasm loads', async (t) => {
    await startWasm(t, { config: { fallback: () => assert.fail('the fallback was called') } });
  });

  test('one that throws rejects setup', async (t) => {
    const app = await startWasm(t, { ready: false, globals: { WXWebAssembly: undefined } });
    const fallback = () => {
      throw new Error('no memory');
    };
    const { kind, message } = await rejection(app.setup({ fallback }));
    assert.equal(kind, 'wasmUnavailable');
    assert.match(message, /no memory/);
  });
});
