//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.

use alloc::boxed::Box;
use alloc::string::String;
use core::cell::{Cell, RefCell};

use js_sys::{Date, Function};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::config::Header;
use super::context::Context;
use crate::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};
use crate::host::Fault;
use crate::js::{
    Opaque, TemplateIds, header, http_status, js_object, retry_after_ms, to_js, value,
};
use crate::rules::failure::{Error, Kind};
use crate::rules::outbox::Report;
use crate::task::TaskId;

/// The back end.
pub struct Backend {
    context: &'static Context,
    /// The headers of the last request, as JSON text.
    headers: RefCell<Option<String>>,
    /// Whether the back end did not know the user by them.
    is_user_unknown: Cell<bool>,
    /// Whether the application has given others since.
    has_other_headers: Cell<bool>,
    /// The task that is to know of that.
    watcher: Cell<TaskId>,
}

/// One call, made once or, after signing in, twice.
struct Request<'a> {
    own: Option<&'a Function>,
    path: &'static str,
    /// A fresh body for each attempt.
    body: &'a dyn Fn() -> JsValue,
    report: Option<&'a Report>,
}

/// What a report says. The fields are those of
/// [`PopSubscribeResult`](crate::contract::PopSubscribeResult).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportBody<'a> {
    /// The business number of the call that asked.
    pub bus_no: &'a str,
    /// A copy of the page's object.
    pub extra_variable_map: Opaque,
    /// Who answered; empty if that is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_id: Option<&'a str>,
    /// Templates the user agreed to.
    pub agree_template_ids: &'a TemplateIds,
    /// Templates the user refused.
    pub reject_template_ids: &'a TemplateIds,
}

impl Backend {
    /// The back end of this application.
    pub fn new(context: &'static Context) -> Self {
        Self {
            context,
            headers: RefCell::default(),
            is_user_unknown: Cell::new(false),
            has_other_headers: Cell::new(false),
            watcher: Cell::default(),
        }
    }

    /// Asks which templates to offer. Over `wx.request` this goes on inside its
    /// callback, without a promise between: that callback carries the tap.
    pub async fn find_templates(
        &'static self,
        query: &FindCustomerPopTemplate,
    ) -> Result<TemplateIds, Box<Error>> {
        let config = self.context.config();
        let own = config.find_customer_pop_template.as_ref();
        let path = FIND_CUSTOMER_POP_TEMPLATE;
        let request = Request { own, path, body: &|| to_js(query), report: None };
        let mut answer = self.attempt(&request).await;
        if answer.as_ref().is_err_and(|error| error.is_about_the_user())
            && self.context.identity.sign_in(self.context).await
        {
            answer = self.attempt(&request).await;
        }
        let answer = answer?;
        let answer = if own.is_some() { answer } else { value::get(&answer, "data") };
        TemplateIds::read(&value::get(&answer, "data"))
            .map_err(|detail| Error::about(Kind::BadResponse, detail))
    }

    /// Sends a report of this user.
    pub async fn send_report(
        &'static self,
        report: &Report,
        open_id: Option<&str>,
    ) -> Result<(), Box<Error>> {
        let config = self.context.config();
        let body = || {
            let body = value::from_json(&report.body).unwrap_or_default();
            if let Some(open_id) = open_id.filter(|_| body.is_object()) {
                value::set(&body, "openId", &open_id.into());
            }
            body
        };
        let own = config.pop_subscribe_result.as_ref();
        let request =
            Request { own, path: POP_SUBSCRIBE_RESULT, body: &body, report: Some(report) };
        let answer = self.attempt(&request).await?;
        let is_saved = match &config.is_saved {
            Some(is_saved) => {
                let none = JsValue::UNDEFINED;
                let settled = self.context.call_application(is_saved, &answer, &none).await;
                settled.is_ok_and(|is_saved| is_saved.is_truthy())
            }
            None => !is_html(&answer) && !is_html(&value::get(&answer, "data")),
        };
        if is_saved {
            return Ok(());
        }
        let detail = "the answer does not say that the report is saved";
        let mut error = Error::about(Kind::BadResponse, detail);
        error.retryable = true;
        Err(error)
    }

