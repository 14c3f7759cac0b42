//! The flow: trigger → templates → popup → consent → report.
//!
//! Everything up to the popup runs on plain calls and on the host's own
//! callbacks: WeChat opens the popup only within a tap, and a tap does not
//! outlive a promise on every phone.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;

use js_sys::{Date, Function};
use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::consent::{Consent, Verdict};
use crate::contract::PopSubscribeResult;
use crate::env::Env;
use crate::event;
use crate::failure::{Kind, Stage};
use crate::foreign::{self, Foreign, members};
use crate::host::{self, HostError, Settled, Wx};
use crate::ids::Ids;
use crate::offers::{Moment, Offers, Query};
use crate::outbox::Urge;
use crate::outcome::{self, Failure, Report};
use crate::reports::Reports;
use crate::settings;
use crate::trigger::TriggerType;
use crate::writer::to_value;

/// How many templates every client takes at once.
const SAFE_LIMIT: u32 = 3;

/// How long the limit counts that an error 20003 taught.
const LIMIT_TTL_MS: f64 = 7.0 * 86_400_000.0;

/// The SDK at work. It is never dropped: a host may call back at any time.
#[allow(missing_debug_implementations)]
pub struct Subscriber {
    env: &'static Env,
    offers: Offers,
    reports: Reports,
    /// How many popups were opened.
    popups: Cell<u32>,
    /// The number of the popup that is open; 0 if none is.
    open: Cell<u32>,
    /// The call whose popup is open, until it is watched for its silence.
    asking: Cell<Option<Rc<Call>>>,
    /// The call whose settings page is open.
    opening: Cell<Option<Function>>,
}

/// One call of `asyncSubscribeMessage`.
struct Call {
    moment: Rc<Moment>,
    extra: Foreign,
    /// What it is told first counts: it resolves a promise.
    resolve: Function,
}

impl Call {
    fn fail(&self, stage: Stage, failure: &Failure) {
        foreign::tell(&self.resolve, &outcome::failed(stage, failure));
    }
}

