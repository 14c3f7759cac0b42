// `coolDownMs`: after all was refused, the popup stays closed for a time.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { answer, offering } = require('./support/steps.js');

const KEY = 'wx-subscribe:refusals';
const HOUR_MS = 3_600_000;
const cooling = (more) => ({
  config: { coolDownMs: HOUR_MS, ...more },
  fake: { autoAnswer: () => ({}) },
});

/** A wall clock that the test moves. */
function createClock(t) {
  let now = Date.now();
  t.mock.method(Date, 'now', () => now);
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

const popups = (app) => app.optionsOf('requestSubscribeMessage').length;
const tapWith = (app, options) =>
  app.fake.tap(() => app.subscribe(1, 'order-1', undefined, options));
const stored = (app) => {
  const text = app.wx.getStorageSync(KEY);
  return text && JSON.parse(text);
};

describe('the cool-down', () => {
  test('keeps the popup closed for as long after all was refused, and asks nobody', async (t) => {
    const clock = createClock(t);
    const app = await start(t, cooling());
    assert.equal((await app.tap()).status, 'answered');
    const until = clock.now() + HOUR_MS;
    app.calls.length = 0;
    app.events.length = 0;
    clock.pass(HOUR_MS - 1);
    assert.deepEqual(await app.tap(1, 'another'), { status: 'skipped', reason: 'coolDown', until });
    assert.deepEqual(app.calls, []);
    assert.deepEqual(app.events, [
      { name: 'skipped', triggerAct: '加入购物车', busNo: 'another', reason: 'coolDown', until },
    ]);
    clock.pass(1);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('is about one triggerAct', async (t) => {
    const app = await start(t, cooling());
    await app.tap(1);
    assert.equal((await app.tap(2)).status, 'answered');
    assert.equal((await app.tap(1)).reason, 'coolDown');
  });

  test('with force the user is asked all the same', async (t) => {
    const app = await start(t, cooling());
    await app.tap();
    assert.equal((await tapWith(app, { force: true })).status, 'answered');
    assert.equal((await tapWith(app, { force: false })).status, 'skipped');
  });

  test('ends with an acceptance that was asked for all the same, in storage, too', async (t) => {
    const app = await start(t, cooling());
    await app.tap();
    app.fake.autoAnswer = () => ({ 'tmpl-a': 'accept', 'tmpl-b': 'reject' });
    assert.deepEqual((await tapWith(app, { force: true })).accepted, ['tmpl-a']);
    assert.deepEqual(stored(app), {});
    assert.equal((await app.tap()).status, 'answered');
  });

  test('does not hold for a silent top-up', async (t) => {
    const app = await start(t, cooling());
    await app.tap();
    app.fake.settings.itemSettings = { 'tmpl-a': 'accept' };
    app.fake.emit('appShow', {});
    assert.deepEqual((await tapWith(app, { only: 'keptAccepted' })).accepted, ['tmpl-a']);
    assert.equal((await app.tap()).reason, 'coolDown', 'and is not ended by one');
  });

  test('a preview says until when', async (t) => {
    const clock = createClock(t);
    const app = await start(t, cooling());
    assert.equal((await app.preview()).coolDownUntil, null);
    await app.tap();
    assert.equal((await app.preview()).coolDownUntil, clock.now() + HOUR_MS);
    assert.equal((await app.preview(2)).coolDownUntil, null);
    clock.pass(HOUR_MS);
    assert.equal((await app.preview()).coolDownUntil, null);
  });

  test('a single acceptance begins none', async (t) => {
    const app = await start(t, { config: { coolDownMs: HOUR_MS }, fake: { autoAnswer: null } });
    await answer(app, { 'tmpl-b': 'accept' });
    assert.equal(stored(app), '');
    assert.equal((await answer(app, {})).status, 'answered');
    assert.equal((await app.tap()).reason, 'coolDown');
  });

  test('a cancelled popup of long-term templates is a refusal', async (t) => {
    const app = await start(t, {
      config: { coolDownMs: HOUR_MS },
      fake: { autoAnswer: () => ({ errMsg: 'cancel' }) },
    });
    assert.equal((await app.tap()).error.kind, 'cancelled');
    assert.equal((await app.tap()).reason, 'coolDown');
  });

  test('no other failure is', async (t) => {
    const app = await start(t, {
      config: { coolDownMs: HOUR_MS },
      fake: { autoAnswer: () => ({ errCode: 10005 }) },
    });
    assert.equal((await app.tap()).error.kind, 'background');
    assert.equal((await app.tap()).error.kind, 'background');
  });

  test('refusals that the user keeps begin none: no popup is seen, and the settings may change them', async (t) => {
    const app = await start(t, {
      config: { coolDownMs: HOUR_MS },
      fake: { itemSettings: { 'tmpl-a': 'reject', 'tmpl-b': 'reject' } },
    });
    assert.deepEqual((await app.tap()).keptRejected, ['tmpl-a', 'tmpl-b']);
    app.fake.settings.itemSettings = undefined;
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a', 'tmpl-b']);
  });

  test('where it cannot be told whether they are kept, it begins', async (t) => {
    const options = cooling();
    const app = await start(t, { ...options, fake: { ...options.fake, without: ['getSetting'] } });
    assert.equal((await app.tap()).keptRejected, null);
    assert.equal((await app.tap()).reason, 'coolDown');
  });

  test('a banned template is no refusal', async (t) => {
    const app = await start(t, {
      answers: offering('banned'),
      config: { coolDownMs: HOUR_MS },
      fake: { templates: { banned: { banned: true } } },
    });
    assert.deepEqual((await app.tap()).banned, ['banned']);
    assert.equal((await app.tap()).status, 'answered');
  });

  test('without coolDownMs nothing is read, written or skipped', async (t) => {
    const app = await start(t, { fake: { autoAnswer: () => ({}) } });
    await app.tap();
    assert.equal((await app.tap()).status, 'answered');
    assert.ok(app.calls.every(({ given }) => given[0] !== KEY));
    assert.ok(!app.wx.getStorageInfoSync().keys.includes(KEY));
  });
});

describe('the cool-down in storage', () => {
  const withStorage = (storage, more) => ({
    config: { coolDownMs: HOUR_MS, ...more },
    fake: { autoAnswer: () => ({}), storage: Object.assign(storage, { openId: '"user-1"' }) },
  });

  test('survives a restart, and is read at setup, not at the tap', async (t) => {
    const storage = {};
    const first = await start(t, withStorage(storage));
    await first.tap();
    first.close();
    const second = await start(t, withStorage(storage));
    assert.equal((await second.tap()).reason, 'coolDown');
    assert.deepEqual(second.calls, []);
    assert.equal(popups(second), 0);
  });

  test('a later setup that begins to use it reads it, and one that shortens it is heeded', async (t) => {
    const clock = createClock(t);
    const storage = {};
    const first = await start(t, withStorage(storage));
    await first.tap();
    first.close();
    const app = await start(t, withStorage(storage, { coolDownMs: 0 }));
    assert.equal((await app.tap()).status, 'answered');
    await app.setup({ coolDownMs: HOUR_MS });
    assert.equal((await app.tap()).reason, 'coolDown');
    clock.pass(1000);
    await app.setup({ coolDownMs: 1000 });
    assert.equal((await app.tap()).status, 'answered');
  });

  test('holds no more than 32 refusals, and no user', async (t) => {
    const triggers = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [100 + index, `scene-${index}`]),
    );
    const app = await start(t, cooling({ triggers }));
    for (let index = 0; index < 40; index += 1) await app.tap(100 + index);
    const scenes = Object.keys(stored(app));
    assert.equal(scenes.length, 32);
    assert.deepEqual(
      scenes.sort(),
      Array.from({ length: 32 }, (_, index) => `scene-${index + 8}`).sort(),
    );
    assert.ok(!app.wx.getStorageSync(KEY).includes('user-1'));
  });

  test('a refusal in another copy of the SDK is not lost', async (t) => {
    const storage = {};
    const [one, other] = [
      await start(t, withStorage(storage)),
      await start(t, withStorage(storage)),
    ];
    await one.tap(1);
    await other.tap(2);
    assert.deepEqual(Object.keys(stored(one)).sort(), ['加入购物车', '订单详情'].sort());
  });

  test('a clock that was set back opens the popup, and the next refusal counts', async (t) => {
    const clock = createClock(t);
    const storage = {};
    const app = await start(t, withStorage(storage));
    await app.tap();
    clock.pass(-1);
    assert.equal((await app.tap()).status, 'answered');
    assert.equal((await app.tap()).reason, 'coolDown');
  });

  const damaged = {
    'no JSON': '{"加入购',
    'a list': '[1,2]',
    'a number': '5',
    null: 'null',
    'times that are text': '{"加入购物车":"soon"}',
    'a time to come': `{"加入购物车":${Date.now() + HOUR_MS}}`,
    'names of members of objects': '{"__proto__":{"加入购物车":1},"constructor":5,"toString":7}',
  };
  Object.entries(damaged).forEach(([name, text]) => {
    test(`that holds ${name} closes nothing, and is written anew`, async (t) => {
      const app = await start(t, withStorage({ [KEY]: JSON.stringify(text) }));
      assert.equal((await app.tap()).status, 'answered');
      assert.equal((await app.tap()).reason, 'coolDown');
      assert.ok(stored(app)['加入购物车'] > 0);
    });
  });

  test('that gives an object of its own is read at setup, and the object left alone', async (t) => {
    const options = withStorage({});
    let looks = 0;
    const refusals = {
      get 加入购物车() {
        looks += 1;
        return Date.now();
      },
    };
    const app = await start(t, {
      ...options,
      wx: (wx) => ({ getStorageSync: (key) => (key === KEY ? refusals : wx.getStorageSync(key)) }),
    });
    const before = looks;
    assert.equal((await app.tap()).reason, 'coolDown');
    assert.equal(looks, before);
  });

  test('that refuses every write and read leaves the cool-down to this launch', async (t) => {
    const broken = () => {
      throw new Error('storage');
    };
    const app = await start(t, {
      ...cooling({ openId: 'user-1' }),
      wx: () => ({ getStorageSync: broken, setStorageSync: broken }),
    });
    assert.equal((await app.tap()).status, 'answered');
    assert.equal((await app.tap()).reason, 'coolDown');
  });

  test('of a newer version is left alone', async (t) => {
    const storage = { 'wx-subscribe:outbox': JSON.stringify('{"version":3}') };
    const app = await start(t, withStorage(storage));
    await app.tap();
    assert.equal((await app.tap()).reason, 'coolDown');
    assert.ok(!app.wx.getStorageInfoSync().keys.includes(KEY));
  });
});
