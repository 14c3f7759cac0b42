//! The two calls to the back end, as serde types for a back end in Rust.
//!
//! Both are `POST` requests with a JSON body. The SDK writes the same fields
//! from the values that JavaScript holds (`app/backend.rs`); the wasm tests
//! read what it sends with these types.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Path of the call that asks which templates to offer, below the base URL.
pub const FIND_CUSTOMER_POP_TEMPLATE: &str = "/findCustomerPopTemplate";

/// Path of the call that saves the answer, below the base URL.
pub const POP_SUBSCRIBE_RESULT: &str = "/popSubscribeResult";

/// Header of every report. It is the same on each retry, so that a back end
/// that stores an answer once per key never counts a consent twice.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Header of a report: whole seconds between the answer and this attempt, by the
/// phone's clock. Absent if that clock cannot be right; a back end takes an
/// implausible age for none.
pub const SUBSCRIBE_AGE: &str = "Subscribe-Age";

/// Header of a report: the business scene it was given in, percent-encoded in
/// UTF-8. Absent for what storage holds of an older version.
pub const SUBSCRIBE_TRIGGER: &str = "Subscribe-Trigger";

/// Asks which templates to offer at this moment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FindCustomerPopTemplate {
    /// The business scene, such as `加入购物车`.
    pub trigger_act: String,
    /// The business number the scene is about: a product, an order, a company.
    pub bus_no: String,
}

/// The answer to [`FindCustomerPopTemplate`].
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct FindCustomerPopTemplateReply {
    /// Template ids to offer now; empty means "ask nothing".
    pub data: Vec<String>,
}

/// Saves what the user answered. Sent only when at least one template was
/// accepted or rejected.
///
/// `M` is the application's `extraVariableMap`: a map of JSON values, or a
/// struct of the fields that its pages send.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PopSubscribeResult<M> {
    /// The business number of the call that asked.
    pub bus_no: String,
    /// What the page wants to see again in the message, such as a price.
    pub extra_variable_map: M,
    /// Who answered. Left out, and so empty here, where the back end knows the
    /// user by itself.
    #[serde(default)]
    pub open_id: String,
    /// Templates the user agreed to: each is the right to send one message.
    pub agree_template_ids: Vec<String>,
    /// Templates the user refused.
    pub reject_template_ids: Vec<String>,
}
