//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Cell, OnceCell};

use js_sys::{Date, Function};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::config::{Config, Header};
use super::context::Context;
use super::identity::{Asked, Identity};
use super::outbox_store::Report;
use crate::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
};
use crate::host::{Call, Fault, Settled};
use crate::js::{
    Opaque, TemplateIds, header_name, http_status, js_object, retry_after_ms, to_js, value,
};
use crate::rules::failure::{Error, Kind};
use crate::task::Task;

/// The back end.
pub struct Backend {
    context: &'static Context,
    identity: &'static Identity,
    /// The headers of the last request, as JSON text.
    headers: Cell<Option<JsValue>>,
    /// Whether the back end did not know the user by them.
    is_user_unknown: Cell<bool>,
    /// Whether the application has given others since.
    has_other_headers: Cell<bool>,
    /// The task that is to know of that.
    watcher: OnceCell<Rc<Task>>,
}

/// What the back end is asked or told.
enum Request<'a> {
    /// Which templates to offer.
    Templates(&'a FindCustomerPopTemplate),
    /// What the user answered, and who the user is.
    Report(&'a Report, Option<&'a str>),
}

impl Request<'_> {
    const fn path(&self) -> &'static str {
        match self {
            Self::Templates(_) => FIND_CUSTOMER_POP_TEMPLATE,
            Self::Report(..) => POP_SUBSCRIBE_RESULT,
        }
    }

    /// The application's own function for it.
    fn own(&self, config: &'static Config) -> Option<&'static Function> {
        match self {
            Self::Templates(_) => config.find_customer_pop_template.as_ref(),
            Self::Report(..) => config.pop_subscribe_result.as_ref(),
        }
    }

    const fn report(&self) -> Option<&Report> {
        match self {
            Self::Templates(_) => None,
            Self::Report(report, _) => Some(report),
        }
    }

    /// A fresh body: whoever gets it may change it.
    fn body(&self) -> JsValue {
        match self {
            Self::Templates(query) => to_js(query),
            Self::Report(report, open_id) => {
                let body = report.body.value();
                if let Some(open_id) = open_id.filter(|_| body.is_object()) {
                    value::set(&body, "openId", &open_id.into());
                }
                body
            }
        }
    }
}

