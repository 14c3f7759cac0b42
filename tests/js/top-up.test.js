// `only: 'keptAccepted'`: a tap earns a grant without a popup.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { offering, ownFunctions } = require('./support/steps.js');

const ONLY_KEPT = { only: 'keptAccepted' };
const topUp = (app, options) =>
  app.fake.tap(() => app.subscribe(1, 'order-1', undefined, { ...ONLY_KEPT, ...options }));

/** Fails if a popup is seen: nobody answers it. */
const unseen = { autoAnswer: () => assert.fail('a popup opened') };
const kept = (itemSettings, more) => ({ fake: { ...unseen, itemSettings, ...more } });
const asked = (app) => app.optionsOf('requestSubscribeMessage').map(({ tmplIds }) => tmplIds);

['native', 'polyfill'].forEach((promise) => {
  describe(`a silent top-up (${promise} promises)`, () => {
    test('asks only for what is kept as accepted', async (t) => {
      const app = await start(t, kept({ 'tmpl-b': 'accept' }, { promise }));
      const { status, accepted, rejected, remaining, report } = await topUp(app);
      assert.deepEqual(
        { status, accepted, rejected, remaining, report },
        { status: 'answered', accepted: ['tmpl-b'], rejected: [], remaining: [], report: 'queued' },
      );
      assert.deepEqual(asked(app), [['tmpl-b']]);
      await app.flush();
      assert.deepEqual(
        app.reports().map(({ data }) => data.agreeTemplateIds),
        [['tmpl-b']],
      );
    });

    test('with templates and settings known, the popup is the first call of the tap', async (t) => {
      const app = await start(t, kept({ 'tmpl-a': 'accept', 'tmpl-b': 'accept' }, { promise }));
      await app.preview();
      for (let tap = 0; tap < 3; tap += 1) {
        app.calls.length = 0;
        const outcome = app.fake.tap(() => {
          const promised = app.subscribe(1, 'order-1', undefined, ONLY_KEPT);
          assert.deepEqual(
            app.calls.map(({ api }) => api),
            ['requestSubscribeMessage'],
          );
          return promised;
        });
        assert.deepEqual((await outcome).accepted, ['tmpl-a', 'tmpl-b']);
        assert.deepEqual(app.optionsOf('getSetting'), [], 'no tap makes the settings doubtful');
        await app.flush();
      }
      assert.equal(app.sent('findCustomerPopTemplate').length, 0, 'the templates stay known');
    });

    test('with the settings not known, wx.getSetting carries the tap', async (t) => {
      const app = await start(t, kept({ 'tmpl-a': 'accept' }, { promise }));
      await app.prefetch();
      app.calls.length = 0;
      assert.deepEqual((await topUp(app)).accepted, ['tmpl-a']);
      const calls = app.calls.map(({ api }) => api);
      assert.deepEqual(calls.slice(0, 2), ['getSetting', 'requestSubscribeMessage']);
    });

    test('with nothing known, wx.request and then wx.getSetting carry the tap', async (t) => {
      const app = await start(t, kept({ 'tmpl-a': 'accept' }, { promise }));
      assert.deepEqual((await topUp(app)).accepted, ['tmpl-a']);
      const calls = app.calls.map(({ api }) => api);
      assert.deepEqual(calls.slice(0, 3), ['request', 'getSetting', 'requestSubscribeMessage']);
    });

    test('a tap during a preview reads the settings itself: the reading of the preview carries no tap', async (t) => {
      const app = await start(t, kept({ 'tmpl-a': 'accept' }, { promise }));
      await app.prefetch();
      const preview = app.preview();
      assert.deepEqual((await topUp(app)).accepted, ['tmpl-a']);
      assert.equal((await preview).status, 'ask');
    });

    test('an own function that returns a plain value keeps the tap', async (t) => {
      const app = await start(t, {
        config: ownFunctions(),
        ...kept({ 'tmpl-a': 'accept' }, { promise }),
      });
      assert.deepEqual((await topUp(app)).accepted, ['tmpl-a']);
    });
  });
});

