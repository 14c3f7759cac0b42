// The user’s settings, read and opened.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');

describe('the user’s settings', () => {
  const kept = { a: 'accept', b: 'reject', c: 'acceptWithForcePush' };
  const EMPTY = { mainSwitch: null, items: {} };
  const answeringWith = (subscriptionsSetting) => ({
    wx: () => ({
      getSetting: ({ success }) => success({ errMsg: 'getSetting:ok', subscriptionsSetting }),
    }),
  });

  const cases = {
    'no kept choice, so no itemSettings': [{}, { mainSwitch: true, items: {} }],
    'kept choices, repeated at the top level': [
      { fake: { itemSettings: kept, mainSwitch: false } },
      { mainSwitch: false, items: kept },
    ],
    'kept choices at the top level alone': [
      answeringWith({ mainSwitch: true, ...kept }),
      { mainSwitch: true, items: kept },
    ],
    'itemSettings alone': [
      answeringWith({ mainSwitch: true, itemSettings: kept }),
      { mainSwitch: true, items: kept },
    ],
    'itemSettings of null': [
      answeringWith({ mainSwitch: true, itemSettings: null }),
      { mainSwitch: true, items: {} },
    ],
    'no subscriptionsSetting, as in a plugin': [answeringWith(undefined), EMPTY],
    'a client without the function': [{ fake: { without: ['getSetting'] } }, EMPTY],
    'a host that fails': [
      { wx: () => ({ getSetting: ({ fail }) => fail({ errMsg: 'getSetting:fail' }) }) },
      EMPTY,
    ],
    'a host that throws': [
      {
        wx: () => ({
          getSetting() {
            throw new Error('getSetting');
          },
        }),
      },
      EMPTY,
    ],
  };
  Object.entries(cases).forEach(([name, [options, expected]]) => {
    test(`${name}: ${JSON.stringify(expected)}`, async (t) => {
      const app = await start(t, options);
      assert.deepEqual(here(await app.sdk.getSubscriptionSettings()), expected);
    });
  });

  test('the host is asked for subscriptions', async (t) => {
    const app = await start(t);
    await app.sdk.getSubscriptionSettings();
    assert.equal(app.optionsOf('getSetting')[0].withSubscriptions, true);
  });

  test('the settings page opens within the tap, and what is set there is told', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false, promise: 'polyfill' } });
    const chosen = { mainSwitch: true, itemSettings: { a: 'accept' } };
    app.fake.onSettingsPage = (settings) => Object.assign(settings, chosen);
    const settings = await app.fake.tap(() => {
      const promised = app.sdk.openSubscriptionSettings();
      assert.equal(app.optionsOf('openSetting')[0].withSubscriptions, true);
      return promised;
    });
    assert.deepEqual(here(settings), { mainSwitch: true, items: { a: 'accept' }, error: null });
  });

  const unopened = {
    'outside of a tap': [{}, (_, open) => open(), 'notTapped', /TAP gesture/],
    'on a client without it': [
      { fake: { without: ['openSetting'] } },
      ({ fake }, open) => fake.tap(open),
      'unsupportedHost',
      /openSetting/,
    ],
  };
  Object.entries(unopened).forEach(([name, [options, run, kind, says]]) => {
    test(`${name} the settings page does not open, and the error says why`, async (t) => {
      const app = await start(t, options);
      const { error, ...settings } = here(await run(app, () => app.sdk.openSubscriptionSettings()));
      assert.deepEqual(settings, EMPTY);
      assert.equal(error.kind, kind);
      assert.match(error.message, says);
    });
  });
});
