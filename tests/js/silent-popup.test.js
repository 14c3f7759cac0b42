// A popup whose callback never comes, or comes late.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, popupOf } = require('./support/steps.js');

describe('a popup that stays silent', () => {
  const given = { fake: { autoAnswer: null }, config: { popupGraceMs: 20 } };

  /** An app that has been in the background while its popup was open. */
  async function returned(t) {
    const app = await start(t, given);
    const outcome = app.tap();
    const popup = await popupOf(app, outcome);
    app.fake.emit('appHide');
    app.fake.emit('appShow', {});
    return { app, outcome, popup };
  }

  test('ends as timeout some time after the return from the background', async (t) => {
    const { app, outcome } = await returned(t);
    const { stage, error } = await outcome;
    assert.deepEqual([stage, error.kind, error.retryable], ['popup', 'timeout', true]);
    assert.deepEqual(app.events.pop(), {
      name: 'popupFailed',
      triggerAct: '加入购物车',
      busNo: 'order-1',
      error,
    });
    assert.equal((await app.tap()).error.kind, 'busy', 'the host itself is asked again');
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 2);
  });

  test('is waited for when the user answers after the return', async (t) => {
    const { outcome, popup } = await returned(t);
    popup.acceptAll();
    assert.equal((await outcome).status, 'answered');
  });

  test('is reported all the same when the user answers later still', async (t) => {
    const { app, outcome, popup } = await returned(t);
    assert.equal((await outcome).status, 'failed');
    popup.acceptAll();
    await event(app, 'reportSent');
    assert.deepEqual(app.reports()[0].data.agreeTemplateIds, ['tmpl-a', 'tmpl-b']);
  });
});
