// When and where an answer was given: `Subscribe-Age` and `Subscribe-Trigger`
// over `wx.request`, `ageMs` and `triggerAct` for an own function.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const { putReports } = require('./support/outbox.js');
const { byTurns, event, failingReport, ownFunctions, wallClock } = require('./support/steps.js');

const DAY_MS = 86_400_000;

/** The headers of the last report that was sent, with their names in lower case; none is there twice. */
function lastHeader(app) {
  const entries = Object.entries(app.reports().pop().header);
  const lowered = entries.map(([name, value]) => [name.toLowerCase(), value]);
  assert.equal(new Map(lowered).size, entries.length, `a name is there twice: ${entries}`);
  return Object.fromEntries(lowered);
}

/** An own function that notes its second argument in `contexts`, and fails as long as `isDown()`. */
const noting = (contexts, isDown = () => false) =>
  ownFunctions({
    popSubscribeResult: async (_, context) => {
      contexts.push(here(context));
      if (isDown()) throw new Error('offline');
    },
  });

describe('a report says when its answer was given', () => {
  test('at once: an age of 0 seconds', async (t) => {
    const app = await start(t);
    await app.tap();
    await event(app, 'reportSent');
    assert.equal(lastHeader(app)['subscribe-age'], '0');
  });

  test('in whole seconds, at each attempt', async (t) => {
    const clock = wallClock(t);
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    await app.tap();
    await event(app, 'reportPostponed');
    clock.jump(90_500);
    await app.flush();
    const age = lastHeader(app)['subscribe-age'];
    assert.match(age, /^\d+$/);
    assert.ok(Number(age) >= 90 && Number(age) <= 92, age);
  });

  test('after a restart: from the answer, not from the launch', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const before = await start(t, { fake: { storage }, answers: failingReport });
    await before.tap(4);
    await event(before, 'reportPostponed');
    before.close();
    clock.jump(2 * DAY_MS);
    const app = await start(t, { fake: { storage }, ready: false });
    await app.setup();
    await event(app, 'reportSent');
    const header = lastHeader(app);
    const late = Number(header['subscribe-age']) - (2 * DAY_MS) / 1000;
    assert.ok(late >= 0 && late <= 3, header['subscribe-age']);
    assert.equal(decodeURIComponent(header['subscribe-trigger']), '支付成功');
  });

  test('unless the clock ran backwards since', async (t) => {
    const clock = wallClock(t);
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    await app.tap();
    await event(app, 'reportPostponed');
    clock.jump(-60_000);
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    const header = lastHeader(app);
    assert.ok(!('subscribe-age' in header), header['subscribe-age']);
    assert.equal(decodeURIComponent(header['subscribe-trigger']), '加入购物车');
  });

  test('unless it is older than outboxMaxAgeMs', async (t) => {
    const clock = wallClock(t);
    const app = await start(t, {
      answers: byTurns({ statusCode: 503 }, { json: {} }),
      config: { outboxMaxAgeMs: DAY_MS },
    });
    await app.tap();
    await event(app, 'reportPostponed');
    clock.jump(2 * DAY_MS);
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    const header = lastHeader(app);
    assert.ok(!('subscribe-age' in header), header['subscribe-age']);
    assert.equal(decodeURIComponent(header['subscribe-trigger']), '加入购物车');
  });

  test('to an own function in milliseconds, at each attempt', async (t) => {
    const clock = wallClock(t);
    const contexts = [];
    const app = await start(t, { config: noting(contexts, () => contexts.length === 1) });
    await app.tap();
    const { reportId } = await event(app, 'reportPostponed');
    clock.jump(90_500);
    await app.flush();
    const [first, second] = contexts;
    assert.ok(first.ageMs >= 0 && first.ageMs < 2000, `${first.ageMs}`);
    assert.ok(second.ageMs >= 90_500 && second.ageMs < 92_500, `${second.ageMs}`);
    assert.deepEqual([first.reportId, second.reportId], [reportId, reportId]);
  });

  test('to an own function not at all if the clock ran backwards, or the report is too old', async (t) => {
    for (const ms of [-60_000, 2 * DAY_MS]) {
      const clock = wallClock(t);
      const contexts = [];
      const app = await start(t, {
        config: { ...noting(contexts, () => contexts.length === 1), outboxMaxAgeMs: DAY_MS },
      });
      await app.tap();
      await event(app, 'reportPostponed');
      clock.jump(ms);
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.equal(contexts[1].ageMs, undefined, `${ms}`);
      assert.equal(contexts[1].triggerAct, '加入购物车');
      t.mock.restoreAll();
    }
  });
});

