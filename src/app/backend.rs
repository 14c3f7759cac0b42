//! The two calls to the back end: by the application's own functions, or over
//! `wx.request`.
//!
//! A call keeps the configuration it began with: `setup` may be called while it
//! waits, and no token may reach another server.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Cell, OnceCell};

use js_sys::{Date, Function};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::config::{Config, Header};
use super::context::Context;
use super::identity::Identity;
use crate::contract::{
    FIND_CUSTOMER_POP_TEMPLATE, FindCustomerPopTemplate, IDEMPOTENCY_KEY, POP_SUBSCRIBE_RESULT,
    SUBSCRIBE_AGE, SUBSCRIBE_TRIGGER,
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
    /// Whether the application has given others since.
    has_other_headers: Cell<bool>,
    /// The task that is to know of that.
    watcher: OnceCell<Rc<Task>>,
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

/// A report, and when and where it was given.
pub struct Report<'a> {
    /// The `Idempotency-Key`.
    pub key: &'a str,
    /// Its owner, whom no text about it may name.
    pub user: Option<&'a str>,
    /// What is sent. Whoever gets it may change it.
    pub body: JsValue,
    /// Milliseconds since the user answered, if the clock can tell.
    pub age_ms: Option<f64>,
    /// The business scene.
    pub trigger_act: Option<&'a str>,
}

/// A call that only needs to be made.
pub struct Prepared {
    config: Rc<Config>,
    /// Headers of `wx.request`; none for the application's own function.
    header: Option<JsValue>,
}

impl Prepared {
    /// Whether the application's own function is called.
    pub const fn is_own(&self) -> bool {
        self.header.is_none()
    }
}

