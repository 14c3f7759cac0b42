// Whose answer a report is.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event } = require('./support/steps.js');

describe('the openId', () => {
  const openIds = {
    storage: [undefined, 'user-1'],
    'a string': ['given', 'given'],
    'a function': [() => 'asked', 'asked'],
  };
  Object.entries(openIds).forEach(([name, [openId, expected]]) => {
    test(`the openId comes from ${name}, and no event carries it`, async (t) => {
      const app = await start(t, { config: { openId } });
      await app.tap();
      await app.flush();
      assert.equal(app.reports()[0].data.openId, expected);
      const told = JSON.stringify(app.events);
      assert.ok(!told.includes('openId') && !told.includes(expected), told);
    });
  });

  test('a report without an openId waits until there is one', async (t) => {
    const app = await start(t, { fake: { storage: {} } });
    assert.equal((await app.tap()).report, 'queued');
    const { error } = await event(app, 'reportPostponed');
    assert.equal(error.kind, 'badArgument');
    assert.match(error.message, /openId.*store it/);
    assert.deepEqual(app.reports(), []);
    app.wx.setStorageSync('openId', 'late');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.equal(app.reports()[0].data.openId, 'late');
  });

  const unusable = {
    'an openId function that throws': () => {
      throw new Error('not logged in');
    },
    'an openId function that returns a promise': async () => 'late',
    'an openId function that returns a number': () => 42,
  };
  Object.entries(unusable).forEach(([name, openId]) => {
    test(`${name} keeps the report back, and loses nothing`, async (t) => {
      const app = await start(t, { config: { openId } });
      assert.equal((await app.tap()).report, 'queued');
      await event(app, 'reportPostponed');
      await app.setup({ openId: 'given' });
      assert.equal((await app.flush()).pending, 0);
      assert.deepEqual(app.reports().map(({ data }) => data.openId), ['given']);
    });
  });
});
