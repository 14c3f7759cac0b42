-- When and where the answer was given, as its report says: seconds since 1970,
-- the arrival minus a plausible `Subscribe-Age`, and the `Subscribe-Trigger`.
ALTER TABLE answers ADD COLUMN answered_at INTEGER;
ALTER TABLE answers ADD COLUMN trigger_act TEXT;

-- What WeChat pushed of a user's consents: one row for each template that was
-- accepted in a popup, or revoked in the settings. `at` is WeChat's time.
CREATE TABLE consent_events (
    id INTEGER PRIMARY KEY,
    open_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('accept', 'revoke')),
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX consent_events_of_user ON consent_events (open_id, template_id, kind);

-- The pushes that were stored: WeChat repeats one that it takes for lost.
CREATE TABLE pushes (
    hash BLOB PRIMARY KEY,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT, WITHOUT ROWID;

-- A grant is one consent, witnessed by an answer, by an event, or by both.
-- `revoked`: the user took it back in the settings, as far as its time tells.
CREATE TABLE new_grants (
    id INTEGER PRIMARY KEY,
    open_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    answer INTEGER REFERENCES answers (number) ON DELETE CASCADE,
    event INTEGER REFERENCES consent_events (id),
    state TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'sending', 'spent', 'void', 'unknown')),
    spent_at TEXT,
    refusals INTEGER NOT NULL DEFAULT 0,
    revoked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (answer, template_id),
    CHECK (answer IS NOT NULL OR event IS NOT NULL),
    CHECK ((state = 'spent') = (spent_at IS NOT NULL))
) STRICT;

INSERT INTO new_grants (id, open_id, template_id, answer, state, spent_at, refusals)
    SELECT id, open_id, template_id, answer, state, spent_at, refusals
    FROM grants JOIN answers ON number = answer;
DROP TABLE grants;
ALTER TABLE new_grants RENAME TO grants;
CREATE INDEX grants_of_user ON grants (open_id, template_id);

-- A message of a long-term template uses nothing up. `delivered_at`: WeChat
-- pushed that it delivered the message.
ALTER TABLE messages ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;
ALTER TABLE messages ADD COLUMN delivered_at TEXT;
DROP INDEX one_message_a_grant;
CREATE UNIQUE INDEX one_message_a_grant ON messages (grant_id)
    WHERE status <> 'failed' AND counted;

-- What an operator says of a template; without a row it is one-time, and there
-- are never enough grants. `enough`: with so many open grants it is not offered.
CREATE TABLE template_kinds (
    template_id TEXT PRIMARY KEY CHECK (template_id <> ''),
    kind TEXT NOT NULL DEFAULT 'oneTime'
        CHECK (kind IN ('oneTime', 'longTerm', 'limitedLongTerm')),
    enough INTEGER CHECK (enough > 0)
) STRICT, WITHOUT ROWID;

-- Signs the sessions of users.
CREATE TABLE session_keys (key BLOB NOT NULL CHECK (length(key) = 64)) STRICT;
INSERT INTO session_keys VALUES (randomblob(64));