impl Subscriber {
    /// An SDK over the host's `wx`, with the function that its callbacks are
    /// bound from, and the object given to `setup`.
    ///
    /// # Errors
    /// What to mend in the configuration.
    pub fn new(wx: JsValue, settle: Function, config: &JsValue) -> Result<&'static Self, JsValue> {
        let config = Config::read(config)?;
        let wx = Wx::new(wx, settle.unchecked_into());
        let env: &_ = Box::leak(Box::new(Env::new(wx, config)));
        Ok(Box::leak(Box::new(Self {
            env,
            offers: Offers::new(env),
            reports: Reports::new(env),
            popups: Cell::new(0),
            open: Cell::new(0),
            asking: Cell::default(),
            opening: Cell::default(),
        })))
    }

    /// Listens to the host, and sends what an earlier launch left. The host may
    /// call back right away.
    pub fn start(&'static self) {
        self.env.wx.listen(host::APP_SHOW);
        self.reports.start();
    }

    /// Goes on with another configuration. What is under way stays so: an open
    /// popup, and reports that wait.
    ///
    /// # Errors
    /// What to mend in the configuration; the one before stays.
    pub fn configure(&'static self, config: &JsValue) -> Result<(), JsValue> {
        self.env.configure(Config::read(config)?);
        self.reports.pump(Urge::WhenDue);
        Ok(())
    }

    /// A callback of the host, see [`crate::js::settle`].
    pub fn settle(&'static self, ticket: u32, how: u32, value: JsValue) {
        match ticket {
            host::APP_SHOW => self.back_in_the_foreground(),
            host::NETWORK_STATUS_CHANGE => self.reports.network_changed(&value),
            _ => self.env.wx.settle(ticket, how, value),
        }
    }

    /// Asks the user. Resolves to an outcome, whatever happens. With the
    /// templates prefetched, the host's popup is called before this returns.
    pub fn subscribe(
        &'static self,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
        resolve: Function,
    ) {
        let moment = self.moment(trigger, bus_no);
        match moment.and_then(|moment| Ok((moment, extra_map(extra)?))) {
            Ok((moment, extra)) => self.ask(Rc::new(Call { moment, extra, resolve })),
            Err(failure) => foreign::tell(&resolve, &outcome::failed(Stage::Trigger, &failure)),
        }
    }

    /// Fetches the templates of a moment ahead of its tap. Resolves to their
    /// ids, and to none after a failure.
    pub fn prefetch(&'static self, trigger: &JsValue, bus_no: &JsValue, resolve: Function) {
        match self.moment(trigger, bus_no) {
            Ok(moment) => self.offers.prefetch(moment, resolve),
            Err(error) => {
                let bus_no = Some(bus_no.clone()).filter(JsValue::is_string);
                let bus_no = bus_no.map_or_else(empty, Foreign);
                let query = Query { trigger_act: empty(), bus_no };
                event::templates_failed(self.env, &query, &error);
                foreign::tell(&resolve, &Ids::default().to_value());
            }
        }
    }

    /// Sends the reports that wait, and resolves to `{ sent, pending }`.
    pub fn flush_reports(&'static self, resolve: Function) {
        self.reports.flush(resolve);
    }

    /// Resolves to the user's settings; empty ones if the host has none.
    pub fn subscription_settings(&'static self, resolve: Function) {
        let limit = self.env.numbers().request_timeout_ms();
        let ticket = self.env.wx.ticket(limit, move |settled| {
            foreign::tell(&resolve, &settings::read(&settled.unwrap_or_default()));
        });
        self.env.wx.get_setting(ticket);
    }

    /// Opens the settings page, in a tap. Resolves to the settings that the
    /// user left, with the failure, or `null`, as `error`. The user may
    /// stay there for long; the call ends, as one with a popup does, some time
    /// after the return from the background.
    pub fn open_subscription_settings(&'static self, resolve: Function) {
        self.opening.set(Some(resolve.clone()));
        self.env.wx.open_setting(self.env.wx.ticket(f64::INFINITY, move |settled| {
            let (answer, error) = match settled {
                Ok(answer) => (answer, JsValue::NULL),
                Err(error) => {
                    let failure = self.env.failure(error, Failure::of_popup);
                    (JsValue::UNDEFINED, outcome::error(&failure))
                }
            };
            foreign::tell(&resolve, &opened_settings(&answer, &error));
        }));
    }

    #[inline(never)]
    fn moment(&self, trigger: &JsValue, bus_no: &JsValue) -> Result<Rc<Moment>, Failure> {
        let number = trigger.as_f64().filter(|number| foreign::is_count(*number));
        let number = number.ok_or_else(|| Failure::new(Kind::UnknownTrigger))?;
        let own = self.env.config.with(|config| config.triggers.get(trigger));
        let trigger = foreign::count(number);
        let trigger_act = if foreign::is_text(&own) {
            own
        } else {
            let known = TriggerType::from_number(trigger);
            known.ok_or_else(|| Failure::new(Kind::UnknownTrigger))?.trigger_act().into()
        };
        if !foreign::is_text(bus_no) {
            let detail = "busNo must be a string that is not empty";
            return Err(Failure::with_detail(Kind::BadArgument, detail.into()));
        }
        let (trigger_act, bus_no) = (Foreign(trigger_act), Foreign(bus_no.clone()));
        let query = Query { trigger_act, bus_no };
        Ok(Rc::new(Moment { generation: self.env.generation(), trigger, query }))
    }

    fn ask(&'static self, call: Rc<Call>) {
        if self.open.get() > 0 {
            return call.fail(Stage::Popup, &Failure::new(Kind::Busy));
        }
        if let Some(ids) = self.offers.known(&call.moment) {
            return self.offer(call, ids);
        }
        let moment = Rc::clone(&call.moment);
        let then = move |found| match found {
            Ok(ids) => self.offer(call, ids),
            Err(failure) => call.fail(Stage::Templates, &failure),
        };
        self.offers.find(moment, Box::new(then));
    }

    /// Shows the popup. Nothing may come between the tap and this.
    #[inline(never)]
    fn offer(&'static self, call: Rc<Call>, ids: Ids) {
        if ids.is_empty() {
            return foreign::tell(&call.resolve, &outcome::no_templates());
        }
        if self.open.get() > 0 {
            return call.fail(Stage::Popup, &Failure::new(Kind::Busy));
        }
        let popup = self.popups.get().wrapping_add(1).max(1);
        self.popups.set(popup);
        self.open.set(popup);
        self.asking.set(Some(Rc::clone(&call)));
        let most = self.env.numbers().max_templates().min(self.limit());
        let (asked, remaining) = (ids.slice(0, most), ids.slice(most, ids.len()));
        event::popup_requested(self.env, &call.moment.query, &asked);
        let asking = asked.clone();
        let ticket = self.env.wx.ticket(f64::INFINITY, move |settled| {
            self.close(popup);
            self.answered(&call, &asked, remaining, settled);
        });
        self.env.wx.request_subscribe_message(&asking, ticket);
    }

    /// This popup is open no more. Whether it was until now.
    fn close(&self, popup: u32) -> bool {
        let is_open = self.open.get() == popup;
        if is_open {
            self.open.set(0);
            self.asking.take();
        }
        is_open
    }

    /// A popup that was open may have gone in the background without a word.
    /// Its call ends after a while; should the user answer all the same, that
    /// is reported nonetheless.
    fn back_in_the_foreground(&'static self) {
        let (popup, call) = (self.open.get(), self.asking.take());
        let opened = self.opening.take();
        if call.is_none() && opened.is_none() {
            return;
        }
        self.env.wx.after(self.env.numbers().popup_grace_ms(), move || {
            if let Some(call) = call.filter(|_| self.close(popup)) {
                self.popup_failed(&call, &Failure::new(Kind::Timeout));
            }
            if let Some(resolve) = opened {
                let error = outcome::error(&Failure::new(Kind::Timeout));
                foreign::tell(&resolve, &opened_settings(&JsValue::UNDEFINED, &error));
            }
        });
    }

    fn popup_failed(&self, call: &Call, failure: &Failure) {
        event::popup_failed(self.env, &call.moment.query, failure);
        call.fail(Stage::Popup, failure);
    }

    /// How many templates this client takes at once, as far as an error 20003
    /// has taught it. That counts until the client may have been updated.
    fn limit(&self) -> u32 {
        let limit = self.reports.limit();
        if !limit.is_object() {
            // A look into nothing throws, which takes longer than all the rest.
            return u32::MAX;
        }
        let age = Date::now() - foreign::number(&limit, "at").unwrap_or(0.0);
        let most = foreign::number(&limit, "most").map_or(0, foreign::count);
        if most > 0 && (0.0..LIMIT_TTL_MS).contains(&age) { most } else { u32::MAX }
    }

    /// After error 20003, asks less: at the next tap, and at the next launches.
    fn ask_less(&self, asked: u32) {
        let most = if asked > SAFE_LIMIT { SAFE_LIMIT } else { asked - 1 };
        let limit = members().with("most", most.into()).with("at", Date::now().into());
        self.reports.keep_limit(&limit.done());
    }

    fn answered(&'static self, call: &Call, asked: &Ids, remaining: Ids, settled: Settled) {
        let answer = match settled {
            Ok(answer) => answer,
            Err(error) => return self.refused(call, asked.len(), error),
        };
        let consent = Consent::sort(asked.iter(), |id| {
            let word = foreign::get_by(&answer, id);
            word.is_string().then(|| (Verdict::of(&word), word))
        });
        let Some(consent) = consent else {
            let detail = "the answer has no word for any template";
            let failure = Failure::with_detail(Kind::BadResponse, detail.into());
            return self.popup_failed(call, &failure);
        };
        let Consent { accepted, rejected, .. } = &consent;
        self.offers.keep(&call.moment, &remaining);
        event::popup_answered(self.env, &call.moment.query, accepted, rejected);
        let report = if accepted.is_empty() && rejected.is_empty() {
            Report::None
        } else {
            self.reports.add(to_value(&PopSubscribeResult {
                bus_no: &call.moment.query.bus_no,
                extra_variable_map: &call.extra,
                open_id: &Foreign(self.env.open_id()),
                agree_template_ids: accepted,
                reject_template_ids: rejected,
            }))
        };
        foreign::tell(&call.resolve, &outcome::answered(&consent, &remaining, report));
        self.reports.pump(Urge::WhenDue);
    }

    /// The popup did not open, or was not answered.
    fn refused(&self, call: &Call, asked: u32, error: HostError) {
        let mut failure = self.env.failure(error, Failure::of_popup);
        if failure.kind == Kind::TooManyTemplates && asked > 1 {
            self.ask_less(asked);
            failure.retryable = true;
        }
        self.popup_failed(call, &failure);
    }
}

/// What `openSubscriptionSettings` resolves to.
fn opened_settings(answer: &JsValue, error: &JsValue) -> JsValue {
    let opened = settings::read(answer);
    foreign::set(&opened, "error", error);
    opened
}

/// A text that says nothing.
fn empty() -> Foreign {
    Foreign("".into())
}

/// A copy of `extraVariableMap` as it is at the tap: what the page changes
/// later is not what the user agreed to.
fn extra_map(extra: &JsValue) -> Result<Foreign, Failure> {
    if extra.is_null_or_undefined() {
        return Ok(Foreign(members().done()));
    }
    Some(extra)
        .filter(|extra| foreign::is_plain_object(extra))
        .and_then(foreign::json_copy)
        .filter(foreign::is_plain_object)
        .map(Foreign)
        .ok_or_else(|| {
            let detail = "extraVariableMap must be an object that JSON can hold";
            Failure::with_detail(Kind::BadArgument, detail.into())
        })
}