describe('a silent top-up', () => {
  const notKept = { status: 'skipped', reason: 'notKept' };
  const nothingKept = {
    'nothing is kept': {},
    'only refusals are kept': { 'tmpl-a': 'reject', 'tmpl-b': 'reject' },
    'only other templates are kept': { another: 'accept' },
    'only words are kept that are not known': { 'tmpl-a': 'Accept', 'tmpl-b': '' },
  };
  Object.entries(nothingKept).forEach(([name, itemSettings]) => {
    test(`is skipped where ${name}, without a popup`, async (t) => {
      const app = await start(t, kept(itemSettings));
      assert.deepEqual(await topUp(app), notKept);
      assert.deepEqual(asked(app), []);
      assert.deepEqual(app.events, [
        {
          name: 'templatesFound',
          triggerAct: '加入购物车',
          busNo: 'order-1',
          templateIds: ['tmpl-a', 'tmpl-b'],
        },
        { name: 'skipped', triggerAct: '加入购物车', busNo: 'order-1', reason: 'notKept' },
      ]);
    });
  });

  test('finds nothing to ask where nothing is offered, and reads no settings', async (t) => {
    const app = await start(t, { answers: offering(), ...kept({}) });
    assert.deepEqual(await topUp(app), { status: 'noTemplates' });
    assert.deepEqual(app.optionsOf('getSetting'), []);
  });

  const unreadable = {
    'a client has no wx.getSetting': [
      { fake: { ...unseen, without: ['getSetting'] } },
      'unsupportedHost',
    ],
    'reading the settings fails': [
      {
        fake: unseen,
        wx: () => ({ getSetting: ({ fail }) => fail({ errMsg: 'getSetting:fail' }) }),
      },
      'network',
    ],
    'the settings stay silent': [
      { fake: unseen, wx: () => ({ getSetting() {} }), config: { requestTimeoutMs: 10 } },
      'timeout',
    ],
    'the host says nothing of subscriptions': [
      {
        fake: unseen,
        wx: () => ({ getSetting: ({ success }) => success({ errMsg: 'getSetting:ok' }) }),
      },
      'unsupportedHost',
    ],
  };
  Object.entries(unreadable).forEach(([name, [options, kind]]) => {
    test(`fails without a popup where ${name}`, async (t) => {
      const app = await start(t, options);
      const { status, stage, error } = await topUp(app);
      assert.deepEqual([status, stage, error.kind], ['failed', 'settings', kind]);
      assert.deepEqual(app.eventNames(), ['templatesFound', 'popupFailed']);
      assert.deepEqual(asked(app), []);
    });
  });

  test('asks for no more than a popup takes, and for the others at the next tap', async (t) => {
    const app = await start(t, {
      answers: offering('a', 'b', 'not-kept', 'c', 'd', 'e'),
      config: { maxTemplates: 2 },
      ...kept({ a: 'accept', b: 'accept', c: 'accept', d: 'accept', e: 'accept' }),
    });
    const outcomes = [await topUp(app), await topUp(app), await topUp(app)];
    assert.deepEqual(
      outcomes.map(({ accepted }) => accepted),
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'a'],
      ],
    );
    assert.deepEqual(
      outcomes.map(({ remaining }) => remaining),
      [
        ['c', 'd', 'e'],
        ['e', 'a', 'b'],
        ['b', 'c', 'd'],
      ],
    );
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('does not bring back templates that the back end no longer offers', async (t) => {
    const answers = [];
    const offers = [['a', 'b'], ['c']];
    const app = await start(t, {
      answers: { findCustomerPopTemplate: () => ({ json: { data: offers.shift() } }) },
      config: { templateTtlMs: 1 },
      fake: { itemSettings: { a: 'accept' } },
      wx: () => ({ requestSubscribeMessage: ({ success }) => answers.push(success) }),
    });
    let now = Date.now();
    t.mock.method(Date, 'now', () => now);
    const outcome = topUp(app);
    while (answers.length < 1) await new Promise((resolve) => setImmediate(resolve));
    now += 1;
    assert.deepEqual(await app.prefetch(), ['c']);
    answers[0]({ errMsg: 'requestSubscribeMessage:ok', a: 'accept' });
    assert.deepEqual((await outcome).accepted, ['a']);
    assert.deepEqual(await app.prefetch(), ['c']);
  });

  test('leaves the templates for a tap that asks', async (t) => {
    const app = await start(t, { fake: { itemSettings: { 'tmpl-a': 'accept' } } });
    await topUp(app);
    assert.deepEqual((await app.tap()).accepted, ['tmpl-b', 'tmpl-a']);
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
  });

  test('does not make templates that were fetched long ago younger', async (t) => {
    let now = Date.now();
    t.mock.method(Date, 'now', () => now);
    const app = await start(t, {
      config: { templateTtlMs: 1000 },
      ...kept({ 'tmpl-a': 'accept' }),
    });
    await topUp(app);
    now += 999;
    await topUp(app);
    assert.equal(app.sent('findCustomerPopTemplate').length, 1);
    now += 1;
    await topUp(app);
    assert.equal(app.sent('findCustomerPopTemplate').length, 2);
  });

  test('a choice that was taken back meanwhile makes the settings doubtful', async (t) => {
    const app = await start(t, {
      fake: { itemSettings: { 'tmpl-a': 'accept', 'tmpl-b': 'accept' } },
    });
    await app.preview();
    app.fake.settings.itemSettings = { 'tmpl-a': 'reject' };
    const { accepted, rejected, keptRejected } = await topUp(app);
    assert.deepEqual([accepted, rejected, keptRejected], [['tmpl-b'], ['tmpl-a'], ['tmpl-a']]);
    assert.equal((await app.preview()).status, 'ask');
  });

  test('fails as mainSwitchOff where messages are off', async (t) => {
    const app = await start(t, kept({ 'tmpl-a': 'accept' }, { mainSwitch: false }));
    assert.equal((await topUp(app)).error.kind, 'mainSwitchOff');
  });

  test('waits for an open popup as any call does', async (t) => {
    const app = await start(t, {
      fake: { autoAnswer: null, itemSettings: { 'tmpl-a': 'accept' } },
    });
    await app.preview();
    const first = app.tap();
    assert.equal((await topUp(app)).error.kind, 'busy');
    app.fake.popup.rejectAll();
    assert.equal((await first).status, 'answered');
  });

  test('events tell it from a popup that was seen', async (t) => {
    const app = await start(t, { fake: { itemSettings: { 'tmpl-a': 'accept' } } });
    await topUp(app);
    await app.tap();
    const answered = app.events.filter(({ name }) => name === 'popupAnswered');
    assert.deepEqual(
      answered.map((event) => event.topUp),
      [true, false],
    );
  });
});

