//! Checks of values beyond their type.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use wx_subscribe::contract::IDEMPOTENCY_KEY;

use crate::db::answers::Answer;
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
