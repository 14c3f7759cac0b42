// Measures one thing of one contestant in this process, and prints it as one
// line of JSON. Run by `cargo xtask bench`:
//
//   node measure.js '{ "measure": "tap", "contestant": "wasm", "built": "…", "templates": 10 }'
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { launch } = require('./contestants.js');
const { createHost } = require('./host.js');

const TRIGGER = 1;
const EXTRA = { productName: '不锈钢球阀', price: '129.00', quantity: 3, remark: 'ring the bell' };

/** Whatever is measured for a while: never less often, nor more often, than this. */
const LEAST = 5;
const MOST = 20000;

/** After so many subscriptions, what a contestant remembers of the past is all there. */
const SETTLED = 100;

const now = () => performance.now();

/** Sorted, of times in ms: the median and the spread, in µs. */
function spread(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (part) => sorted[Math.round(part * (sorted.length - 1))] * 1000;
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9), samples: sorted.length };
}

/** Repeats `work` for so many milliseconds. */
async function repeat(ms, work) {
  const end = now() + ms;
  for (let n = 0; n < MOST && (n < LEAST || now() < end); n += 1) await work(n);
}

let moments = 0;

/** A tap with its templates prefetched. Its times: up to the host call, and up to the outcome and the sent report. */
async function subscribe(app, host, { isReported = true } = {}) {
  moments += 1;
  const busNo = `order-${moments}`;
  let popupAt = 0;
  host.onPopup = () => {
    popupAt = now();
  };
  const before = now();
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
  if (outcome.report !== 'queued') throw new Error(`it came to ${JSON.stringify(outcome).slice(0, 300)}`);
  return { prefetch: began - before, tap: popupAt - began, whole: end - began, outcome, busNo };
}

/** That what is measured does what it should: a contestant that cuts corners is not in the race. */
async function check(app, host, templates) {
  const { outcome, busNo } = await subscribe(app, host);
  const { accepted, ...rest } = outcome;
  const raw = Object.fromEntries(accepted.map((id) => [id, 'accept']));
  const [rejected, banned, filtered, other, remaining] = [[], [], [], [], []];
  assert.equal(accepted.length, templates);
  assert.deepEqual(rest, { status: 'answered', rejected, banned, filtered, other, raw, remaining, report: 'queued' });
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
  const { tap, whole } = await subscribe(app, host);
  await check(app, host, templates);
  return { ...app.start, firstTapUs: tap * 1000, firstWholeUs: whole * 1000 };
}

/** Taps of a process that has been at it for a while. */
async function tap({ templates = 3, triggers, warmUpMs = 300, measureMs = 400, ...contestant }) {
  const host = createHost(templates);
  const app = await launch({ ...contestant, host, triggers });
  await check(app, host, templates);
  await repeat(warmUpMs, () => subscribe(app, host));
  const times = { prefetch: [], tap: [], whole: [], configure: [] };
  await repeat(measureMs, async () => {
    const taken = await subscribe(app, host);
    ['prefetch', 'tap', 'whole'].forEach((what) => times[what].push(taken[what]));
  });
  await repeat(measureMs / 4, async () => {
    const began = now();
    await app.sdk.setup(app.config);
    times.configure.push(now() - began);
  });
  assert.equal(host.taken, app.sent);
  return Object.fromEntries(Object.entries(times).map(([what, list]) => [what, spread(list)]));
}

/** Fills the outbox: the back end is down while these subscriptions are made. */
async function fill(app, host, count) {
  host.isUp = false;
  for (let n = 0; n < count; n += 1) await subscribe(app, host, { isReported: false });
}

const outboxFile = ({ built, contestant }) => path.join(built, `outbox-${contestant}.json`);

/** Keeps what storage holds with each of these numbers of reports waiting, for the two measures below. */
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

/** What storage held then, as another launch finds it. */
function storageWith(reports, contestant) {
  const kept = JSON.parse(fs.readFileSync(outboxFile(contestant), 'utf8'));
  return new Map(kept[reports]);
}

