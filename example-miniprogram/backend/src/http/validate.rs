//! Checks of values beyond their type.

use std::collections::HashSet;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use percent_encoding::percent_decode_str;
use wx_subscribe::contract::IDEMPOTENCY_KEY;

use crate::consent::pairing::LONGEST_WAIT;
use crate::db::answers::{Answer, Given};
use crate::http::error::ApiError;

/// The longest accepted `busNo`, `openId`, template id or report id, in
/// characters.
const LONGEST: usize = 128;

const INVALID_VALUE: &str = "invalidValue";

/// The `Idempotency-Key` of a report: 1 to 128 visible ASCII characters.
pub(crate) struct ReportId(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for ReportId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let key = idempotency_key(parts)?;
        key.map(Self).ok_or_else(|| invalid_key("is missing"))
    }
}

/// `Subscribe-Age` and `Subscribe-Trigger` of a report. One that is wrong counts
/// as none: it must not cost the report.
pub(crate) struct WhenAndWhere(pub(crate) Given);

impl<S: Sync> FromRequestParts<S> for WhenAndWhere {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = |name| parts.headers.get(name)?.to_str().ok();
        let age = header("subscribe-age").filter(|age| age.bytes().all(|b| b.is_ascii_digit()));
        let age = age.and_then(|age| age.parse().ok());
        let trigger_act = header("subscribe-trigger")
            .and_then(|text| percent_decode_str(text).decode_utf8().ok())
            .filter(|name| text("Subscribe-Trigger", name).is_ok())
            .map(Into::into);
        let age = age.filter(|age| i64::from(*age) <= LONGEST_WAIT);
        Ok(Self(Given { age, trigger_act }))
    }
}

/// The `Idempotency-Key` of a call that may have none.
pub(crate) struct OptionalKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for OptionalKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        idempotency_key(parts).map(Self)
    }
}

fn idempotency_key(parts: &Parts) -> Result<Option<String>, ApiError> {
    let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid_key("occurs more than once"));
    }
    match value.to_str() {
        Ok(id)
            if (1..=LONGEST).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(Some(id.to_owned()))
        }
        _ => Err(invalid_key(&format!("must be 1 to {LONGEST} visible ASCII characters"))),
    }
}

fn invalid_key(why: &str) -> ApiError {
    let message = format!("the header {IDEMPOTENCY_KEY} {why}");
    ApiError::new(StatusCode::BAD_REQUEST, "invalidHeader", message).of_field(IDEMPOTENCY_KEY)
}

/// What is wrong with `text`, if anything: it must not be blank or longer than
/// 128 characters.
pub(crate) fn text(name: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{name} must not be empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(format!("{name} must not be longer than {LONGEST} characters"));
    }
    Ok(())
}

/// Checks a member of the body as [`text`] does.
pub(crate) fn member(name: &str, value: &str) -> Result<(), ApiError> {
    text(name, value).map_err(|message| ApiError::body(INVALID_VALUE, name, message))
}

/// Checks an answer: who and what it is about, and that it names at least one
/// template and none twice.
pub(crate) fn answer(answer: &Answer) -> Result<(), ApiError> {
    member("busNo", &answer.bus_no)?;
    member("openId", &answer.open_id)?;
    let lists = [
        ("agreeTemplateIds", &answer.agree_template_ids),
        ("rejectTemplateIds", &answer.reject_template_ids),
    ];
    let mut seen = HashSet::new();
    for (name, ids) in lists {
        for (at, id) in ids.iter().enumerate() {
            let path = format!("{name}[{at}]");
            text(&path, id)
                .and_then(|()| {
                    if seen.insert(id) { Ok(()) } else { Err(format!("{path} is given twice")) }
                })
                .map_err(|message| ApiError::body(INVALID_VALUE, name, message))?;
        }
    }
    if seen.is_empty() {
        let message = "agreeTemplateIds and rejectTemplateIds must not both be empty";
        return Err(ApiError::body(INVALID_VALUE, "agreeTemplateIds", message));
    }
    Ok(())
}
