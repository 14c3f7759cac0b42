// Measures one thing of one contestant in this process, and prints it as one
// line of JSON: a few samples, in µs, of each metric. Run by `run.js`:
//
//   node measure.js '{ "measure": "tap", "contestant": "wasm", "built": "…", "templates": 10 }'
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { launch } = require('./contestants.js');
const { createHost } = require('./host.js');

const TRIGGER = 1;
const EXTRA = { productName: '不锈钢球阀', price: '129.00', quantity: 3, remark: 'ring the bell' };

/** The least and the most repetitions of a measurement. */
const LEAST = 5;
const MOST = 20000;

/** How many samples of a process are kept: all processes have equal weight. */
const KEPT = 21;

/** Subscriptions of the warm-up, after which all caches of a contestant are filled. */
const SETTLED = 100;

const now = () => performance.now();

/** Samples of times in ms, as µs: from the smallest to the largest, evenly spaced in sorted order. */
function samplesOf(times) {
  const sorted = Float64Array.from(times, (ms) => ms * 1000).sort();
  if (sorted.length <= KEPT) return [...sorted];
  return Array.from(
    { length: KEPT },
    (_, at) => sorted[Math.round((at / (KEPT - 1)) * (sorted.length - 1))],
  );
}

/** The samples of each metric, of its times in ms. */
function answerOf(times) {
  return Object.fromEntries(
    Object.entries(times).map(([metric, list]) => [metric, samplesOf(list)]),
  );
}

/** Repeats `work` for so many milliseconds. */
async function repeat(ms, work) {
  const end = now() + ms;
  for (let n = 0; n < MOST && (n < LEAST || now() < end); n += 1) await work(n);
}

let moments = 0;

/** A tap with prefetched templates. Times: up to the host call, and up to the outcome and the sent report. */
async function subscribe(app, host, { isReported = true } = {}) {
  moments += 1;
  const busNo = `order-${moments}`;
  let popupAt = 0;
  host.onPopup = () => {
    popupAt = now();
  };
  await app.sdk.prefetchTemplates(TRIGGER, busNo);
  const sent = app.sent + 1;
  const began = now();
  const outcome = await app.sdk.asyncSubscribeMessage(TRIGGER, busNo, EXTRA);
  if (isReported && app.sent < sent) {
    await new Promise((resolve) => {
      app.onSent = resolve;
    });
  }
  const end = now();
  if (outcome.report !== 'queued')
    throw new Error(`it came to ${JSON.stringify(outcome).slice(0, 300)}`);
  return { tap: popupAt - began, whole: end - began, outcome, busNo };
}

/** Checks that the contestant did all of its work. */
async function check(app, host, templates) {
  const { outcome, busNo } = await subscribe(app, host);
  const { status, accepted, raw, report, ...lists } = outcome;
  assert.deepEqual([status, report, accepted.length], ['answered', 'queued', templates]);
  assert.deepEqual(raw, Object.fromEntries(accepted.map((id) => [id, 'accept'])));
  // An older build may lack some of the lists. All are empty here.
  ['rejected', 'banned', 'filtered', 'other', 'remaining'].forEach((name) =>
    assert.deepEqual(lists[name], []),
  );
  Object.values(lists).forEach((list) => assert.deepEqual(list, []));
  const { method, data, header } = host.newest;
  assert.deepEqual(data, {
    busNo,
    extraVariableMap: EXTRA,
    openId: 'openid-of-the-user',
    agreeTemplateIds: accepted,
    rejectTemplateIds: [],
  });
  assert.equal(method, 'POST');
  assert.match(header['Idempotency-Key'], /^.{20,}$/);
  assert.deepEqual(await app.sdk.flushReports(), { sent: 0, pending: 0 });
}

/** `require` to ready, then the first tap, in a process that has run none of it. */
async function start({ templates = 3, ...contestant }) {
  const host = createHost(templates);
  const app = await launch({ ...contestant, host });
  const { tap } = await subscribe(app, host);
  await check(app, host, templates);
  return answerOf({ start: [app.start.totalMs], firstTap: [tap] });
}

/** Taps of a warm process. */
async function tap({ templates = 3, triggers, warmUpMs = 300, measureMs = 400, ...contestant }) {
  const host = createHost(templates);
  const app = await launch({ ...contestant, host, triggers });
  await check(app, host, templates);
  await repeat(warmUpMs, () => subscribe(app, host));
  const times = { tap: [], whole: [], setup: [] };
  await repeat(measureMs, async () => {
    const taken = await subscribe(app, host);
    times.tap.push(taken.tap);
    times.whole.push(taken.whole);
  });
  await repeat(measureMs / 4, async () => {
    const began = now();
    await app.sdk.setup(app.config);
    times.setup.push(now() - began);
  });
  assert.equal(host.taken, app.sent);
  return answerOf(times);
}

