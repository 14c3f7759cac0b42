// A popup whose callback comes late or never, and trips to the background while
// it is open.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, macrotask, mockTimers, pass, popupOf } = require('./support/steps.js');

const GRACE_MS = 5000;

/** An app with a popup open, on a clock that stands still. */
async function opened(t, config) {
  const app = await start(t, { fake: { autoAnswer: null }, config });
  await app.prefetch();
  mockTimers(t);
  let outcome;
  const promise = app.tap().then((settled) => {
    outcome = settled;
    return settled;
  });
  const popup = await popupOf(app, promise);
  return { app, popup, promise, outcome: () => outcome };
}

const hide = ({ app }) => app.fake.emit('appHide');
const show = ({ app }) => app.fake.emit('appShow', {});

/** The user answers, and the call ends with that. */
async function answersNow(t, { popup, promise }) {
  popup.acceptAll();
  await pass(t, 20);
  assert.equal((await promise).status, 'answered');
}

function timedOut({ status, stage, error }) {
  assert.deepEqual(
    [status, stage, error.kind, error.retryable],
    ['failed', 'popup', 'timeout', true],
  );
}

describe('the mini-program is shown while a popup is open', () => {
  test('a show without a hide, as a payment brings it, ends nothing', async (t) => {
    const open = await opened(t);
    show(open);
    await pass(t, 10 * GRACE_MS);
    assert.equal(open.outcome(), undefined);
    await answersNow(t, open);
  });

  test('a show without a hide from the host itself ends nothing', async (t) => {
    const app = await start(t, {
      fake: { autoAnswer: null, showWhilePopupOpen: true },
      config: { popupGraceMs: 1 },
    });
    const outcome = app.tap();
    const popup = await popupOf(app, outcome);
    await new Promise((resolve) => setTimeout(resolve, 30));
    popup.acceptAll();
    assert.equal((await outcome).status, 'answered');
  });

  test('many shows without a hide end nothing', async (t) => {
    const open = await opened(t);
    for (let times = 0; times < 5; times += 1) {
      show(open);
      await pass(t, GRACE_MS);
    }
    assert.equal(open.outcome(), undefined);
    await answersNow(t, open);
  });

  test('a hide before the popup opened does not count', async (t) => {
    const app = await start(t, { fake: { autoAnswer: null } });
    await app.prefetch();
    app.fake.emit('appHide');
    app.fake.emit('appShow', {});
    mockTimers(t);
    const promise = app.tap();
    const popup = await popupOf(app, promise);
    await pass(t, 2 * GRACE_MS);
    await answersNow(t, { popup, promise });
  });

  test('a second show after one trip does not give more time', async (t) => {
    const open = await opened(t);
    hide(open);
    show(open);
    await pass(t, GRACE_MS - 100);
    show(open);
    await pass(t, 200);
    timedOut(open.outcome());
  });
});

describe('a trip to the background with a popup open', () => {
  test('ends a silent popup one grace after the return', async (t) => {
    const open = await opened(t);
    hide(open);
    await pass(t, 10 * GRACE_MS);
    assert.equal(open.outcome(), undefined, 'not while it is away');
    show(open);
    await pass(t, GRACE_MS - 100);
    assert.equal(open.outcome(), undefined);
    await pass(t, 200);
    timedOut(open.outcome());
  });

  test('a second trip within the grace begins it anew', async (t) => {
    const open = await opened(t);
    hide(open);
    show(open);
    await pass(t, GRACE_MS - 100);
    hide(open);
    await pass(t, 10 * GRACE_MS);
    assert.equal(open.outcome(), undefined);
    show(open);
    await pass(t, GRACE_MS - 100);
    assert.equal(open.outcome(), undefined);
    await answersNow(t, open);
  });

  test('of three trips the last return counts', async (t) => {
    const open = await opened(t);
    for (let trip = 0; trip < 3; trip += 1) {
      hide(open);
      await pass(t, 1000);
      show(open);
      await pass(t, GRACE_MS - 1000);
    }
    assert.equal(open.outcome(), undefined);
    await pass(t, 1100);
    timedOut(open.outcome());
  });

  test('an answer in the background counts at once', async (t) => {
    const open = await opened(t);
    hide(open);
    await answersNow(t, open);
  });
});

