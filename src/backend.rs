//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Function, Object, Set};
use wasm_bindgen::prelude::*;

use crate::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};
use crate::failure::{Failure, Kind};
use crate::foreign;
use crate::host::{HostError, Settled, Ticket, Wx, object, set};

/// The headers an application adds to each request.
#[derive(Clone, Debug)]
pub enum Header {
    /// None.
    None,
    /// Always the same.
    Given(JsValue),
    /// What its function answers at the time.
    Asked(Function),
}

/// How the back end is reached.
#[derive(Debug)]
pub struct Backend {
    /// The application's own `findCustomerPopTemplate`.
    pub find: Option<Function>,
    /// The application's own `popSubscribeResult`.
    pub report: Option<Function>,
    /// The base URL for what is not the application's own, without a slash at
    /// its end.
    pub base_url: String,
    /// Headers of each request.
    pub header: Header,
    /// How long each call may take, in milliseconds.
    pub timeout_ms: f64,
}

impl Backend {
    /// Asks which templates to offer. Over `wx.request`, `then` runs inside
    /// its callback, without a promise between: that callback carries the tap.
    pub fn find_templates(
        &self,
        wx: &Wx,
        ask: &FindCustomerPopTemplate,
        then: impl FnOnce(Result<Vec<String>, Failure>) + 'static,
    ) {
        let ask = foreign::to_value(ask);
        match &self.find {
            Some(find) => self.call_own(find, &ask, &JsValue::UNDEFINED, move |answer| {
                then(answer.and_then(|answer| template_ids(&answer)));
            }),
            None => self.post(wx, FIND_CUSTOMER_POP_TEMPLATE, &ask, None, move |answer| {
                then(answer.and_then(|answer| template_ids(&answer)));
            }),
        }
    }

    /// Sends a report. `report_id` is the same on every attempt.
    pub fn send_report(
        &self,
        wx: &Wx,
        report: &JsValue,
        report_id: &str,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        let then = move |answer: Result<JsValue, Failure>| then(answer.map(drop));
        match &self.report {
            Some(own) => {
                let context = object([("reportId", report_id.into())]);
                self.call_own(own, report, &context, then);
            }
            None => self.post(wx, POP_SUBSCRIBE_RESULT, report, Some(report_id), then),
        }
    }

    /// Calls the application's function and waits for what it returns. What is
    /// no promise counts at once, so that the tap is kept.
    fn call_own(
        &self,
        own: &Function,
        argument: &JsValue,
        context: &JsValue,
        then: impl FnOnce(Result<JsValue, Failure>) + 'static,
    ) {
        let ticket = Ticket::new(move |settled: Settled| then(settled.map_err(own_failure)))
            .with_limit(self.timeout_ms);
        match own.call2(&JsValue::UNDEFINED, argument, context) {
            Ok(returned) if foreign::is_thenable(&returned) => ticket.follow(&returned),
            Ok(returned) => ticket.settle(Ok(returned)),
            Err(thrown) => ticket.settle(Err(HostError::Failed(thrown))),
        }
    }

    fn post(
        &self,
        wx: &Wx,
        path: &str,
        body: &JsValue,
        report_id: Option<&str>,
        then: impl FnOnce(Result<JsValue, Failure>) + 'static,
    ) {
        let header = match self.header(report_id) {
            Ok(header) => header,
            Err(failure) => return then(Err(failure)),
        };
        let options = object([
            ("url", [self.base_url.as_str(), path].concat().into()),
            ("method", "POST".into()),
            ("data", body.clone()),
            ("header", header.into()),
            ("timeout", self.timeout_ms.into()),
        ]);
        let ticket = Ticket::new(move |settled: Settled| {
            then(match settled {
                Ok(response) => response_data(&response),
                Err(error) => Err(error.into_failure(Failure::of_request)),
            });
        });
        wx.request(&options, ticket.with_limit(self.timeout_ms));
    }

    fn header(&self, report_id: Option<&str>) -> Result<Object, Failure> {
        let own = match &self.header {
            Header::None => JsValue::UNDEFINED,
            Header::Given(header) => header.clone(),
            Header::Asked(function) => function.call0(&JsValue::UNDEFINED).map_err(|thrown| {
                let (_, text) = foreign::error(&thrown);
                Failure::with_detail(Kind::BadArgument, &["`header` threw: ", &text].concat())
            })?,
        };
        let header = object([("content-type", "application/json".into())]);
        for key in foreign::keys(&own) {
            set(&header, &key, &foreign::get(&own, &key));
        }
        if let Some(report_id) = report_id {
            set(&header, IDEMPOTENCY_KEY, &report_id.into());
        }
        Ok(header)
    }
}

/// What the rejection of an application's own function means. One that carries
/// an HTTP status, as most libraries' do, is read as the back end's answer.
fn own_failure(error: HostError) -> Failure {
    let HostError::Failed(value) = &error else {
        return error.into_failure(Failure::of_request);
    };
    let status = foreign::integer(value, "statusCode")
        .or_else(|| foreign::integer(value, "status"))
        .or_else(|| foreign::integer(&foreign::get(value, "response"), "status"));
    match status {
        Some(status) if !(200..300).contains(&status) => Failure::of_status(status),
        _ => error.into_failure(Failure::of_request),
    }
}

/// The data of a response with a status from 200 to 299.
fn response_data(response: &JsValue) -> Result<JsValue, Failure> {
    match foreign::integer(response, "statusCode") {
        Some(200..300) => Ok(foreign::get(response, "data")),
        Some(status) => Err(Failure::of_status(status)),
        None => Err(bad_response("no HTTP status")),
    }
}

/// The ids in an answer of the form `{ data: string[] }`, each once.
fn template_ids(answer: &JsValue) -> Result<Vec<String>, Failure> {
    if answer.is_string() {
        return Err(bad_response("findCustomerPopTemplate: not valid JSON"));
    }
    let data = foreign::get(answer, "data");
    let ids = foreign::list(&data)
        .ok_or_else(|| bad_response("findCustomerPopTemplate: `data` must be a list"))?;
    let seen = Set::new(&JsValue::UNDEFINED);
    let mut template_ids = Vec::with_capacity(ids.len());
    for id in ids {
        let text = id.as_string().filter(|id| !id.is_empty()).ok_or_else(|| {
            bad_response("findCustomerPopTemplate: `data` must hold template ids only")
        })?;
        if !seen.has(&id) {
            seen.add(&id);
            template_ids.push(text);
        }
    }
    Ok(template_ids)
}

fn bad_response(detail: &str) -> Failure {
    Failure::with_detail(Kind::BadResponse, detail)
}
