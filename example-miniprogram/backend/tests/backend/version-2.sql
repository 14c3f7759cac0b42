-- What the second release made of the first one's database, and some messages
-- that were sent since. To be run after version-1.sql.
-- The keyword fields of a template's message. A template belongs to scenes
-- by its id, so that there is no one row of `templates` to refer to.
CREATE TABLE template_fields (
    template_id TEXT NOT NULL CHECK (template_id <> ''),
    position INTEGER NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    label TEXT NOT NULL,
    variable TEXT NOT NULL,
    PRIMARY KEY (template_id, position),
    UNIQUE (template_id, key)
) STRICT, WITHOUT ROWID;

-- The row number is the order in which they were given.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    answer INTEGER NOT NULL REFERENCES answers (number) ON DELETE CASCADE,
    template_id TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'sending', 'spent', 'void', 'unknown')),
    spent_at TEXT,
    UNIQUE (answer, template_id),
    CHECK ((state = 'spent') = (spent_at IS NOT NULL))
) STRICT;

INSERT OR IGNORE INTO grants (answer, template_id)
    SELECT answers.number, accepted.value
    FROM answers, json_each(answers.agree_template_ids) AS accepted
    ORDER BY answers.number, accepted.key;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    grant_id INTEGER NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    occasion TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
    errcode INTEGER,
    errmsg TEXT,
    msgid TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- Whatever the program does, a grant never pays for two messages.
CREATE UNIQUE INDEX one_message_a_grant ON messages (grant_id) WHERE status <> 'failed';
CREATE INDEX messages_of_grant ON messages (grant_id);

INSERT INTO template_fields VALUES
    ('my-shipped', 1, 'character_string1', '订单编号', 'busNo'),
    ('my-shipped', 2, 'time4', '发货时间', 'now');

-- In the order of their grants: open, spent, void, unknown, and open again.
UPDATE grants SET state = 'spent', spent_at = '2026-01-06T00:00:00.000Z' WHERE id = 2;
UPDATE grants SET state = 'void' WHERE id = 3;
UPDATE grants SET state = 'unknown' WHERE id = 4;

INSERT INTO messages (grant_id, occasion, status, errcode, errmsg, msgid) VALUES
    (2, 'shipped', 'sent', 0, 'ok', '7'),
    (3, 'shipped', 'failed', 43101, 'user refuse to accept the msg', NULL),
    (4, 'shipped', 'unknown', NULL, 'no answer', NULL),
    (5, 'shipped', 'failed', 43101, 'user refuse to accept the msg', NULL);

PRAGMA user_version = 2;
