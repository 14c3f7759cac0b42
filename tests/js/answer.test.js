// The answer of the popup is sorted into the outcome.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { offering } = require('./support/steps.js');

describe('the answer', () => {
  // The wasm tests cover each word; this covers all of them at once, in every
  // engine.
  const WORDS = [
    'accept',
    'acceptWithAudio',
    'acceptWithAlert',
    'acceptWithForcePush',
    'acceptWithSomethingNew',
    'reject',
    'ban',
    'filter',
    'somethingNew',
    '',
  ];

  /** An app whose host answers the popup with this value. */
  const answering = (result, more) => ({
    ...more,
    wx: () => ({
      requestSubscribeMessage: ({ success }) => {
        setTimeout(() => success({ errMsg: 'requestSubscribeMessage:ok', ...result }), 0);
      },
    }),
  });

  test('each id is in one list, in the order it was asked, and ids without a word are other', async (t) => {
    const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    const words = [...WORDS, undefined, 42];
    const result = Object.fromEntries(ids.map((id, index) => [id, words[index]]));
    const app = await start(t, {
      ...answering(result),
      answers: offering(...ids),
      config: { maxTemplates: 12 },
    });
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
      keptRejected: [],
    });
    assert.deepEqual(raw, Object.fromEntries(WORDS.map((word, index) => [ids[index], word])));
  });

  test('a template called __proto__ or constructor is a template', async (t) => {
    const ids = ['constructor', '__proto__', 'toString'];
    const result = JSON.parse(
      '{ "constructor": "accept", "__proto__": "reject", "toString": "accept" }',
    );
    const app = await start(t, {
      answers: offering(...ids),
      wx: () => ({ requestSubscribeMessage: ({ success }) => success(result) }),
    });
    const { accepted, rejected } = await app.tap();
    assert.deepEqual([accepted, rejected], [['constructor', 'toString'], ['__proto__']]);
  });

  test('no templates means no popup', async (t) => {
    const app = await start(t, { answers: offering() });
    assert.deepEqual(await app.tap(), { status: 'noTemplates' });
    assert.deepEqual(await app.prefetch(), []);
    assert.deepEqual(
      app.calls.map(({ api }) => api),
      ['request'],
    );
    assert.deepEqual(app.eventNames(), ['templatesFound']);
  });
});
