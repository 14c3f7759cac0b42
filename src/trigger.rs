//! Which moment of the shop asks for consent: trigger type ⇄ `triggerAct`.

/// The nine moments every shop has. The number is what a page passes, the
/// Chinese name is what the back end receives as `triggerAct`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum TriggerType {
    /// 加入购物车
    AddToCart = 1,
    /// 订单详情
    OrderDetail = 2,
    /// 提交订单
    SubmitOrder = 3,
    /// 支付成功
    PaymentSuccess = 4,
    /// 企业信息
    CompanyInfo = 5,
    /// 切换企业身份
    SwitchCompany = 6,
    /// 提交售后申请（退货退款）
    ReturnAndRefund = 7,
    /// 填写退货信息
    ReturnShipment = 8,
    /// 提交售后申请（仅退款）
    RefundOnly = 9,
}

impl TriggerType {
    /// Every trigger type, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::AddToCart,
        Self::OrderDetail,
        Self::SubmitOrder,
        Self::PaymentSuccess,
        Self::CompanyInfo,
        Self::SwitchCompany,
        Self::ReturnAndRefund,
        Self::ReturnShipment,
        Self::RefundOnly,
    ];

    /// The number a page passes to `asyncSubscribeMessage`.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The business scene, as the back end knows it.
    #[must_use]
    pub const fn trigger_act(self) -> &'static str {
        match self {
            Self::AddToCart => "加入购物车",
            Self::OrderDetail => "订单详情",
            Self::SubmitOrder => "提交订单",
            Self::PaymentSuccess => "支付成功",
            Self::CompanyInfo => "企业信息",
            Self::SwitchCompany => "切换企业身份",
            Self::ReturnAndRefund => "提交售后申请（退货退款）",
            Self::ReturnShipment => "填写退货信息",
            Self::RefundOnly => "提交售后申请（仅退款）",
        }
    }

    /// The trigger type with this number, if it is one of the nine.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.number() == number)
    }

    /// The trigger type with this `triggerAct`, if it is one of the nine.
    #[must_use]
    pub fn from_trigger_act(trigger_act: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.trigger_act() == trigger_act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_goes_there_and_back() {
        for (index, trigger) in TriggerType::ALL.into_iter().enumerate() {
            assert_eq!(trigger.number() as usize, index + 1);
            assert_eq!(TriggerType::from_number(trigger.number()), Some(trigger));
            assert_eq!(TriggerType::from_trigger_act(trigger.trigger_act()), Some(trigger));
        }
    }

    #[test]
    fn numbers_and_names_beyond_the_nine_are_unknown() {
        assert_eq!(TriggerType::from_number(0), None);
        assert_eq!(TriggerType::from_number(10), None);
        assert_eq!(TriggerType::from_trigger_act(""), None);
        assert_eq!(TriggerType::from_trigger_act("加入购物车 "), None);
    }
}
