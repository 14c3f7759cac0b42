// A page that uses none of previews, top-ups, cool-downs and diagnostics pays
// for none: the calls of `wx`, the bytes of storage and the events are those of
// the version before there were any, as `support/trace-of-before.js` has them.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event } = require('./support/steps.js');
const before = require('./support/trace-of-before.js');

const NOW = Date.UTC(2026, 0, 1);

/** What `popupAnswered` carries since then. */
const ADDED = ['counts', 'elapsedMs', 'topUp'];

/** A text in which each report id and each random wait has a name that does not change. */
function createNames() {
  const ids = [];
  return (value) => {
    const text = JSON.stringify(value, (_, part) =>
      typeof part === 'function' ? 'function' : part,
    );
    return text
      .replace(/[0-9a-z]{24,}/g, (id) => {
        if (!ids.includes(id)) ids.push(id);
        return `id-${ids.indexOf(id) + 1}`;
      })
      .replace(/(waitMs|notBefore|retryInMs|epoch)(\\*"):\d+/g, '$1$2:"…"');
  };
}

/** Everything that an application can see of a day in the shop, line by line. */
async function dayInTheShop(t, answerOfTheUser) {
  t.mock.method(Date, 'now', () => NOW);
  const offers = {
    加入购物车: ['a', 'b'],
    订单详情: ['c'],
    提交订单: [],
    支付成功: ['a'],
    企业信息: ['d', 'e'],
  };
  const storage = { openId: '"user-1"' };
  let isOnline = true;
  const app = await start(t, {
    ready: false,
    answers: {
      findCustomerPopTemplate: ({ json }) => ({ json: { data: offers[json.triggerAct] } }),
      popSubscribeResult: () => (isOnline ? { json: {} } : { statusCode: 503 }),
    },
    fake: { storage, autoAnswer: answerOfTheUser },
    config: { maxTemplates: 1 },
  });
  await app.setup();
  await app.prefetch(1, 'goods-1');
  const outcomes = [];
  for (const [type, busNo] of [
    [1, 'goods-1'],
    [2, 'order-1'],
    [3, 'order-1'],
  ]) {
    outcomes.push(await app.tap(type, busNo));
    await app.flush();
  }
  app.fake.settings.mainSwitch = false;
  outcomes.push(await app.tap(4, 'order-1'));
  app.fake.settings.mainSwitch = true;
  await app.sdk.getSubscriptionSettings();
  await app.fake.tap(() => app.sdk.openSubscriptionSettings());
  isOnline = false;
  outcomes.push(await app.tap(5, 'company-1'));
  await event(app, 'reportPostponed');

  const named = createNames();
  const told = app.events.map((given) =>
    Object.fromEntries(Object.entries(given).filter(([key]) => !ADDED.includes(key))),
  );
  return {
    calls: app.calls.map(({ api, given }) => `${api} ${named(given)}`),
    events: told.map(named),
    outcomes: outcomes.map(({ keptRejected, ...outcome }) => named(outcome)),
    storage: Object.keys(storage).map((key) => `${named(key)} ${named(storage[key])}`),
  };
}

const accepting = (tmplIds) => Object.fromEntries(tmplIds.map((id) => [id, 'accept']));

test('calls, events, outcomes and storage are what they were', async (t) => {
  assert.deepEqual(await dayInTheShop(t, accepting), before.accepting);
});

test('after a refusal they are, too, but for one reading of the settings', async (t) => {
  const { calls, ...rest } = await dayInTheShop(t, () => ({}));
  const { calls: expected, ...restExpected } = before.refusing;
  assert.deepEqual(rest, restExpected);
  const readings = (lines) => lines.filter((line) => line.startsWith('getSetting'));
  const others = (lines) => lines.filter((line) => !line.startsWith('getSetting'));
  assert.deepEqual(others(calls), others(expected));
  const refusals = restExpected.events.filter((line) => line.includes('popupAnswered')).length;
  assert.equal(readings(calls).length, readings(expected).length + refusals);
});
