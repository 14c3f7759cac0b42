// Half an emoji, as `name.slice(0, 18)` leaves it, becomes U+FFFD: parsers of
// back ends refuse the whole body for it.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { here, start } = require('./support/bare-context.js');
const { event, ownFunctions } = require('./support/steps.js');

const HIGH = '\ud83d';
const LOW = '\udc4d';
const R = '\ufffd';

/** Whether a text has half a surrogate pair in it, escaped or not. */
const hasHalf = (text) =>
  /\\u[dD][89a-fA-F]/.test(text) ||
  /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(text);

const extras = {
  'at the end of a value': [{ name: `好${HIGH}` }, { name: `好${R}` }],
  'at the beginning of a value': [{ name: `${LOW}好` }, { name: `${R}好` }],
  'alone in a value': [{ name: HIGH }, { name: R }],
  'twice in the wrong order': [{ name: LOW + HIGH }, { name: R + R }],
  'before a whole pair': [{ name: `${HIGH}👍` }, { name: `${R}👍` }],
  'behind a whole pair': [{ name: `👍${LOW}` }, { name: `👍${R}` }],
  'in a key': [{ [`k${HIGH}`]: 1 }, { [`k${R}`]: 1 }],
  'in a nested key and value': [
    { a: [{ [`${LOW}k`]: [`${HIGH}v`] }] },
    { a: [{ [`${R}k`]: [`${R}v`] }] },
  ],
  'in a list of lists': [{ a: [[HIGH], [[LOW]]] }, { a: [[R], [[R]]] }],
  'from a toJSON': [{ at: { toJSON: () => `x${HIGH}` } }, { at: `x${R}` }],
  'of the whole from a toJSON': [{ toJSON: () => ({ name: HIGH }) }, { name: R }],
  'beside an escaped backslash': [{ name: `\\${HIGH}\\ud83d` }, { name: `\\${R}\\ud83d` }],
  'that is only written as an escape': [{ name: '\\ud83d' }, { name: '\\ud83d' }],
  'behind quotes and line ends': [{ name: `"\n${HIGH}"` }, { name: `"\n${R}"` }],
  'in a wrapped text': [{ name: Object(`x${HIGH}`) }, { name: `x${R}` }],
};

describe('half an emoji', () => {
  Object.entries(extras).forEach(([name, [given, expected]]) => {
    test(`${name} of extraVariableMap becomes U+FFFD`, async (t) => {
      const storage = { openId: JSON.stringify('user-1') };
      const bodies = [];
      const app = await start(t, {
        fake: { storage },
        answers: {
          popSubscribeResult: ({ body }) => {
            bodies.push(body);
            return { json: {} };
          },
        },
      });
      const outcome = await app.tap(1, 'a', given);
      assert.equal(outcome.status, 'answered');
      await event(app, 'reportSent');
      assert.deepEqual(app.reports()[0].data.extraVariableMap, expected);
      const looksLikeHalf = /written|backslash/.test(name);
      bodies.forEach((body) => assert.ok(looksLikeHalf || !hasHalf(body), body));
    });
  });

  test('in busNo becomes U+FFFD, for the templates and the report', async (t) => {
    const app = await start(t);
    await app.tap(1, `商品${HIGH}`);
    await event(app, 'reportSent');
    const bodies = [...app.sent('findCustomerPopTemplate'), ...app.reports()].map(
      ({ data }) => data.busNo,
    );
    assert.deepEqual(bodies, [`商品${R}`, `商品${R}`]);
  });

  test('in an openId becomes U+FFFD', async (t) => {
    const app = await start(t, { config: { openId: `user${HIGH}` } });
    await app.tap();
    await event(app, 'reportSent');
    assert.equal(app.reports()[0].data.openId, `user${R}`);
  });

  test('in a name of triggers becomes U+FFFD', async (t) => {
    const app = await start(t, { config: { triggers: { 10: `到货${HIGH}` } } });
    await app.prefetch(10, 'a');
    assert.equal(app.sent('findCustomerPopTemplate')[0].data.triggerAct, `到货${R}`);
  });

  test('is gone for own functions, too', async (t) => {
    const got = [];
    const popSubscribeResult = (report) => {
      got.push(here(report));
    };
    const app = await start(t, { config: ownFunctions({ popSubscribeResult }) });
    await app.tap(1, 'a', { name: `好${HIGH}` });
    await event(app, 'reportSent');
    assert.equal(got[0].extraVariableMap.name, `好${R}`);
  });

  test('is gone in storage and after a restart', async (t) => {
    const storage = { openId: JSON.stringify('user-1') };
    const offline = { popSubscribeResult: { errMsg: 'net::ERR_INTERNET_DISCONNECTED' } };
    const before = await start(t, { fake: { storage }, answers: offline });
    await before.tap(1, 'a', { name: `好${HIGH}` });
    await event(before, 'reportPostponed');
    before.close();
    Object.keys(storage)
      .filter((key) => key.startsWith('wx-subscribe:'))
      .forEach((key) => assert.ok(!hasHalf(storage[key]), storage[key]));
    const app = await start(t, { fake: { storage }, ready: false });
    await app.setup();
    await event(app, 'reportSent');
    assert.equal(app.reports()[0].data.extraVariableMap.name, `好${R}`);
  });

  test('whole emoji of every length come through as they are', async (t) => {
    const extra = { name: '👍👨‍👩‍👧🇨🇳', 说明: '𠮷野家' };
    const app = await start(t);
    await app.tap(1, 'a', extra);
    await event(app, 'reportSent');
    assert.deepEqual(app.reports()[0].data.extraVariableMap, extra);
  });
});
