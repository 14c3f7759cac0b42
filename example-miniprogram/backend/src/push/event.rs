//! The three events about subscription messages, in every shape that WeChat has
//! been seen to send: one item or several, numbers as such or as strings, the
//! list on its own or below the name of the event.

use serde_json::Value;

/// An event about subscription messages, of one user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PushEvent {
    /// `subscribe_msg_popup_event`: the user answered a popup.
    Popup {
        /// The user.
        open_id: String,
        /// WeChat's time, in seconds since 1970.
        at: i64,
        /// The answers.
        items: Vec<Choice>,
    },
    /// `subscribe_msg_change_event`: the user changed the settings.
    Change {
        /// The user.
        open_id: String,
        /// WeChat's time, in seconds since 1970.
        at: i64,
        /// The changes.
        items: Vec<Choice>,
    },
    /// `subscribe_msg_sent_event`: a message was delivered, or could not be.
    Sent {
        /// The user.
        open_id: String,
        /// WeChat's time, in seconds since 1970.
        at: i64,
        /// The messages.
        items: Vec<Delivery>,
    },
}

/// What a user chose for a template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// The template.
    pub template_id: String,
    /// WeChat's word: `accept` or `reject`.
    pub status: String,
}

/// What became of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// Its template.
    pub template_id: String,
    /// WeChat's number of it, which no JavaScript number can hold.
    pub msg_id: String,
    /// 0 for a message that was delivered.
    pub error_code: i64,
    /// WeChat's text.
    pub error_status: String,
}

/// The event that a message is, unless it is about something else.
pub(super) fn read(message: &Value) -> Option<PushEvent> {
    let open_id = text(message, "FromUserName").filter(|id| !id.is_empty())?;
    let at = text(message, "CreateTime")?.parse().ok()?;
    Some(match message.get("Event")?.as_str()? {
        "subscribe_msg_popup_event" => PushEvent::Popup {
            open_id,
            at,
            items: items(message, "SubscribeMsgPopupEvent").filter_map(choice).collect(),
        },
        "subscribe_msg_change_event" => PushEvent::Change {
            open_id,
            at,
            items: items(message, "SubscribeMsgChangeEvent").filter_map(choice).collect(),
        },
        "subscribe_msg_sent_event" => PushEvent::Sent {
            open_id,
            at,
            items: items(message, "SubscribeMsgSentEvent").filter_map(delivery).collect(),
        },
        _ => return None,
    })
}

fn items<'a>(message: &'a Value, name: &'static str) -> std::slice::Iter<'a, Value> {
    let list = match message.get(name) {
        Some(wrapped) => wrapped.get("List").unwrap_or(wrapped),
        None => message.get("List").unwrap_or(&Value::Null),
    };
    match list {
        Value::Array(items) => items.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn choice(item: &Value) -> Option<Choice> {
    let template_id = text(item, "TemplateId")?;
    Some(Choice { template_id, status: text(item, "SubscribeStatusString")? })
}

fn delivery(item: &Value) -> Option<Delivery> {
    Some(Delivery {
        template_id: text(item, "TemplateId")?,
        msg_id: text(item, "MsgID").unwrap_or_default(),
        error_code: text(item, "ErrorCode")?.parse().ok()?,
        error_status: text(item, "ErrorStatus").unwrap_or_default(),
    })
}

fn text(holder: &Value, name: &str) -> Option<String> {
    match holder.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