/** Fills the outbox: the back end is down while these subscriptions are made. */
async function fill(app, host, count) {
  host.isUp = false;
  for (let n = 0; n < count; n += 1) await subscribe(app, host, { isReported: false });
}

const outboxFile = ({ built, contestant }) => path.join(built, `outbox-${contestant}.json`);

/** Saves the storage with each of these numbers of waiting reports, for the two measurements below. */
async function outboxes({ counts, ...contestant }) {
  const host = createHost(3);
  const app = await launch({ ...contestant, host });
  const kept = {};
  for (const [at, count] of counts.entries()) {
    await fill(app, host, count - (counts[at - 1] || 0));
    kept[count] = [...host.storage];
  }
  fs.writeFileSync(outboxFile(contestant), JSON.stringify(kept));
  return { pending: counts[counts.length - 1] };
}

/** That storage, for another launch. */
function storageWith(reports, contestant) {
  const kept = JSON.parse(fs.readFileSync(outboxFile(contestant), 'utf8'));
  return new Map(kept[reports]);
}

/** The least time between two rounds of attempts, which are limited to ten a second. */
const ROUND_MS = 110;

/** Has all that waits delivered. */
async function deliverAll(app, waiting) {
  await pause(ROUND_MS);
  assert.deepEqual(await app.sdk.flushReports(), { sent: waiting, pending: 0 });
}

/** One more subscription with this many waiting reports, up to the outcome. */
async function queued({ waiting, warmUpMs = 200, measureMs = 300, ...contestant }) {
  const host = createHost(3);
  const app = await launch({ ...contestant, host });
  await repeat(warmUpMs, () => subscribe(app, host));
  const times = [];
  const perRound = Math.max(1, Math.floor(waiting / 50));
  await fill(app, host, waiting);
  const end = now() + measureMs;
  for (;;) {
    for (let n = 0; n < perRound; n += 1) {
      const taken = await subscribe(app, host, { isReported: false });
      times.push(taken.whole);
    }
    if (now() > end) break;
    host.isUp = true;
    await deliverAll(app, waiting + perRound);
    await fill(app, host, waiting);
  }
  return answerOf({ whole: times });
}

/** A launch that finds this many reports in storage, up to the delivery of the last one, without the import. */
async function delivered({ delivered: reports, ...contestant }) {
  const host = createHost(3);
  host.storage = storageWith(reports, contestant);
  const app = await launch({ ...contestant, host });
  while (app.sent < reports) await new Promise(setImmediate);
  const ms = app.sentAt - app.start.loadedAt;
  assert.equal(host.taken, reports);
  assert.deepEqual(await app.sdk.flushReports(), { sent: 0, pending: 0 });
  return answerOf({ setup: [ms] });
}

/** How many calls from wasm to JavaScript a subscription makes; this does not depend on the load of the machine. */
async function calls({ templates = 3, ...contestant }) {
  const host = createHost(templates);
  const app = await launch({ ...contestant, host, isCounting: true });
  for (let n = 0; n < SETTLED; n += 1) await subscribe(app, host);
  await app.sdk.prefetchTemplates(TRIGGER, 'order-0');
  const sent = new Promise((resolve) => {
    app.onSent = resolve;
  });
  app.clock.calls = 0;
  let tapCalls = 0;
  host.onPopup = () => {
    tapCalls = app.clock.calls;
  };
  await app.sdk.asyncSubscribeMessage(TRIGGER, 'order-0', EXTRA);
  await sent;
  return { tapCalls: [tapCalls], wholeCalls: [app.clock.calls] };
}

/** The name that a Linux distribution gives itself, or else the kernel's. */
function system() {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))[1];
  } catch (_) {
    return `${os.type()} ${os.release()}`;
  }
}

/** The machine. */
function machine() {
  const [{ model }] = os.cpus();
  return {
    cpu: model.trim(),
    cores: os.cpus().length,
    os: `${system()} ${os.arch()}`,
    node: process.version,
    v8: process.versions.v8,
    date: new Date().toISOString().slice(0, 10),
  };
}

const MEASURES = { start, tap, outboxes, queued, delivered, calls, machine };

/**
 * `cpuShare` is how much of a core this process had. Well below 1, the machine
 * was busy and the times are unreliable.
 */
async function main() {
  const { measure, ...options } = JSON.parse(process.argv[2]);
  const began = now();
  const before = process.cpuUsage();
  const answer = await MEASURES[measure](options);
  const { user, system: kernel } = process.cpuUsage(before);
  const cpuShare = (user + kernel) / 1000 / (now() - began);
  process.stdout.write(`${JSON.stringify({ answer, cpuShare })}\n`);
}

main();
