// The back end's answer in a shape of its own, as JSON text, or with holes.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { ownFunctions } = require('./support/steps.js');

const answering = (reply) => ({ findCustomerPopTemplate: reply });
const OWN_SHAPE = {
  code: 0,
  data: {
    list: [
      { id: 'tmpl-a', title: 'Price' },
      { id: 'tmpl-b', title: 'Stock' },
    ],
  },
};
const readTemplates = ({ data }) => data.list.map(({ id }) => id);
const MARK = '\ufeff';

['native', 'polyfill'].forEach((promise) => {
  test(`an own shape gives up no tap (${promise} promises)`, async (t) => {
    const app = await start(t, {
      answers: answering({ json: OWN_SHAPE }),
      config: { readTemplates },
      fake: { promise },
    });
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a', 'tmpl-b']);
  });
});

describe('readTemplates', () => {
  test('gets the body of the response, once for each request', async (t) => {
    const bodies = [];
    const app = await start(t, {
      answers: answering({ json: OWN_SHAPE }),
      config: { readTemplates: (...given) => bodies.push(given) && ['tmpl-a'] },
    });
    assert.deepEqual(await app.prefetch(), ['tmpl-a']);
    await app.tap();
    assert.equal(bodies.length, 1);
    assert.deepEqual(structuredClone(bodies[0][0]), OWN_SHAPE);
  });

  test('gets what the application’s own function returned', async (t) => {
    const app = await start(t, {
      config: ownFunctions({ readTemplates, findCustomerPopTemplate: () => OWN_SHAPE }),
    });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
  });

  test('gets JSON text parsed', async (t) => {
    const app = await start(t, {
      config: ownFunctions({
        readTemplates,
        findCustomerPopTemplate: async () => MARK + JSON.stringify(OWN_SHAPE),
      }),
    });
    assert.deepEqual(await app.prefetch(), ['tmpl-a', 'tmpl-b']);
  });

  test('is not asked about a response that failed', async (t) => {
    let calls = 0;
    const app = await start(t, {
      answers: answering({ statusCode: 500, json: OWN_SHAPE }),
      config: { readTemplates: () => (calls += 1) && [] },
    });
    assert.equal((await app.tap()).error.kind, 'badResponse');
    assert.equal(calls, 0);
  });

  test('an empty list means that there is nothing to ask', async (t) => {
    const app = await start(t, { config: { readTemplates: () => [] } });
    assert.deepEqual(await app.tap(), { status: 'noTemplates' });
  });

  const failing = {
    'that throws': [
      () => {
        throw new Error('no list');
      },
      /readTemplates.*no list/,
    ],
    'that throws nothing': [
      () => {
        throw undefined;
      },
      /readTemplates/,
    ],
    'that names the user': [
      () => {
        throw new Error('user-1 has no list');
      },
      /readTemplates/,
    ],
    'that returns nothing': [() => {}, /readTemplates/],
    'that returns a promise': [async () => ['tmpl-a'], /readTemplates/],
    'that returns the templates themselves': [({ data }) => data.list, /readTemplates/],
    'that returns a string': [() => 'tmpl-a', /readTemplates/],
  };
  Object.entries(failing).forEach(([name, [read, message]]) => {
    test(`one ${name} is a badResponse that names it`, async (t) => {
      const app = await start(t, {
        answers: answering({ json: OWN_SHAPE }),
        config: { readTemplates: read },
      });
      const { stage, error } = await app.tap();
      assert.deepEqual([stage, error.kind], ['templates', 'badResponse']);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('user-1'));
    });
  });
});

describe('a body of JSON text', () => {
  const text = JSON.stringify({ data: ['tmpl-a'] });
  const texts = {
    'as it is': text,
    'after a byte order mark': MARK + text,
    'between line ends': `\r\n${text}\n`,
  };
  Object.entries(texts).forEach(([name, body]) => {
    test(`is parsed, ${name}`, async (t) => {
      const app = await start(t, {
        wx: () => ({
          request: ({ success }) =>
            setTimeout(() => success({ statusCode: 200, header: {}, data: body }), 0),
        }),
      });
      assert.deepEqual(await app.prefetch(), ['tmpl-a']);
    });

    test(`of an own function is parsed, ${name}`, async (t) => {
      const app = await start(t, { config: ownFunctions({ findCustomerPopTemplate: () => body }) });
      assert.deepEqual(await app.prefetch(), ['tmpl-a']);
    });
  });
});

describe('empty and null ids among good ones', () => {
  const LEFT_OUT = { name: 'templatesLeftOut', triggerAct: '加入购物车', busNo: 'order-1' };

  test('are left out with an event, which comes after the popup', async (t) => {
    const app = await start(t, {
      answers: answering({ json: { data: ['', 'tmpl-a', null, 'tmpl-b', ''] } }),
    });
    assert.deepEqual((await app.tap()).accepted, ['tmpl-a', 'tmpl-b']);
    assert.deepEqual(app.eventNames().slice(0, 3), [
      'templatesFound',
      'templatesLeftOut',
      'popupRequested',
    ]);
    assert.deepEqual(app.events[0].templateIds, ['tmpl-a', 'tmpl-b']);
    assert.deepEqual(app.events[1], { ...LEFT_OUT, count: 3 });
  });

  test('are told once: not again for templates that are known', async (t) => {
    const app = await start(t, { answers: answering({ json: { data: ['tmpl-a', null] } }) });
    await app.prefetch();
    await app.prefetch();
    await app.tap();
    assert.equal(app.eventNames().filter((name) => name === 'templatesLeftOut').length, 1);
  });

  test('of readTemplates are left out as well', async (t) => {
    const app = await start(t, { config: { readTemplates: () => [undefined, 'tmpl-a', NaN] } });
    assert.deepEqual(await app.prefetch(), ['tmpl-a']);
    assert.deepEqual(app.events[1], { ...LEFT_OUT, count: 2 });
  });

  test('without a good one are no answer', async (t) => {
    const app = await start(t, { answers: answering({ json: { data: [null, ''] } }) });
    assert.equal((await app.tap()).error.kind, 'badResponse');
    assert.deepEqual(app.eventNames(), ['templatesFailed']);
  });

  test('a number among good ones is no answer either', async (t) => {
    const app = await start(t, { answers: answering({ json: { data: ['tmpl-a', 0] } }) });
    assert.equal((await app.tap()).error.kind, 'badResponse');
  });
});
