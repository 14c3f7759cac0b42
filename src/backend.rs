//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Function, Object, Set};
use wasm_bindgen::prelude::*;

use crate::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};
use crate::env::Env;
use crate::failure::{Failure, Kind};
use crate::foreign::{self, object, set};
use crate::host::{HostError, Ticket, Wx};

/// What the back end, or the application's function, answered.
type Answer = Result<JsValue, Failure>;

/// The headers an application adds to each request.
#[derive(Default)]
pub enum Header {
    /// None.
    #[default]
    None,
    /// Always the same.
    Given(JsValue),
    /// What its function answers at the time.
    Asked(Function),
}

/// How the back end is reached.
#[derive(Default)]
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
        env: &Rc<Env>,
        ask: &FindCustomerPopTemplate,
        then: impl FnOnce(Result<Vec<String>, Failure>) + 'static,
    ) {
        let then = Box::new(move |answer: Answer| {
            then(answer.and_then(|answer| template_ids(&answer)));
        });
        let ask = foreign::to_value(ask);
        self.call(env, self.find.as_ref(), FIND_CUSTOMER_POP_TEMPLATE, ask, None, then);
    }

    /// Sends a report. `report_id` is the same on every attempt.
    pub fn send_report(
        &self,
        env: &Rc<Env>,
        report: JsValue,
        report_id: &str,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        let then = Box::new(move |answer: Answer| then(answer.map(drop)));
        self.call(env, self.report.as_ref(), POP_SUBSCRIBE_RESULT, report, Some(report_id), then);
    }

    fn call(
        &self,
        env: &Rc<Env>,
        own: Option<&Function>,
        path: &str,
        body: JsValue,
        report_id: Option<&str>,
        then: Box<dyn FnOnce(Answer)>,
    ) {
        let (this, is_own) = (Rc::clone(env), own.is_some());
        let ticket = env
            .wx
            .ticket(move |settled| {
                then(match settled {
                    Ok(answer) if is_own => Ok(answer),
                    Ok(response) => response_data(&response),
                    Err(error) => Err(request_failure(&this, error)),
                });
            })
            .with_limit(self.timeout_ms);
        match own {
            Some(own) => call_own(own, &body, report_id, ticket),
            None => self.post(&env.wx, path, body, report_id, ticket),
        }
    }

    fn post(&self, wx: &Wx, path: &str, body: JsValue, report_id: Option<&str>, ticket: Ticket) {
        let header = match self.header(report_id) {
            Ok(header) => header,
            Err(_) => {
                let failure = Failure::with_detail(Kind::BadArgument, "`header` threw");
                return ticket.settle(Err(HostError::NotMade(failure)));
            }
        };
        let mut url = self.base_url.clone();
        url.push_str(path);
        let options = object([
            ("url", url.into()),
            ("method", "POST".into()),
            ("data", body),
            ("header", header.into()),
            ("timeout", self.timeout_ms.into()),
        ]);
        wx.request(&options, ticket);
    }

    fn header(&self, report_id: Option<&str>) -> Result<Object, JsValue> {
        let own = match &self.header {
            Header::None => JsValue::UNDEFINED,
            Header::Given(header) => header.clone(),
            Header::Asked(function) => function.call0(&JsValue::UNDEFINED)?,
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

/// Calls the application's function and waits for what it returns. What is no
/// promise counts at once, so that the tap is kept.
fn call_own(own: &Function, argument: &JsValue, report_id: Option<&str>, ticket: Ticket) {
    let context = match report_id {
        Some(report_id) => object([("reportId", report_id.into())]).into(),
        None => JsValue::UNDEFINED,
    };
    match own.call2(&JsValue::UNDEFINED, argument, &context) {
        Ok(returned) if foreign::is_thenable(&returned) => ticket.follow(&returned),
        Ok(returned) => ticket.settle(Ok(returned)),
        Err(thrown) => ticket.settle(Err(HostError::Failed(thrown))),
    }
}

/// What it means that a request failed. An application's own function may
/// reject with an HTTP status, as most libraries do: that is read as the back
/// end's answer.
fn request_failure(env: &Env, error: HostError) -> Failure {
    if let HostError::Failed(value) = &error {
        let status = foreign::integer(value, "statusCode")
            .or_else(|| foreign::integer(value, "status"))
            .or_else(|| foreign::integer(&foreign::get(value, "response"), "status"));
        if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
            return Failure::of_status(status);
        }
    }
    env.failure(error, Failure::of_request)
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
        // As Rust holds it: what is not valid Unicode may look the same by now.
        let id = JsValue::from_str(&text);
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
