// Whose answer a report is.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { byTurns, event, failingReport } = require('./support/steps.js');

describe('the openId', () => {
  // Whether a report goes while another user is signed in, or waits for its own,
  // is not the subject here: it is never sent under another name.
  const signIns = {
    storage: () => ({ signIn: (app, user) => app.wx.setStorageSync('openId', user) }),
    'a function': () => {
      let current;
      return {
        config: { openId: () => current },
        signIn(_, user) {
          current = user;
        },
      };
    },
    'another setup': () => ({ signIn: (app, user) => app.setup({ openId: user }) }),
  };
  Object.entries(signIns).forEach(([name, create]) => {
    test(`a retry carries the user who answered, though ${name} gives another one by then`, async (t) => {
      const { config, signIn } = create();
      const app = await start(t, { config, answers: byTurns({ statusCode: 500 }, { json: {} }) });
      await signIn(app, 'user-a');
      await app.tap();
      await event(app, 'reportPostponed');
      await signIn(app, 'user-b');
      await app.flush();
      await signIn(app, 'user-a');
      await app.flush();
      await event(app, 'reportSent');
      assert.deepEqual(
        app.reports().map(({ data }) => data.openId),
        ['user-a', 'user-a'],
      );
    });
  });

  test('the next launch sends a report under the user who answered, though another one has signed in', async (t) => {
    const storage = { openId: JSON.stringify('user-a') };
    const before = await start(t, { fake: { storage }, answers: failingReport });
    await before.tap();
    await event(before, 'reportPostponed');
    before.close();

    storage.openId = JSON.stringify('user-b');
    const after = await start(t, { fake: { storage }, ready: false });
    await after.setup();
    await after.flush();
    after.wx.setStorageSync('openId', 'user-a');
    await after.flush();
    await event(after, 'reportSent');
    assert.deepEqual(
      after.reports().map(({ data }) => data.openId),
      ['user-a'],
    );
  });
});
