// Checks of outcomes and events against the types of the SDK: every key, no
// other, and each of its type. A failed check throws.
'use strict';

const assert = require('node:assert/strict');

/** The openId in these tests; no event and no message may contain it. */
const OPEN_ID = 'openid-of-the-user';

const KINDS_BY_STAGE = {
  setup: ['badArgument', 'wasmUnavailable', 'internal'],
  trigger: ['badArgument', 'unknownTrigger'],
  settings: ['network', 'timeout', 'unsupportedHost'],
  templates: ['badArgument', 'badResponse', 'network', 'timeout', 'unsupportedHost'],
  popup: [
    'badArgument',
    'badResponse',
    'network',
    'timeout',
    'unsupportedHost',
    'notTapped',
    'busy',
    'background',
    'templateNotFound',
    'mixedTemplateTypes',
    'tooManyTemplates',
    'mainSwitchOff',
    'banned',
    'deviceTemplate',
    'cancelled',
    'unknown',
  ],
};
const KINDS = new Set(Object.values(KINDS_BY_STAGE).flat());
const LONGEST_MESSAGE = 1000;

// ---------------------------------------------------------------------------
// Values

const text = (value) => assert.equal(typeof value, 'string');
const time = (value) => assert.ok(Number.isFinite(value) && value >= 0);
const flag = (value) => assert.equal(typeof value, 'boolean');
const id = (value) => {
  text(value);
  assert.notEqual(value, '');
};
const ids = (value) => {
  assert.ok(Array.isArray(value));
  value.forEach(id);
  assert.equal(new Set(value).size, value.length, 'an id is there twice');
};
const words = (value) => {
  assert.ok(value !== null && typeof value === 'object' && !Array.isArray(value));
  Object.keys(value).forEach((key) => text(value[key]));
};
const oneOf =
  (...values) =>
  (value) =>
    assert.ok(values.includes(value), `${String(value)} is none of ${values}`);
const orNull = (check) => (value) => value === null || check(value);

/** A check of an object that has these members and no other. */
const members = (checks) => (value) => {
  assert.ok(value !== null && typeof value === 'object', `${String(value)} is no object`);
  assert.deepEqual(Object.keys(value).sort(), Object.keys(checks).sort());
  Object.entries(checks).forEach(([key, check]) => check(value[key]));
};

const failureOf = (kinds) => (value) => {
  members({
    kind: oneOf(...kinds),
    code: orNull((code) => assert.ok(Number.isInteger(code))),
    message: (message) => {
      id(message);
      assert.ok(message.length <= LONGEST_MESSAGE, `a message of ${message.length} characters`);
    },
    retryable: flag,
  })(value);
};
const failure = failureOf(KINDS);

/** Neither a key nor a value of it holds the openId. */
function holdsNoOpenId(value) {
  const all = JSON.stringify(value) || '';
  const at = all.indexOf(OPEN_ID);
  assert.ok(
    at < 0,
    `the openId gets out: …${all.slice(Math.max(0, at - 200), at + OPEN_ID.length)}…`,
  );
}

// ---------------------------------------------------------------------------
// Outcomes

const LISTS = ['accepted', 'rejected', 'banned', 'filtered', 'other'];

const answered = members({
  status: oneOf('answered'),
  ...Object.fromEntries(LISTS.map((list) => [list, ids])),
  raw: words,
  remaining: ids,
  keptRejected: orNull(ids),
  report: oneOf('queued', 'unsaved', 'none'),
});

const OUTCOMES = {
  answered(outcome) {
    answered(outcome);
    const asked = LISTS.flatMap((list) => outcome[list]);
    ids([...asked, ...outcome.remaining]);
    assert.ok(asked.length > 0, 'answered without a question');
    assert.ok(Object.keys(outcome.raw).length > 0, 'answered without a word');
    Object.keys(outcome.raw).forEach((key) =>
      assert.ok(asked.includes(key), `a word for ${key}, which was not asked`),
    );
    const { accepted, rejected, keptRejected, report } = outcome;
    (keptRejected || []).forEach((kept) =>
      assert.ok(rejected.indexOf(kept) >= 0, `${kept} is kept but not rejected`),
    );
    assert.equal(report === 'none', accepted.length + rejected.length === 0);
  },
  noTemplates: members({ status: oneOf('noTemplates') }),
  skipped(outcome) {
    const until = outcome.reason === 'coolDown' ? { until: time } : {};
    members({
      status: oneOf('skipped'),
      reason: oneOf('notKept', 'coolDown', 'aborted'),
      ...until,
    })(outcome);
  },
  failed(outcome) {
    members({
      status: oneOf('failed'),
      stage: oneOf(...Object.keys(KINDS_BY_STAGE)),
      error: failure,
    })(outcome);
    oneOf(...KINDS_BY_STAGE[outcome.stage])(outcome.error.kind);
  },
};

