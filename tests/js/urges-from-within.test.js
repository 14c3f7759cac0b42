// A function of the application that the SDK waits for may ask to send now. That
// is one round a minute, postponed and not lost: no loop without end.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');
const { event, onOneClock, sleep } = require('./support/steps.js');

const TEN_MINUTES_MS = 600_000;

/** Where a loop without end is cut, so that the test ends and can fail. */
const FUSE = 100;

const urges = {
  'calls flushReports': (app) => {
    app.sdk.flushReports();
  },
  'awaits flushReports': (app) => app.sdk.flushReports(),
  'calls setup': (app) => {
    app.setup();
  },
  'awaits setup': (app) => app.setup(),
};

/** `openId`, `header` and `signIn`, each of which does `urge` before it answers until the test ends; `calls` counts. */
function createUrging(t, app, urge) {
  const urging = { calls: 0 };
  t.after(() => {
    app.current = null;
  });
  const answering = (answer) => () => {
    urging.calls += 1;
    if (urging.calls > FUSE || !app.current) return answer;
    const waited = urge(app.current);
    return waited ? waited.then(() => answer) : answer;
  };
  urging.of = {
    openId: answering('user-1'),
    header: answering({ token: 'x' }),
    signIn: answering(undefined),
  };
  return urging;
}

/** Templates without a request, so that all of this happens for the report. */
const findCustomerPopTemplate = () => ({ data: ['tmpl-a'] });

describe('a function of the application that is asked during an attempt', () => {
  ['openId', 'header', 'signIn'].forEach((name) => {
    Object.entries(urges).forEach(([what, urge]) => {
      test(`${name} that ${what} does not freeze the page, and the report is delivered or kept`, async (t) => {
        const holder = {};
        const urging = createUrging(t, holder, urge);
        // The first attempt fails, so that there is a second one.
        let isUp = false;
        const failure = { statusCode: name === 'signIn' ? 401 : 503 };
        const app = await start(t, {
          config: { findCustomerPopTemplate, requestTimeoutMs: 50, [name]: urging.of[name] },
          answers: { popSubscribeResult: () => (isUp ? { json: {} } : failure) },
        });
        await app.tap();
        await event(app, 'reportPostponed');
        urging.calls = 0;
        holder.current = app;
        for (let turn = 0; turn < 4; turn += 1) {
          isUp = turn > 1;
          await Promise.race([app.flush(), sleep(200)]);
        }
        assert.ok(urging.calls <= 40, `${urging.calls} calls`);
        // An answer that waits for all to be sent waits for itself: it never comes in time.
        if (what === 'awaits flushReports') holder.current = null;
        await app.flush();
        await event(app, 'reportSent');
        assert.ok(!app.eventNames().includes('reportDropped'));
      });
    });
  });

  ['openId', 'header'].forEach((name) => {
    ['calls flushReports', 'calls setup'].forEach((what) => {
      test(`${name} that ${what} makes one round a minute while the back end fails, and the round is not lost`, async (t) => {
        const { clock, launch, tap } = onOneClock(t);
        const holder = {};
        const urging = createUrging(t, holder, urges[what]);
        const app = await launch({
          config: { findCustomerPopTemplate, [name]: urging.of[name] },
          answers: { popSubscribeResult: () => ({ statusCode: 503 }) },
        });
        holder.current = app;
        await tap(app);
        await clock.pass(TEN_MINUTES_MS, () => urging.calls > FUSE);
        const tries = app.reports().length;
        // By its back-off alone about nine; with a round at each minute about ten more. A round
        // that is asked for before the request leaves is served by that request.
        assert.ok(tries >= 9 && tries <= 30, `${tries} tries in ten minutes`);
      });
    });
  });
});
