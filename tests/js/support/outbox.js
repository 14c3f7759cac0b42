// The outbox as the host's storage holds it. Only this file knows the layout.
'use strict';

/** The key of the outbox in storage. */
const OUTBOX = 'wx-subscribe:outbox';

/** What the outbox of a storage holds; nothing if there is none. */
const outboxIn = (storage) => (storage[OUTBOX] ? JSON.parse(JSON.parse(storage[OUTBOX])) : {});

/** The reports that wait in a storage: `{ id, body }`, and when each is due. */
const waitingIn = (storage) => outboxIn(storage).reports || [];

/** The ids of the reports that a storage remembers as delivered or dropped. */
const doneIn = (storage) => outboxIn(storage).done || [];

/** Puts a text into storage as the outbox. */
function putOutboxText(storage, text) {
  storage[OUTBOX] = JSON.stringify(text);
}

/** Puts a value into storage as the outbox. */
const putOutbox = (storage, value) => putOutboxText(storage, JSON.stringify(value));

/** Puts reports into storage, each `{ id, body }`. */
const putReports = (storage, reports) => putOutbox(storage, { version: 1, reports });

exports.OUTBOX = OUTBOX;
exports.doneIn = doneIn;
exports.putOutbox = putOutbox;
exports.putOutboxText = putOutboxText;
exports.putReports = putReports;
exports.waitingIn = waitingIn;
