// Storage that others wrote, wrap or version: what cannot be lost by it, and what
// is left alone.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event } = require('./support/steps.js');

const OWN = 'wx-subscribe:';
const MARKER = 'wx-subscribe:outbox';
const DOWN = { popSubscribeResult: { errMsg: 'net::ERR_INTERNET_DISCONNECTED' } };

const ownKeys = (storage) => Object.keys(storage).filter((key) => key.startsWith(OWN));
const ownCells = (storage) =>
  ownKeys(storage)
    .map((key) => [key, storage[key]])
    .sort();

const freshStorage = (more) => ({ openId: JSON.stringify('user-1'), ...more });

/** Starts a launch over this storage. */
async function launch(t, storage, options) {
  const app = await start(t, {
    fake: { storage, ...(options && options.fake) },
    ready: false,
    ...omitFake(options),
  });
  await app.setup();
  return app;
}

function omitFake(options) {
  const rest = { ...options };
  delete rest.fake;
  return rest;
}

/** A report of version 1. */
const old = (id, more) => ({
  id,
  body: {
    busNo: id,
    extraVariableMap: {},
    openId: 'user-1',
    agreeTemplateIds: ['tmpl-a'],
    rejectTemplateIds: [],
  },
  ...more,
});

const versionOne = (reports) => ({
  [MARKER]: JSON.stringify(JSON.stringify({ version: 1, reports, done: [] })),
});

const numbersOf = (app) => app.reports().map(({ data }) => data.busNo);

describe('a storage that parses what it reads', () => {
  /** Gives back an object in place of the text of one. */
  const parsing = (wx) => ({
    getStorageSync(key) {
      const value = wx.getStorageSync(key);
      try {
        return JSON.parse(value);
      } catch (_) {
        return value;
      }
    },
  });

  test('keeps the report through a restart, and nothing is damaged', async (t) => {
    const storage = freshStorage();
    const before = await launch(t, storage, { wx: parsing, answers: DOWN });
    assert.equal((await before.tap(1, 'a', { price: 1, 2: 'two', list: [1] })).report, 'queued');
    await event(before, 'reportPostponed');
    before.close();
    const app = await launch(t, storage, { wx: parsing });
    await event(app, 'reportSent');
    assert.deepEqual(app.reports()[0].data, before.reports()[0].data);
    assert.ok(![...before.eventNames(), ...app.eventNames()].includes('outboxDamaged'));
  });

  test('parses from the second launch on, or only in the first', async (t) => {
    for (const [first, second] of [
      [undefined, parsing],
      [parsing, undefined],
    ]) {
      const storage = freshStorage();
      const before = await launch(t, storage, { wx: first, answers: DOWN });
      await before.tap(1, 'a');
      await event(before, 'reportPostponed');
      before.close();
      const app = await launch(t, storage, { wx: second });
      await event(app, 'reportSent');
      assert.ok(!app.eventNames().includes('outboxDamaged'));
    }
  });

  test('gives the outbox of version 1 as an object: it is taken over', async (t) => {
    const storage = freshStorage(versionOne([old('a'), old('b')]));
    const app = await launch(t, storage, { wx: parsing });
    await app.flush();
    assert.deepEqual(numbersOf(app), ['a', 'b']);
    assert.ok(!app.eventNames().includes('outboxDamaged'));
  });

  test('gives the outbox of a newer version as an object: it is left alone', async (t) => {
    const storage = freshStorage({ [MARKER]: JSON.stringify(JSON.stringify({ version: 3 })) });
    const before = ownCells(storage);
    const app = await launch(t, storage, { wx: parsing });
    assert.equal((await app.tap()).report, 'unsaved');
    await event(app, 'reportSent');
    assert.deepEqual(ownCells(storage), before);
  });
});

describe('a storage that has other answers for a key that is not there', () => {
  [undefined, null, false, 0].forEach((nothing) => {
    test(`${nothing}: reports are saved, sent and removed, and nothing is damaged`, async (t) => {
      const wx = (own) => ({ getStorageSync: (key) => own.getStorageSync(key) || nothing });
      const storage = freshStorage();
      const app = await launch(t, storage, { wx });
      assert.equal((await app.tap()).report, 'queued');
      await event(app, 'reportSent');
      assert.deepEqual(ownKeys(storage), [MARKER]);
      assert.ok(!app.eventNames().includes('outboxDamaged'));
    });
  });
});

