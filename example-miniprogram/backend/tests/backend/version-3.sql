-- The third release: from version 2, with what it stored.
-- How often WeChat has said of this grant that the user refuses.
ALTER TABLE grants ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;

-- Why it was not sent, or is not known to be: JSON, as it was answered.
ALTER TABLE messages ADD COLUMN failure TEXT;

-- What came of each key, so that nobody sends twice with one. A key
-- outlives its message.
CREATE TABLE send_keys (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    message INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    no_grant_of TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT, WITHOUT ROWID;

CREATE INDEX send_keys_of_message ON send_keys (message);

UPDATE grants SET refusals = 1 WHERE id = 5;
INSERT INTO send_keys (key, request, message, no_grant_of)
    VALUES ('key-1', '["user-1","shipped",null,{}]', NULL, 'my-shipped');

PRAGMA user_version = 3;
