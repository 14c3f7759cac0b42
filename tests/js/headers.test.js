// The application's headers: what is no record of strings is never sent without
// them, and names have no case.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event } = require('./support/steps.js');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A back end of the application's own for the templates, so that a tap reaches the report. */
const findCustomerPopTemplate = () => ({ data: ['tmpl-a'] });

/** The headers with their names in lower case; a name that is there twice fails the test. */
function lowered(header) {
  const names = Object.keys(header).map((name) => name.toLowerCase());
  assert.equal(new Set(names).size, names.length, `a name is there twice: ${Object.keys(header)}`);
  const result = {};
  Object.keys(header).forEach((name) => {
    result[name.toLowerCase()] = header[name];
  });
  return result;
}

describe('a header that is no record of strings', () => {
  const wrong = {
    undefined: () => undefined,
    null: () => null,
    'a text': () => 'token',
    'an empty text': () => '',
    'a number': () => 42,
    true: () => true,
    'a list': () => [['authorization', 'token']],
    'an empty list': () => [],
    'a function': () => () => ({ authorization: 'token' }),
    'a Map': () => new Map([['authorization', 'token']]),
    'a promise of undefined': () => Promise.resolve(undefined),
    'a promise of a text': () => Promise.resolve('token'),
    'a promise of a list': () => Promise.resolve(['token']),
    'a promise that is rejected': () => Promise.reject(new Error('not signed in')),
    'a value that is an object': () => ({ authorization: {} }),
    'a value that is a list': () => ({ authorization: ['token'] }),
    'a value that is true': () => ({ authorization: true }),
    'a value that is a promise': () => ({ authorization: Promise.resolve('token') }),
    'a value that is a function': () => ({ authorization: () => 'token' }),
    'something that throws': () => {
      throw new Error('not signed in');
    },
  };
  Object.entries(wrong).forEach(([name, header]) => {
    test(`${name}: badArgument for templates, and nothing is sent`, async (t) => {
      const app = await start(t, { config: { header } });
      const outcome = await app.tap();
      assert.deepEqual(
        [outcome.status, outcome.stage, outcome.error.kind, outcome.error.retryable],
        ['failed', 'templates', 'badArgument', false],
      );
      assert.match(outcome.error.message, /header/);
      assert.deepEqual(app.optionsOf('request'), []);
    });

    test(`${name}: keeps the report, which goes once there is a header`, async (t) => {
      let current = header;
      const app = await start(t, { config: { header: () => current(), findCustomerPopTemplate } });
      await app.tap();
      const { error } = await event(app, 'reportPostponed');
      assert.equal(error.kind, 'badArgument');
      assert.deepEqual(app.optionsOf('request'), []);
      current = () => ({ authorization: 'token' });
      assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
      assert.equal(app.reports()[0].header.authorization, 'token');
    });
  });

  test('that is wrong for the templates of a prefetch: no templates, and an event that says why', async (t) => {
    const app = await start(t, { config: { header: () => undefined } });
    assert.deepEqual(await app.prefetch(), []);
    const { error } = await event(app, 'templatesFailed');
    assert.equal(error.kind, 'badArgument');
  });
});

describe('a header that is a promise', () => {
  test('is awaited, for templates and for reports', async (t) => {
    const header = async () => {
      await wait(1);
      return { authorization: 'token' };
    };
    const app = await start(t, { config: { header } });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
    assert.equal((await app.tap()).status, 'answered');
    await event(app, 'reportSent');
    const headers = [...app.sent('findCustomerPopTemplate'), ...app.reports()].map(
      (sent) => sent.header,
    );
    assert.deepEqual(
      headers.map(({ authorization }) => authorization),
      ['token', 'token'],
    );
  });

  test('may be given in place of the function', async (t) => {
    const app = await start(t, { config: { header: Promise.resolve({ authorization: 'token' }) } });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
    assert.equal(app.sent('findCustomerPopTemplate')[0].header.authorization, 'token');
  });

  test('and never settles, ends as a timeout', async (t) => {
    const app = await start(t, {
      config: { header: () => new Promise(() => {}), requestTimeoutMs: 30 },
    });
    const outcome = await app.tap();
    assert.deepEqual(
      [outcome.stage, outcome.error.kind, outcome.error.retryable],
      ['templates', 'timeout', true],
    );
    assert.deepEqual(app.optionsOf('request'), []);
  });

  test('something else that has a then is awaited alike', async (t) => {
    const header = () => ({ then: (give) => give({ authorization: 'token' }) });
    const app = await start(t, { config: { header } });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
    assert.equal(app.sent('findCustomerPopTemplate')[0].header.authorization, 'token');
  });

  test('a header that is no promise keeps the tap on every phone', async (t) => {
    const app = await start(t, {
      config: { header: () => ({ authorization: 'token' }) },
      fake: { promise: 'polyfill' },
    });
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('the headers of a request', () => {
  const absent = { undefined, null: null };
  Object.entries(absent).forEach(([name, value]) => {
    test(`a header that is ${name} is left out`, async (t) => {
      const app = await start(t, {
        config: { header: () => ({ authorization: value, 'x-app': 'shop' }) },
      });
      await app.tap();
      await event(app, 'reportSent');
      [...app.sent('findCustomerPopTemplate'), ...app.reports()].forEach(({ header }) => {
        assert.ok(!('authorization' in header), Object.keys(header).join());
        assert.equal(header['x-app'], 'shop');
      });
    });

    test(`a Content-Type that is ${name} leaves ours`, async (t) => {
      const app = await start(t, { config: { header: { 'Content-Type': value } } });
      await app.prefetch();
      const [{ header }] = app.sent('findCustomerPopTemplate');
      assert.deepEqual(lowered(header), { 'content-type': 'application/json' });
    });
  });

  ['Content-Type', 'content-type', 'CONTENT-TYPE', 'Content-type'].forEach((name) => {
    test(`the application’s ${name} replaces ours`, async (t) => {
      const type = 'application/json; charset=utf-8';
      const app = await start(t, { config: { header: { [name]: type } } });
      await app.tap();
      await event(app, 'reportSent');
      [...app.sent('findCustomerPopTemplate'), ...app.reports()].forEach(({ header }) => {
        assert.equal(lowered(header)['content-type'], type);
      });
    });
  });

  ['Idempotency-Key', 'idempotency-key', 'IDEMPOTENCY-KEY', 'Idempotency-key'].forEach((name) => {
    test(`our Idempotency-Key replaces the application’s ${name}`, async (t) => {
      const app = await start(t, { config: { header: { [name]: 'always the same' } } });
      await app.tap();
      const { reportId } = await event(app, 'reportSent');
      assert.equal(lowered(app.reports()[0].header)['idempotency-key'], reportId);
    });
  });

  test('numbers are strings enough', async (t) => {
    const app = await start(t, { config: { header: { 'x-version': 7 } } });
    await app.prefetch();
    assert.equal(String(app.sent('findCustomerPopTemplate')[0].header['x-version']), '7');
  });

  test('the application’s object is left as it was', async (t) => {
    const header = { 'Idempotency-Key': 'theirs', authorization: undefined };
    const app = await start(t, { config: { header: () => header } });
    await app.tap();
    await event(app, 'reportSent');
    assert.deepEqual(header, { 'Idempotency-Key': 'theirs', authorization: undefined });
  });

  test('an object that the application changes later counts as it is then', async (t) => {
    const header = { token: 'old' };
    const app = await start(t, { config: { header } });
    header.token = 'new';
    await app.prefetch();
    assert.equal(app.sent('findCustomerPopTemplate')[0].header.token, 'new');
  });
});
