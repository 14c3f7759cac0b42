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

use crate::backend::Backend;
use crate::config::Config;
use crate::consent::Consent;
use crate::contract::{FindCustomerPopTemplate, PopSubscribeResult};
use crate::event::{Event, Events};
use crate::failure::{Failure, Kind, Stage};
use crate::host::{Settled, Ticket, Wx};
use crate::outbox::Urge;
use crate::outcome::{Outcome, Report};
use crate::reports::Reports;
use crate::settings::Settings;
use crate::templates::{Moment, TemplateCache};
use crate::trigger::Triggers;
use crate::{foreign, slot};

/// The SDK at work, for one configuration.
pub struct Subscriber {
    wx: Wx,
    triggers: Triggers,
    backend: Rc<Backend>,
    events: Events,
    reports: Rc<Reports>,
    max_templates: Cell<usize>,
    template_ttl_ms: f64,
    cache: Cell<TemplateCache>,
    prefetching: Cell<Vec<(Moment, Promise)>>,
    popup_is_open: Cell<bool>,
}

/// One call of `asyncSubscribeMessage`, up to its outcome.
struct Call {
    moment: Moment,
    trigger_act: String,
    extra: JsValue,
    resolve: Function,
}

impl Call {
    fn resolve(&self, outcome: &Outcome) {
        resolve(&self.resolve, outcome);
    }

    fn fail(&self, stage: Stage, error: Failure) {
        self.resolve(&Outcome::Failed { stage, error });
    }
}

impl Subscriber {
    /// Starts with this configuration, and sends what an earlier launch left.
    pub fn new(wx: Wx, config: Config) -> Rc<Self> {
        let backend = Rc::new(config.backend);
        let reports = Reports::new(
            wx.clone(),
            Rc::clone(&backend),
            config.events.clone(),
            config.open_id,
            config.limits,
        );
        reports.pump(Urge::WhenDue);
        Rc::new(Self {
            wx,
            triggers: config.triggers,
            backend,
            events: config.events,
            reports,
            max_templates: Cell::new(config.max_templates),
            template_ttl_ms: config.template_ttl_ms,
            cache: Cell::default(),
            prefetching: Cell::default(),
            popup_is_open: Cell::new(false),
        })
    }

    /// Asks the user. Resolves to an [`Outcome`], whatever happens. With the
    /// templates prefetched, the host's popup is called before this returns.
    pub fn subscribe(
        self: &Rc<Self>,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
    ) -> Promise {
        Promise::new(&mut |resolve_promise, _| {
            let checked = self
                .moment(trigger, bus_no)
                .and_then(|(moment, trigger_act)| Ok((moment, trigger_act, extra_map(extra)?)));
            match checked {
                Ok((moment, trigger_act, extra)) => {
                    self.start(Call { moment, trigger_act, extra, resolve: resolve_promise });
                }
                Err(error) => {
                    resolve(&resolve_promise, &Outcome::Failed { stage: Stage::Trigger, error });
                }
            }
        })
    }

    /// Fetches the templates of a moment ahead of its tap. Resolves to their
    /// ids, and to none after a failure.
    pub fn prefetch(self: &Rc<Self>, trigger: &JsValue, bus_no: &JsValue) -> Promise {
        let (moment, trigger_act) = match self.moment(trigger, bus_no) {
            Ok(known) => known,
            Err(error) => {
                let text = |value: &JsValue| value.as_string().unwrap_or_default();
                self.events.emit(&Event::TemplatesFailed {
                    trigger_act: "",
                    bus_no: &text(bus_no),
                    error: &error,
                });
                return Promise::resolve(&foreign::to_value::<[String]>(&[]));
            }
        };
        if let Some(ids) = self.prefetched(&moment) {
            return Promise::resolve(&foreign::to_value(&ids));
        }
        let under_way = slot::with(&self.prefetching, |all| {
            all.iter().find(|(known, _)| *known == moment).map(|(_, promise)| promise.clone())
        });
        if let Some(promise) = under_way {
            return promise;
        }
        let settled = Rc::new(Cell::new(false));
        let promise = Promise::new(&mut |resolve, _| {
            let (this, moment, settled) = (Rc::clone(self), moment.clone(), Rc::clone(&settled));
            self.find(&moment.clone(), &trigger_act, move |found| {
                settled.set(true);
                slot::with(&this.prefetching, |all| all.retain(|(known, _)| *known != moment));
                let ids = found.unwrap_or_default();
                drop(resolve.call1(&JsValue::UNDEFINED, &foreign::to_value(&ids)));
            });
        });
        if !settled.get() {
            slot::with(&self.prefetching, |all| all.push((moment, promise.clone())));
        }
        promise
    }

    /// Sends the reports that wait, and resolves to `{ sent, pending }`.
    pub fn flush_reports(&self) -> Promise {
        self.reports.flush()
    }

    /// Resolves to the user's [`Settings`]; empty ones if the host has none.
    pub fn subscription_settings(&self) -> Promise {
        self.settings(|ticket| self.wx.get_setting(ticket))
    }

    /// Opens the settings page, in a tap, and resolves to what is set then.
    pub fn open_subscription_settings(&self) -> Promise {
        self.settings(|ticket| self.wx.open_setting(ticket))
    }

    fn settings(&self, call: impl Fn(Ticket)) -> Promise {
        Promise::new(&mut |resolve, _| {
            call(self.wx.ticket(move |settled| {
                let settings = Settings::read(&settled.unwrap_or_default());
                drop(resolve.call1(&JsValue::UNDEFINED, &foreign::to_value(&settings)));
            }));
        })
    }