impl Backend {
    /// The back end of this application.
    pub fn new(context: &'static Context, identity: &'static Identity) -> Self {
        Self {
            context,
            identity,
            headers: Cell::default(),
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
        let mut has_signed_in = false;
        loop {
            let config = self.context.config();
            match self.ask_for_templates(&config, query).await {
                Err(error) if error.is_about_the_user() && !has_signed_in => {
                    has_signed_in = self.identity.sign_in().await;
                    if !has_signed_in {
                        return Err(error);
                    }
                }
                answer => return self.templates_in(&config, answer?),
            }
        }
    }

    async fn ask_for_templates(
        &'static self,
        config: &Rc<Config>,
        query: &FindCustomerPopTemplate,
    ) -> Result<JsValue, Box<Error>> {
        let own = config.find_customer_pop_template.as_ref();
        let prepared = self.prepare(config, own.is_some()).await.0?;
        let none = JsValue::UNDEFINED;
        let call = self.call(&prepared, own, FIND_CUSTOMER_POP_TEMPLATE, &to_js(query), &none);
        let answer = self.read(call.await, prepared.is_own(), None)?;
        Ok(if prepared.is_own() { answer } else { value::get(&answer, "data") })
    }

    fn templates_in(
        &'static self,
        config: &Config,
        body: JsValue,
    ) -> Result<TemplateIds, Box<Error>> {
        let body = value::unpacked(body);
        let (list, detail) = match &config.read_templates {
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

    /// Asks the application for what a report needs, and returns whether nothing
    /// was waited for.
    pub async fn prepare_report(&'static self) -> (Result<Prepared, Box<Error>>, bool) {
        let config = self.context.config();
        self.prepare(&config, config.pop_subscribe_result.is_some()).await
    }

    /// Sends a report.
    pub async fn send_report(
        &'static self,
        prepared: &Prepared,
        report: &Report<'_>,
    ) -> Result<(), Box<Error>> {
        let config = &prepared.config;
        let own = config.pop_subscribe_result.as_ref();
        let details = match &prepared.header {
            None => context_of(report),
            Some(header) => {
                add_headers(header, report);
                JsValue::UNDEFINED
            }
        };
        let call = self.call(prepared, own, POP_SUBSCRIBE_RESULT, &report.body, &details);
        let answer = self.read(call.await, prepared.is_own(), report.user)?;
        let is_saved = match &config.is_saved {
            Some(is_saved) => {
                let none = JsValue::UNDEFINED;
                let asked = self.context.call_application(is_saved, &answer, &none);
                asked.await.is_ok_and(|is_saved| is_saved.is_truthy())
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

    async fn prepare(
        &'static self,
        config: &Rc<Config>,
        is_own: bool,
    ) -> (Result<Prepared, Box<Error>>, bool) {
        if is_own {
            return (Ok(Prepared { config: Rc::clone(config), header: None }), true);
        }
        let none = JsValue::UNDEFINED;
        let asked = self.context.settled(match &config.header {
            Header::None => Ok(js_object! {}),
            Header::Given(header) => Ok(header.clone()),
            Header::Asked(function) => value::call(function, &none, &none, &none),
        });
        let at_once = asked.is_settled();
        let header = self.header(asked.await);
        let config = Rc::clone(config);
        (header.map(|header| Prepared { config, header: Some(header) }), at_once)
    }

    fn call(
        &'static self,
        prepared: &Prepared,
        own: Option<&Function>,
        path: &str,
        body: &JsValue,
        details: &JsValue,
    ) -> Call {
        let Prepared { config, header } = prepared;
        if let (Some(own), None) = (own, header) {
            return self.context.call_application(own, body, details);
        }
        let limit = config.request_timeout_ms;
        let base_url = config.base_url.as_deref().unwrap_or_default();
        let options = js_object! {
            "url": [base_url, path].concat(),
            "method": "POST",
            "data": body,
            "header": value::or_null(header.clone()),
            "timeout": limit,
        };
        self.context.host.request(&options, limit)
    }

    /// The answer of a call, or its error. `owner` is the openId of the report.
    fn read(
        &'static self,
        settled: Settled,
        is_own: bool,
        owner: Option<&str>,
    ) -> Result<JsValue, Box<Error>> {
        let (response, is_answer) = match settled {
            Ok(response) => (response, true),
            Err(Fault::Failed(reason)) => (reason, false),
            Err(fault) => return Err(self.identity.error_of(fault, Error::of_request, owner)),
        };
        match http_status(&response) {
            Some(200..300) if is_answer => Ok(response),
            None if is_answer && is_own => Ok(response),
            // A number that is no HTTP status is an application's own.
            Some(status) if is_answer && is_own && !is_http(status) => Ok(response),
            Some(status) if is_http(status) && !(200..300).contains(&status) => {
                let mut error = Error::of_status(status);
                error.retry_after_ms = retry_after_ms(&response, Date::now());
                error.is_page = is_page(&response);
                Err(error)
            }
            None if is_answer => Err(Error::about(Kind::BadResponse, "no HTTP status")),
            // Some HTTP libraries reject with status 0 for no network, and 1 for
            // a timeout.
            Some(1) => {
                Err(self.identity.error_of(Fault::Failed(response), Error::of_timeout, owner))
            }
            _ => Err(self.identity.error_of(Fault::Failed(response), Error::of_request, owner)),
        }
    }

    /// Wakes this task when the application gives other headers.
    pub fn watch_headers(&self, task: Rc<Task>) {
        drop(self.watcher.set(task));
    }

    /// Whether the application has given other headers since this was last asked.
    pub fn take_other_headers(&self) -> bool {
        self.has_other_headers.take()
    }

    /// The headers of a request. Names have no case: the application's content type
    /// replaces ours.
    fn header(&'static self, given: Settled) -> Result<JsValue, Box<Error>> {
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
        if is_record { Ok(result) } else { wrong("`header` must give an object of strings") }
    }

    /// Other headers than before may be news.
    fn compare(&'static self, headers: &JsValue) {
        let headers = value::stringified(headers);
        if self.headers.replace(headers.clone()) != headers {
            self.has_other_headers.set(true);
            if let Some(task) = self.watcher.get() {
                task.wake();
            }
        }
    }
}

/// Puts the headers of a report among the application's; its own of these names
/// lose.
fn add_headers(header: &JsValue, report: &Report<'_>) {
    let age = report.age_ms.map(|ms| JsValue::from((ms / 1_000.0).floor()));
    let trigger_act = report.trigger_act.map(JsValue::from);
    for (name, value) in [
        (IDEMPOTENCY_KEY, Some(report.key.into())),
        (SUBSCRIBE_AGE, age.and_then(|age| value::stringified(&age))),
        (SUBSCRIBE_TRIGGER, trigger_act.and_then(|name| value::percent_encoded(&name))),
    ] {
        while let Some(theirs) = header_name(header, name) {
            value::delete(header, &theirs);
        }
        if let Some(value) = value {
            value::set(header, name, &value);
        }
    }
}

/// What the application's own function is told of a report beside its body.
fn context_of(report: &Report<'_>) -> JsValue {
    let context = js_object! { "reportId": report.key };
    if let Some(age_ms) = report.age_ms {
        value::set(&context, "ageMs", &age_ms.into());
    }
    if let Some(trigger_act) = report.trigger_act {
        value::set(&context, "triggerAct", &trigger_act.into());
    }
    context
}

const fn is_http(status: i32) -> bool {
    status >= 100 && status < 600
}

/// Whether the body of a response is an HTML page. HTTP libraries reject with the
/// response in a member of its own.
fn is_page(response: &JsValue) -> bool {
    let inner = value::get(response, "response");
    [response, &inner].into_iter().any(|holder| is_html(&value::get(holder, "data")))
}

/// Whether the value is a page, such as one to sign in on, in place of an
/// answer.
fn is_html(value: &JsValue) -> bool {
    let text = value::beginning(value, 2_000).unwrap_or_default();
    let is_space = |c: &char| c.is_ascii_whitespace() || *c == '\u{feff}';
    text.chars().find(|c| !is_space(c)) == Some('<')
}
