// After a refusal the outcome says which templates the user will not be asked
// for again.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { answer, mockTimers, offering, pass, popupOf } = require('./support/steps.js');

const getting = (getSetting) => ({ wx: () => ({ getSetting }) });
const settings = (subscriptionsSetting) => ({ errMsg: 'getSetting:ok', subscriptionsSetting });

/** Refuses everything that is asked. */
const refusing = { fake: { autoAnswer: () => ({}) } };

describe('keptRejected', () => {
  test('lists the refusals that the user keeps', async (t) => {
    const app = await start(t, {
      answers: offering('kept', 'kept-as-accepted', 'asked'),
      fake: {
        autoAnswer: () => ({}),
        itemSettings: { kept: 'reject', 'kept-as-accepted': 'accept' },
      },
    });
    const { accepted, rejected, keptRejected } = await app.tap();
    assert.deepEqual(
      { accepted, rejected, keptRejected },
      { accepted: ['kept-as-accepted'], rejected: ['kept', 'asked'], keptRejected: ['kept'] },
    );
    assert.equal(app.optionsOf('getSetting')[0].withSubscriptions, true);
  });

  test('a choice that is kept in this very popup counts', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    const outcome = app.tap();
    (await popupOf(app, outcome)).answer({ 'tmpl-a': 'accept' }, { keep: true });
    assert.deepEqual((await outcome).keptRejected, ['tmpl-b']);
  });

  test('is empty after a refusal that is not kept', async (t) => {
    const app = await start(t, refusing);
    assert.deepEqual((await app.tap()).keptRejected, []);
  });

  test('without a refusal the settings are not read', async (t) => {
    const app = await start(t);
    assert.deepEqual((await app.tap()).keptRejected, []);
    assert.deepEqual(app.optionsOf('getSetting'), []);
  });

  const untold = {
    'a client without wx.getSetting': { fake: { without: ['getSetting'], ...refusing.fake } },
    'a host that fails': {
      ...refusing,
      ...getting(({ fail }) => fail({ errMsg: 'getSetting:fail' })),
    },
    'a host that throws': {
      ...refusing,
      ...getting(() => {
        throw new Error('getSetting');
      }),
    },
    'a host that says nothing of subscriptions, as in a plugin': {
      ...refusing,
      ...getting(({ success }) => success(settings(undefined))),
    },
    'a host that answers with text': {
      ...refusing,
      ...getting(({ success }) => success('getSetting:ok')),
    },
    'a host whose settings are text': {
      ...refusing,
      ...getting(({ success }) => success(settings('reject'))),
    },
  };
  Object.entries(untold).forEach(([name, options]) => {
    test(`is null with ${name}`, async (t) => {
      const app = await start(t, options);
      const { rejected, keptRejected, report } = await app.tap();
      assert.deepEqual([rejected, keptRejected, report], [['tmpl-a', 'tmpl-b'], null, 'queued']);
    });
  });

  const odd = {
    'words of the settings that are no words': { 'tmpl-a': 1, 'tmpl-b': null },
    'an unknown word': { 'tmpl-a': 'rejectForNow' },
    'words that are inherited': Object.create({ 'tmpl-a': 'reject' }),
  };
  Object.entries(odd).forEach(([name, itemSettings]) => {
    test(`is empty with ${name}`, async (t) => {
      const app = await start(t, {
        ...refusing,
        wx: () => ({
          getSetting: ({ success }) => success(settings({ mainSwitch: true, itemSettings })),
        }),
      });
      assert.deepEqual((await app.tap()).keptRejected, []);
    });
  });

  test('the report is queued before the settings are read', async (t) => {
    let app;
    let isQueued;
    app = await start(t, {
      ...refusing,
      wx: (wx) => ({
        getSetting(options) {
          isQueued = app.eventNames().includes('reportQueued');
          wx.getSetting(options);
        },
      }),
    });
    await app.tap();
    assert.equal(isQueued, true);
  });

  test('the answer waits half a second for silent settings; the report does not', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null }, ...getting(() => {}) });
    mockTimers(t);
    const outcome = app.tap();
    let settled = null;
    outcome.then((value) => {
      settled = value;
    });
    await pass(t, 20);
    app.fake.popup.rejectAll();
    await pass(t, 480);
    assert.equal(settled, null);
    assert.equal(app.reports().length, 1, 'the report has been sent');
    await pass(t, 60);
    assert.equal(settled.keptRejected, null);
  });

  test('a kept refusal that is known needs no further reading', async (t) => {
    const app = await start(t, {
      fake: { itemSettings: { 'tmpl-a': 'reject', 'tmpl-b': 'accept' } },
    });
    for (let tap = 0; tap < 3; tap += 1) {
      assert.deepEqual((await app.tap()).keptRejected, ['tmpl-a']);
    }
    assert.equal(app.optionsOf('getSetting').length, 1);
  });

  test('another popup may answer while the settings are read', async (t) => {
    const asked = [];
    const app = await start(t, {
      fake: { autoAnswer: null },
      ...getting(({ success }) => asked.push(success)),
    });
    const first = answer(app, {}, 1, 'a');
    while (asked.length < 1) await new Promise((resolve) => setImmediate(resolve));
    const second = await answer(app, { 'tmpl-a': 'accept', 'tmpl-b': 'accept' }, 1, 'b');
    assert.equal(second.status, 'answered');
    asked[0](settings({ mainSwitch: true, itemSettings: { 'tmpl-b': 'reject' } }));
    assert.deepEqual((await first).keptRejected, ['tmpl-b']);
  });
});
