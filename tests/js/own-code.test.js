// The application's own code among the SDK's: when it is called, and that what
// it throws, or its promises are rejected with, reaches nobody.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const {
  event,
  failingReport,
  macrotask,
  mockTimers,
  ownFunctions,
  pass,
  startWasm,
} = require('./support/steps.js');

const rejects = async () => {
  throw new Error('of the application');
};
const throws = () => {
  throw new Error('of the application');
};

/** Objects with a `then` that is not a promise's. */
const oddThenables = {
  'a then that throws': () => ({ then: throws }),
  'a then that never calls': () => ({ then() {} }),
  'a then that calls both': () => ({
    then(ok, fail) {
      fail(new Error('of the application'));
      ok();
    },
  }),
  'a getter of then that throws': () => Object.defineProperty({}, 'then', { get: throws }),
};
const answers = { 'a promise that is rejected': rejects, 'a throw': throws, ...oddThenables };

/** Whatever is rejected by now, and handled by nobody, has been noticed: it fails the test. */
async function noticed() {
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
}

/** Everything a page may call, and what comes of it. */
async function everything(app) {
  const outcomes = [];
  await app.prefetch();
  outcomes.push(await app.tap());
  outcomes.push(await app.tap(99));
  outcomes.push(await app.subscribe());
  await app.flush();
  await app.sdk.getSubscriptionSettings();
  await app.fake.tap(() => app.sdk.openSubscriptionSettings());
  await app.sdk.openSubscriptionSettings();
  app.fake.emit('appHide');
  app.fake.emit('appShow', {});
  app.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });
  await app.flush();
  await noticed();
  return outcomes;
}

const settings = { requestTimeoutMs: 15 };