/// What a report says. The fields are those of
/// [`PopSubscribeResult`](crate::contract::PopSubscribeResult).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportBody<'a> {
    /// The business number of the call that asked.
    pub bus_no: &'a str,
    /// A copy of the page's object.
    pub extra_variable_map: &'a Opaque,
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
    pub fn new(context: &'static Context, identity: &'static Identity) -> Self {
        Self {
            context,
            identity,
            headers: Cell::default(),
            is_user_unknown: Cell::new(false),
            has_other_headers: Cell::new(false),
            watcher: OnceCell::new(),
        }
    }

    /// Asks which templates to offer. Over `wx.request` this goes on inside its
    /// callback, without a promise between: that callback carries the tap.
    pub async fn find_templates(
        &'static self,
        query: &FindCustomerPopTemplate,
    ) -> Result<TemplateIds, Box<Error>> {
        let request = Request::Templates(query);
        let mut has_signed_in = false;
        let answer = loop {
            match self.attempt(&request).await {
                Err(error) if error.is_about_the_user() && !has_signed_in => {
                    has_signed_in = self.identity.sign_in().await;
                    if !has_signed_in {
                        return Err(error);
                    }
                }
                answer => break answer?,
            }
        };
        let body = value::unpacked(answer);
        let (list, detail) = match &self.context.config().read_templates {
            None => (value::get(&body, "data"), "in JSON, `data` must be a list of template ids"),
            Some(read) => {
                let none = JsValue::UNDEFINED;
                let list = value::call(read, &none, &body, &none).map_err(|thrown| {
                    let unreadable =
                        |_, _: &str| Error::about(Kind::BadResponse, "`readTemplates`");
                    self.identity.error_of(Fault::Failed(thrown), unreadable, None)
                })?;
                (list, "`readTemplates` must return a list of template ids")
            }
        };
        TemplateIds::read(&list).ok_or_else(|| Error::about(Kind::BadResponse, detail))
    }

    /// Sends a report of this user.
    pub async fn send_report(
        &'static self,
        report: &Report,
        open_id: Option<&str>,
    ) -> Result<(), Box<Error>> {
        let answer = self.attempt(&Request::Report(report, open_id)).await?;
        let is_saved = match self.ask_whether_saved(&answer) {
            Some(asked) => asked.await.is_ok_and(|is_saved| is_saved.is_truthy()),
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

    fn ask_whether_saved(&'static self, answer: &JsValue) -> Option<Call> {
        let config = self.context.config();
        let is_saved = config.is_saved.as_ref()?;
        Some(self.context.call_application(is_saved, answer, &JsValue::UNDEFINED))
    }

    /// Makes a call once. Returns what the application's function returned, or
    /// the response of `wx.request`.
    async fn attempt(&'static self, request: &Request<'_>) -> Result<JsValue, Box<Error>> {
        let own = request.own(self.context.config());
        let is_own = own.is_some();
        let call = match own {
            Some(own) => self.call_own(own, request),
            None => {
                let asked = self.application_header();
                let is_late = !asked.is_settled();
                let given = asked.await;
                if is_late && self.is_of_another_user(request) {
                    let detail = "another user has signed in meanwhile";
                    return Err(Error::about(Kind::BadArgument, detail));
                }
                self.post(&self.header(given, request)?, request)
            }
        };
        self.read(call.await, request, is_own)
    }

    fn is_of_another_user(&self, request: &Request<'_>) -> bool {
        let Some(report) = request.report() else { return false };
        let user = self.identity.ask();
        matches!(user, Asked::User(user) if !report.belongs_to(Some(&user)))
    }

    fn call_own(&'static self, own: &Function, request: &Request<'_>) -> Call {
        let context = request.report().map_or(JsValue::UNDEFINED, |report| {
            js_object! { "reportId": report.id.as_str() }
        });
        self.context.call_application(own, &request.body(), &context)
    }

    fn post(&'static self, header: &JsValue, request: &Request<'_>) -> Call {
        let config = self.context.config();
        let limit = config.request_timeout_ms;
        let base_url = config.base_url.as_deref().unwrap_or_default();
        let options = js_object! {
            "url": [base_url, request.path()].concat(),
            "method": "POST",
            "data": request.body(),
            "header": header,
            "timeout": limit,
        };
        self.context.host.request(&options, limit)
    }

    /// What a call came to. Of a response the body counts, where templates are
    /// asked for.
    fn read(
        &self,
        settled: Settled,
        request: &Request<'_>,
        is_own: bool,
    ) -> Result<JsValue, Box<Error>> {
        let own_id = request.report().and_then(|report| report.open_id.as_deref());
        let (response, is_answer) = match settled {
            Ok(response) => (response, true),
            Err(Fault::Failed(reason)) => (reason, false),
            Err(fault) => return Err(self.identity.error_of(fault, Error::of_request, own_id)),
        };
        match http_status(&response) {
            Some(200..300) | None if is_answer && is_own => Ok(response),
            Some(200..300) if is_answer => Ok(match request {
                Request::Templates(_) => value::get(&response, "data"),
                Request::Report(..) => response,
            }),
            // A number that is no HTTP status is an application's own.
            Some(status) if is_answer && is_own && !is_http(status) => Ok(response),
            Some(status) if is_http(status) && !(200..300).contains(&status) => {
                let mut error = Error::of_status(status);
                error.retry_after_ms = retry_after_ms(&response, Date::now());
                Err(error)
            }
            None if is_answer => Err(Error::about(Kind::BadResponse, "no HTTP status")),
            // Some HTTP libraries reject with status 0 for no network, and 1 for
            // a timeout.
            Some(1) => {
                Err(self.identity.error_of(Fault::Failed(response), Error::of_timeout, own_id))
            }
            _ => Err(self.identity.error_of(Fault::Failed(response), Error::of_request, own_id)),
        }
    }

    /// Notes that the back end did not know the user.
    pub fn user_is_unknown(&self) {
        self.is_user_unknown.set(true);
    }

    /// Wakes this task when the application then gives other headers.
    pub fn watch_headers(&self, task: Rc<Task>) {
        drop(self.watcher.set(task));
    }

    /// Whether it has.
    pub const fn has_other_headers(&self) -> bool {
        self.has_other_headers.get()
    }

    /// Whether it has, since this was last asked.
    pub fn take_other_headers(&self) -> bool {
        self.has_other_headers.take()
    }

    /// What the application gives as headers. Waiting for a promise costs the tap.
    fn application_header(&'static self) -> Call {
        let none = JsValue::UNDEFINED;
        self.context.settled(match &self.context.config().header {
            Header::None => Ok(js_object! {}),
            Header::Given(header) => Ok(header.clone()),
            Header::Asked(function) => value::call(function, &none, &none, &none),
        })
    }

    /// The headers of a request. Names have no case: the application's content
    /// type replaces ours, and our key replaces theirs.
    fn header(&'static self, given: Settled, request: &Request<'_>) -> Result<JsValue, Box<Error>> {
        let wrong = |detail| Err(Error::about(Kind::BadArgument, detail));
        let given = match given {
            Ok(given) => given,
            Err(Fault::TimedOut) => return Err(Error::about(Kind::Timeout, "`header`")),
            Err(_) => return wrong("`header` threw or was rejected"),
        };
        // A Map, for one, would seem to be empty.
        let mut is_record =
            value::is_record(&given) && value::function(&given, "forEach").is_none();
        self.compare(&given);
        let result = js_object! {};
        for key in value::keys(&given).iter() {
            let value = value::get_by(&given, &key);
            if !value.is_null_or_undefined() {
                is_record &= value.is_string() || value.as_f64().is_some();
                value::set_by(&result, &key, &value);
            }
        }
        if header_name(&result, "content-type").is_none() {
            value::set(&result, "content-type", &"application/json".into());
        }
        if let Some(report) = request.report() {
            if let Some(theirs) = header_name(&result, IDEMPOTENCY_KEY) {
                value::delete(&result, &theirs);
            }
            value::set(&result, IDEMPOTENCY_KEY, &report.id.as_str().into());
        }
        if is_record { Ok(result) } else { wrong("`header` must give an object of strings") }
    }

    /// Where the back end did not know the user, other headers are news.
    fn compare(&'static self, headers: &JsValue) {
        let headers = value::stringified(headers);
        let is_news = self.headers.replace(headers.clone()) != headers;
        if is_news && self.is_user_unknown.replace(false) {
            self.has_other_headers.set(true);
            if let Some(task) = self.watcher.get() {
                task.wake();
            }
        }
    }
}

const fn is_http(status: i32) -> bool {
    status >= 100 && status < 600
}

/// Whether the value is a page, such as one to sign in on, in place of an
/// answer.
fn is_html(value: &JsValue) -> bool {
    let text = value::beginning(value, 2_000).unwrap_or_default();
    let is_space = |c: &char| c.is_ascii_whitespace() || *c == '\u{feff}';
    text.chars().find(|c| !is_space(c)) == Some('<')
}
