//! The content of a message: the variables of an occasion, and the fields that
//! show them.

use serde_json::{Map, Value, json};

use crate::message::limits::{amount, fit, yuan};
use crate::message::occasion::Occasion;

/// Shown for a missing price or amount, in fen.
const STAND_IN_FEN: u64 = 10_000;

/// The input of a message.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// What the message is for.
    pub(crate) occasion: Occasion,
    /// The values of the shop; they take precedence.
    pub(crate) told: &'a Map<String, Value>,
    /// The values of the page at the time of the consent.
    pub(crate) extra: &'a Map<String, Value>,
    /// The business number of that answer.
    pub(crate) bus_no: &'a str,
    /// The time in China, such as `2026年04月01日 09:30`.
    pub(crate) now: &'a str,
    /// The number of the message.
    pub(crate) message: i64,
}

/// The `data` of a message: what each field shows, within WeChat's limits.
pub(crate) fn data(fields: &[(String, String)], facts: &Facts<'_>) -> Map<String, Value> {
    fields
        .iter()
        .map(|(key, variable)| {
            let value = fit(key, &facts.variable(variable));
            (key.clone(), json!({ "value": value }))
        })
        .collect()
}

impl Facts<'_> {
    fn variable(&self, name: &str) -> String {
        match name {
            "busNo" => self.bus_no.to_owned(),
            "now" => self.now.to_owned(),
            "price" => yuan(self.price()),
            "newPrice" => yuan(self.known_amount(name).unwrap_or(self.price() * 9 / 10)),
            "amount" => yuan(self.known_amount(name).unwrap_or(STAND_IN_FEN)),
            "product" => ["product", "productName", "name"]
                .iter()
                .find_map(|name| self.known(name))
                .unwrap_or_else(|| self.bus_no.to_owned()),
            _ => self.known(name).unwrap_or_else(|| self.stand_in(name)),
        }
    }

    /// A price that something can be cheaper than.
    fn price(&self) -> u64 {
        self.known_amount("price").filter(|fen| *fen > 0).unwrap_or(STAND_IN_FEN)
    }

    fn known_amount(&self, name: &str) -> Option<u64> {
        amount(&self.known(name)?)
    }

    /// The value of the shop or the page, if it can be shown.
    fn known(&self, name: &str) -> Option<String> {
        [self.told, self.extra].into_iter().find_map(|values| match values.get(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// Values of the example, which has no shop behind it.
    fn stand_in(&self, name: &str) -> String {
        let text = match (name, self.occasion) {
            ("carrier", _) => "顺丰速运",
            ("trackingNumber", _) => return format!("SF{:013}", self.message),
            ("state", Occasion::Shipped) => "已发货",
            ("note", Occasion::PriceDrop) => "您关注的商品降价了",
            ("note", Occasion::Shipped) => "包裹已交给快递，请留意查收",
            ("note", Occasion::Refunded) => "退款已原路退回，请留意查收",
            _ => "",
        };
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(
        occasion: Occasion,
        told: Value,
        extra: Value,
        fields: &[(&str, &str)],
    ) -> Vec<String> {
        let facts = Facts {
            occasion,
            told: told.as_object().unwrap(),
            extra: extra.as_object().unwrap(),
            bus_no: "SKU-1",
            now: "2026年04月01日 09:30",
            message: 7,
        };
        let fields: Vec<_> =
            fields.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect();
        let data = data(&fields, &facts);
        assert_eq!(data.len(), fields.len());
        fields.iter().map(|(key, _)| data[key]["value"].as_str().unwrap().to_owned()).collect()
    }

    const PRICES: [(&str, &str); 2] = [("amount2", "price"), ("amount3", "newPrice")];

    #[test]
    fn a_price_drop_shows_the_old_price_and_a_lower_one() {
        for (price, prices) in [
            (json!({"price": "129.00"}), ["¥129.00", "¥116.10"]),
            (json!({"price": 299.9}), ["¥299.90", "¥269.91"]),
            (json!({"price": "0.01"}), ["¥0.01", "¥0.00"]),
            (json!({"price": "0"}), ["¥100.00", "¥90.00"]),
            (json!({"price": "面议"}), ["¥100.00", "¥90.00"]),
            (json!({"price": {"yuan": 1}}), ["¥100.00", "¥90.00"]),
            (json!({}), ["¥100.00", "¥90.00"]),
        ] {
            assert_eq!(shown(Occasion::PriceDrop, json!({}), price, &PRICES), prices);
        }
    }

    #[test]
    fn what_the_shop_says_goes_before_what_the_page_gave() {
        let told = json!({"newPrice": "88", "trackingNumber": "YT100"});
        let extra = json!({"price": "129.00", "newPrice": "1", "trackingNumber": "none"});
        assert_eq!(
            shown(Occasion::PriceDrop, told.clone(), extra.clone(), &PRICES),
            ["¥129.00", "¥88.00"]
        );
        let number = [("character_string3", "trackingNumber")];
        assert_eq!(shown(Occasion::Shipped, told, extra, &number), ["YT100"]);
    }

    #[test]
    fn what_nobody_said_has_a_stand_in() {
        let fields = [
            ("thing1", "product"),
            ("character_string2", "busNo"),
            ("phrase3", "carrier"),
            ("character_string4", "trackingNumber"),
            ("time5", "now"),
            ("amount6", "amount"),
            ("thing7", "unheardOf"),
        ];
        let expected = [
            "SKU-1",
            "SKU-1",
            "顺丰速运",
            "SF0000000000007",
            "2026年04月01日 09:30",
            "¥100.00",
            "-",
        ];
        assert_eq!(shown(Occasion::Shipped, json!({}), json!({}), &fields), expected);
    }

    #[test]
    fn a_product_is_named_by_the_page_and_shortened() {
        let extra = json!({"productName": "特".repeat(30), "name": "另一个"});
        let fields = [("thing1", "product")];
        let expected = format!("{}…", "特".repeat(19));
        assert_eq!(shown(Occasion::PriceDrop, json!({}), extra, &fields), [expected]);
    }
}
