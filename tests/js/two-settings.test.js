// The settings page opened twice, and one that stays silent.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');

describe('the settings page', () => {
  const silent = { wx: () => ({ openSetting() {} }) };
  const open = (app) => app.fake.tap(() => app.sdk.openSubscriptionSettings()).then(here);

  test('opened twice, both calls settle', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false } });
    const expected = { mainSwitch: false, items: {}, error: null };
    assert.deepEqual(await Promise.all([open(app), open(app)]), [expected, expected]);
  });

  test('opened twice, each call settles with what the host answers it', async (t) => {
    const answers = [];
    const app = await start(t, {
      wx: () => ({ openSetting: ({ success, fail }) => answers.push({ success, fail }) }),
    });
    const [first, second] = [open(app), open(app)];
    answers[1].fail({ errMsg: 'openSetting:fail can only be invoked by user TAP gesture.' });
    assert.equal((await second).error.kind, 'notTapped');
    answers[0].success({ errMsg: 'openSetting:ok', subscriptionsSetting: { mainSwitch: true } });
    assert.deepEqual(await first, { mainSwitch: true, items: {}, error: null });
  });

  test('read twice at once, both calls settle', async (t) => {
    const app = await start(t);
    const settings = await Promise.all([
      app.sdk.getSubscriptionSettings(),
      app.sdk.getSubscriptionSettings(),
    ]);
    assert.deepEqual(here(settings), [
      { mainSwitch: true, items: {} },
      { mainSwitch: true, items: {} },
    ]);
  });

  test('that stays silent ends as timeout after a trip to the background', async (t) => {
    const app = await start(t, { ...silent, config: { popupGraceMs: 10 } });
    const settings = [open(app), open(app)];
    app.fake.emit('appHide');
    app.fake.emit('appShow', {});
    (await Promise.all(settings)).forEach(({ error }) => assert.equal(error.kind, 'timeout'));
  });

  test('that stays silent without a trip ends as timeout after popupTimeoutMs', async (t) => {
    const app = await start(t, { ...silent, config: { popupTimeoutMs: 10 } });
    assert.equal((await open(app)).error.kind, 'timeout');
  });
});
