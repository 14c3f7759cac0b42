//! What a new database offers: the nine scenes with one to three templates each.
//!
//! The ids have the form of WeChat's own, 43 characters of the URL-safe
//! alphabet, but are made up: replace them with those of your account.

use rusqlite::{Connection, params};
use wx_subscribe::trigger::TriggerType;

/// A template id and its title.
type Template = (&'static str, &'static str);

const PRICE_DROP: Template = ("example-price-drop_000000000000000000000001", "降价提醒");
const BACK_IN_STOCK: Template = ("example-back-in-stock_000000000000000000002", "到货提醒");
const ORDER_STATUS: Template = ("example-order-status_0000000000000000000003", "订单状态变更提醒");
const AWAITING_PAYMENT: Template =
    ("example-awaiting-payment_000000000000000004", "订单待付款提醒");
const ORDER_CANCELLED: Template = ("example-order-cancelled_0000000000000000005", "订单取消通知");
const SHIPPED: Template = ("example-order-shipped_000000000000000000006", "订单发货通知");
const DELIVERED: Template = ("example-order-delivered_0000000000000000007", "订单签收通知");
const INVOICE_ISSUED: Template =
    ("example-invoice-issued_00000000000000000008", "电子发票开具通知");
const COMPANY_REVIEWED: Template =
    ("example-company-reviewed_000000000000000009", "企业认证审核结果通知");
const IDENTITY_CHANGED: Template =
    ("example-identity-changed_000000000000000010", "企业身份变更提醒");
const AFTER_SALES_REVIEWED: Template =
    ("example-after-sales-reviewed_00000000000011", "售后申请审核结果通知");
const RETURN_DUE: Template = ("example-return-due_000000000000000000000012", "退货寄回提醒");
const RETURN_RECEIVED: Template = ("example-return-received_0000000000000000013", "退货签收通知");
const REFUNDED: Template = ("example-refunded_00000000000000000000000014", "退款到账通知");

fn templates(trigger: TriggerType) -> &'static [Template] {
    match trigger {
        TriggerType::AddToCart => &[PRICE_DROP, BACK_IN_STOCK],
        TriggerType::OrderDetail => &[ORDER_STATUS, SHIPPED, DELIVERED],
        TriggerType::SubmitOrder => &[AWAITING_PAYMENT, ORDER_CANCELLED],
        TriggerType::PaymentSuccess => &[SHIPPED, DELIVERED, INVOICE_ISSUED],
        TriggerType::CompanyInfo => &[COMPANY_REVIEWED],
        TriggerType::SwitchCompany => &[IDENTITY_CHANGED, COMPANY_REVIEWED],
        TriggerType::ReturnAndRefund => &[AFTER_SALES_REVIEWED, RETURN_DUE, REFUNDED],
        TriggerType::ReturnShipment => &[RETURN_RECEIVED, REFUNDED],
        TriggerType::RefundOnly => &[AFTER_SALES_REVIEWED, REFUNDED],
    }
}

/// Writes the scenes and their templates into empty tables.
pub(crate) fn write(connection: &Connection) -> rusqlite::Result<()> {
    let mut scene = connection.prepare("INSERT INTO scenes (trigger_act) VALUES (?1)")?;
    let mut template = connection.prepare(
        "INSERT INTO templates (trigger_act, position, template_id, title)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for trigger in TriggerType::ALL {
        scene.execute([trigger.trigger_act()])?;
        for (position, (id, title)) in (1_u8..).zip(templates(trigger)) {
            template.execute(params![trigger.trigger_act(), position, id, title])?;
        }
    }
    Ok(())
}
