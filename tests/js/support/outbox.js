// The outbox as the host's storage holds it. Only this file knows the layout.
'use strict';

/** The key of the marker, and of the whole outbox in version 1. */
const OUTBOX = 'wx-subscribe:outbox';

/** What the key of a report begins with. */
const REPORT = 'wx-subscribe:report:';

/** What the text in a cell says; nothing if it says nothing. */
function parsed(cell) {
  try {
    const kept = JSON.parse(cell);
    return typeof kept === 'string' ? JSON.parse(kept) : kept;
  } catch (_) {
    return undefined;
  }
}

const reportKeysIn = (storage) => Object.keys(storage).filter((key) => key.startsWith(REPORT));

/** The reports of version 1 that a storage holds. */
const oldReportsIn = (storage) => (parsed(storage[OUTBOX]) || {}).reports || [];

/** The reports that wait in a storage: `{ id, body }`, and when each is due. */
function waitingIn(storage) {
  const reports = reportKeysIn(storage)
    .map((key) => ({ id: key.slice(REPORT.length), ...parsed(storage[key]) }))
    .filter(({ body }) => body);
  const known = new Set(reports.map(({ id }) => id));
  return [...reports, ...oldReportsIn(storage).filter(({ id }) => !known.has(id))];
}

/** The keys of the outbox in a storage in which nothing waits. */
const RESTING = [OUTBOX];

/** All keys of the outbox. */
const keysIn = (storage) =>
  Object.keys(storage).filter((key) => key === OUTBOX || key.startsWith(REPORT));

/** The outbox in a storage, as text. */
const textIn = (storage) =>
  keysIn(storage)
    .map((key) => `${key} ${storage[key]}`)
    .join('\n');

/** Takes the outbox out of a storage. */
const clearOutbox = (storage) => keysIn(storage).forEach((key) => delete storage[key]);

/** Puts a text into storage as the marker, or as the outbox of version 1. */
function putOutboxText(storage, text) {
  storage[OUTBOX] = JSON.stringify(text);
}

/** Puts a value into storage as the marker, or as the outbox of version 1. */
const putOutbox = (storage, value) => putOutboxText(storage, JSON.stringify(value));

/** Puts reports into storage, each `{ id, body }`, as version 1 did. */
const putOldReports = (storage, reports) => putOutbox(storage, { version: 1, reports });

/** Puts a text into storage as a report. */
function putReportText(storage, id, text) {
  storage[REPORT + id] = JSON.stringify(text);
}

/** Puts reports into storage, each `{ id, body }`, and nothing else. */
function putReports(storage, reports) {
  clearOutbox(storage);
  putOutbox(storage, { version: 2 });
  reports.forEach(({ id, ...report }) => putReportText(storage, id, JSON.stringify(report)));
}

/** Whether a key is of the outbox. */
const isOutboxKey = (key) => typeof key === 'string' && (key === OUTBOX || key.startsWith(REPORT));

exports.OUTBOX = OUTBOX;
exports.REPORT = REPORT;
exports.RESTING = RESTING;
exports.clearOutbox = clearOutbox;
exports.isOutboxKey = isOutboxKey;
exports.keysIn = keysIn;
exports.putOldReports = putOldReports;
exports.putOutbox = putOutbox;
exports.putOutboxText = putOutboxText;
exports.putReportText = putReportText;
exports.putReports = putReports;
exports.textIn = textIn;
exports.waitingIn = waitingIn;
