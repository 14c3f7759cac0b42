// A call is made with one configuration, also if `setup` is called during it.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, sleep } = require('./support/steps.js');

const OLD = 'https://old.example.com/api';
const NEW = 'https://new.example.com/api';
const findCustomerPopTemplate = () => ({ data: ['tmpl-a'] });

/** `origin token` of each request: a server gets its own token. */
const sentTo = (app) =>
  app.optionsOf('request').map(({ url, header }) => `${url.split('/')[2]} ${header.token}`);

function assertOwnTokens(app) {
  sentTo(app).forEach((sent) =>
    assert.ok(['old.example.com old', 'new.example.com new'].includes(sent), sent),
  );
}

/** A `header` that is given when the test says so. */
function lateHeader(token) {
  const late = { isAsked: false, give() {} };
  late.header = () => {
    late.isAsked = true;
    return new Promise((resolve) => {
      late.give = () => resolve({ token });
    });
  };
  return late;
}

const asked = async (late) => {
  while (!late.isAsked) await macrotask();
};

describe('setup with another back end while a late header is awaited', () => {
  test('for a report: no server gets the token of the other, and the report is delivered', async (t) => {
    const late = lateHeader('old');
    const app = await start(t, {
      config: { baseUrl: OLD, header: late.header, findCustomerPopTemplate },
    });
    await app.tap();
    await asked(late);
    await app.setup({ baseUrl: NEW, header: { token: 'new' } });
    late.give();
    await sleep(20);
    await app.flush();
    assertOwnTokens(app);
    await event(app, 'reportSent');
  });

  test('for the templates: no server gets the token of the other', async (t) => {
    const late = lateHeader('old');
    const app = await start(t, { config: { baseUrl: OLD, header: late.header } });
    const fetched = app.prefetch();
    await asked(late);
    await app.setup({ baseUrl: NEW, header: { token: 'new' } });
    late.give();
    await fetched;
    assertOwnTokens(app);
  });

  test('and both headers are late: no server gets the token of the other', async (t) => {
    const [older, newer] = [lateHeader('old'), lateHeader('new')];
    const app = await start(t, {
      config: { baseUrl: OLD, header: older.header, findCustomerPopTemplate },
    });
    await app.tap();
    await asked(older);
    await app.setup({ baseUrl: NEW, header: newer.header });
    older.give();
    await sleep(20);
    newer.give();
    await sleep(20);
    newer.give();
    await app.flush().catch(() => {});
    assertOwnTokens(app);
    await event(app, 'reportSent');
  });

  test('back and forth: no server gets the token of the other', async (t) => {
    const late = lateHeader('old');
    const app = await start(t, {
      config: { baseUrl: OLD, header: late.header, findCustomerPopTemplate },
    });
    await app.tap();
    await asked(late);
    await app.setup({ baseUrl: NEW, header: { token: 'new' } });
    await app.setup({ baseUrl: OLD, header: { token: 'old' } });
    await app.setup({ baseUrl: NEW, header: { token: 'new' } });
    late.give();
    await sleep(20);
    assertOwnTokens(app);
  });
});

describe('setup with another configuration while a request is under way', () => {
  /** An app whose back end answers when the test says so. */
  async function withSlowAnswers(t, config) {
    const answers = [];
    const app = await start(t, {
      config,
      wx: (wx) => ({ request: (options) => answers.push(() => wx.request(options)) }),
    });
    return { app, answers };
  }

  test('the isSaved of its own configuration judges the answer', async (t) => {
    const { app, answers } = await withSlowAnswers(t, {
      findCustomerPopTemplate,
      isSaved: () => false,
    });
    await app.tap();
    while (answers.length === 0) await macrotask();
    await app.setup({ isSaved: () => true });
    answers.shift()();
    await event(app, 'reportPostponed');
  });

  test('the readTemplates of its own configuration reads the answer', async (t) => {
    const { app, answers } = await withSlowAnswers(t, { readTemplates: () => ['by-the-old'] });
    const fetched = app.prefetch();
    while (answers.length === 0) await macrotask();
    await app.setup({ readTemplates: () => ['by-the-new'] });
    answers.shift()();
    assert.deepEqual(await fetched, ['by-the-old']);
  });
});