    fn moment(&self, trigger: &JsValue, bus_no: &JsValue) -> Result<(Moment, String), Failure> {
        let number = foreign::whole(trigger).and_then(|number| u32::try_from(number).ok());
        let (trigger, trigger_act) = number
            .and_then(|number| Some((number, self.triggers.trigger_act(number)?)))
            .ok_or_else(|| Failure::new(Kind::UnknownTrigger))?;
        let bus_no = bus_no.as_string().filter(|bus_no| !bus_no.is_empty()).ok_or_else(|| {
            Failure::with_detail(Kind::BadArgument, "busNo must be a string that is not empty")
        })?;
        Ok((Moment { trigger, bus_no }, String::from(trigger_act)))
    }

    fn start(self: &Rc<Self>, call: Call) {
        if self.popup_is_open.get() {
            return call.fail(Stage::Popup, Failure::new(Kind::Busy));
        }
        if let Some(ids) = self.prefetched(&call.moment) {
            return self.offer(call, ids);
        }
        let this = Rc::clone(self);
        let (moment, trigger_act) = (call.moment.clone(), call.trigger_act.clone());
        self.find(&moment, &trigger_act, move |found| match found {
            Ok(ids) => this.offer(call, ids),
            Err(error) => call.fail(Stage::Templates, error),
        });
    }

    /// The templates of this moment, if they were fetched not long ago.
    fn prefetched(&self, moment: &Moment) -> Option<Vec<String>> {
        slot::with(&self.cache, |cache| {
            cache.get(moment, Date::now(), self.template_ttl_ms).map(<[String]>::to_vec)
        })
    }

    /// Asks the back end which templates to offer, and remembers them.
    fn find(
        self: &Rc<Self>,
        moment: &Moment,
        trigger_act: &str,
        then: impl FnOnce(Result<Vec<String>, Failure>) + 'static,
    ) {
        let ask = FindCustomerPopTemplate {
            trigger_act: String::from(trigger_act),
            bus_no: moment.bus_no.clone(),
        };
        let this = Rc::clone(self);
        let (moment, asked) = (moment.clone(), ask.clone());
        self.backend.find_templates(&self.wx, &ask, move |found| {
            let FindCustomerPopTemplate { trigger_act, bus_no } = &asked;
            match &found {
                Ok(template_ids) => {
                    slot::with(&this.cache, |cache| {
                        cache.put(moment, template_ids.clone(), Date::now());
                    });
                    this.events.emit(&Event::TemplatesFound { trigger_act, bus_no, template_ids });
                }
                Err(error) => {
                    this.events.emit(&Event::TemplatesFailed { trigger_act, bus_no, error });
                }
            }
            then(found);
        });
    }

    /// Shows the popup. Nothing may come between the tap and this.
    fn offer(self: &Rc<Self>, call: Call, mut ids: Vec<String>) {
        if ids.is_empty() {
            return call.resolve(&Outcome::NoTemplates);
        }
        if self.popup_is_open.replace(true) {
            return call.fail(Stage::Popup, Failure::new(Kind::Busy));
        }
        let remaining: Vec<String> = ids.iter().skip(self.max_templates.get()).cloned().collect();
        ids.truncate(self.max_templates.get());
        self.events.emit(&Event::PopupRequested {
            trigger_act: &call.trigger_act,
            bus_no: &call.moment.bus_no,
            template_ids: &ids,
        });
        let (this, asked) = (Rc::clone(self), ids.clone());
        let ticket = self.wx.ticket(move |settled| {
            this.popup_is_open.set(false);
            this.answered(&call, asked, remaining, settled);
        });
        self.wx.request_subscribe_message(&ids, ticket);
    }

    fn answered(&self, call: &Call, asked: Vec<String>, remaining: Vec<String>, settled: Settled) {
        let (trigger_act, bus_no) = (call.trigger_act.as_str(), call.moment.bus_no.as_str());
        let consent =
            settled.map_err(|error| error.into_failure(Failure::of_popup)).and_then(|answer| {
                Consent::sort(asked, |id| foreign::string(&answer, id)).ok_or_else(|| {
                    let detail = "the popup's answer has no word for any template asked";
                    Failure::with_detail(Kind::BadResponse, detail)
                })
            });
        let consent = match consent {
            Ok(consent) => consent,
            Err(error) => {
                self.events.emit(&Event::PopupFailed { trigger_act, bus_no, error: &error });
                return call.fail(Stage::Popup, error);
            }
        };
        self.remember(&call.moment, &remaining);
        self.events.emit(&Event::PopupAnswered {
            trigger_act,
            bus_no,
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

    /// What was not asked yet comes first at the next tap.
    fn remember(&self, moment: &Moment, remaining: &[String]) {
        slot::with(&self.cache, |cache| {
            if remaining.is_empty() {
                cache.remove(moment);
            } else {
                cache.put(moment.clone(), remaining.to_vec(), Date::now());
            }
        });
    }

    fn report(&self, call: &Call, consent: &Consent) -> JsValue {
        foreign::to_value(&PopSubscribeResult {
            bus_no: call.moment.bus_no.clone(),
            extra_variable_map: Foreign(call.extra.clone()),
            open_id: self.reports.open_id(),
            agree_template_ids: consent.accepted.clone(),
            reject_template_ids: consent.rejected.clone(),
        })
    }
}

/// A JavaScript value that is passed through as it is.
#[derive(Serialize)]
struct Foreign(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

fn resolve(resolve: &Function, outcome: &Outcome) {
    drop(resolve.call1(&JsValue::UNDEFINED, &foreign::to_value(outcome)));
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
        .map(|(copy, _)| copy)
        .filter(foreign::is_plain_object)
        .ok_or_else(|| {
            let detail = "extraVariableMap must be an object that JSON can hold";
            Failure::with_detail(Kind::BadArgument, detail)
        })
}
