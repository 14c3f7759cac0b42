// `setup` checks its configuration, and replaces it when called again.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { GLUE_ROOT } = require('./support/bare-context.js');
const { offering, rejection, startWasm } = require('./support/steps.js');

const DEFAULT_PATH = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';

describe('the configuration', () => {
  const wrong = {
    wasmPath: [42, {}],
    fallback: ['fallback.js', 42, {}],
    loadTimeoutMs: ['soon', -1, NaN],
    baseUrl: [42, 'shop.example.com', 'ftp://shop.example.com', ''],
    header: ['token', 42],
    findCustomerPopTemplate: ['find', {}],
    popSubscribeResult: ['report', {}],
    openId: [42, '', true, {}],
    signIn: ['sign in', true, {}],
    isSaved: ['saved', true, {}],
    triggers: [
      '到货提醒',
      ['到货提醒'],
      { ten: '到货提醒' },
      { 1.5: '到货提醒' },
      { 10: '' },
      { 10: 10 },
    ],
    readTemplates: ['data.list', {}],
    maxTemplates: ['3', 0, -1, NaN],
    templateTtlMs: ['3', -1, NaN],
    requestTimeoutMs: ['3', 0, NaN],
    popupGraceMs: ['3', 0, NaN],
    popupTimeoutMs: ['3', 0, -1, NaN],
    coolDownMs: ['3', -1, NaN],
    outboxMaxReports: ['3', 0, NaN],
    outboxMaxBytes: ['3', 0, NaN],
    outboxMaxAgeMs: ['3', 0, NaN],
    onEvent: ['log', {}],
  };
  Object.entries(wrong).forEach(([key, values]) => {
    test(`a ${key} that cannot be used rejects setup with a message that names it`, async (t) => {
      const app = await startWasm(t, { ready: false });
      for (const value of values) {
        const { message, ...error } = await rejection(app.setup({ [key]: value }));
        const what = `${key}: ${JSON.stringify(value)}: ${message}`;
        assert.deepEqual(error, { kind: 'badArgument', code: null, retryable: false }, what);
        assert.ok(message.includes(key) && /must be/.test(message), what);
      }
    });
  });

  test('every key of the types has a row here', () => {
    const types = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/index.d.ts'), 'utf8');
    const body = /\ninterface Members \{([^]*?)\n\}/.exec(types)[1];
    const keys = body.match(/^ {4}\w+(?=\?:)/gm).map((line) => line.trim());
    assert.deepEqual(keys.sort(), Object.keys(wrong).sort());
  });

  const incomplete = {
    'an empty object': {},
    'findCustomerPopTemplate alone': { findCustomerPopTemplate() {} },
    'popSubscribeResult alone': { popSubscribeResult() {} },
  };
  Object.entries(incomplete).forEach(([name, config]) => {
    test(`${name} rejects setup with what to give`, async (t) => {
      const { sdk } = await startWasm(t, { ready: false });
      const error = await rejection(sdk.setup(config));
      assert.deepEqual([error.kind, error.retryable], ['badArgument', false]);
      assert.match(error.message, /baseUrl.*findCustomerPopTemplate.*popSubscribeResult/);
    });
  });

  test('setup without an object is rejected, not thrown', async (t) => {
    const { sdk } = await startWasm(t, { ready: false });
    for (const config of [undefined, null, 'https://shop.example.com', 42, []]) {
      assert.equal((await rejection(sdk.setup(config))).kind, 'badArgument');
    }
  });

  test('whatever a getter throws, setup itself throws nothing', async (t) => {
    const app = await startWasm(t, { ready: false });
    for (const key of Object.keys(wrong)) {
      const config = { baseUrl: 'https://shop.example.com' };
      Object.defineProperty(config, key, {
        get() {
          throw new Error('getter');
        },
        enumerable: true,
      });
      await app.sdk
        .setup(config)
        .catch(({ message }) => assert.match(message, new RegExp(`getter|${key}`)));
    }
  });

  test('null stands for a key that is absent', async (t) => {
    const nothing = Object.fromEntries(Object.keys(wrong).map((key) => [key, null]));
    const app = await startWasm(t, {
      config: { ...nothing, baseUrl: 'https://shop.example.com/api' },
    });
    assert.deepEqual(app.instantiated, [DEFAULT_PATH]);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a slash at the end of baseUrl makes no second one', async (t) => {
    const app = await startWasm(t, { config: { baseUrl: 'https://shop.example.com/api/' } });
    await app.tap();
    assert.equal(
      app.optionsOf('request')[0].url,
      'https://shop.example.com/api/findCustomerPopTemplate',
    );
  });

  test('a second setup applies its configuration', async (t) => {
    const app = await startWasm(t, { answers: offering('a', 'b'), config: { maxTemplates: 2 } });
    await app.setup({ maxTemplates: 1, triggers: { 1: '加购' } });
    assert.deepEqual((await app.tap()).accepted, ['a']);
    assert.equal(app.sent('findCustomerPopTemplate')[0].data.triggerAct, '加购');
    assert.equal(app.instantiated.length, 1);
  });

  test('a second setup that is wrong leaves the first at work', async (t) => {
    const app = await startWasm(t);
    await rejection(app.setup({ maxTemplates: 0 }));
    assert.equal((await app.tap()).status, 'answered');
  });

  test('a call while a wrong setup is under way says what is wrong', async (t) => {
    const app = await startWasm(t, { ready: false });
    const refused = rejection(app.setup({ maxTemplates: 0 }));
    const outcome = await app.tap();
    assert.deepEqual(outcome, { status: 'failed', stage: 'setup', error: await refused });
  });
});
