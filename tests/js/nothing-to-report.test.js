// `report: 'none'` means that there was nothing to report: what JSON cannot hold
// is `badArgument` at the tap, before the popup.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, failingReport } = require('./support/steps.js');

/** `depth` levels of what `wrap` makes. */
function nested(depth, wrap) {
  let value = {};
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}
const inObjects = (depth) => nested(depth, (value) => ({ value }));
const inLists = (depth) => ({ list: nested(depth, (value) => [value]) });

const tooDeep = {
  'objects, 5,000 deep': inObjects(5000),
  'lists, 5,000 deep': inLists(5000),
  'objects and lists in turn, 10,000 deep': nested(5000, (value) => ({ list: [value] })),
  'a toJSON that gives objects, 5,000 deep': { toJSON: () => inObjects(5000) },
  'one deep member among others': { price: 1, deep: inLists(5000), name: 'x' },
};

describe('an extraVariableMap that is nested too deep', () => {
  Object.entries(tooDeep).forEach(([name, extra]) => {
    test(`(${name}) is badArgument at the tap, before any popup and request`, async (t) => {
      const app = await start(t);
      const outcome = await app.tap(1, 'a', extra);
      assert.deepEqual(
        [outcome.status, outcome.stage, outcome.error && outcome.error.kind],
        ['failed', 'trigger', 'badArgument'],
      );
      assert.equal(outcome.error.retryable, false);
      assert.deepEqual(
        [app.optionsOf('request'), app.optionsOf('requestSubscribeMessage')],
        [[], []],
      );
      assert.equal((await app.tap(1, 'b')).status, 'answered', 'the next tap works');
      await event(app, 'reportSent');
    });
  });

  test('is badArgument also for a call that is made while the module loads', async (t) => {
    const app = await start(t, { ready: false });
    const ready = app.setup();
    const early = app.subscribe(1, 'a', inObjects(5000));
    await ready;
    const outcome = await early;
    assert.deepEqual([outcome.stage, outcome.error.kind], ['trigger', 'badArgument']);
    assert.deepEqual(app.optionsOf('requestSubscribeMessage'), []);
  });

  test('evicts none that wait', async (t) => {
    const app = await start(t, { answers: failingReport, config: { outboxMaxReports: 2 } });
    for (const busNo of ['a', 'b']) await app.tap(1, busNo);
    await app.tap(1, 'deep', inObjects(5000));
    assert.ok(!app.eventNames().includes('reportDropped'));
    assert.equal((await app.flush()).pending, 2);
  });
});

describe('an extraVariableMap that is nested about as deep as the engine can write it', () => {
  /** Calls `work` at the top of a stack of this height, as a host’s own layers do. */
  const deeply = (height, work) => (height > 0 ? deeply(height - 1, work) : work());

  test('is badArgument, or answered and kept: never answered with nothing to report', async (t) => {
    const app = await start(t, {
      answers: failingReport,
      config: { outboxMaxReports: 10_000, outboxMaxBytes: 1e9 },
      wx: () => ({
        requestSubscribeMessage: ({ tmplIds, success }) =>
          deeply(500, () => success({ [tmplIds[0]]: 'accept' })),
      }),
    });
    await app.prefetch();
    const take = (depth) => app.tap(1, 'order-1', inObjects(depth));
    let [fits, fails] = [100, 20_000];
    while (fails - fits > 1) {
      const depth = Math.floor((fits + fails) / 2);
      if ((await take(depth)).status === 'answered') fits = depth;
      else fails = depth;
    }
    for (let depth = fits - 100; depth < fails + 10; depth += 10) {
      const outcome = await take(depth);
      if (outcome.status === 'answered') assert.ok(outcome.report !== 'none', `${depth} deep`);
      else assert.equal(outcome.error.kind, 'badArgument', `${depth} deep`);
    }
    const accepted = app.eventNames().filter((name) => name === 'popupAnswered').length;
    assert.equal((await app.diagnostics()).waiting.length, accepted, 'each answer is kept');
  });
});

describe('an extraVariableMap that is nested as deep as applications nest', () => {
  [10, 50, 99].forEach((depth) => {
    test(`${depth} deep arrives whole`, async (t) => {
      const app = await start(t);
      const { report } = await app.tap(1, 'a', inObjects(depth));
      assert.equal(report, 'queued');
      await event(app, 'reportSent');
      assert.deepEqual(app.reports()[0].data.extraVariableMap, inObjects(depth));
    });
  });
});
