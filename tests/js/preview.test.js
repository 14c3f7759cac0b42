// What a tap would do now.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { macrotask, offering, ownFunctions } = require('./support/steps.js');

const TEN_MINUTES_MS = 600_000;
const NONE = { ask: [], keptAccepted: [], keptRejected: [], mainSwitch: true, coolDownUntil: null };
const UNKNOWN = { ...NONE, status: 'unknown', mainSwitch: null };

const readings = (app) => app.optionsOf('getSetting').length;
const getting = (getSetting) => ({ wx: () => ({ getSetting }) });

describe('previewSubscription', () => {
  const kept = (itemSettings, more) => ({ fake: { itemSettings, ...more } });
  const rows = {
    'nothing is kept': [{}, { ...NONE, status: 'ask', ask: ['tmpl-a', 'tmpl-b'] }],
    'one is kept as accepted': [
      kept({ 'tmpl-a': 'accept' }),
      { ...NONE, status: 'ask', ask: ['tmpl-b'], keptAccepted: ['tmpl-a'] },
    ],
    'one is kept as refused': [
      kept({ 'tmpl-b': 'reject' }),
      { ...NONE, status: 'ask', ask: ['tmpl-a'], keptRejected: ['tmpl-b'] },
    ],
    'all are kept as accepted': [
      kept({ 'tmpl-a': 'accept', 'tmpl-b': 'acceptWithForcePush' }),
      { ...NONE, status: 'silent', keptAccepted: ['tmpl-a', 'tmpl-b'] },
    ],
    'all are kept, one as accepted': [
      kept({ 'tmpl-a': 'reject', 'tmpl-b': 'accept' }),
      { ...NONE, status: 'silent', keptAccepted: ['tmpl-b'], keptRejected: ['tmpl-a'] },
    ],
    'all are kept as refused': [
      kept({ 'tmpl-a': 'reject', 'tmpl-b': 'reject' }),
      { ...NONE, status: 'blocked', keptRejected: ['tmpl-a', 'tmpl-b'] },
    ],
    'the main switch is off': [
      kept({}, { mainSwitch: false }),
      { ...NONE, status: 'blocked', ask: ['tmpl-a', 'tmpl-b'], mainSwitch: false },
    ],
    'the main switch is off, and all are kept as accepted': [
      kept({ 'tmpl-a': 'accept', 'tmpl-b': 'accept' }, { mainSwitch: false }),
      { ...NONE, status: 'blocked', keptAccepted: ['tmpl-a', 'tmpl-b'], mainSwitch: false },
    ],
    'all are banned': [kept({ 'tmpl-a': 'ban', 'tmpl-b': 'ban' }), { ...NONE, status: 'nothing' }],
    'a kept word is not known': [
      kept({ 'tmpl-a': 'later', 'tmpl-b': 'accept' }),
      { ...NONE, status: 'ask', ask: ['tmpl-a'], keptAccepted: ['tmpl-b'] },
    ],
    'nothing is offered': [
      { answers: offering() },
      { ...NONE, status: 'nothing', mainSwitch: null },
    ],
    'a host does not speak of the main switch': [
      getting(({ success }) =>
        success({ subscriptionsSetting: { itemSettings: { 'tmpl-a': 'accept' } } }),
      ),
      { ...NONE, status: 'ask', ask: ['tmpl-b'], keptAccepted: ['tmpl-a'], mainSwitch: null },
    ],
    'one popup takes two of three': [
      {
        answers: offering('a', 'b', 'c'),
        config: { maxTemplates: 2 },
        ...kept({ a: 'accept', b: 'accept' }),
      },
      { ...NONE, status: 'silent', keptAccepted: ['a', 'b'] },
    ],
  };
  Object.entries(rows).forEach(([name, [options, expected]]) => {
    test(`${expected.status}, where ${name}`, async (t) => {
      const app = await start(t, options);
      assert.deepEqual(await app.preview(), expected);
      assert.deepEqual(app.optionsOf('requestSubscribeMessage'), []);
    });
  });

  const unknown = {
    'the back end fails': [{ answers: { findCustomerPopTemplate: { statusCode: 500 } } }, UNKNOWN],
    'a client has no wx.getSetting': [
      { fake: { without: ['getSetting'] } },
      { ...UNKNOWN, ask: ['tmpl-a', 'tmpl-b'] },
    ],
    'reading the settings fails': [
      getting(({ fail }) => fail({ errMsg: 'getSetting:fail' })),
      { ...UNKNOWN, ask: ['tmpl-a', 'tmpl-b'] },
    ],
    'the settings stay silent': [
      { ...getting(() => {}), config: { requestTimeoutMs: 10 } },
      { ...UNKNOWN, ask: ['tmpl-a', 'tmpl-b'] },
    ],
    'the host says nothing of subscriptions': [
      getting(({ success }) => success({ errMsg: 'getSetting:ok' })),
      { ...UNKNOWN, ask: ['tmpl-a', 'tmpl-b'] },
    ],
  };
  Object.entries(unknown).forEach(([name, [options, expected]]) => {
    test(`unknown, where ${name}`, async (t) => {
      assert.deepEqual(await (await start(t, options)).preview(), expected);
    });
  });

  test('unknown, where the arguments are wrong; an event says why', async (t) => {
    const app = await start(t);
    assert.deepEqual(await app.preview(99), UNKNOWN);
    assert.deepEqual(await app.preview(1, ''), UNKNOWN);
    assert.deepEqual(app.calls, []);
    assert.deepEqual(
      app.events.map(({ name, error }) => [name, error.kind]),
      [
        ['templatesFailed', 'unknownTrigger'],
        ['templatesFailed', 'badArgument'],
      ],
    );
  });

  test('unknown before setup, and after a setup that failed', async (t) => {
    const app = await start(t, { ready: false });
    assert.deepEqual(await app.preview(), UNKNOWN);
    await app.setup({ maxTemplates: 0 }).catch(() => {});
    assert.deepEqual(await app.preview(), UNKNOWN);
  });

  test('the templates that it fetched are there for the tap', async (t) => {
    const app = await start(t);
    await app.preview();
    app.calls.length = 0;
    const outcome = app.fake.tap(() => {
      const promised = app.subscribe();
      assert.deepEqual(
        app.calls.map(({ api }) => api),
        ['requestSubscribeMessage'],
      );
      return promised;
    });
    assert.equal((await outcome).status, 'answered');
  });

  test('it takes the templates that were prefetched', async (t) => {
    const app = await start(t);
    await app.prefetch();
    await app.preview();
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('it works with templates that are never kept, too', async (t) => {
    const app = await start(t, { config: { templateTtlMs: 0 } });
    assert.equal((await app.preview()).status, 'ask');
  });

  test('an own function that returns a plain value will do', async (t) => {
    const app = await start(t, {
      config: ownFunctions(),
      fake: { itemSettings: { 'tmpl-a': 'accept' } },
    });
    assert.equal((await app.preview()).status, 'silent');
  });
});

describe('the settings that a preview reads', () => {
  test('are read once in ten minutes', async (t) => {
    let now = Date.now();
    t.mock.method(Date, 'now', () => now);
    const app = await start(t);
    await app.preview(1, 'a');
    await app.preview(2, 'b');
    now += TEN_MINUTES_MS - 1;
    await app.preview(1, 'a');
    assert.equal(readings(app), 1);
    now += 1;
    await app.preview(1, 'a');
    assert.equal(readings(app), 2);
  });

  test('are read anew once the clock was set back', async (t) => {
    let now = Date.now();
    t.mock.method(Date, 'now', () => now);
    const app = await start(t);
    await app.preview();
    now -= 1000;
    await app.preview();
    assert.equal(readings(app), 2);
  });

  test('are read once for previews at the same time', async (t) => {
    const app = await start(t, { fake: { itemSettings: { 'tmpl-a': 'accept' } } });
    const previews = await Promise.all([app.preview(1), app.preview(2), app.preview(3)]);
    assert.deepEqual(
      previews.map(({ keptAccepted }) => keptAccepted),
      [['tmpl-a'], ['tmpl-a'], ['tmpl-a']],
    );
    assert.equal(readings(app), 1);
  });

  test('are read once for previews at the same time where reading fails', async (t) => {
    const app = await start(
      t,
      getting(({ fail }) => setTimeout(() => fail({ errMsg: 'getSetting:fail' }), 0)),
    );
    const previews = await Promise.all([app.preview(1), app.preview(2)]);
    assert.deepEqual(
      previews.map(({ status }) => status),
      ['unknown', 'unknown'],
    );
    assert.equal(readings(app), 1);
  });

  const changes = {
    'a popup': (app) => app.tap(1, 'another'),
    'a popup that failed': (app) => app.subscribe(1, 'another'),
    'a return from the background': ({ fake }) => {
      fake.emit('appHide');
      fake.emit('appShow', {});
    },
  };
  Object.entries(changes).forEach(([name, change]) => {
    test(`are read anew after ${name}`, async (t) => {
      const app = await start(t);
      await app.preview();
      app.fake.settings.itemSettings = { 'tmpl-a': 'accept', 'tmpl-b': 'accept' };
      assert.equal((await app.preview()).status, 'ask');
      await change(app);
      assert.equal((await app.preview()).status, 'silent');
      assert.equal(readings(app), 2);
    });
  });

  test('are those of the settings page once it was open', async (t) => {
    const app = await start(t, { fake: { mainSwitch: false } });
    assert.equal((await app.preview()).status, 'blocked');
    app.fake.onSettingsPage = (settings) => Object.assign(settings, { mainSwitch: true });
    await app.fake.tap(() => app.sdk.openSubscriptionSettings());
    assert.equal((await app.preview()).status, 'ask');
    assert.equal(readings(app), 1);
  });

  test('are those that getSubscriptionSettings has read, which always reads', async (t) => {
    const app = await start(t);
    await app.preview();
    app.fake.settings.mainSwitch = false;
    assert.equal((await app.sdk.getSubscriptionSettings()).mainSwitch, false);
    assert.equal((await app.preview()).status, 'blocked');
    assert.equal(readings(app), 2);
  });

  test('are not kept if the user may have changed them while they were read', async (t) => {
    const asked = [];
    const app = await start(
      t,
      getting(({ success }) => asked.push(success)),
    );
    const preview = app.preview();
    while (asked.length < 1) await macrotask();
    app.fake.emit('appShow', {});
    const later = app.preview();
    while (asked.length < 2) await macrotask();
    asked[0]({ subscriptionsSetting: { mainSwitch: false } });
    asked[1]({ subscriptionsSetting: { mainSwitch: true } });
    assert.deepEqual([(await preview).status, (await later).status], ['blocked', 'ask']);
    assert.equal((await app.preview()).status, 'ask');
    assert.equal(asked.length, 2);
  });

  test('stay known while every tap answers as they say', async (t) => {
    const app = await start(t, {
      fake: { itemSettings: { 'tmpl-a': 'accept', 'tmpl-b': 'reject' } },
    });
    await app.preview();
    await app.tap();
    await app.tap();
    assert.equal((await app.preview()).status, 'silent');
    assert.equal(readings(app), 1);
  });
});
