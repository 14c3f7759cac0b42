// A hundred thousand subscriptions in a row on one instance leave nothing
// behind: no memory, no object, no timer, no listener.
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');

const { BUILD } = require('./support/bare-context.js');

const SCRIPT = path.join(__dirname, 'support/soak.js');
const FIRST = 1_000;
const LAST = 100_000;
/** Until here the engine makes notes on what runs often, half a megabyte for the fallback. */
const WARM = 30_000;
/** How much these may grow from there on. A leak of four bytes a subscription is more. */
const TOLERANCE_BYTES = 256 * 1024;

test('a hundred thousand subscriptions in a row leave nothing behind', async (t) => {
  const marks = [FIRST, WARM, LAST];
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    SCRIPT,
    ...marks.map(String),
  ]);
  const { build, seconds, figures, outcomes, events, calls } = JSON.parse(stdout);
  assert.equal(build, BUILD);
  assert.deepEqual(
    figures.map(({ subscriptions }) => subscriptions),
    marks,
  );
  t.diagnostic(`${build}: ${LAST} subscriptions in ${seconds} s`);
  figures.forEach(({ subscriptions, ...figure }) => {
    t.diagnostic(`after ${subscriptions}: ${JSON.stringify(figure)}`);
  });

  // All ways were gone, and each to its own end.
  const ends = Object.fromEntries(
    Object.entries(outcomes).map(([way, counts]) => [way, Object.keys(counts).join()]),
  );
  assert.deepEqual(ends, {
    'accepted, fetched ahead': 'answered',
    'accepted in part, with some left for the next tap': 'answered',
    rejected: 'answered',
    banned: 'answered',
    'failed, as the main switch is off': 'failed',
    'failed, as the network is down': 'failed',
    'nothing to ask': 'noTemplates',
    'unknown trigger': 'failed',
    'busy for a second tap': 'failed',
    'reported at the second attempt': 'answered',
  });
  assert.equal(events.reportSent, events.reportQueued);
  assert.ok(events.reportSent > LAST / 10 && events.reportPostponed > LAST / 100);
  assert.equal(events.reportDropped, undefined);
  assert.equal(events.outboxDamaged, undefined);

  const [first, warm, last] = figures;
  const exact = ({ subscriptions, heapBytes, storageBytes, ...figure }) => figure;
  assert.deepEqual(exact(last), exact(first));
  assert.equal(
    last.storageBytes,
    first.storageBytes,
    'storage keeps nothing of what was delivered',
  );
  assert.deepEqual([last.timers, last.listeners], [0, 3]);
  assert.deepEqual([calls.onAppShow, calls.onAppHide, calls.onNetworkStatusChange], [1, 1, 1]);
  const more = last.heapBytes - warm.heapBytes;
  assert.ok(more <= TOLERANCE_BYTES, `JavaScript holds ${more} bytes more than after ${WARM}`);
});