    /// Makes a call once. Returns what the application's function returned, or
    /// the response of `wx.request`.
    async fn attempt(&'static self, request: &Request<'_>) -> Result<JsValue, Box<Error>> {
        let limit = self.context.config().request_timeout_ms;
        let body = (request.body)();
        let report_id = request.report.map(|report| &*report.id);
        let settled = match request.own {
            Some(own) => {
                let context = report_id.map_or(JsValue::UNDEFINED, |report_id| {
                    js_object! { "reportId": report_id }
                });
                self.context.call_application(own, &body, &context).await
            }
            None => {
                let header = self.header(report_id).await?;
                let base_url = self.context.config().base_url.clone().unwrap_or_default();
                let options = js_object! {
                    "url": [&*base_url, request.path].concat(),
                    "method": "POST",
                    "data": body,
                    "header": &header,
                    "timeout": limit,
                };
                self.context.host.request(&options, limit).await
            }
        };
        let (response, is_answer) = match settled {
            Ok(response) => (response, true),
            Err(Fault::Failed(reason)) => (reason, false),
            Err(fault) => return Err(self.context.error_of(fault, Error::of_request, None)),
        };
        match http_status(&response) {
            // What is fulfilled with a number that is no HTTP status, is an answer.
            Some(200..300) if is_answer => Ok(response),
            Some(status) if !(200..300).contains(&status) && (!is_answer || is_http(status)) => {
                let mut error = Error::of_status(status);
                error.retry_after_ms = retry_after_ms(&response, Date::now());
                Err(error)
            }
            _ if is_answer && request.own.is_some() => Ok(response),
            _ if is_answer => Err(Error::about(Kind::BadResponse, "no HTTP status")),
            _ => {
                let own = request.report.and_then(|report| report.open_id.as_deref());
                Err(self.context.error_of(Fault::Failed(response), Error::of_request, own))
            }
        }
    }

    /// Notes that the back end did not know the user.
    pub fn user_is_unknown(&self) {
        self.is_user_unknown.set(true);
    }

    /// Wakes this task when the application then gives other headers.
    pub fn watch_headers(&self, task: TaskId) {
        self.watcher.set(task);
    }

    /// Whether it has, since this was last asked.
    pub fn take_other_headers(&self) -> bool {
        self.has_other_headers.take()
    }

    /// The headers of a request. Names have no case: the application's content
    /// type replaces ours, and our key replaces theirs.
    async fn header(&'static self, report_id: Option<&str>) -> Result<JsValue, Box<Error>> {
        let given = self.application_header().await?;
        self.compare(&given);
        let result = js_object! {};
        if header(&given, "content-type").is_none() {
            value::set(&result, "content-type", &"application/json".into());
        }
        for key in value::keys(&given).iter() {
            let value = value::get_by(&given, &key);
            let is_ours = report_id.is_some()
                && key.as_string().is_some_and(|key| key.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
            if value.is_null_or_undefined() || is_ours {
                continue;
            }
            if !value.is_string() && value.as_f64().is_none() {
                return Err(no_record());
            }
            value::set_by(&result, &key, &value);
        }
        if let Some(report_id) = report_id {
            value::set(&result, IDEMPOTENCY_KEY, &report_id.into());
        }
        Ok(result)
    }

    /// What the application gives. Waiting for a promise costs the tap.
    async fn application_header(&'static self) -> Result<JsValue, Box<Error>> {
        let none = JsValue::UNDEFINED;
        let returned = match &self.context.config().header {
            Header::None => Ok(js_object! {}),
            Header::Given(header) => Ok(header.clone()),
            Header::Asked(function) => value::call(function, &none, &none, &none),
        };
        match self.context.settled(returned).await {
            Ok(header) if value::is_record(&header) => Ok(header),
            Ok(_) => Err(no_record()),
            Err(_) => Err(Error::about(Kind::BadArgument, "`header` threw or was rejected")),
        }
    }

    /// Where the back end did not know the user, other headers are news.
    fn compare(&'static self, headers: &JsValue) {
        let headers = value::to_json(headers);
        let is_news = *self.headers.borrow() != headers;
        self.headers.replace(headers);
        if is_news && self.is_user_unknown.replace(false) {
            self.has_other_headers.set(true);
            self.context.host.tasks.wake(self.watcher.get());
        }
    }
}

fn no_record() -> Box<Error> {
    Error::about(Kind::BadArgument, "`header` must give an object of strings")
}

const fn is_http(status: i32) -> bool {
    status >= 100 && status < 600
}

/// Whether the value is a page, such as one to sign in on, in place of an
/// answer.
fn is_html(value: &JsValue) -> bool {
    let text = value::beginning(value, 200).unwrap_or_default();
    let is_space = |c: &char| c.is_ascii_whitespace() || *c == '\u{feff}';
    text.chars().find(|c| !is_space(c)) == Some('<')
}
