// Reports that do not arrive are sent again, until the back end has them or refuses.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const {
  byTurns,
  event,
  keysOf,
  macrotask,
  mockTimers,
  ownFunctions,
  pass,
  refusedReport,
} = require('./support/steps.js');

describe('reports that do not arrive', () => {
  const passing = {
    'HTTP 500': { statusCode: 500 },
    'no network': { errMsg: 'net::ERR_INTERNET_DISCONNECTED' },
  };
  Object.entries(passing).forEach(([name, reply]) => {
    test(`after ${name} flushReports sends it again, under the same Idempotency-Key`, async (t) => {
      const app = await start(t, { answers: byTurns(reply, { json: {} }) });
      await app.tap();
      const { reportId, retryInMs } = await event(app, 'reportPostponed');
      assert.ok(retryInMs >= 1000 && retryInMs <= 2000, `${retryInMs}`);
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.deepEqual(keysOf(app), [reportId, reportId]);
      const [first, second] = app.reports();
      assert.deepEqual(second.data, first.data);
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    });
  });

  test('an own function gets the same reportId again', async (t) => {
    const ids = [];
    const popSubscribeResult = async (_, { reportId }) => {
      ids.push(reportId);
      if (ids.length === 1) throw new Error('offline');
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await event(app, 'reportPostponed');
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(ids, [ids[0], ids[0]]);
  });

  test('one that the back end fails on keeps no other back', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    await event(app, 'reportSent');
    assert.deepEqual(
      app.reports().map(({ data }) => data.busNo),
      ['a', 'b'],
      'the second goes at once',
    );
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
    assert.deepEqual(
      app.reports().map(({ data }) => data.busNo),
      ['a', 'b', 'a'],
    );
  });

  test('one that the network fails on keeps all back, and then they go in order', async (t) => {
    const app = await start(t, {
      answers: byTurns({ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }, { json: {} }),
    });
    await app.tap(1, 'a');
    await event(app, 'reportPostponed');
    await app.tap(1, 'b');
    assert.equal(app.reports().length, 1, 'the second waits for the network, too');
    assert.deepEqual(await app.flush(), { sent: 2, pending: 0 });
    assert.deepEqual(
      app.reports().map(({ data }) => data.busNo),
      ['a', 'a', 'b'],
    );
  });

  test('they go by themselves after their wait', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 503 }, { json: {} }) });
    mockTimers(t);
    const outcome = app.tap();
    await pass(t, 100);
    await outcome;
    const { retryInMs } = await event(app, 'reportPostponed');
    await pass(t, retryInMs - 200);
    assert.equal(app.reports().length, 1);
    await pass(t, 300);
    assert.equal(app.reports().length, 2);
    assert.ok(app.eventNames().includes('reportSent'));
  });

  test('they go when the network is back', async (t) => {
    const app = await start(t, {
      answers: byTurns({ errMsg: 'net::ERR_INTERNET_DISCONNECTED' }, { json: {} }),
    });
    await app.tap();
    await event(app, 'reportPostponed');
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    await event(app, 'reportSent');
    assert.equal(app.reports().length, 2);
  });

  test('HTTP 400 is final: the event carries the report without its openId', async (t) => {
    const app = await start(t, { answers: byTurns({ statusCode: 400 }, { json: {} }) });
    await app.tap(1, 'a', { price: 1 });
    const dropped = await event(app, 'reportDropped');
    assert.deepEqual(dropped.report, {
      busNo: 'a',
      extraVariableMap: { price: 1 },
      agreeTemplateIds: ['tmpl-a', 'tmpl-b'],
      rejectTemplateIds: [],
    });
    assert.deepEqual(
      [dropped.error.kind, dropped.error.code, dropped.error.retryable],
      ['badResponse', 400, false],
    );
    assert.ok(!JSON.stringify(app.events).includes('user-1'));
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.equal(app.reports().length, 1);
  });

  test('after a second setup flushReports still waits for a report under way', async (t) => {
    let respond;
    const popSubscribeResult = () =>
      new Promise((resolve) => {
        respond = resolve;
      });
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap();
    await app.setup();
    const flushed = app.flush();
    await macrotask();
    respond();
    assert.equal((await flushed).pending, 0);
  });

  test('after a second setup a waiting report goes by the new configuration', async (t) => {
    const answers = byTurns({ statusCode: 503 }, { json: {} });
    const app = await start(t, { answers, config: { header: { token: 'old' } } });
    await app.tap();
    await event(app, 'reportPostponed');
    await app.setup({ header: { token: 'new' } });
    app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
    await event(app, 'reportSent');
    assert.deepEqual(
      app.reports().map(({ header }) => header.token),
      ['old', 'new'],
    );
  });

  test('nothing is sent, and flushReports says 0, when nothing waits', async (t) => {
    const app = await start(t, { answers: refusedReport });
    assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    assert.deepEqual(app.reports(), []);
  });
});
