// What a page or an application changes after a call is not what it called
// with: also where the call waits for loading, or for a restart after a trap.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { BUILD, start } = require('./support/bare-context.js');
const { longNameOf } = require('./support/names.js');
const { event, offering, popupOf, rejection } = require('./support/steps.js');
const { createTraps } = require('./support/traps.js');

/** A host that opens the popup outside of a tap as well: what is tested here outlives it. */
const lenient = () => ({
  requestSubscribeMessage: ({ tmplIds, success }) => success({ [tmplIds[0]]: 'accept' }),
});

/** Where a call may have to wait: the app, and what ends the wait. */
const waits = {
  async 'for loading'(t) {
    const app = await start(t, { ready: false, wx: lenient });
    return { app, ready: app.setup() };
  },
  async 'for a restart after a trap'(t) {
    const traps = createTraps(
      ({ instance, name }) => instance === 1 && longNameOf(name) === 'flushReports',
    );
    const app = await start(t, { ready: false, wx: lenient, wasm: traps.wasm });
    await app.setup(
      BUILD === 'fallback' ? { fallback: traps.fallback(app.require('fallback.js')) } : {},
    );
    assert.equal((await rejection(app.flush())).kind, 'internal');
    return { app, ready: undefined };
  },
  async 'for nothing'(t) {
    const app = await start(t, { wx: lenient });
    return { app, ready: undefined };
  },
};

Object.entries(waits).forEach(([name, begin]) => {
  describe(`a call that waits ${name}`, () => {
    test('has its extraVariableMap as it was at the call', async (t) => {
      const { app, ready } = await begin(t);
      const extra = { price: 1, tags: ['new'], inner: { deep: 1 }, gone: 'here' };
      const outcome = app.tap(1, 'order-1', extra);
      extra.price = 2;
      extra.tags.push('sale');
      extra.inner.deep = 2;
      delete extra.gone;
      extra.later = true;
      await ready;
      assert.equal((await outcome).status, 'answered');
      await event(app, 'reportSent');
      const [{ data }] = app.reports();
      assert.deepEqual(data.extraVariableMap, {
        price: 1,
        tags: ['new'],
        inner: { deep: 1 },
        gone: 'here',
      });
    });

    test('leaves out extraVariableMap as ever', async (t) => {
      const { app, ready } = await begin(t);
      const outcomes = [app.tap(1, 'order-1'), app.tap(2, 'order-2', null)];
      await ready;
      await Promise.all(outcomes);
      await app.flush();
      app.reports().forEach(({ data }) => assert.deepEqual(data.extraVariableMap, {}));
    });

    const circular = {};
    circular.self = circular;
    const unusable = {
      'an object in a circle': circular,
      'a number': 42,
      'a list': [1],
      'a function': () => {},
      'an object whose getter throws': {
        get price() {
          throw new Error('getter');
        },
      },
      'a date': new Date(0),
    };
    Object.entries(unusable).forEach(([what, extra]) => {
      test(`answers badArgument to ${what}`, async (t) => {
        const { app, ready } = await begin(t);
        const outcome = app.tap(1, 'order-1', extra);
        await ready;
        const { stage, error } = await outcome;
        assert.deepEqual([stage, error.kind], ['trigger', 'badArgument']);
        assert.match(error.message, /extraVariableMap must be an object/);
      });
    });

    test('does not see that an object in a circle was put right later', async (t) => {
      const { app, ready } = await begin(t);
      const extra = {};
      extra.self = extra;
      const outcome = app.tap(1, 'order-1', extra);
      delete extra.self;
      await ready;
      assert.equal((await outcome).error.kind, 'badArgument');
    });
  });
});

describe('setup', () => {
  test('goes by its configuration as it was at the call', async (t) => {
    const app = await start(t, { ready: false, answers: offering('a', 'b') });
    const config = { maxTemplates: 1, triggers: { 10: '到货提醒' } };
    const defaults = {};
    const ready = app.sdk.setup(
      Object.assign(defaults, config, {
        baseUrl: 'https://shop.example.com/api',
        ...(BUILD === 'fallback' && { fallback: app.require('fallback.js') }),
      }),
    );
    defaults.maxTemplates = 0;
    defaults.baseUrl = 'https://elsewhere.example.com';
    defaults.triggers[10] = '别的';
    await ready;
    assert.deepEqual((await app.tap(10)).accepted, ['a']);
    assert.equal(app.sent('findCustomerPopTemplate')[0].data.triggerAct, '到货提醒');
  });

  test('starts anew after a trap with that same configuration', async (t) => {
    const traps = createTraps(
      ({ instance, name }) => instance === 1 && longNameOf(name) === 'flushReports',
    );
    const app = await start(t, { ready: false, wasm: traps.wasm, fake: { autoAnswer: null } });
    const config = {
      baseUrl: 'https://shop.example.com/api',
      ...(BUILD === 'fallback' && { fallback: traps.fallback(app.require('fallback.js')) }),
    };
    await app.sdk.setup(config);
    config.baseUrl = 42;
    assert.equal((await rejection(app.flush())).kind, 'internal');
    await app.prefetch();
    const outcome = app.tap();
    (await popupOf(app, outcome)).acceptAll();
    assert.equal((await outcome).status, 'answered');
  });

  test('takes what a configuration has of its class', async (t) => {
    const app = await start(t, { ready: false });
    class Shop {
      constructor() {
        this.baseUrl = 'https://shop.example.com/api';
        if (BUILD === 'fallback') this.fallback = app.require('fallback.js');
      }

      header() {
        return { authorization: 'token' };
      }
    }
    await app.sdk.setup(new Shop());
    await app.prefetch();
    assert.equal(app.sent('findCustomerPopTemplate')[0].header.authorization, 'token');
  });

  test('honours a header object that the application changes later', async (t) => {
    const header = { authorization: 'old' };
    const app = await start(t, { config: { header } });
    header.authorization = 'new';
    await app.prefetch();
    assert.equal(app.sent('findCustomerPopTemplate')[0].header.authorization, 'new');
  });
});
