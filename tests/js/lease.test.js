// Two copies of the SDK over one storage: a lease is taken after the last wait,
// covers its request, and only its holder writes while it runs.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, keysOf, onOneClock, wallClock } = require('./support/steps.js');

const OFFLINE = { errMsg: 'net::ERR_INTERNET_DISCONNECTED' };
const DELIVERED = { json: {} };
const DAY_MS = 86_400_000;

/** An own function for the templates, so that a late `header` is asked for the report alone. */
const findCustomerPopTemplate = () => ({ data: ['tmpl-a'] });

/** A back end whose answers the test gives: `back.requests`, each with `respond(reply)`. */
function createBackEnd() {
  const requests = [];
  const transport = ({ header }, respond) => {
    requests.push({
      key: header['idempotency-key'],
      respond: (statusCode = 200) => respond({ statusCode, body: '{}' }),
    });
  };
  return { requests, transport };
}

describe('two copies of the SDK over one storage', () => {
  test('a late header and the request together do not outlive the lease', async (t) => {
    const { clock, launch, tap } = onOneClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const back = createBackEnd();
    let giveHeader;
    const header = () =>
      new Promise((resolve) => {
        giveHeader = () => resolve({ token: 'x' });
      });
    const options = { fake: { storage, transport: back.transport } };
    const first = await launch({ ...options, config: { findCustomerPopTemplate, header } });
    await tap(first, 1, 'a');
    await clock.pass(9_000);
    giveHeader();
    await clock.pass(100);
    assert.equal(back.requests.length, 1, 'the first copy sends');
    await clock.pass(4_000);
    const second = await launch(options);
    await clock.pass(4_000);
    assert.equal(back.requests.length, 1, 'the second copy leaves it alone');
    back.requests[0].respond();
    await clock.pass(60_000);
    assert.equal(back.requests.length, 1);
    assert.deepEqual((await second.diagnostics()).waiting, []);
  });

  test('a failure while preparing does not end the lease of the other copy', async (t) => {
    const { clock, launch, tap } = onOneClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    const back = createBackEnd();
    let refuseHeader;
    const headers = [
      () => ({ token: 'x' }),
      () =>
        new Promise((_, reject) => {
          refuseHeader = () => reject(new Error('not signed in'));
        }),
    ];
    const header = () => (headers.shift() || (() => ({ token: 'x' })))();
    const options = { fake: { storage, transport: back.transport } };
    const first = await launch({ ...options, config: { findCustomerPopTemplate, header } });
    await tap(first, 1, 'a');
    back.requests[0].respond(503);
    await clock.pass(3_000);
    assert.ok(refuseHeader, 'the first copy prepares its second attempt');
    // Whatever the first copy leased before is over by this clock.
    clock.jump(20_000);
    const second = await launch(options);
    await clock.pass(500);
    assert.equal(back.requests.length, 2, 'the second copy sends');
    refuseHeader();
    await clock.pass(500);
    const third = await launch(options);
    await clock.pass(500);
    assert.equal(back.requests.length, 2, 'one request is under way, and no other begins');
    back.requests[1].respond();
    await clock.pass(60_000);
    assert.equal(back.requests.length, 2);
    assert.deepEqual((await second.diagnostics()).waiting, []);
    assert.deepEqual((await third.diagnostics()).waiting, []);
  });

  test('a lease that reaches further than a lease can, as the clock was set back, hides no delivery by the other copy', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    let firstReply = OFFLINE;
    const launch = async (reply) => {
      const options = { fake: { storage }, answers: { popSubscribeResult: reply }, ready: false };
      const app = await start(t, options);
      await app.setup();
      return app;
    };
    clock.jump(20 * DAY_MS);
    const first = await launch(() => firstReply);
    // The second report is leased at the tap, and not tried: the network is down.
    for (const busNo of ['a', 'b']) await first.tap(1, busNo);
    await event(first, 'reportPostponed');
    clock.jump(-20 * DAY_MS);
    const second = await launch(DELIVERED);
    assert.equal((await second.flush()).pending, 0);
    assert.deepEqual(
      second
        .reports()
        .map(({ data }) => data.busNo)
        .sort(),
      ['a', 'b'],
    );
    const before = first.reports().length;
    firstReply = DELIVERED;
    assert.equal((await first.flush()).pending, 0);
    assert.equal(first.reports().length, before, 'what the other copy delivered goes once');
  });

  test('a killed launch whose clock was weeks ahead delays the next one by no more than a request', async (t) => {
    const clock = wallClock(t);
    const storage = { openId: JSON.stringify('user-1') };
    clock.jump(20 * DAY_MS);
    const before = await start(t, {
      fake: { storage },
      answers: { popSubscribeResult: () => undefined },
    });
    await before.tap(1, 'a');
    before.close();
    clock.jump(-20 * DAY_MS);
    const app = await start(t, { fake: { storage }, ready: false });
    await app.setup();
    await event(app, 'reportSent');
    assert.deepEqual(keysOf(app), keysOf(before));
  });

  test('give a report that is nobody’s yet one owner', async (t) => {
    const storage = {};
    const clock = wallClock(t);
    const launch = (user, reply) =>
      start(t, {
        fake: { storage },
        config: { openId: () => user.name, header: () => ({ token: `of ${user.name}` }) },
        answers: { popSubscribeResult: () => reply },
      });
    const [a, b] = [{ name: '' }, { name: '' }];
    const first = await launch(a, { statusCode: 503 });
    await first.tap(1, 'a');
    await event(first, 'reportPostponed');
    clock.jump(20_000);
    const second = await launch(b, DELIVERED);
    a.name = 'user-a';
    await first.flush();
    b.name = 'user-b';
    await second.flush();
    const owners = [...first.reports(), ...second.reports()].map(({ data }) => data.openId);
    assert.deepEqual([...new Set(owners)], ['user-a'], 'the first one who was known');
    b.name = 'user-a';
    await second.flush();
    assert.equal((await second.diagnostics()).waiting.length, 0);
  });
});
