-- A database as the first release made it, with what an operator and some
-- users had put into it.
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

INSERT INTO scenes VALUES ('加入购物车'), ('支付成功'), ('直播预约');
INSERT INTO templates VALUES
    ('加入购物车', 1, 'my-price-drop', '降价提醒'),
    ('支付成功', 1, 'my-shipped', '订单发货通知'),
    ('支付成功', 2, 'my-delivered', '订单签收通知'),
    ('直播预约', 1, 'my-live', '开播提醒');

INSERT INTO answers (report_id, bus_no, extra_variable_map, open_id,
                     agree_template_ids, reject_template_ids, created_at)
VALUES
    ('report-1', 'SKU-1', '{"price":"129.00"}', 'user-1', '["my-price-drop"]', '[]',
     '2026-01-01T00:00:00.000Z'),
    ('report-2', 'order-1', '{}', 'user-2', '["my-delivered","my-shipped"]', '["my-live"]',
     '2026-01-02T00:00:00.000Z'),
    ('report-3', 'order-2', '{}', 'user-1', '[]', '["my-shipped"]',
     '2026-01-03T00:00:00.000Z'),
    ('report-4', 'order-3', '{}', 'user-1', '["my-shipped","my-gone"]', '[]',
     '2026-01-04T00:00:00.000Z'),
    -- What no release ever wrote must not keep the program from starting.
    ('report-5', 'order-4', '{}', 'user-3', '["twice","twice",null,1]', '[]',
     '2026-01-05T00:00:00.000Z');

PRAGMA user_version = 1;
