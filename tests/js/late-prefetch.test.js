// A list of templates that comes after the user has answered another popup of
// the same moment.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { macrotask, ownFunctions } = require('./support/steps.js');

/** A back end that answers each question when it is told to. */
function slowBackEnd() {
  const asked = [];
  const find = () =>
    new Promise((resolve) => {
      asked.push((...ids) => resolve({ data: ids }));
    });
  return { asked, config: ownFunctions({ findCustomerPopTemplate: find }) };
}

describe('a prefetch that comes late', () => {
  test('does not arm again a list that was answered meanwhile', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config });
    const late = app.prefetch();
    const tapped = app.tap();
    asked[1]('a');
    assert.equal((await tapped).status, 'answered');
    asked[0]('a');
    assert.deepEqual(await late, ['a'], 'the page gets what the back end said');
    const next = app.tap();
    assert.equal(asked.length, 3, 'the back end decides anew');
    asked[2]();
    assert.deepEqual(await next, { status: 'noTemplates' });
  });

  test('does not take the place of the templates that were left over', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config: { ...config, maxTemplates: 1 } });
    const late = app.prefetch();
    const tapped = app.tap();
    asked[1]('a', 'b');
    assert.deepEqual((await tapped).remaining, ['b']);
    asked[0]('a', 'b');
    await late;
    assert.deepEqual((await app.tap()).accepted, ['b']);
  });

  test('is not joined by a prefetch that begins after the answer', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config });
    const late = app.prefetch();
    const tapped = app.tap();
    asked[1]('a');
    await tapped;
    const fresh = app.prefetch();
    assert.equal(asked.length, 3);
    asked[2]('b');
    assert.deepEqual(await fresh, ['b']);
    asked[0]('a');
    await late;
    assert.deepEqual((await app.tap()).accepted, ['b']);
  });

  test('of another moment is as good as ever', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config });
    const other = app.prefetch(1, 'order-2');
    const tapped = app.tap(1, 'order-1');
    asked[1]('a');
    await tapped;
    asked[0]('b');
    await other;
    assert.deepEqual((await app.tap(1, 'order-2')).accepted, ['b']);
    assert.equal(asked.length, 2);
  });

  test('that failed leaves the next tap to ask', async (t) => {
    let turn = 0;
    const findCustomerPopTemplate = () => {
      turn += 1;
      return turn === 1 ? Promise.reject(new Error('late')) : { data: ['a'] };
    };
    const app = await start(t, { config: ownFunctions({ findCustomerPopTemplate }) });
    assert.deepEqual(await app.prefetch(), []);
    assert.equal((await app.tap()).status, 'answered');
  });
});

describe('two taps that ask the back end at once', () => {
  test('the second one’s list is asked for anew when the first was answered meanwhile', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config });
    const [first, second] = [app.tap(), app.tap()];
    asked[0]('a');
    assert.equal((await first).status, 'answered');
    asked[1]('a');
    await macrotask();
    assert.equal(asked.length, 3);
    asked[2]();
    assert.deepEqual(await second, { status: 'noTemplates' });
    assert.equal(app.optionsOf('requestSubscribeMessage').length, 1, 'the user is asked once');
  });
});

describe('two prefetches of one moment', () => {
  test('both get the list, even if none is kept', async (t) => {
    const { asked, config } = slowBackEnd();
    const app = await start(t, { config: { ...config, templateTtlMs: 0 } });
    const both = [app.prefetch(), app.prefetch()];
    assert.equal(asked.length, 1);
    asked[0]('a');
    assert.deepEqual(await Promise.all(both), [['a'], ['a']]);
  });
});
