// What a call was given counts as it was at the call, whatever it waits for.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { BUILD, start } = require('./support/bare-context.js');
const { event, popupOf } = require('./support/steps.js');
const { createTraps } = require('./support/traps.js');

/** What a page may do to its own object after the call. */
const changes = {
  'a changed member': (extra) => {
    extra.price = 2;
  },
  'a member that is gone': (extra) => {
    delete extra.price;
  },
  'a new member': (extra) => {
    extra.added = true;
  },
  'a changed nested list': (extra) => {
    extra.tags.push('later');
  },
  'a changed nested object': (extra) => {
    extra.owner.name = 'later';
  },
  'a circle': (extra) => {
    extra.self = extra;
  },
};
/** A popup that minds no tap: the tap of a call that waits is gone. */
const withoutTap = ({ success }) =>
  success({ errMsg: 'requestSubscribeMessage:ok', 'tmpl-a': 'accept' });

const createExtra = () => ({ price: 1, tags: ['new'], owner: { name: 'now' } });

const extraOf = (app) => app.reports().map(({ data }) => data.extraVariableMap);

describe('extraVariableMap is as it was at the call', () => {
  Object.entries(changes).forEach(([name, change]) => {
    test(`despite ${name} while the popup is open`, async (t) => {
      const app = await start(t, { fake: { autoAnswer: null } });
      const extra = createExtra();
      const outcome = app.tap(1, 'a', extra);
      change(extra);
      (await popupOf(app, outcome)).acceptAll();
      await outcome;
      await event(app, 'reportSent');
      assert.deepEqual(extraOf(app), [createExtra()]);
    });

    test(`despite ${name} while the module loads`, async (t) => {
      const app = await start(t, {
        ready: false,
        config: { findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
        wx: () => ({ requestSubscribeMessage: withoutTap }),
      });
      const ready = app.setup();
      const extra = createExtra();
      const outcome = app.subscribe(1, 'a', extra);
      change(extra);
      await ready;
      assert.equal((await outcome).status, 'answered');
      await event(app, 'reportSent');
      assert.deepEqual(extraOf(app), [createExtra()]);
    });

    test(`despite ${name} when the report is sent again much later`, async (t) => {
      let reply = { statusCode: 503 };
      const app = await start(t, { answers: { popSubscribeResult: () => reply } });
      const extra = createExtra();
      await app.tap(1, 'a', extra);
      await event(app, 'reportPostponed');
      change(extra);
      reply = { json: {} };
      await app.flush();
      assert.deepEqual(extraOf(app), [createExtra(), createExtra()]);
    });
  });

  test('and what toJSON makes of it is made once, at the call', async (t) => {
    let made = 0;
    const extra = {
      toJSON() {
        made += 1;
        return { made };
      },
    };
    const app = await start(t);
    await app.prefetch();
    const outcome = app.tap(1, 'a', extra);
    assert.equal(made, 1);
    await outcome;
    await event(app, 'reportSent');
    assert.deepEqual([made, extraOf(app)], [1, [{ made: 1 }]]);
  });

  const unusable = {
    'a circle': () => {
      const circle = {};
      circle.self = circle;
      return circle;
    },
    'a list': () => [1],
    'a text': () => 'price',
    'a number': () => 0,
    false: () => false,
    'a function': () => () => ({}),
    'a toJSON that gives a text': () => ({ toJSON: () => 'price' }),
    'a getter that throws': () => ({
      get price() {
        throw new Error('not now');
      },
    }),
  };
  Object.entries(unusable).forEach(([name, create]) => {
    test(`${name} is badArgument, before and after the module is there`, async (t) => {
      const app = await start(t, { ready: false });
      const ready = app.setup();
      const early = app.subscribe(1, 'a', create());
      await ready;
      for (const outcome of [await early, await app.tap(1, 'a', create())]) {
        assert.deepEqual(
          [outcome.status, outcome.stage, outcome.error.kind],
          ['failed', 'trigger', 'badArgument'],
        );
      }
      assert.deepEqual(app.optionsOf('request'), []);
    });
  });
});

describe('while the SDK starts anew after a trap', () => {
  Object.entries(changes).forEach(([name, change]) => {
    test(`extraVariableMap is as it was at the call, despite ${name}`, async (t) => {
      const traps = createTraps(
        ({ instance, name: call }) => instance === 1 && call === 'prefetch',
      );
      const app = await start(t, {
        ready: false,
        wasm: traps.wasm,
        config: { findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }) },
        wx: () => ({ requestSubscribeMessage: withoutTap }),
      });
      await app.setup(
        BUILD === 'fallback' ? { fallback: traps.fallback(app.require('fallback.js')) } : {},
      );
      const trapped = app.prefetch();
      const extra = createExtra();
      const outcome = app.subscribe(1, 'a', extra);
      change(extra);
      assert.deepEqual(await trapped, []);
      assert.equal((await outcome).status, 'answered');
      assert.equal(traps.instances.length, 2);
      await event(app, 'reportSent');
      assert.deepEqual(extraOf(app), [createExtra()]);
    });
  });
});
