// The answer of the popup is sorted into the outcome.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { offering } = require('./support/steps.js');

describe('the answer', () => {
  const WORDS = {
    accept: 'accepted',
    acceptWithAudio: 'accepted',
    acceptWithAlert: 'accepted',
    acceptWithForcePush: 'accepted',
    acceptWithSomethingNew: 'accepted',
    reject: 'rejected',
    ban: 'banned',
    filter: 'filtered',
    somethingNew: 'other',
    '': 'other',
  };
  const NOTHING = { accepted: [], rejected: [], banned: [], filtered: [], other: [] };

  /** An app whose host answers the popup with exactly this. */
  const answering = (result, more) => ({
    ...more,
    wx: () => ({
      requestSubscribeMessage: ({ success }) => {
        setTimeout(() => success({ errMsg: 'requestSubscribeMessage:ok', ...result }), 0);
      },
    }),
  });

  Object.entries(WORDS).forEach(([word, list]) => {
    test(`“${word}” is ${list}, and kept in raw`, async (t) => {
      const app = await start(t, { ...answering({ tmpl: word }), answers: offering('tmpl') });
      const reported = list === 'accepted' || list === 'rejected';
      assert.deepEqual(await app.tap(), {
        status: 'answered',
        ...NOTHING,
        [list]: ['tmpl'],
        raw: { tmpl: word },
        remaining: [],
        report: reported ? 'queued' : 'none',
      });
      await app.flush();
      assert.equal(app.reports().length, reported ? 1 : 0);
    });
  });

  test('each id is in one list, in the order it was asked, and ids without a word are other', async (t) => {
    const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    const words = [...Object.keys(WORDS), undefined, 42];
    const result = Object.fromEntries(ids.map((id, index) => [id, words[index]]));
    const app = await start(t, { ...answering(result), answers: offering(...ids), config: { maxTemplates: 12 } });
    const { raw, ...outcome } = await app.tap();
    assert.deepEqual(outcome, {
      status: 'answered',
      accepted: ids.slice(0, 5),
      rejected: ['id-5'],
      banned: ['id-6'],
      filtered: ['id-7'],
      other: ids.slice(8),
      remaining: [],
      report: 'queued',
    });
    assert.deepEqual(raw, Object.fromEntries(Object.keys(WORDS).map((word, index) => [ids[index], word])));
  });

  test('ids that nobody asked about are left alone, errMsg too', async (t) => {
    const app = await start(t, { ...answering({ tmpl: 'accept', another: 'accept' }), answers: offering('tmpl') });
    assert.deepEqual((await app.tap()).raw, { tmpl: 'accept' });
  });

  test('a template called __proto__ or constructor is a template', async (t) => {
    const ids = ['constructor', '__proto__', 'toString'];
    const result = JSON.parse('{ "constructor": "accept", "__proto__": "reject", "toString": "accept" }');
    const app = await start(t, {
      answers: offering(...ids),
      wx: () => ({ requestSubscribeMessage: ({ success }) => success(result) }),
    });
    const { accepted, rejected } = await app.tap();
    assert.deepEqual([accepted, rejected], [['constructor', 'toString'], ['__proto__']]);
  });

  test('an id that the back end lists twice is asked once', async (t) => {
    const app = await start(t, { answers: offering('a', 'b', 'a') });
    assert.deepEqual((await app.tap()).accepted, ['a', 'b']);
  });

  test('no templates means no popup', async (t) => {
    const app = await start(t, { answers: offering() });
    assert.deepEqual(await app.tap(), { status: 'noTemplates' });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual(app.calls.map(({ api }) => api), ['request']);
    assert.deepEqual(app.eventNames(), ['templatesFound']);
  });

  test('a choice that was kept answers without a popup', async (t) => {
    const app = await start(t, { answers: offering('a'), fake: { itemSettings: { a: 'reject' } } });
    assert.deepEqual((await app.tap()).rejected, ['a']);
  });
});
