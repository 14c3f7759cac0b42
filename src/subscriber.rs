//! The flow: trigger → templates → popup → consent → report.
//!
//! Everything up to the popup runs on plain calls and on the host's own
//! callbacks: WeChat opens the popup only within a tap, and a tap does not
//! outlive a promise on every phone.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Date, Function, Promise};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::consent::Consent;
use crate::contract::PopSubscribeResult;
use crate::env::Env;
use crate::event::Event;
use crate::failure::{Failure, Kind, Stage};
use crate::foreign::{object, set};
use crate::host::{self, Listener, Settled, Wx};
use crate::offers::Offers;
use crate::outbox::Urge;
use crate::outcome::{Outcome, Report};
use crate::reports::Reports;
use crate::settings::Settings;
use crate::templates::Moment;
use crate::{foreign, slot};

/// How many templates every client takes at once.
const SAFE_LIMIT: usize = 3;

/// Where the limit that an error 20003 taught is in storage, and for how long.
const LIMIT_KEY: &str = "wx-subscribe:limit";
const LIMIT_TTL_MS: f64 = 7.0 * 86_400_000.0;

/// The SDK at work.
pub struct Subscriber {
    env: Rc<Env>,
    offers: Rc<Offers>,
    reports: Rc<Reports>,
    /// What error 20003 taught about this client.
    limit: Cell<usize>,
    /// The call whose popup is open.
    open: Cell<Option<Rc<Call>>>,
    /// The call whose settings page is open.
    opening: Cell<Option<Rc<Once>>>,
    foreground: Cell<Option<Listener>>,
}

/// Resolves a promise, once.
struct Once(Cell<Option<Function>>);

impl Once {
    fn new(resolve: Function) -> Self {
        Self(Cell::new(Some(resolve)))
    }

    fn resolve(&self, value: &JsValue) {
        if let Some(resolve) = self.0.take() {
            foreign::call(&resolve, value);
        }
    }
}

/// One call of `asyncSubscribeMessage`.
struct Call {
    moment: Moment,
    trigger_act: String,
    extra: JsValue,
    outcome: Once,
}

impl Call {
    fn resolve(&self, outcome: &Outcome) {
        let value = foreign::to_value(outcome);
        if let Outcome::Answered { raw, .. } = outcome {
            set(&value, "raw", &foreign::map(raw));
        }
        self.outcome.resolve(&value);
    }

    fn fail(&self, stage: Stage, error: Failure) {
        self.resolve(&Outcome::Failed { stage, error });
    }
}

impl Subscriber {
    /// Starts with this configuration, and sends what an earlier launch left.
    pub fn new(wx: Wx, config: Config) -> Rc<Self> {
        let env = Env::new(wx, config);
        let this = Rc::new(Self {
            offers: Offers::new(Rc::clone(&env)),
            reports: Reports::start(Rc::clone(&env)),
            limit: Cell::new(remembered_limit(&env.wx)),
            env,
            open: Cell::default(),
            opening: Cell::default(),
            foreground: Cell::default(),
        });
        let weak = Rc::downgrade(&this);
        let listener = this.env.wx.listen(host::Event::AppShow, move |_| {
            if let Some(this) = weak.upgrade() {
                this.back_in_the_foreground();
            }
        });
        this.foreground.set(Some(listener));
        this
    }

    /// Goes on with another configuration. What is under way stays so: an open
    /// popup, and reports that wait.
    pub fn configure(&self, config: Config) {
        self.env.configure(config);
        self.offers.forget();
        self.reports.pump(Urge::WhenDue);
    }

    /// Asks the user. Resolves to an [`Outcome`], whatever happens. With the
    /// templates prefetched, the host's popup is called before this returns.
    pub fn subscribe(
        self: &Rc<Self>,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
    ) -> Promise {
        let (promise, resolve) = foreign::deferred();
        match self.call(trigger, bus_no, extra, &resolve) {
            Ok(call) => self.start(Rc::new(call)),
            Err(error) => {
                let outcome = Outcome::Failed { stage: Stage::Trigger, error };
                foreign::call(&resolve, &foreign::to_value(&outcome));
            }
        }
        promise
    }

    /// Fetches the templates of a moment ahead of its tap. Resolves to their
    /// ids, and to none after a failure.
    pub fn prefetch(self: &Rc<Self>, trigger: &JsValue, bus_no: &JsValue) -> Promise {
        match self.moment(trigger, bus_no) {
            Ok((moment, trigger_act)) => self.offers.prefetch(moment, &trigger_act),
            Err(error) => {
                let bus_no = bus_no.as_string().unwrap_or_default();
                let (trigger_act, bus_no, error) = ("", bus_no.as_str(), &error);
                self.env.emit(&Event::TemplatesFailed { trigger_act, bus_no, error });
                Promise::resolve(&foreign::to_value::<[String]>(&[]))
            }
        }
    }

