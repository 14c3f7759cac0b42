// The application calls the SDK from within its own callbacks.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const { ownFunctions } = require('./support/steps.js');

describe('calls from within', () => {
  test('an onEvent that calls the SDK again gets its answers, and disturbs nothing', async (t) => {
    const inner = [];
    const told = [];
    const onEvent = ({ name }) => {
      told.push(name);
      if (told.length > 20) return;
      inner.push(app.prefetch(2), app.flush(), app.sdk.getSubscriptionSettings().then(here));
      // A call between the templates and the popup would open its own popup.
      if (name !== 'templatesFound') inner.push(app.subscribe());
    };
    const app = await start(t, { config: { onEvent } });
    assert.equal((await app.tap()).status, 'answered');
    assert.equal((await app.flush()).pending, 0);
    const outcomes = (await Promise.all(inner)).filter((outcome) => outcome.status);
    assert.ok(outcomes.length > 0);
    outcomes.forEach(({ status, error }) => {
      assert.ok(
        status === 'answered' || ['busy', 'notTapped'].includes(error.kind),
        JSON.stringify(error),
      );
    });
    assert.equal(app.reports().length, told.filter((name) => name === 'reportSent').length);
  });

  test('an own function that calls the SDK again gets its answers', async (t) => {
    const inner = [];
    const popSubscribeResult = () => {
      inner.push(app.flush(), app.prefetch(2), app.setup());
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    assert.equal((await app.tap()).status, 'answered');
    const [flushed, prefetched] = await Promise.all(inner);
    assert.deepEqual([flushed.pending, prefetched], [0, ['tmpl-a']]);
  });
});