describe('a storage of a newer version', () => {
  const newer = {
    'a number above ours': { version: 3, anything: ['else'] },
    'a half version above ours': { version: 2.5 },
    'a large number': { version: 1e6, reports: 'elsewhere' },
  };
  Object.entries(newer).forEach(([name, marker]) => {
    test(`(${name}) is left alone byte for byte, and this launch works from memory`, async (t) => {
      const storage = freshStorage({
        [MARKER]: JSON.stringify(JSON.stringify(marker)),
        'wx-subscribe:report:x': JSON.stringify('{"in":"another format"}'),
        'wx-subscribe:learned': JSON.stringify('{"limit":"in another format"}'),
      });
      const before = ownCells(storage);
      let reply = { statusCode: 503 };
      const app = await launch(t, storage, { answers: { popSubscribeResult: () => reply } });
      assert.equal((await app.tap(1, 'a')).report, 'unsaved');
      assert.equal((await event(app, 'reportQueued')).saved, false);
      await event(app, 'reportPostponed');
      await app.tap(1, 'b');
      reply = { json: {} };
      await app.flush();
      assert.deepEqual([...new Set(numbersOf(app))], ['a', 'b']);
      assert.deepEqual(ownCells(storage), before);
      assert.ok(!app.eventNames().includes('outboxDamaged'));
    });
  });

  test('is not written either when a client takes fewer templates', async (t) => {
    const storage = freshStorage({ [MARKER]: JSON.stringify(JSON.stringify({ version: 3 })) });
    const before = ownCells(storage);
    const app = await launch(t, storage, { fake: { maxTemplates: 1 } });
    assert.equal((await app.tap()).error.kind, 'tooManyTemplates');
    assert.equal((await app.tap()).status, 'answered', 'it is learned for this launch');
    assert.deepEqual(ownCells(storage), before);
  });
});

describe('a storage of version 1', () => {
  test('is taken over in order: each report goes once, under its own id', async (t) => {
    const storage = freshStorage(versionOne([old('a'), old('b')]));
    const app = await launch(t, storage);
    await app.flush();
    assert.deepEqual(numbersOf(app), ['a', 'b']);
    assert.deepEqual(
      app.reports().map(({ header }) => header['Idempotency-Key']),
      ['a', 'b'],
    );
    app.close();
    const next = await launch(t, storage);
    assert.deepEqual(await next.flush(), { sent: 0, pending: 0 });
    assert.deepEqual([next.reports(), ownKeys(storage)], [[], [MARKER]]);
  });

  test('is taken over again after a kill between any two writes: nothing is lost or gets another id', async (t) => {
    const reports = [old('a'), old('b'), old('c')];
    let isWhole = false;
    for (let kill = 0; !isWhole && kill < 40; kill += 1) {
      const storage = freshStorage(versionOne(reports));
      let writes = 0;
      const dying = (wx) => {
        const mayWrite = () => {
          writes += 1;
          return writes <= kill;
        };
        return {
          setStorageSync: (...given) => mayWrite() && wx.setStorageSync(...given),
          removeStorageSync: (...given) => mayWrite() && wx.removeStorageSync(...given),
          // What is sent after the kill never leaves the phone.
          request: () => ({ abort() {} }),
        };
      };
      const killed = await launch(t, storage, { wx: dying });
      killed.close();
      isWhole = writes <= kill;
      // The next launch leaves alone what the killed one may have been sending.
      const now = Date.now();
      t.mock.method(Date, 'now', () => now + 20_000);
      const app = await launch(t, storage);
      await app.flush();
      t.mock.restoreAll();
      assert.deepEqual(
        [...new Set(numbersOf(app))].sort(),
        ['a', 'b', 'c'],
        `killed after ${kill} writes`,
      );
      assert.deepEqual(
        app.reports().map(({ data, header }) => data.busNo === header['Idempotency-Key']),
        [true, true, true],
        `killed after ${kill} writes`,
      );
      assert.deepEqual(ownKeys(storage), [MARKER], `killed after ${kill} writes`);
      app.close();
    }
    assert.ok(isWhole, 'it wrote without end');
  });

  test('and no room for another byte: all is delivered from memory, and once', async (t) => {
    const storage = freshStorage(versionOne([old('a'), old('b'), old('c')]));
    const size = (text) => Array.from(text).length;
    const full = Object.keys(storage).reduce((sum, key) => sum + size(key) + size(storage[key]), 0);
    const app = await launch(t, storage, { fake: { storageLimit: full } });
    await app.flush();
    assert.deepEqual(numbersOf(app), ['a', 'b', 'c']);
    app.close();
    const next = await launch(t, storage);
    assert.deepEqual(await next.flush(), { sent: 0, pending: 0 });
    assert.deepEqual(next.reports(), []);
  });

  test('and no room, and no network: all is there at the next launch, too', async (t) => {
    const storage = freshStorage(versionOne([old('a'), old('b'), old('c')]));
    const size = (text) => Array.from(text).length;
    const full = Object.keys(storage).reduce((sum, key) => sum + size(key) + size(storage[key]), 0);
    const app = await launch(t, storage, { fake: { storageLimit: full }, answers: DOWN });
    assert.deepEqual(await app.flush(), { sent: 0, pending: 3 });
    app.close();
    const now = Date.now();
    t.mock.method(Date, 'now', () => now + 20_000);
    const next = await launch(t, storage);
    await next.flush();
    t.mock.restoreAll();
    assert.deepEqual([...new Set(numbersOf(next))].sort(), ['a', 'b', 'c']);
  });

  test('a mere list of reports is taken over as well', async (t) => {
    const storage = freshStorage({ [MARKER]: JSON.stringify(JSON.stringify([old('a')])) });
    const app = await launch(t, storage);
    await app.flush();
    assert.deepEqual(numbersOf(app), ['a']);
  });
});

