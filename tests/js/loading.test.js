// The package loads its module, in every form in which hosts return the exports.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { GLUE_ROOT, changedNames, loadPackage, readsOpenId } = require('./support/bare-context.js');
const { rejection, startWasm } = require('./support/steps.js');

const DEFAULT_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';

describe('loading', () => {
  const shapes = {
    'an instance': { shape: 'instance' },
    '{ module, instance }': { shape: 'result' },
    '{ exports } alone': { shape: 'exports' },
    '{ instance } alone': { shape: 'result', answer: ({ instance }) => ({ instance }) },
  };
  Object.entries(shapes).forEach(([name, wasm]) => {
    test(`a host that answers with ${name} will do`, async (t) => {
      const app = await startWasm(t, { wasm });
      assert.equal((await app.tap()).status, 'answered');
    });
  });

  test('requiring the file does no work and touches nothing', () => {
    const refuse = (what) => () => assert.fail(`requiring the package ${what}`);
    const untouchable = (name) =>
      new Proxy({}, { get: refuse(`looked into ${name}`), has: refuse(`asked ${name}`) });
    const { sdk, before, globals, instantiated } = loadPackage({
      build: 'wasm',
      fake: { wx: untouchable('wx') },
      globals: {
        WXWebAssembly: untouchable('WXWebAssembly'),
        console: untouchable('console'),
        setTimeout: refuse('started a timer'),
        setInterval: refuse('started a timer'),
      },
    });
    assert.equal(typeof sdk.setup, 'function');
    assert.deepEqual(changedNames(before, globals()), []);
    assert.deepEqual(instantiated, []);
  });

  test('no global is added or changed, and nothing printed, from loading to the last report', async (t) => {
    const app = await startWasm(t);
    await app.prefetch();
    await app.tap();
    await app.tap(99);
    await app.flush();
    assert.deepEqual(changedNames(app.before, app.globals()), []);
    assert.deepEqual(app.printed, []);
  });

  test('the exports are the documented ones', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    assert.deepEqual(Object.keys(sdk).sort(), [
      'TriggerType',
      'asyncSubscribeMessage',
      'flushReports',
      'getDiagnostics',
      'getSubscriptionSettings',
      'offerSettings',
      'openSubscriptionSettings',
      'prefetchTemplates',
      'previewSubscription',
      'setup',
      'version',
    ]);
  });

  test('the version is that of package.json and of Cargo.toml', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    const read = (...parts) => fs.readFileSync(path.join(GLUE_ROOT, ...parts), 'utf8');
    assert.equal(sdk.version, JSON.parse(read('package.json')).version);
    assert.equal(sdk.version, /^version = "(.+)"$/m.exec(read('..', 'Cargo.toml'))[1]);
  });

  test('two calls of setup at once instantiate once', async (t) => {
    const app = await startWasm(t, { ready: false });
    await Promise.all([app.setup(), app.setup()]);
    await app.setup();
    assert.deepEqual(app.instantiated, [DEFAULT_PATH]);
  });

  test('setup resolves with nothing', async (t) => {
    const app = await startWasm(t, { ready: false });
    assert.equal(await app.setup(), undefined);
  });

  test('a wasmPath is passed on as it is', async (t) => {
    const wasmPath = 'packages/shop/miniprogram_npm/wx-subscribe/wx_subscribe.wasm.br';
    const bytes = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/wx_subscribe.wasm'));
    const app = await startWasm(t, { config: { wasmPath }, wasm: { readFile: () => bytes } });
    assert.deepEqual(app.instantiated, [wasmPath]);
  });

  test('a load that failed is tried again by the next setup', async (t) => {
    const lost = new Error('CompileError: invalid wasm file');
    const app = await startWasm(t, {
      ready: false,
      wasm: { fail: (call) => (call === 1 ? lost : undefined) },
    });

    const error = await rejection(app.setup());
    assert.equal(error.kind, 'wasmUnavailable');
    assert.match(error.message, /check `wasmPath`.*invalid wasm file/);

    assert.deepEqual(await app.tap(), { status: 'failed', stage: 'setup', error });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual(
      app.calls,
      app.calls.filter(readsOpenId),
      'the openId is looked up to keep it out of the message',
    );

    await app.setup();
    assert.equal((await app.tap()).status, 'answered');
    assert.equal(app.instantiated.length, 2);
  });

  test('a load that never ends is cut off by loadTimeoutMs', async (t) => {
    const app = await startWasm(t, { ready: false, wasm: { delayMs: Infinity } });
    const error = await rejection(app.setup({ loadTimeoutMs: 10 }));
    assert.deepEqual([error.kind, error.code], ['wasmUnavailable', null]);
    assert.match(error.message, /not loaded within 10 ms/);
  });

  test('a wasm that comes after its limit does not get in the way of the next setup', async (t) => {
    const app = await startWasm(t, { ready: false, wasm: { delayMs: 40 } });
    await rejection(app.setup({ loadTimeoutMs: 10 }));
    await app.setup();
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a wrong wasmPath names the usual one of each framework', async (t) => {
    const app = await startWasm(t, {
      ready: false,
      config: { wasmPath: '/elsewhere/wx_subscribe.wasm' },
    });
    const { message } = await rejection(app.setup());
    assert.match(
      message,
      /Taro, Mpx: \/wx_subscribe\.wasm; uni-app: .*\?url; a subpackage: \/its-root\/miniprogram_npm\//,
    );
  });

  const unavailable = {
    'a wasmPath where there is nothing': [
      { wasmPath: '/elsewhere/wx_subscribe.wasm' },
      {},
      /\/elsewhere\/.*not found/,
    ],
    'a wasmPath that is an address': [
      { wasmPath: 'https://shop.example.com/a.wasm' },
      {},
      /not support.*http/,
    ],
    'a client without WXWebAssembly': [
      {},
      { globals: { WXWebAssembly: undefined } },
      /no WXWebAssembly/,
    ],
    'an answer without exports': [{}, { wasm: { answer: () => ({}) } }, /no exports/],
    'an answer of nothing': [{}, { wasm: { answer: () => undefined } }, /no exports/],
    'a rejection that is no Error': [
      {},
      { wasm: { fail: { errMsg: 'out of memory' } } },
      /out of memory/,
    ],
    'a WXWebAssembly that throws': [
      {},
      {
        globals: {
          WXWebAssembly: {
            instantiate() {
              throw new Error('thrown at once');
            },
          },
        },
      },
      /thrown at once/,
    ],
  };
  Object.entries(unavailable).forEach(([name, [config, options, says]]) => {
    test(`${name} rejects setup as wasmUnavailable`, async (t) => {
      const app = await startWasm(t, { ready: false, config, ...options });
      const error = await rejection(app.setup());
      assert.deepEqual([error.kind, error.code], ['wasmUnavailable', null]);
      assert.match(error.message, says);
      assert.deepEqual(await app.tap(), { status: 'failed', stage: 'setup', error });
    });
  });
});