/** Checks what asyncSubscribeMessage resolves to. */
function checkOutcome(outcome) {
  assert.ok(outcome !== null && typeof outcome === 'object', `the outcome is ${String(outcome)}`);
  assert.ok(Object.hasOwn(OUTCOMES, outcome.status), `the status is ${String(outcome.status)}`);
  OUTCOMES[outcome.status](outcome);
  holdsNoOpenId(outcome);
}

/** Checks what setup, or a call before it, is rejected with. */
function checkSetupError(error) {
  const { kind, code, message, retryable } = error || {};
  failureOf(KINDS_BY_STAGE.setup)({ kind, code, message, retryable });
  holdsNoOpenId(message);
}

// ---------------------------------------------------------------------------
// The other calls

const SETTINGS = { mainSwitch: orNull(flag), items: words };
const checkSettings = members(SETTINGS);
const checkOpenedSettings = members({
  ...SETTINGS,
  error: orNull(failureOf(KINDS_BY_STAGE.popup)),
});

const count = (value) => assert.ok(Number.isInteger(value) && value >= 0);
const checkFlushed = members({ sent: count, pending: count });

const PREVIEWS = ['ask', 'silent', 'nothing', 'blocked', 'unknown'];
const preview = members({
  status: oneOf(...PREVIEWS),
  ask: ids,
  keptAccepted: ids,
  keptRejected: ids,
  mainSwitch: orNull(flag),
  coolDownUntil: orNull(time),
});

function checkPreview(value) {
  preview(value);
  const { status, ask, keptAccepted, keptRejected, mainSwitch } = value;
  ids([...ask, ...keptAccepted, ...keptRejected]);
  if (status === 'ask') assert.ok(ask.length > 0);
  if (status === 'silent') assert.ok(ask.length === 0 && keptAccepted.length > 0);
  if (status === 'nothing') assert.ok(ask.length + keptAccepted.length + keptRejected.length === 0);
  if (status === 'blocked')
    assert.ok(mainSwitch === false || ask.length + keptAccepted.length === 0);
  if (status === 'unknown')
    assert.ok(keptAccepted.length + keptRejected.length === 0 && mainSwitch === null);
  if (status === 'ask' || status === 'silent') assert.notEqual(mainSwitch, false);
}

const waitingReport = members({
  reportId: id,
  queuedAt: time,
  attempts: count,
  nextTryInMs: orNull(time),
  saved: flag,
  lastError: orNull(failure),
});

const running = members({
  status: oneOf('running'),
  version: id,
  engine: oneOf('wasm', 'fallback'),
  waiting: (reports) => reports.forEach(waitingReport),
  lastPopup: orNull(members({ at: time, event: checkEvent })),
  learnedLimit: orNull(members({ most: count, at: time })),
  storage: oneOf('ok', 'unsaved', 'unlisted', 'unreadable', 'newerVersion'),
});
const notRunning = members({
  status: oneOf('notRunning'),
  version: id,
  engine: oneOf(null),
  error: failure,
});

function checkDiagnostics(value) {
  (value.status === 'running' ? running : notRunning)(value);
  holdsNoOpenId(value);
}

// ---------------------------------------------------------------------------
// Events

const moment = { triggerAct: text, busNo: text };
const report = members({
  busNo: text,
  extraVariableMap: () => {},
  agreeTemplateIds: ids,
  rejectTemplateIds: ids,
});

const EVENTS = {
  templatesFound: { ...moment, templateIds: ids },
  templatesFailed: { ...moment, error: failure },
  popupRequested: { ...moment, templateIds: ids },
  popupAnswered: {
    ...moment,
    accepted: ids,
    rejected: ids,
    counts: members({
      accepted: count,
      rejected: count,
      banned: count,
      filtered: count,
      other: count,
    }),
    elapsedMs: time,
    topUp: flag,
  },
  popupFailed: { ...moment, error: failure },
  skipped: { ...moment, reason: oneOf('notKept', 'coolDown', 'aborted') },
  reportQueued: { reportId: id, saved: flag },
  reportSent: { reportId: id },
  reportPostponed: {
    reportId: id,
    retryInMs: (ms) => assert.ok(ms >= 0 && ms <= 600_000),
    error: failure,
  },
  reportDropped: { reportId: id, error: orNull(failure), report },
  outboxDamaged: {},
  outboxCleared: {},
  templatesLeftOut: { ...moment, count },
};

/** Checks what `onEvent` is given. */
function checkEvent(event) {
  assert.ok(Object.hasOwn(EVENTS, event.name), `the event is ${String(event.name)}`);
  const until = event.reason === 'coolDown' ? { until: time } : {};
  members({ name: text, ...EVENTS[event.name], ...until })(event);
  holdsNoOpenId(event);
}

exports.KINDS = KINDS;
exports.OPEN_ID = OPEN_ID;
exports.checkDiagnostics = checkDiagnostics;
exports.checkEvent = checkEvent;
exports.checkFlushed = checkFlushed;
exports.checkOpenedSettings = checkOpenedSettings;
exports.checkOutcome = checkOutcome;
exports.checkPreview = checkPreview;
exports.checkSettings = checkSettings;
exports.checkSetupError = checkSetupError;
exports.holdsNoOpenId = holdsNoOpenId;
