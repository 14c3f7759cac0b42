//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.

use alloc::boxed::Box;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::config::{Config, Source};
use crate::contract::{FIND_CUSTOMER_POP_TEMPLATE, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT};
use crate::env::Env;
use crate::failure::Kind;
use crate::foreign::{self, members, set};
use crate::host::{HostError, Settled, Ticket};
use crate::ids::Ids;
use crate::outcome::Failure;

/// What the back end, or the application's function, answered.
pub type Answer = Result<JsValue, Failure>;

/// Asks which templates to offer; [`template_ids`] reads the answer. Over `wx.request`, `then` runs inside its
/// callback, without a promise between: that callback carries the tap.
pub fn find_templates(env: &'static Env, query: JsValue, then: impl FnOnce(Answer) + 'static) {
    let own = env.config.with(|config| config.find.clone());
    call(env, own, FIND_CUSTOMER_POP_TEMPLATE, query, JsValue::UNDEFINED, Box::new(then));
}

/// Sends a report. `report_id` is the same on every attempt.
pub fn send_report(
    env: &'static Env,
    report: JsValue,
    report_id: JsValue,
    then: impl FnOnce(Answer) + 'static,
) {
    let own = env.config.with(|config| config.report.clone());
    call(env, own, POP_SUBSCRIBE_RESULT, report, report_id, Box::new(then));
}

fn call(
    env: &'static Env,
    own: Option<Function>,
    path: &str,
    body: JsValue,
    report_id: JsValue,
    then: Box<dyn FnOnce(Answer)>,
) {
    let limit = env.numbers().request_timeout_ms();
    let is_own = own.is_some();
    let ticket = env.wx.ticket(limit, move |settled| {
        then(
            answer(env, settled)
                .and_then(|answer| if is_own { Ok(answer) } else { response_data(&answer) }),
        );
    });
    if let Some(own) = own {
        return call_own(&own, &body, report_id, ticket);
    }
    let (url, header) = env
        .config
        .with(|Config { base_url, header, .. }| (foreign::join(base_url, &[path]), header.clone()));
    let Some(header) = request_header(&header, &report_id) else {
        return ticket.settle(Err(HostError::BadHeader));
    };
    let options = members().with("url", url).text("method", "POST").with("data", body);
    let options = options.with("header", header).with("timeout", limit.into());
    env.wx.request(&options.done(), ticket);
}

/// The headers of a request; `None` if the application's function threw.
fn request_header(header: &Source, report_id: &JsValue) -> Option<JsValue> {
    let own = header.get()?;
    let header = members().text("content-type", "application/json").done();
    if own.is_object() {
        foreign::assign(&header, &own).ok()?;
    }
    if !report_id.is_undefined() {
        set(&header, IDEMPOTENCY_KEY, report_id);
    }
    Some(header)
}

/// Calls the application's function and waits for what it returns. What is no
/// promise counts at once, so that the tap is kept.
fn call_own(own: &Function, argument: &JsValue, report_id: JsValue, ticket: Ticket) {
    let mut context = JsValue::UNDEFINED;
    if !report_id.is_undefined() {
        context = members().with("reportId", report_id).done();
    }
    match foreign::call(own, &JsValue::UNDEFINED, argument, &context) {
        Ok(returned) if foreign::is_thenable(&returned) => ticket.follow(&returned),
        Ok(returned) => ticket.settle(Ok(returned)),
        Err(thrown) => ticket.settle(Err(HostError::Failed(thrown))),
    }
}

/// The answer, or what it means that there is none. An application's own
/// function may reject with an HTTP status, as most libraries do: that is read
/// as the back end's answer.
fn answer(env: &Env, settled: Settled) -> Answer {
    let error = match settled {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    if let HostError::Failed(value) = &error {
        let status = foreign::integer(value, "statusCode")
            .or_else(|| foreign::integer(value, "status"))
            .or_else(|| foreign::integer(&foreign::get(value, "response"), "status"));
        if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
            return Err(Failure::of_status(status));
        }
    }
    Err(env.failure(error, Failure::of_request))
}

/// The data of a response with a status from 200 to 299.
fn response_data(response: &JsValue) -> Answer {
    match foreign::integer(response, "statusCode") {
        Some(200..300) => Ok(foreign::get(response, "data")),
        Some(status) => Err(Failure::of_status(status)),
        None => Err(Failure::with_detail(Kind::BadResponse, "no HTTP status".into())),
    }
}

/// The ids in an answer of the form `{ data: string[] }`, each once.
pub fn template_ids(answer: &JsValue) -> Result<Ids, Failure> {
    Ids::read(&foreign::get(answer, "data"))
        .map_err(|detail| Failure::with_detail(Kind::BadResponse, detail.into()))
}
