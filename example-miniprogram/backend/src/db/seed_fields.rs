//! The keyword fields of the templates: which the seeded ones have, and which
//! variable of a message each shows.
//!
//! A field's key is WeChat's: its kind, which decides what the value may be
//! (see `message/limits.rs`), and a number. The keys are examples like
//! the template ids: in WeChat's console the same keyword may be `thing4` for
//! one account and `thing7` for another, so replace them with those of your
//! account.

use rusqlite::{Connection, params};

/// A key, its label, and the variable it shows.
type Field = (&'static str, &'static str, &'static str);

/// The fields of a template, looked up by its title: an operator may have
/// replaced the ids.
const FIELDS: [(&str, &[Field]); 14] = [
    (
        "降价提醒",
        &[
            ("thing1", "商品名称", "product"),
            ("amount2", "原价", "price"),
            ("amount3", "现价", "newPrice"),
            ("thing4", "温馨提示", "note"),
        ],
    ),
    (
        "到货提醒",
        &[
            ("thing1", "商品名称", "product"),
            ("amount2", "商品价格", "price"),
            ("time3", "到货时间", "now"),
            ("thing4", "温馨提示", "note"),
        ],
    ),
    (
        "订单状态变更提醒",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("phrase2", "订单状态", "state"),
            ("time3", "变更时间", "now"),
        ],
    ),
    (
        "订单待付款提醒",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("amount2", "待付金额", "amount"),
            ("thing3", "温馨提示", "note"),
        ],
    ),
    (
        "订单取消通知",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("amount2", "订单金额", "amount"),
            ("time3", "取消时间", "now"),
            ("thing4", "取消原因", "note"),
        ],
    ),
    (
        "订单发货通知",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("phrase2", "快递公司", "carrier"),
            ("character_string3", "快递单号", "trackingNumber"),
            ("time4", "发货时间", "now"),
            ("thing5", "温馨提示", "note"),
        ],
    ),
    (
        "订单签收通知",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("time2", "签收时间", "now"),
            ("thing3", "温馨提示", "note"),
        ],
    ),
    (
        "电子发票开具通知",
        &[
            ("character_string1", "订单编号", "busNo"),
            ("amount2", "开票金额", "amount"),
            ("time3", "开票时间", "now"),
        ],
    ),
    (
        "企业认证审核结果通知",
        &[
            ("thing1", "企业名称", "companyName"),
            ("phrase2", "审核结果", "state"),
            ("time3", "审核时间", "now"),
        ],
    ),
    (
        "企业身份变更提醒",
        &[
            ("thing1", "当前身份", "identity"),
            ("time2", "变更时间", "now"),
            ("thing3", "温馨提示", "note"),
        ],
    ),
    (
        "售后申请审核结果通知",
        &[
            ("character_string1", "售后单号", "busNo"),
            ("phrase2", "审核结果", "state"),
            ("amount3", "退款金额", "amount"),
            ("time4", "审核时间", "now"),
        ],
    ),
    (
        "退货寄回提醒",
        &[
            ("character_string1", "售后单号", "busNo"),
            ("time2", "提醒时间", "now"),
            ("thing3", "温馨提示", "note"),
        ],
    ),
    (
        "退货签收通知",
        &[
            ("character_string1", "售后单号", "busNo"),
            ("character_string2", "快递单号", "trackingNumber"),
            ("time3", "签收时间", "now"),
        ],
    ),
    (
        "退款到账通知",
        &[
            ("character_string1", "售后单号", "busNo"),
            ("amount2", "退款金额", "amount"),
            ("time3", "到账时间", "now"),
            ("thing4", "温馨提示", "note"),
        ],
    ),
];

/// Writes the fields of those templates that are there into an empty table.
pub(crate) fn write(connection: &Connection) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO template_fields (template_id, position, key, label, variable)
         SELECT DISTINCT template_id, ?2, ?3, ?4, ?5 FROM templates WHERE title = ?1",
    )?;
    for (title, fields) in FIELDS {
        for (position, (key, label, variable)) in (1_u8..).zip(fields) {
            insert.execute(params![title, position, key, label, variable])?;
        }
    }
    Ok(())
}