    /// Sends the reports that wait, and resolves to `{ sent, pending }`.
    pub fn flush_reports(&self) -> Promise {
        self.reports.flush()
    }

    /// Resolves to the user's [`Settings`]; empty ones if the host has none.
    pub fn subscription_settings(&self) -> Promise {
        let (promise, resolve) = foreign::deferred();
        let ticket = self.env.wx.ticket(move |settled| {
            let settings = Settings::read(&settled.unwrap_or_default());
            foreign::call(&resolve, &settings.to_value());
        });
        let limit = self.env.config().backend.timeout_ms;
        self.env.wx.get_setting(ticket.with_limit(limit));
        promise
    }

    /// Opens the settings page, in a tap. Resolves to the [`Settings`] that
    /// the user left, with the failure, or `null`, as `error`. The user may
    /// stay there for long; the call ends, as one with a popup does, some time
    /// after the return from the background.
    pub fn open_subscription_settings(self: &Rc<Self>) -> Promise {
        let (promise, resolve) = foreign::deferred();
        let opened = Rc::new(Once::new(resolve));
        self.opening.set(Some(Rc::clone(&opened)));
        let env = Rc::clone(&self.env);
        self.env.wx.open_setting(self.env.wx.ticket(move |settled| match settled {
            Ok(answer) => opened.resolve(&opened_settings(&answer, None)),
            Err(error) => {
                let error = env.failure(error, Failure::of_popup);
                opened.resolve(&opened_settings(&JsValue::UNDEFINED, Some(error)));
            }
        }));
        promise
    }

    fn call(
        &self,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
        resolve: &Function,
    ) -> Result<Call, Failure> {
        let (moment, trigger_act) = self.moment(trigger, bus_no)?;
        let outcome = Once::new(resolve.clone());
        Ok(Call { moment, trigger_act, extra: extra_map(extra)?, outcome })
    }

    fn moment(&self, trigger: &JsValue, bus_no: &JsValue) -> Result<(Moment, String), Failure> {
        let config = self.env.config();
        let number = foreign::whole(trigger).and_then(|number| u32::try_from(number).ok());
        let (trigger, trigger_act) = number
            .and_then(|number| Some((number, config.triggers.trigger_act(number)?)))
            .ok_or_else(|| Failure::new(Kind::UnknownTrigger))?;
        let bus_no = bus_no.as_string().filter(|bus_no| !bus_no.is_empty()).ok_or_else(|| {
            Failure::with_detail(Kind::BadArgument, "busNo must be a string that is not empty")
        })?;
        Ok((Moment { trigger, bus_no }, String::from(trigger_act)))
    }

    fn start(self: &Rc<Self>, call: Rc<Call>) {
        if self.popup_is_open() {
            return call.fail(Stage::Popup, Failure::new(Kind::Busy));
        }
        if let Some(ids) = self.offers.known(&call.moment) {
            return self.offer(call, ids);
        }
        let (this, asking) = (Rc::clone(self), Rc::clone(&call));
        self.offers.find(&call.moment, &call.trigger_act, move |found| match found {
            Ok(ids) => this.offer(asking, ids),
            Err(error) => asking.fail(Stage::Templates, error),
        });
    }

    fn popup_is_open(&self) -> bool {
        slot::with(&self.open, |open| open.is_some())
    }

    /// Shows the popup. Nothing may come between the tap and this.
    fn offer(self: &Rc<Self>, call: Rc<Call>, mut ids: Vec<String>) {
        if ids.is_empty() {
            return call.resolve(&Outcome::NoTemplates);
        }
        if self.popup_is_open() {
            return call.fail(Stage::Popup, Failure::new(Kind::Busy));
        }
        self.open.set(Some(Rc::clone(&call)));
        let most = self.env.config().max_templates.min(self.limit.get());
        let remaining: Vec<String> = ids.iter().skip(most).cloned().collect();
        ids.truncate(most);
        self.env.emit(&Event::PopupRequested {
            trigger_act: &call.trigger_act,
            bus_no: &call.moment.bus_no,
            template_ids: &ids,
        });
        let (this, asked) = (Rc::clone(self), ids.clone());
        let ticket = self.env.wx.ticket(move |settled| {
            this.close(&call);
            this.answered(&call, asked, remaining, settled);
        });
        self.env.wx.request_subscribe_message(&ids, ticket);
    }

    /// The popup of this call is open no more. Whether it was until now.
    fn close(&self, call: &Rc<Call>) -> bool {
        slot::with(&self.open, |open| open.take_if(|open| Rc::ptr_eq(open, call)).is_some())
    }

