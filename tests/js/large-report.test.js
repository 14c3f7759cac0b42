// A report that can never fit is refused at the tap, before the popup, and makes
// no other go.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event } = require('./support/steps.js');

const DOWN = { popSubscribeResult: { statusCode: 503 } };

const tooLarge = {
  'a long text': ['a', { text: 'x'.repeat(300_000) }],
  'a text of three bytes for each character': ['a', { text: '好'.repeat(90_000) }],
  'a text that JSON makes longer': ['a', { text: '\u0001'.repeat(50_000) }],
  'many members': [
    'a',
    Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`key-${at}`, at])),
  ],
  'a long key': ['a', { ['k'.repeat(300_000)]: 1 }],
  'a long list': ['a', { list: Array.from({ length: 100_000 }, () => 12) }],
  'a long busNo': ['b'.repeat(300_000), { text: 'x' }],
  'a long busNo and no extraVariableMap': ['b'.repeat(300_000), undefined],
  'a busNo and an extraVariableMap that are too large together': [
    'b'.repeat(150_000),
    { text: 'x'.repeat(150_000) },
  ],
};

describe('a report that is too large', () => {
  Object.entries(tooLarge).forEach(([name, [busNo, extra]]) => {
    test(`by ${name} is badArgument at the tap, before any popup and request`, async (t) => {
      const app = await start(t);
      const outcome = await app.tap(1, busNo, extra);
      assert.deepEqual(
        [outcome.status, outcome.stage, outcome.error.kind, outcome.error.retryable],
        ['failed', 'trigger', 'badArgument', false],
      );
      assert.match(outcome.error.message, /outboxMaxBytes/);
      assert.ok(outcome.error.message.length < 1000, 'the message does not repeat it');
      assert.deepEqual(
        [app.optionsOf('request'), app.optionsOf('requestSubscribeMessage')],
        [[], []],
      );
    });
  });

  test('evicts none of twenty that wait', async (t) => {
    const app = await start(t, { answers: DOWN });
    for (let number = 0; number < 20; number += 1)
      await app.tap(1, `order-${number}`, { text: 'x'.repeat(1000) });
    await app.tap(1, 'large', { text: 'x'.repeat(300_000) });
    assert.ok(!app.eventNames().includes('reportDropped'));
    assert.equal((await app.flush()).pending, 20);
  });

  test('is one above an outboxMaxBytes that is configured, and not one below', async (t) => {
    const app = await start(t, { config: { outboxMaxBytes: 2000 } });
    assert.equal((await app.tap(1, 'a', { text: 'x'.repeat(2100) })).error.kind, 'badArgument');
    assert.equal((await app.tap(1, 'a', { text: 'x'.repeat(1000) })).status, 'answered');
    await event(app, 'reportSent');
  });

  test('a large one that fits makes the oldest go, and arrives', async (t) => {
    const app = await start(t, { answers: DOWN, config: { outboxMaxBytes: 6000 } });
    for (const busNo of ['a', 'b', 'c', 'd']) {
      await app.tap(1, busNo, { text: 'x'.repeat(1000) });
      await app.flush();
    }
    const outcome = await app.tap(1, 'large', { text: 'x'.repeat(5000) });
    assert.equal(outcome.report, 'queued');
    const dropped = app.events
      .filter(({ name }) => name === 'reportDropped')
      .map(({ report }) => report.busNo);
    assert.ok(dropped.length >= 1 && !dropped.includes('large'), `${dropped}`);
    assert.equal(dropped[0], 'a');
  });

  test('that the back end refuses with HTTP 413 all the same is dropped alone', async (t) => {
    const app = await start(t, {
      answers: {
        popSubscribeResult: ({ json }) =>
          json.busNo === 'large' ? { statusCode: 413 } : { json: {} },
      },
    });
    await app.tap(1, 'large', { text: 'x'.repeat(100_000) });
    assert.equal((await event(app, 'reportDropped')).error.code, 413);
    await app.tap(1, 'a');
    await event(app, 'reportSent');
  });
});
