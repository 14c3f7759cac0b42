//! The occasions on which the shop sends a message.

/// Something that happened, for which a message may go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Occasion {
    /// What a user put into the cart became cheaper.
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

    /// The title of its template. The id is looked up by it, so that an
    /// operator who puts in the ids of an account changes nothing else.
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
