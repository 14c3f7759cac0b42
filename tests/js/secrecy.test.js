// The openId of a user is in no event, no outcome and no message, whoever is
// the user by then and wherever a text was cut.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, ownFunctions, rejection, startWasm } = require('./support/steps.js');

const USER_A = 'oAbCd-1234567890_efghijklmno';
const USER_B = 'oZyXw-0987654321_ponmlkjihgf';

/** What a text may hold of an openId, by how it came to be. */
const FORMS = {
  'the whole openId': (openId) => openId,
  'its first 27 characters': (openId) => openId.slice(0, 27),
  'its last 27 characters': (openId) => openId.slice(1),
  'the openId in capitals': (openId) => openId.toUpperCase(),
  'the openId in small letters': (openId) => openId.toLowerCase(),
  'the openId across the end of what is quoted': (openId) => `${'x'.repeat(290)}${openId}`,
  'the openId after what is quoted': (openId) => `${'x'.repeat(400)}${openId}`,
};
const LONGEST_SHOWN = 12;

/** No 13 characters in a row of the openId are in what was told. */
function assertSecret(told, openId) {
  const text = JSON.stringify(told).toLowerCase();
  for (let at = 0; at + LONGEST_SHOWN < openId.length; at += 1) {
    const part = openId.slice(at, at + LONGEST_SHOWN + 1).toLowerCase();
    assert.ok(!text.includes(part), `${part} gets out: ${text}`);
  }
}

const storedBy = (user) => ({ openId: JSON.stringify(user) });
const saying = (text) => Promise.reject(new Error(`no such user ${text}`));

Object.entries(FORMS).forEach(([name, formOf]) => {
  const said = formOf(USER_A);

  describe(`${name} is left out`, () => {
    test('of a report that failed', async (t) => {
      const app = await start(t, {
        fake: { storage: storedBy(USER_A) },
        config: ownFunctions({ popSubscribeResult: () => saying(said) }),
      });
      const outcome = await app.tap();
      await event(app, 'reportPostponed');
      assertSecret([outcome, app.events], USER_A);
    });

    test('of a report that failed while another user signed in', async (t) => {
      const app = await start(t, {
        fake: { storage: storedBy(USER_A) },
        config: ownFunctions({
          popSubscribeResult() {
            app.wx.setStorageSync('openId', USER_B);
            return saying(said);
          },
        }),
      });
      await app.tap();
      const { error } = await event(app, 'reportPostponed');
      assertSecret(app.events, USER_A);
      assert.equal(error.kind, 'network', 'the rest of the error is there');
    });

    test('of a report of an earlier launch, though another openId is read by then', async (t) => {
      const storage = storedBy(USER_A);
      const before = await start(t, {
        fake: { storage },
        config: ownFunctions({ popSubscribeResult: () => saying('') }),
      });
      await before.tap();
      await event(before, 'reportPostponed');
      before.close();

      const after = await start(t, {
        ready: false,
        fake: { storage },
        config: ownFunctions({
          popSubscribeResult() {
            after.wx.setStorageSync('openId', USER_B);
            return saying(said);
          },
        }),
      });
      await after.setup();
      await event(after, 'reportPostponed');
      assertSecret(after.events, USER_A);
    });

    test('of a popup that failed', async (t) => {
      const app = await start(t, {
        fake: { storage: storedBy(USER_A) },
        wx: () => ({
          requestSubscribeMessage: ({ fail }) => fail({ errCode: 7, errMsg: `fail ${said}` }),
        }),
      });
      assertSecret([await app.tap(), app.events], USER_A);
    });

    test('of templates that could not be found, also in a prefetch', async (t) => {
      const app = await start(t, {
        fake: { storage: storedBy(USER_A) },
        config: ownFunctions({ findCustomerPopTemplate: () => saying(said) }),
      });
      await app.prefetch();
      assertSecret([await app.tap(), app.events], USER_A);
    });

    test('of the settings page', async (t) => {
      const app = await start(t, {
        fake: { storage: storedBy(USER_A) },
        wx: () => ({ openSetting: ({ fail }) => fail({ errMsg: `openSetting:fail ${said}` }) }),
      });
      assertSecret(await app.fake.tap(() => app.sdk.openSubscriptionSettings()), USER_A);
    });

    const sources = {
      'a configured string': USER_A,
      'a function': () => USER_A,
      'a promise': async () => USER_A,
    };
    Object.entries(sources).forEach(([source, openId]) => {
      test(`where ${source} gives the openId`, async (t) => {
        const app = await start(t, {
          fake: { storage: {} },
          config: { ...ownFunctions({ popSubscribeResult: () => saying(said) }), openId },
          wx: () => ({
            requestSubscribeMessage: ({ tmplIds, success, fail }) =>
              app.events.some(({ name }) => name === 'popupFailed')
                ? success({ [tmplIds[0]]: 'accept' })
                : fail({ errMsg: `fail ${said}` }),
          }),
        });
        const outcomes = [await app.tap(), await app.tap()];
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['failed', 'answered'],
        );
        await event(app, 'reportPostponed');
        assertSecret([outcomes, app.events], USER_A);
      });
    });

    test('of a module that could not be loaded', async (t) => {
      for (const given of [
        { fake: { storage: storedBy(USER_A) } },
        { config: { openId: USER_A } },
        { config: { openId: () => USER_A } },
      ]) {
        const app = await startWasm(t, {
          ready: false,
          ...given,
          wasm: { fail: new Error(`CompileError ${said}`) },
        });
        const error = await rejection(app.setup());
        assert.equal(error.kind, 'wasmUnavailable');
        await app.prefetch();
        assertSecret([error, await app.tap(), app.events], USER_A);
      }
    });
  });
});