describe('what storage costs', () => {
  /** Counts the calls of storage for keys of the SDK. */
  function costsOf(app) {
    const isOwn = ({ given }) => typeof given[0] === 'string' && given[0].startsWith(OWN);
    const count = (...apis) =>
      app.calls.filter((call) => apis.includes(call.api) && isOwn(call)).length;
    const info = app.calls.filter(({ api }) => api === 'getStorageInfoSync').length;
    return {
      writes: count('setStorageSync', 'removeStorageSync'),
      reads: count('getStorageSync') + info,
    };
  }

  /** Storage with so many reports that wait. */
  function waiting(number) {
    const storage = freshStorage({ [MARKER]: JSON.stringify(JSON.stringify({ version: 2 })) });
    for (let at = 0; at < number; at += 1) {
      const { body } = old(`order-${at}`);
      // Of another user, so that none of them goes.
      const report = {
        body: { ...body, openId: 'user-0' },
        queuedAt: Date.now() - 1000 + at,
        attempts: 1,
      };
      storage[`wx-subscribe:report:r${at}`] = JSON.stringify(JSON.stringify(report));
    }
    return storage;
  }

  [0, 1, 99].forEach((number) => {
    test(`a subscription costs two writes and one read at most, the first of a launch one look at the keys more, with ${number} reports waiting`, async (t) => {
      const app = await launch(t, waiting(number));
      await app.flush();
      await app.prefetch();
      for (const mostReads of [2, 1]) {
        app.events.length = 0;
        app.calls.length = 0;
        assert.equal((await app.tap()).report, 'queued');
        await event(app, 'reportSent');
        const { writes, reads } = costsOf(app);
        assert.ok(writes <= 2 && reads <= mostReads, `${writes} writes, ${reads} reads`);
      }
    });
  });

  test('delivering a hundred reports costs two writes each at most', async (t) => {
    const storage = waiting(100);
    storage.openId = JSON.stringify('user-0');
    const app = await launch(t, storage);
    assert.deepEqual((await app.flush()).pending, 0);
    const { writes } = costsOf(app);
    assert.equal(app.reports().length, 100);
    assert.ok(writes <= 200, `${writes} writes`);
  });
});
