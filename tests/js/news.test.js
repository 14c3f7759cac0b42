// A `header` that differs at every call is no news: it does not make more than
// twice the requests of a constant one.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { onOneClock } = require('./support/steps.js');

const TEN_MINUTES_MS = 600_000;

/** Where a runaway loop ends: a test that never ended would say nothing. */
const FUSE = 200;

let calls = 0;
const changing = {
  'a nonce': () => ({ token: 'x', nonce: String((calls += 1)) }),
  'a time stamp': () => ({ token: 'x', time: `${Date.now()}.${(calls += 1)}` }),
  'a promise of a nonce': async () => ({ token: 'x', nonce: String((calls += 1)) }),
  'names that change': () => ({ [`x-${(calls += 1)}`]: '1' }),
};
const constant = () => ({ token: 'x' });

/** How many reports are sent in ten minutes with this `header`, while the back end answers `statusCode`. */
async function requestsWith(t, header, { statusCode = 401, busNos = ['a'], config, act } = {}) {
  const { clock, launch, tap } = onOneClock(t);
  const app = await launch({
    config: {
      findCustomerPopTemplate: () => ({ data: ['tmpl-a'] }),
      header: () => (app && app.reports().length > FUSE ? constant() : header()),
      ...config,
    },
    answers: { popSubscribeResult: () => ({ statusCode }) },
  });
  for (const busNo of busNos) await tap(app, 1, busNo);
  for (let second = 0; second < 600; second += 10) {
    if (act) act(app, second);
    await clock.pass(TEN_MINUTES_MS / 60, () => app.reports().length > FUSE);
  }
  assert.equal((await app.diagnostics()).waiting.length, busNos.length);
  app.close();
  t.mock.restoreAll();
  return app.reports().length;
}

describe('while the back end does not know the user', () => {
  [401, 403].forEach((statusCode) => {
    Object.entries(changing).forEach(([name, header]) => {
      test(`a header with ${name} makes twice the requests of a constant one at most (HTTP ${statusCode})`, async (t) => {
        const expected = await requestsWith(t, constant, { statusCode });
        const made = await requestsWith(t, header, { statusCode });
        assert.ok(
          made >= expected / 2 && made <= 2 * expected,
          `${made} requests, not ${expected}`,
        );
      });
    });
  });

  test('three reports that wait make twice the requests of a constant header at most', async (t) => {
    const options = { busNos: ['a', 'b', 'c'] };
    const expected = await requestsWith(t, constant, options);
    const made = await requestsWith(t, changing['a nonce'], options);
    assert.ok(made <= 2 * expected, `${made} requests, not ${expected}`);
  });

  test('a page that prefetches all the time, with a nonce, makes no more either', async (t) => {
    const options = {
      config: { findCustomerPopTemplate: undefined },
      act: (app, second) => app.prefetch(1, `order-${second}`),
    };
    const expected = await requestsWith(t, constant, options);
    const made = await requestsWith(t, changing['a nonce'], options);
    assert.ok(made <= 2 * expected, `${made} requests, not ${expected}`);
  });

  test('a signIn that works but does not help, with a nonce, makes no more either', async (t) => {
    const options = { config: { signIn: async () => {} } };
    const expected = await requestsWith(t, constant, options);
    const made = await requestsWith(t, changing['a nonce'], options);
    assert.ok(made <= 2 * expected, `${made} requests, not ${expected}`);
  });
});
