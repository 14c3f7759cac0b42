CREATE TABLE scenes (
    trigger_act TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
    trigger_act TEXT NOT NULL
        REFERENCES scenes (trigger_act) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL,
    template_id TEXT NOT NULL CHECK (template_id <> ''),
    title TEXT NOT NULL,
    PRIMARY KEY (trigger_act, position),
    UNIQUE (trigger_act, template_id),
    UNIQUE (trigger_act, title)
) STRICT, WITHOUT ROWID;

-- The row number is the order of arrival.
CREATE TABLE answers (
    number INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE,
    bus_no TEXT NOT NULL,
    extra_variable_map TEXT NOT NULL CHECK (json_type(extra_variable_map) = 'object'),
    open_id TEXT NOT NULL,
    agree_template_ids TEXT NOT NULL CHECK (json_type(agree_template_ids) = 'array'),
    reject_template_ids TEXT NOT NULL CHECK (json_type(reject_template_ids) = 'array'),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX answers_of_user ON answers (open_id, number);