describe('onEvent', () => {
  Object.entries(answers).forEach(([name, onEvent]) => {
    test(`that answers with ${name} changes nothing, and leaves nothing behind`, async (t) => {
      const app = await start(t, { config: { ...settings, onEvent } });
      const [outcome] = await everything(app);
      assert.equal(outcome.status, 'answered');
      assert.deepEqual(await app.flush(), { sent: 0, pending: 0 });
    });

    test(`that answers with ${name} while a report fails changes nothing`, async (t) => {
      const app = await start(t, { config: { ...settings, onEvent }, answers: failingReport });
      await everything(app);
      const { sent, pending } = await app.flush();
      assert.ok(sent === 0 && pending > 0);
    });

    test(`that answers with ${name} leaves nothing behind when there is no module`, async (t) => {
      const app = await startWasm(t, {
        ready: false,
        config: { wasmPath: '/nowhere.wasm', onEvent },
      });
      await app.setup().catch(() => {});
      assert.deepEqual(await app.prefetch(), []);
      await noticed();
    });
  });

  const offers = { 'with templates prefetched': true, 'without a prefetch': false };
  Object.entries(offers).forEach(([name, isPrefetched]) => {
    test(`is told once the popup has been asked for, ${name}`, async (t) => {
      const order = [];
      const app = await start(t, {
        config: { onEvent: ({ name: told }) => order.push(told) },
        wx: (wx) => ({
          requestSubscribeMessage(options) {
            order.push('the popup');
            return wx.requestSubscribeMessage(options);
          },
        }),
      });
      if (isPrefetched) await app.prefetch();
      order.length = 0;
      app.calls.length = 0;
      await app.tap();
      assert.deepEqual(order.slice(0, isPrefetched ? 2 : 3), [
        'the popup',
        ...(isPrefetched ? [] : ['templatesFound']),
        'popupRequested',
      ]);
      const apis = app.calls.map(({ api }) => api);
      const before = apis.slice(0, apis.indexOf('requestSubscribeMessage'));
      assert.deepEqual(before, isPrefetched ? [] : ['request'], 'nor is storage read before');
    });

    test(`may call the SDK again, ${name}`, async (t) => {
      let left = 0;
      const app = await start(t, {
        config: {
          onEvent() {
            left -= 1;
            if (left < 0) return;
            app.subscribe();
            app.flush();
            app.sdk.getSubscriptionSettings();
          },
        },
      });
      if (isPrefetched) await app.prefetch();
      mockTimers(t);
      left = 50;
      const outcome = app.tap();
      await pass(t, 1000);
      assert.equal((await outcome).status, 'answered');
    });
  });

  test('that takes the tap for itself does not take the popup’s', async (t) => {
    const app = await start(t, {
      config: { onEvent: () => app.wx.openSetting({ success() {}, fail() {} }) },
    });
    await app.prefetch();
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('the other functions of the application', () => {
  Object.entries({
    'a promise that is rejected': rejects,
    'a throw': throws,
    ...oddThenables,
  }).forEach(([name, own]) => {
    const keys = {
      header: {},
      openId: {},
      signIn: {
        popSubscribeResult: { statusCode: 401 },
        findCustomerPopTemplate: { statusCode: 401 },
      },
      isSaved: {},
    };
    Object.entries(keys).forEach(([key, backEnd]) => {
      test(`${key} that answers with ${name} leaves nothing behind`, async (t) => {
        const app = await start(t, { config: { ...settings, [key]: own }, answers: backEnd });
        (await everything(app)).forEach(({ status }) => assert.ok(status));
      });
    });

    test(`an own back end that answers with ${name} leaves nothing behind`, async (t) => {
      const templates = await start(t, {
        config: { ...settings, ...ownFunctions({ findCustomerPopTemplate: own }) },
      });
      (await everything(templates)).forEach(({ status }) => assert.ok(status));
      const reports = await start(t, {
        config: { ...settings, ...ownFunctions({ popSubscribeResult: own }) },
      });
      const [outcome] = await everything(reports);
      assert.equal(outcome.status, 'answered');
      if (own === rejects || own === throws) await event(reports, 'reportPostponed');
    });
  });

  test('an openId that is rejected when an error is about to be quoted leaves nothing behind', async (t) => {
    const app = await start(t, {
      config: { openId: rejects },
      wx: () => ({
        requestSubscribeMessage: ({ fail }) =>
          fail({ errMsg: 'requestSubscribeMessage:fail what' }),
      }),
    });
    const { error } = await app.tap();
    assert.equal(error.kind, 'unknown');
    await noticed();
  });
});

describe('flushReports from an event', () => {
  /** An application that sends the reports again at each event that says they were not sent. */
  async function impatient(t, options, call = (app) => app.flush()) {
    const settled = [];
    const events = [];
    const app = await start(t, {
      ...options,
      config: {
        ...(options && options.config),
        onEvent(told) {
          events.push(here(told));
          if (told.name === 'reportPostponed') call(app).then((result) => settled.push(result));
        },
      },
    });
    mockTimers(t);
    return {
      app,
      settled,
      count: () => events.filter(({ name }) => name === 'reportPostponed').length,
      events,
    };
  }

  const SECONDS = 20;
  /** Ten rounds a second, and some at the borders. */
  const MOST = 10 * (SECONDS + 2);

  const cases = {
    'without an openId': [{ fake: { storage: {} } }],
    'without an openId, by setup': [
      { fake: { storage: {} } },
      (app) => app.setup({ onEvent() {} }).then(() => ({})),
    ],
    'while the back end fails': [{ answers: failingReport }],
    'with an openId that is rejected': [{ config: { openId: rejects } }],
    'with an own function that throws': [{ config: ownFunctions({ popSubscribeResult: throws }) }],
  };
  Object.entries(cases).forEach(([name, [options, call]]) => {
    test(`of a report that was not sent is bounded, ${name}`, async (t) => {
      const { app, settled, count } = await impatient(t, options, call);
      const outcome = app.tap();
      await pass(t, 500);
      assert.equal((await outcome).status, 'answered');
      await pass(t, SECONDS * 1000);
      assert.ok(count() > 0 && count() <= MOST, `${count()} attempts`);
      const attempts = count();
      assert.ok(
        settled.length > 0 && settled.length >= attempts - 12,
        `${settled.length} of ${attempts} flushes settled`,
      );
    });
  });

  test('does not keep the report from being sent once there is an openId', async (t) => {
    const { app, events } = await impatient(t, { fake: { storage: {} } });
    const outcome = app.tap();
    await pass(t, 3000);
    await outcome;
    app.wx.setStorageSync('openId', 'user-1');
    const flushed = app.flush();
    await pass(t, 3000);
    await flushed;
    assert.ok(events.some(({ name }) => name === 'reportSent'));
    assert.equal(app.reports()[0].data.openId, 'user-1');
  });
});