describe('a signal', () => {
  const aborted = { status: 'skipped', reason: 'aborted' };
  const tapWith = (app, signal, options) =>
    app.fake.tap(() => app.subscribe(1, 'order-1', undefined, { signal, ...options }));

  test('that is aborted while the templates come keeps the popup closed', async (t) => {
    const signal = { aborted: false };
    const app = await start(t, {
      answers: {
        findCustomerPopTemplate() {
          signal.aborted = true;
          return { json: { data: ['tmpl-a'] } };
        },
      },
    });
    assert.deepEqual(await tapWith(app, signal), aborted);
    assert.deepEqual(asked(app), []);
    assert.deepEqual(app.eventNames(), ['templatesFound', 'skipped']);
    signal.aborted = false;
    assert.equal((await tapWith(app, signal)).status, 'answered');
    assert.equal(app.sent('findCustomerPopTemplate').length, 1, 'the templates were not lost');
  });

  test('that is aborted already keeps the popup closed, with templates known as well', async (t) => {
    const app = await start(t);
    await app.prefetch();
    assert.deepEqual(await tapWith(app, { aborted: true }), aborted);
    assert.deepEqual(asked(app), []);
  });

  test('that is aborted while the settings are read keeps the popup closed', async (t) => {
    const signal = { aborted: false };
    const app = await start(t, {
      ...kept({ 'tmpl-a': 'accept' }),
      wx: (wx) => ({
        getSetting(options) {
          signal.aborted = true;
          wx.getSetting(options);
        },
      }),
    });
    assert.deepEqual(await tapWith(app, signal, ONLY_KEPT), aborted);
  });

  test('does not hide a failure, nor that there is nothing to ask', async (t) => {
    const app = await start(t, { answers: offering() });
    assert.deepEqual(await tapWith(app, { aborted: true }), { status: 'noTemplates' });
  });

  const harmless = {
    'no signal': undefined,
    'a signal of null': null,
    'a signal that is not aborted': { aborted: false },
    'a signal that is a string': 'aborted',
    'a signal whose getter throws': {
      get aborted() {
        throw new Error('aborted');
      },
    },
  };
  Object.entries(harmless).forEach(([name, signal]) => {
    test(`${name} changes nothing`, async (t) => {
      const app = await start(t);
      await app.prefetch();
      app.calls.length = 0;
      const outcome = app.fake.tap(() => {
        const promised = app.sdk.asyncSubscribeMessage(1, 'order-1', undefined, { signal });
        assert.deepEqual(
          app.calls.map(({ api }) => api),
          ['requestSubscribeMessage'],
        );
        return promised;
      });
      assert.equal((await outcome).status, 'answered');
    });
  });
});