describe('a report says where its answer was given', () => {
  const names = [
    '加入购物车',
    'checkout',
    'a b/c?d=e&f%20',
    '提交售后申请（退货退款）',
    '新👍品"\n',
  ];
  names.forEach((triggerAct) => {
    test(`${JSON.stringify(triggerAct)} is percent-encoded UTF-8 in the header, and as it is for an own function`, async (t) => {
      const triggers = { 20: triggerAct };
      const app = await start(t, { config: { triggers } });
      await app.tap(20);
      await event(app, 'reportSent');
      const value = lastHeader(app)['subscribe-trigger'];
      assert.match(value, /^[!-~]+$/);
      assert.equal(decodeURIComponent(value), triggerAct);

      const contexts = [];
      const own = await start(t, { config: { ...noting(contexts), triggers } });
      await own.tap(20);
      await event(own, 'reportSent');
      assert.equal(contexts[0].triggerAct, triggerAct);
    });
  });

  test('the name is the one at the answer, though setup has renamed it since', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    await app.tap(1);
    await event(app, 'reportPostponed');
    await app.setup({ triggers: { 1: '收藏' } });
    assert.equal((await app.flush()).pending, 0);
    assert.equal(decodeURIComponent(lastHeader(app)['subscribe-trigger']), '加入购物车');
  });

  test('what storage holds of an older version goes without it, but with its age', async (t) => {
    const body = {
      busNo: 'old',
      extraVariableMap: {},
      openId: 'user-1',
      agreeTemplateIds: ['tmpl-a'],
      rejectTemplateIds: [],
    };
    const launch = async (config) => {
      const storage = { openId: JSON.stringify('user-1') };
      putReports(storage, [{ id: 'r1', body, queuedAt: Date.now() - 60_000, attempts: 1 }]);
      const app = await start(t, { fake: { storage }, config, ready: false });
      await app.setup();
      await event(app, 'reportSent');
      return app;
    };
    const header = lastHeader(await launch({}));
    assert.ok(!('subscribe-trigger' in header), header['subscribe-trigger']);
    assert.ok(Number(header['subscribe-age']) >= 60, header['subscribe-age']);
    const contexts = [];
    await launch(noting(contexts));
    assert.equal(contexts[0].triggerAct, undefined);
    assert.ok(contexts[0].ageMs >= 60_000, `${contexts[0].ageMs}`);
  });
});

describe('the application’s own headers of these names', () => {
  const spellings = [
    ['Subscribe-Age', 'Subscribe-Trigger'],
    ['subscribe-age', 'subscribe-trigger'],
    ['SUBSCRIBE-AGE', 'SUBSCRIBE-TRIGGER'],
    ['Subscribe-age', 'subscribe-Trigger'],
  ];
  spellings.forEach(([age, trigger]) => {
    test(`lose as ${age} and ${trigger}`, async (t) => {
      const header = { [age]: '12345', [trigger]: 'theirs', token: 'x' };
      const app = await start(t, { config: { header } });
      await app.tap();
      await event(app, 'reportSent');
      const sent = lastHeader(app);
      assert.equal(sent['subscribe-age'], '0');
      assert.equal(decodeURIComponent(sent['subscribe-trigger']), '加入购物车');
      assert.equal(sent.token, 'x');
    });
  });

  test('lose also where there is no age to tell', async (t) => {
    const clock = wallClock(t);
    const app = await start(t, {
      answers: byTurns({ statusCode: 503 }, { json: {} }),
      config: { header: { 'subscribe-age': '12345' } },
    });
    await app.tap();
    await event(app, 'reportPostponed');
    clock.jump(-60_000);
    await app.flush();
    assert.ok(!('subscribe-age' in lastHeader(app)));
  });
});