describe('a popup that never calls back', () => {
  test('ends as timeout after popupTimeoutMs, two minutes unless configured', async (t) => {
    const open = await opened(t);
    await pass(t, 119_000);
    assert.equal(open.outcome(), undefined);
    await pass(t, 2000);
    timedOut(open.outcome());
    assert.equal(open.app.eventNames().pop(), 'popupFailed');
  });

  test('ends as timeout after the popupTimeoutMs that is configured', async (t) => {
    const open = await opened(t, { popupTimeoutMs: 30_000 });
    await pass(t, 29_900);
    assert.equal(open.outcome(), undefined);
    await pass(t, 200);
    timedOut(open.outcome());
  });

  test('keeps further taps busy for ten seconds, and from then on the host is asked', async (t) => {
    const open = await opened(t);
    const { app } = open;
    const asked = () => app.optionsOf('requestSubscribeMessage').length;
    await pass(t, 9900);
    assert.equal((await app.tap()).error.kind, 'busy');
    assert.equal(asked(), 1);
    await pass(t, 200);
    const second = app.tap();
    assert.equal(asked(), 2);
    await pass(t, 20);
    assert.equal((await second).error.kind, 'busy', 'as the host says');
    await answersNow(t, open);
  });

  test('does not keep a tap from a popup of its own when the host has forgotten the first', async (t) => {
    const app = await start(t, { fake: { silentPopup: true, autoAnswer: () => ({}) } });
    await app.prefetch();
    mockTimers(t);
    const first = app.tap();
    await pass(t, 11_000);
    Object.assign(app.fake, { silentPopup: false, autoAnswer: (ids) => ({ [ids[0]]: 'accept' }) });
    const second = app.tap();
    await pass(t, 100);
    assert.deepEqual((await second).accepted, ['tmpl-a']);
    await pass(t, 120_000);
    timedOut(await first);
  });

  test('an answer after the timeout is reported all the same, and told', async (t) => {
    const open = await opened(t);
    await pass(t, 121_000);
    timedOut(open.outcome());
    open.popup.acceptAll();
    await pass(t, 100);
    await event(open.app, 'reportSent');
    assert.deepEqual(open.app.reports()[0].data.agreeTemplateIds, ['tmpl-a', 'tmpl-b']);
    assert.ok(open.app.eventNames().includes('popupAnswered'));
  });

  test('an answer after the timeout and a trip to the background is reported, too', async (t) => {
    const open = await opened(t);
    await pass(t, 121_000);
    for (let trip = 0; trip < 3; trip += 1) {
      hide(open);
      show(open);
      await pass(t, 2 * GRACE_MS);
    }
    assert.equal(
      open.app.eventNames().filter((name) => name === 'popupFailed').length,
      1,
      'it is told once',
    );
    open.popup.acceptAll();
    await pass(t, 100);
    await event(open.app, 'reportSent');
  });

  test('two that stay silent end one by one, and both late answers are reported', async (t) => {
    const late = [];
    const app = await start(t, {
      config: { popupTimeoutMs: 30_000 },
      wx: () => ({
        requestSubscribeMessage: ({ tmplIds, success }) => late.push({ tmplIds, success }),
      }),
    });
    await app.prefetch();
    mockTimers(t);
    const first = app.tap();
    await pass(t, 11_000);
    const second = app.tap();
    await pass(t, 31_000);
    timedOut(await first);
    timedOut(await second);
    late.forEach(({ tmplIds, success }) => success({ [tmplIds[0]]: 'accept' }));
    await pass(t, 1000);
    await macrotask();
    assert.equal(app.eventNames().filter((name) => name === 'reportSent').length, 2);
  });
});
