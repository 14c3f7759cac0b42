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
