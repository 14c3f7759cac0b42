// "Saved" means that the next launch will find it: a report that the host does
// not list is lost with this launch, so it is `unsaved`, and delivered from memory.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { REPORT, isOutboxKey } = require('./support/outbox.js');
const { event } = require('./support/steps.js');

const OFFLINE = { popSubscribeResult: { errMsg: 'net::ERR_INTERNET_DISCONNECTED' } };

/** Replaces the keys of `getStorageInfoSync`. */
const listing = (keysOf) => (wx) => ({
  getStorageInfoSync() {
    const info = wx.getStorageInfoSync();
    return { ...info, keys: keysOf(info.keys) };
  },
});

/** Puts a prefix before each key, as wrappers do that separate users or environments; the listing shows it. */
const prefixed = (prefix) => (wx) => ({
  getStorageSync: (key) => wx.getStorageSync(key === 'openId' ? key : prefix + key),
  setStorageSync: (key, data) => wx.setStorageSync(prefix + key, data),
  removeStorageSync: (key) => wx.removeStorageSync(prefix + key),
});

const hosts = {
  'puts a prefix before its keys, but not in its listing': prefixed('shop:'),
  'lists no key': listing(() => []),
  'lists only the keys of others': listing((keys) => keys.filter((key) => !isOutboxKey(key))),
  'lists the marker, and no report': listing((keys) =>
    keys.filter((key) => !key.startsWith(REPORT)),
  ),
  'lists what are no strings': listing((keys) => keys.map((key) => ({ key }))),
  'lists its keys in upper case': listing((keys) => keys.map((key) => key.toUpperCase())),
};

describe('a storage that would not find a report again', () => {
  Object.entries(hosts).forEach(([name, wx]) => {
    test(`as it ${name}: the report is unsaved, diagnostics say so, and it is delivered`, async (t) => {
      let reply = OFFLINE.popSubscribeResult;
      const app = await start(t, { wx, answers: { popSubscribeResult: () => reply } });
      assert.equal((await app.tap(1, 'a')).report, 'unsaved');
      assert.equal((await event(app, 'reportQueued')).saved, false);
      await event(app, 'reportPostponed');
      const { storage, waiting } = await app.diagnostics();
      assert.equal(storage, 'unlisted');
      assert.deepEqual(
        waiting.map(({ saved }) => saved),
        [false],
      );
      assert.equal((await app.tap(1, 'b')).report, 'unsaved', 'this holds for the whole launch');
      reply = { json: {} };
      assert.deepEqual(await app.flush(), { sent: 2, pending: 0 });
      assert.ok(!app.eventNames().includes('outboxDamaged'));
    });
  });

  test('as it lists only what this launch wrote: reports are unsaved from the second launch on', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const forgetful = (wx) => {
      const known = new Set();
      return {
        setStorageSync(key, data) {
          known.add(key);
          wx.setStorageSync(key, data);
        },
        getStorageInfoSync() {
          const info = wx.getStorageInfoSync();
          return { ...info, keys: info.keys.filter((key) => known.has(key)) };
        },
      };
    };
    const first = await start(t, { fake: { storage }, wx: forgetful });
    await first.tap(1, 'a');
    await event(first, 'reportSent');
    first.close();
    const second = await start(t, { fake: { storage }, wx: forgetful, answers: OFFLINE });
    assert.equal((await second.tap(1, 'b')).report, 'unsaved');
    await event(second, 'reportPostponed');
    assert.equal((await second.diagnostics()).storage, 'unlisted');
  });
});

describe('a storage that lists what it keeps', () => {
  test('is asked for its keys once at launch and once after the first write', async (t) => {
    const app = await start(t, { ready: false });
    await app.setup();
    for (let tap = 0; tap < 5; tap += 1) {
      assert.equal((await app.tap(1, `order-${tap}`)).report, 'queued');
    }
    await app.flush();
    assert.equal(app.optionsOf('getStorageInfoSync').length, 2);
  });

  test('with other keys before and behind its own, saves', async (t) => {
    const wx = listing((keys) => ['cart', null, 42, ...keys, 'session']);
    const app = await start(t, { wx });
    assert.equal((await app.tap()).report, 'queued');
    assert.equal((await app.diagnostics()).storage, 'ok');
  });
});