    /// A popup that was open may have gone in the background without a word.
    /// Its call ends after a while; should the user answer all the same, that
    /// is reported nonetheless.
    fn back_in_the_foreground(self: &Rc<Self>) {
        let call = slot::with(&self.open, |open| open.clone());
        let opened = self.opening.take();
        if call.is_none() && opened.is_none() {
            return;
        }
        let this = Rc::clone(self);
        self.env.wx.after(self.env.config().popup_grace_ms, move || {
            if let Some(call) = call.filter(|call| this.close(call)) {
                this.popup_failed(&call, Failure::new(Kind::Timeout));
            }
            if let Some(opened) = opened {
                let error = Some(Failure::new(Kind::Timeout));
                opened.resolve(&opened_settings(&JsValue::UNDEFINED, error));
            }
        });
    }

    fn popup_failed(&self, call: &Call, error: Failure) {
        self.env.emit(&Event::PopupFailed {
            trigger_act: &call.trigger_act,
            bus_no: &call.moment.bus_no,
            error: &error,
        });
        call.fail(Stage::Popup, error);
    }

    /// After error 20003, asks less: at the next tap, and at the next launches.
    fn ask_less(&self, asked: usize) {
        let limit = if asked > SAFE_LIMIT { SAFE_LIMIT } else { asked.saturating_sub(1) };
        self.limit.set(limit);
        let remembered = object([("limit", (limit as u32).into()), ("at", Date::now().into())]);
        self.env.wx.write(LIMIT_KEY, &remembered);
    }

    fn answered(&self, call: &Call, asked: Vec<String>, remaining: Vec<String>, settled: Settled) {
        let count = asked.len();
        let consent = settled.map_err(|error| self.env.failure(error, Failure::of_popup)).and_then(
            |answer| {
                Consent::sort(asked, |id| foreign::string(&answer, id)).ok_or_else(|| {
                    let detail = "the popup's answer has no word for any template asked";
                    Failure::with_detail(Kind::BadResponse, detail)
                })
            },
        );
        let consent = match consent {
            Ok(consent) => consent,
            Err(mut error) => {
                if error.kind == Kind::TooManyTemplates && count > 1 {
                    self.ask_less(count);
                    error.retryable = true;
                }
                return self.popup_failed(call, error);
            }
        };
        self.offers.keep(&call.moment, &remaining);
        self.env.emit(&Event::PopupAnswered {
            trigger_act: &call.trigger_act,
            bus_no: &call.moment.bus_no,
            accepted: &consent.accepted,
            rejected: &consent.rejected,
        });
        let report = if consent.is_reportable() {
            self.reports.add(self.report(call, &consent))
        } else {
            Report::None
        };
        let Consent { accepted, rejected, banned, filtered, other, raw } = consent;
        call.resolve(&Outcome::Answered {
            accepted,
            rejected,
            banned,
            filtered,
            other,
            raw,
            remaining,
            report,
        });
        self.reports.pump(Urge::WhenDue);
    }

    fn report(&self, call: &Call, consent: &Consent) -> JsValue {
        foreign::to_value(&PopSubscribeResult {
            bus_no: call.moment.bus_no.clone(),
            extra_variable_map: Foreign(call.extra.clone()),
            open_id: self.env.open_id(),
            agree_template_ids: consent.accepted.clone(),
            reject_template_ids: consent.rejected.clone(),
        })
    }
}

/// What `openSubscriptionSettings` resolves to.
fn opened_settings(answer: &JsValue, error: Option<Failure>) -> JsValue {
    let opened = Settings::read(answer).to_value();
    set(&opened, "error", &foreign::to_value(&error));
    opened
}

/// A JavaScript value that is passed through as it is.
#[derive(Serialize)]
struct Foreign(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

/// The limit that an error 20003 taught, unless it is so long ago that the
/// client may have been updated since.
fn remembered_limit(wx: &Wx) -> usize {
    let remembered = wx.read(LIMIT_KEY).unwrap_or_default();
    let age = Date::now() - foreign::get(&remembered, "at").as_f64().unwrap_or(0.0);
    foreign::integer(&remembered, "limit")
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0 && (0.0..LIMIT_TTL_MS).contains(&age))
        .unwrap_or(usize::MAX)
}

/// A copy of `extraVariableMap` as it is at the tap: what the page changes
/// later is not what the user agreed to.
fn extra_map(extra: &JsValue) -> Result<JsValue, Failure> {
    if extra.is_undefined() || extra.is_null() {
        return Ok(js_sys::Object::new().into());
    }
    Some(extra)
        .filter(|extra| foreign::is_plain_object(extra))
        .and_then(foreign::json_copy)
        .filter(foreign::is_plain_object)
        .ok_or_else(|| {
            let detail = "extraVariableMap must be an object that JSON can hold";
            Failure::with_detail(Kind::BadArgument, detail)
        })
}
