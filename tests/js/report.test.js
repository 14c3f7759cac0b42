// The report that the back end gets.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const { answer, event, ownFunctions, popupOf } = require('./support/steps.js');

describe('the report', () => {
  test('its body is the contract, and nothing more', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const extra = {
      price: '129.00',
      数量: 2,
      tags: ['新', '👍', null],
      at: new Date(0),
      nothing: undefined,
    };
    await answer(app, { 'tmpl-a': 'acceptWithAlert' }, 1, '商品-1', extra);
    await app.flush();
    const [{ data, header }] = app.reports();
    assert.deepEqual(data, {
      busNo: '商品-1',
      extraVariableMap: {
        price: '129.00',
        数量: 2,
        tags: ['新', '👍', null],
        at: '1970-01-01T00:00:00.000Z',
      },
      openId: 'user-1',
      agreeTemplateIds: ['tmpl-a'],
      rejectTemplateIds: ['tmpl-b'],
    });
    const [, , , { reportId }] = app.events;
    assert.deepEqual(header, {
      'content-type': 'application/json',
      'Idempotency-Key': reportId,
      'Subscribe-Age': '0',
      'Subscribe-Trigger': encodeURIComponent('加入购物车'),
    });
  });

  test('extraVariableMap is {} when left out, and as it was at the tap', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const extra = { price: 1 };
    const outcome = app.tap(1, 'a', extra);
    extra.price = 2;
    (await popupOf(app, outcome)).acceptAll();
    await outcome;
    await answer(app, {}, 1, 'b');
    await answer(app, {}, 1, 'c', null);
    await app.flush();
    assert.deepEqual(
      app.reports().map(({ data }) => data.extraVariableMap),
      [{ price: 1 }, {}, {}],
    );
  });

  test('each report has an Idempotency-Key of its own', async (t) => {
    const app = await start(t);
    for (let tap = 0; tap < 50; tap += 1) await app.tap();
    await app.flush();
    const keys = app.reports().map(({ header }) => header['Idempotency-Key']);
    assert.deepEqual([keys.length, new Set(keys).size], [50, 50]);
  });

  test('an own function gets the report, and beside it its id, age and trigger', async (t) => {
    const got = [];
    const popSubscribeResult = (...given) => {
      got.push(here(given));
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap(1, 'a', { price: 1 });
    const { reportId } = await event(app, 'reportSent');
    const report = {
      busNo: 'a',
      extraVariableMap: { price: 1 },
      openId: 'user-1',
      agreeTemplateIds: ['tmpl-a'],
      rejectTemplateIds: [],
    };
    const [[, { ageMs }]] = got;
    assert.ok(ageMs >= 0 && ageMs < 60_000, `${ageMs}`);
    assert.deepEqual(got, [[report, { reportId, ageMs, triggerAct: '加入购物车' }]]);
    assert.deepEqual(app.optionsOf('request'), []);
  });
});
