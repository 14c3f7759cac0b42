//! The occasions on which the shop sends a message.

/// An event in the shop, for which a message may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Occasion {
    /// A product in the cart became cheaper.
    PriceDrop,
    /// An order is on its way.
    Shipped,
    /// A refund was paid.
    Refunded,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 3] = [Self::PriceDrop, Self::Shipped, Self::Refunded];

    /// Its name in the API and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PriceDrop => "priceDrop",
            Self::Shipped => "shipped",
            Self::Refunded => "refunded",
        }
    }

    /// The title of its template. The id is looked up by title, so an operator
    /// only has to replace the ids.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::PriceDrop => "降价提醒",
            Self::Shipped => "订单发货通知",
            Self::Refunded => "退款到账通知",
        }
    }

    /// The page that a tap on the message opens.
    #[must_use]
    pub fn page(self) -> &'static str {
        match self {
            Self::PriceDrop => "pages/product/index",
            Self::Shipped => "pages/order/index",
            Self::Refunded => "pages/after-sales/index",
        }
    }

    /// The occasion of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}
