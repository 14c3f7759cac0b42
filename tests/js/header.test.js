// The application’s own headers.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');

describe('the header', () => {
  const headers = {
    'an object': { authorization: 'token' },
    'a function': () => ({ authorization: 'token' }),
  };
  Object.entries(headers).forEach(([name, header]) => {
    test(`a header that is ${name} goes with both calls`, async (t) => {
      const app = await start(t, { config: { header } });
      await app.tap();
      await app.flush();
      const sent = app.optionsOf('request').map((request) => request.header);
      assert.equal(sent.length, 2);
      sent.forEach((given) => assert.equal(given.authorization, 'token'));
      assert.match(sent[1]['Idempotency-Key'], /^\S{20,}$/);
    });
  });

  test('a header function is asked at each request', async (t) => {
    let asked = 0;
    const header = () => {
      asked += 1;
      return { turn: String(asked) };
    };
    const app = await start(t, { config: { header } });
    await app.tap();
    await app.flush();
    assert.deepEqual(app.optionsOf('request').map((request) => request.header.turn), ['1', '2']);
  });
});