describe('what is no openId', () => {
  test('is quoted', async (t) => {
    const app = await start(t, {
      fake: { storage: storedBy(USER_A) },
      config: ownFunctions({ findCustomerPopTemplate: () => saying('of this shop') }),
    });
    assert.match((await app.tap()).error.message, /\(no such user of this shop\)$/);
  });

  test('is quoted where a short openId has only a part of it', async (t) => {
    const app = await start(t, {
      fake: { storage: storedBy('user-1') },
      config: ownFunctions({ findCustomerPopTemplate: () => saying('user-') }),
    });
    assert.match((await app.tap()).error.message, /no such user user-/);
  });
});

describe('a report that is dropped', () => {
  test('is told without its openId', async (t) => {
    const app = await start(t, {
      fake: { storage: storedBy(USER_A) },
      answers: { popSubscribeResult: { statusCode: 422 } },
    });
    await app.tap(1, 'order-1', { price: 1 });
    const { report } = await event(app, 'reportDropped');
    assert.deepEqual(Object.keys(report).sort(), [
      'agreeTemplateIds',
      'busNo',
      'extraVariableMap',
      'rejectTemplateIds',
    ]);
    assertSecret(app.events, USER_A);
  });
});

describe('an openId that was empty once', () => {
  const ends = {
    'a promise that is pending': () => new Promise(() => {}),
    'a promise of the openId': () =>
      new Promise((resolve) => setTimeout(() => resolve(USER_A), 50)),
  };
  Object.entries(ends).forEach(([name, next]) => {
    test(`and is ${name} by now, leaves nothing to be quoted`, async (t) => {
      let openId = () => '';
      const app = await start(t, {
        config: ownFunctions({
          openId: () => openId(),
          findCustomerPopTemplate: () => saying(USER_A),
        }),
      });
      await app.tap(1, 'before the user is known');
      app.events.length = 0;
      openId = next;
      const outcome = await app.tap();
      assert.equal(outcome.status, 'failed');
      assertSecret([outcome, app.events], USER_A);
    });
  });
});
