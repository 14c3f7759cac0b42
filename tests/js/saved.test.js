// What counts as saved: an answer of the back end that says so, and not merely
// a promise that is fulfilled.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, ownFunctions } = require('./support/steps.js');

const PAGE = '<!DOCTYPE html><html><head><title>登录</title></head><body>请登录</body></html>';
const BOM = '\ufeff';

const pages = {
  'an HTML page': PAGE,
  'an HTML page in upper case': PAGE.toUpperCase(),
  'an HTML page behind a byte order mark': BOM + PAGE,
  'an HTML page behind line ends': `\r\n\r\n  \t${PAGE}`,
  'an HTML page behind many line ends': '\r\n'.repeat(300) + PAGE,
  'an HTML page behind a byte order mark and line ends': `${BOM}\n\n${PAGE}`,
  'an HTML page that begins with a comment': `<!-- gateway -->${PAGE}`,
  'an HTML page without doctype': '<html></html>',
};

/** An own function for reports that resolves with this. */
const resolving = (value) => ownFunctions({ popSubscribeResult: async () => value });

/** The name and the error of the first event that ends the first attempt. */
async function endOf(app) {
  const isEnd = ({ name }) => ['reportSent', 'reportPostponed', 'reportDropped'].includes(name);
  for (let turn = 0; turn < 200 && !app.events.some(isEnd); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { name, error } = app.events.find(isEnd) || {};
  return error ? [name, error.kind, error.code] : [name];
}

describe('an own function that resolves', () => {
  const statuses = {
    'statusCode 500': [{ statusCode: 500 }, ['reportPostponed', 'badResponse', 500]],
    'status 503': [{ status: 503 }, ['reportPostponed', 'badResponse', 503]],
    'status 401': [{ status: 401 }, ['reportPostponed', 'badResponse', 401]],
    'statusCode 302': [{ statusCode: 302 }, ['reportPostponed', 'badResponse', 302]],
    'statusCode 404': [{ statusCode: 404, data: {} }, ['reportPostponed', 'badResponse', 404]],
    'statusCode 400': [{ statusCode: 400 }, ['reportDropped', 'badResponse', 400]],
    'status 422': [{ status: 422 }, ['reportDropped', 'badResponse', 422]],
    'a statusCode in digits': [{ statusCode: '500' }, ['reportPostponed', 'badResponse', 500]],
    'what wx.request fails with': [
      { errMsg: 'request:fail timeout', errno: 5 },
      ['reportPostponed', 'timeout', 5],
    ],
    'what a cloud function fails with': [
      { errMsg: 'cloud.callFunction:fail -504003 timed out', errCode: -504003 },
      ['reportPostponed', 'timeout', -504003],
    ],
  };
  Object.entries(statuses).forEach(([name, [value, expected]]) => {
    test(`with ${name} has not saved`, async (t) => {
      const app = await start(t, { config: resolving(value) });
      await app.tap();
      assert.deepEqual(await endOf(app), expected);
      assert.equal((await app.flush()).pending, expected[0] === 'reportDropped' ? 0 : 1);
    });
  });

  test('with status 401 is followed by signIn, and called again', async (t) => {
    let token = 'old';
    let calls = 0;
    const app = await start(t, {
      config: ownFunctions({
        signIn: async () => {
          token = 'new';
        },
        popSubscribeResult: async () => {
          calls += 1;
          return { status: token === 'new' ? 200 : 401 };
        },
      }),
    });
    await app.tap();
    await event(app, 'reportSent');
    assert.equal(calls, 2);
  });

  Object.entries(pages).forEach(([name, page]) => {
    test(`with ${name} has not saved`, async (t) => {
      for (const value of [page, { statusCode: 200, data: page }]) {
        const app = await start(t, { config: resolving(value) });
        await app.tap();
        assert.deepEqual(await endOf(app), ['reportPostponed', 'badResponse', null]);
        assert.equal((await app.flush()).pending, 1);
      }
    });
  });

  const saved = {
    undefined,
    null: null,
    'an empty object': {},
    true: true,
    'a text': 'ok',
    'an empty text': '',
    'a text with < in it': 'a < b',
    'statusCode 200': { statusCode: 200, data: {} },
    'statusCode 204': { statusCode: 204 },
    'status 201': { status: 201 },
    'status 0 and a message': { status: 0, msg: 'ok' },
    'status 1': { status: 1 },
    'status 10000': { status: 10000 },
    'status that is a word': { status: 'success' },
    'status true': { status: true },
    'code 0': { code: 0 },
    'code 500, which is its own': { code: 500 },
    'what a cloud function resolves with': {
      errMsg: 'cloud.callFunction:ok',
      result: { ok: true },
    },
    'a list': [],
  };
  Object.entries(saved).forEach(([name, value]) => {
    test(`with ${name} has saved`, async (t) => {
      const app = await start(t, { config: resolving(value) });
      await app.tap();
      assert.deepEqual(await endOf(app), ['reportSent']);
    });
  });

  test('or returns at once, is understood alike', async (t) => {
    const values = [{ statusCode: 500 }, PAGE, { status: 0 }];
    const ends = [];
    for (const value of values) {
      const app = await start(t, { config: ownFunctions({ popSubscribeResult: () => value }) });
      await app.tap();
      ends.push((await endOf(app))[0]);
    }
    assert.deepEqual(ends, ['reportPostponed', 'reportPostponed', 'reportSent']);
  });
});

describe('an own function that rejects', () => {
  const without = {
    'status 0': [{ status: 0 }, 'network'],
    'status 1': [{ status: 1 }, 'timeout'],
    'status -1': [{ status: -1 }, 'network'],
    'status 999': [{ status: 999 }, 'network'],
  };
  Object.entries(without).forEach(([name, [reason, kind]]) => {
    test(`with ${name} has no HTTP status`, async (t) => {
      const app = await start(t, {
        config: ownFunctions({ popSubscribeResult: async () => Promise.reject(reason) }),
      });
      await app.tap();
      assert.deepEqual(await endOf(app), ['reportPostponed', kind, null]);
    });
  });
});

describe('a back end over wx.request', () => {
  Object.entries(pages).forEach(([name, body]) => {
    test(`that answers HTTP 200 with ${name} has not saved`, async (t) => {
      const header = { 'content-type': 'text/html' };
      const app = await start(t, { answers: { popSubscribeResult: { body, header } } });
      await app.tap();
      const { error } = await event(app, 'reportPostponed');
      assert.deepEqual([error.kind, error.retryable], ['badResponse', true]);
      assert.equal((await app.flush()).pending, 1);
    });
  });

  ['', 'ok', '{}', 'null', '[]', '0', '{"code":0}'].forEach((body) => {
    test(`that answers HTTP 200 with the body ${JSON.stringify(body)} has saved`, async (t) => {
      const app = await start(t, { answers: { popSubscribeResult: { body } } });
      await app.tap();
      await event(app, 'reportSent');
    });
  });

  test('that answers the templates with an HTML page offers none', async (t) => {
    const app = await start(t, { answers: { findCustomerPopTemplate: { body: PAGE } } });
    const outcome = await app.tap();
    assert.deepEqual([outcome.stage, outcome.error.kind], ['templates', 'badResponse']);
  });
});

describe('isSaved', () => {
  const says = {
    true: [() => true, 'reportSent'],
    'a promise of true': [async () => true, 'reportSent'],
    false: [() => false, 'reportPostponed'],
    undefined: [() => undefined, 'reportPostponed'],
    'a promise of false': [async () => false, 'reportPostponed'],
    'a promise that is rejected': [() => Promise.reject(new Error('no')), 'reportPostponed'],
    'something that throws': [
      () => {
        throw new Error('no');
      },
      'reportPostponed',
    ],
  };
  Object.entries(says).forEach(([name, [isSaved, expected]]) => {
    test(`gives ${name}: ${expected}`, async (t) => {
      const app = await start(t, { config: { isSaved } });
      await app.tap();
      await event(app, expected);
      assert.equal((await app.flush()).pending, expected === 'reportSent' ? 0 : 1);
    });
  });

  test('gets the response of wx.request, and what an own function resolves with', async (t) => {
    const got = [];
    const isSaved = (response) => {
      got.push(JSON.parse(JSON.stringify(response)));
      return true;
    };
    const app = await start(t, {
      config: { isSaved },
      answers: { popSubscribeResult: { json: { code: 0 } } },
    });
    await app.tap();
    await event(app, 'reportSent');
    const own = await start(t, { config: { ...resolving({ code: 0 }), isSaved } });
    await own.tap();
    await event(own, 'reportSent');
    assert.deepEqual([got[0].statusCode, got[0].data, got[1]], [200, { code: 0 }, { code: 0 }]);
  });

  test('decides by a code in the body, and the report goes when that is right', async (t) => {
    let code = 500;
    const app = await start(t, {
      config: { isSaved: ({ data }) => data.code === 0 },
      answers: { popSubscribeResult: () => ({ json: { code } }) },
    });
    await app.tap();
    const { error } = await event(app, 'reportPostponed');
    assert.deepEqual([error.kind, error.retryable], ['badResponse', true]);
    code = 0;
    assert.deepEqual(await app.flush(), { sent: 1, pending: 0 });
  });

  test('may take an HTML answer for what it knows', async (t) => {
    const app = await start(t, {
      config: { isSaved: () => true },
      answers: { popSubscribeResult: { body: PAGE } },
    });
    await app.tap();
    await event(app, 'reportSent');
  });

  test('is not asked about the templates', async (t) => {
    const app = await start(t, { config: { isSaved: () => false } });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
  });
});