/** One more subscription with so many reports waiting, up to the outcome: it is queued behind them. */
async function queued({ reports, warmUpMs = 200, measureMs = 300, ...contestant }) {
  const host = createHost(3);
  const app = await launch({ ...contestant, host });
  await repeat(warmUpMs, () => subscribe(app, host));
  const times = { tap: [], whole: [] };
  const perRound = Math.max(1, Math.floor(reports / 50));
  const end = now() + measureMs;
  host.isUp = false;
  host.storage = storageWith(reports, contestant);
  assert.deepEqual(await app.sdk.flushReports(), { sent: 0, pending: reports });
  for (;;) {
    for (let n = 0; n < perRound; n += 1) {
      const taken = await subscribe(app, host, { isReported: false });
      times.tap.push(taken.tap);
      times.whole.push(taken.whole);
    }
    if (now() > end) break;
    host.isUp = true;
    assert.deepEqual(await app.sdk.flushReports(), { sent: reports + perRound, pending: 0 });
    await fill(app, host, reports);
  }
  return { tap: spread(times.tap), whole: spread(times.whole) };
}

/** Watches how long the engine spends on JSON for the contestant; `stop()` gives it in ms. */
function watchJson() {
  const { parse, stringify } = JSON;
  let ms = 0;
  const watched = (real) => (...given) => {
    const began = now();
    try {
      return real(...given);
    } finally {
      ms += now() - began;
    }
  };
  JSON.parse = watched(parse);
  JSON.stringify = watched(stringify);
  return {
    stop() {
      Object.assign(JSON, { parse, stringify });
      return ms;
    },
  };
}

/** The start of a launch that finds so many reports in storage, and delivers them all. */
async function drain({ reports, ...contestant }) {
  const host = createHost(3);
  host.storage = storageWith(reports, contestant);
  const json = watchJson();
  const app = await launch({ ...contestant, host });
  const jsonMs = json.stop();
  assert.equal(host.taken, reports);
  assert.deepEqual(await app.sdk.flushReports(), { sent: 0, pending: 0 });
  const { totalMs, importMs, instantiateMs } = app.start;
  const ms = totalMs - importMs - instantiateMs;
  return { setup: spread([ms]), jsonShare: jsonMs / ms };
}

/**
 * What the host itself costs: the calls that one subscription makes, made again by hand. And how often the
 * subscription leaves the module for JavaScript, which no other program on the machine disturbs.
 */
async function host({ templates = 3, measureMs = 400, ...contestant }) {
  const host = createHost(templates);
  const app = await launch({ ...contestant, host, isCounting: true });
  for (let n = 0; n < SETTLED; n += 1) await subscribe(app, host);
  const calls = [];
  const noted = (members) =>
    Object.fromEntries(
      Object.entries(members).map(([name, real]) => [
        name,
        (...given) => {
          calls.push([members, name, given]);
          return real(...given);
        },
      ]),
    );
  const real = { ...host.wx };
  const isPopup = ([, name]) => name === 'requestSubscribeMessage';
  await app.sdk.prefetchTemplates(TRIGGER, 'order-0');
  const sent = new Promise((resolve) => {
    app.onSent = resolve;
  });
  Object.assign(host.wx, noted(real));
  Object.assign(globalThis, noted(host.timers));
  app.clock.crossings = 0;
  let tapCrossings = 0;
  host.onPopup = () => {
    tapCrossings = app.clock.crossings;
  };
  await app.sdk.asyncSubscribeMessage(TRIGGER, 'order-0', EXTRA);
  await sent;
  const { crossings } = app.clock;
  host.onPopup = () => {};
  Object.assign(host.wx, real);
  Object.assign(globalThis, host.timers);

  const silent = calls.map(([members, name, given]) => {
    const isCall = typeof given[0] === 'object' && given[0] !== null;
    return [members, name, isCall ? [{ ...given[0], success() {}, fail() {} }] : given];
  });
  const replay = (list) => {
    const began = now();
    list.forEach(([members, name, given]) => members[name](...given));
    return now() - began;
  };
  const upToPopup = silent.slice(0, silent.findIndex(isPopup) + 1);
  const times = { tap: [], whole: [] };
  await repeat(measureMs, () => {
    times.tap.push(replay(upToPopup));
    times.whole.push(replay(silent));
  });
  const count = (wanted) => silent.filter(([, name]) => name === wanted).length;
  return {
    tap: spread(times.tap),
    whole: spread(times.whole),
    tapCrossings,
    crossings,
    calls: silent.length,
    storageReads: count('getStorageSync'),
    storageWrites: count('setStorageSync'),
  };
}

/** The name that a Linux distribution gives itself, or else the kernel's. */
function system() {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))[1];
  } catch (_) {
    return `${os.type()} ${os.release()}`;
  }
}

/** What it runs on. */
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

const MEASURES = { start, tap, outboxes, queued, drain, host, machine };

/**
 * `cpuShare` is how much of a core this process had: well below 1, others were
 * at work on the machine, and its times say little.
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
