//! The flow of one call: trigger → templates → popup → consent → report.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;

use js_sys::{Date, Function};
use wasm_bindgen::JsValue;

use super::backend::ReportBody;
use super::context::Context;
use super::delivery::Delivery;
use super::event::Event;
use super::identity::{Asked, Identity};
use super::learned::Learned;
use super::outbox_store::Report;
use super::outcome::{Outcome, ReportState};
use super::templates::TemplateSource;
use crate::host::Fault;
use crate::js::{JsonText, Opaque, StringMap, TemplateIds, to_js, value};
use crate::rules::failure::{Error, Kind, Stage};
use crate::rules::template_cache::Moment;
use crate::rules::verdict::Verdict;

/// How long the SDK itself answers `busy` while a popup is open, in
/// milliseconds. From then on the host is asked, which knows.
const BUSY_MS: f64 = 10_000.0;

/// The longest word of the host that is read, in UTF-16 units.
const LONGEST_WORD: u32 = 32;

/// What calls of `asyncSubscribeMessage` work with.
pub struct Subscriptions {
    context: &'static Context,
    identity: &'static Identity,
    templates: &'static TemplateSource,
    delivery: &'static Delivery,
    learned: &'static Learned,
    /// The popup that is open.
    open: Cell<Option<Popup>>,
    popups: Cell<u32>,
}

/// A popup that is open.
#[derive(Clone, Copy)]
struct Popup {
    number: u32,
    opened_at: f64,
}

/// One call of a page.
pub struct Call {
    /// The moment it asks at.
    pub moment: Rc<Moment>,
    /// A copy of the page's `extraVariableMap`.
    pub extra: Opaque,
    /// Resolves the page's promise. Only its first call counts.
    pub resolve: Function,
}

/// The host's words, sorted.
#[derive(Default)]
struct Consent {
    accepted: TemplateIds,
    rejected: TemplateIds,
    banned: TemplateIds,
    filtered: TemplateIds,
    other: TemplateIds,
    raw: StringMap,
}

impl Subscriptions {
    /// No popup is open.
    pub fn new(
        context: &'static Context,
        identity: &'static Identity,
        templates: &'static TemplateSource,
        delivery: &'static Delivery,
        learned: &'static Learned,
    ) -> Self {
        let (open, popups) = (Cell::new(None), Cell::new(0));
        Self { context, identity, templates, delivery, learned, open, popups }
    }

    /// Asks the user. With the templates prefetched, the host's popup is called
    /// before this first waits.
    pub async fn ask(&'static self, call: Call) {
        if self.is_busy() {
            return self.fail(&call, Stage::Popup, Error::new(Kind::Busy));
        }
        let known = self.templates.known(&call.moment);
        let is_known = known.is_some();
        let found = match known {
            Some(ids) => Ok(ids),
            None => self.templates.find(&call.moment).await,
        };
        match found {
            Ok(ids) if !ids.is_empty() && !self.is_busy() => self.show(call, ids, is_known).await,
            found => {
                if !is_known {
                    self.templates.tell(&call.moment.query, &found);
                }
                match found {
                    Ok(ids) if ids.is_empty() => self.resolve(&call, &Outcome::NoTemplates),
                    Ok(_) => self.fail(&call, Stage::Popup, Error::new(Kind::Busy)),
                    Err(error) => self.fail(&call, Stage::Templates, error),
                }
            }
        }
    }

    /// Shows the popup, before anything else is called: nothing may come between
    /// the tap and it.
    async fn show(&'static self, call: Call, ids: TemplateIds, is_known: bool) {
        let most = self.learned.most(self.context.config().max_templates);
        let (asked, remaining) = (ids.slice(0, most), ids.slice(most, ids.len()));
        let popup = self.popups.get().wrapping_add(1);
        self.popups.set(popup);
        self.open.set(Some(Popup { number: popup, opened_at: Date::now() }));
        let mut answer = self.context.host.request_subscribe_message(&asked);

        let query = &call.moment.query;
        self.context.host.limit(&answer, self.context.config().popup_timeout_ms);
        if !is_known {
            self.templates.tell(query, &Ok(ids));
        }
        self.context.tell(&Event::PopupRequested {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            template_ids: &asked,
        });
        let mut settled = (&mut answer).await;
        self.close(popup);
        if let Err(Fault::TimedOut) = settled {
            self.popup_failed(&call, Error::new(Kind::Timeout));
        }
        // Should the user answer all the same, that is reported, too.
        while let Err(Fault::TimedOut) = settled {
            settled = (&mut answer).await;
        }
        match settled {
            Ok(answer) => {
                if let Some((report, promise)) = self.answered(&call, &asked, remaining, &answer) {
                    self.delivery.identify(&report, promise).await;
                }
                self.delivery.wake();
            }
            Err(fault) => self.refused(&call, asked.len(), fault),
        }
    }

    /// The user answered. Returns the report, if a promise is to tell who that
    /// was.
    fn answered(
        &'static self,
        call: &Call,
        asked: &TemplateIds,
        remaining: TemplateIds,
        answer: &JsValue,
    ) -> Option<(Rc<Report>, JsValue)> {
        let Some(consent) = sort(asked, answer) else {
            let detail = "the answer has no word for any template";
            self.popup_failed(call, Error::about(Kind::BadResponse, detail));
            return None;
        };
        self.templates.answered(&call.moment, &remaining);
        let query = &call.moment.query;
        self.context.tell(&Event::PopupAnswered {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            accepted: &consent.accepted,
            rejected: &consent.rejected,
        });
        let has_report = !(consent.accepted.is_empty() && consent.rejected.is_empty());
        let queued = if has_report { self.queue(call, &consent) } else { None };
        let report = queued.as_ref().map_or(ReportState::None, |(_, _, report)| *report);
        let Consent { accepted, rejected, banned, filtered, other, raw } = consent;
        let outcome = Outcome::Answered {
            accepted,
            rejected,
            banned,
            filtered,
            other,
            raw,
            remaining,
            report,
        };
        self.resolve(call, &outcome);
        match queued {
            Some((report, Asked::Later(promise), _)) => Some((report, promise)),
            _ => None,
        }
    }

    /// Puts the report of an answer into the outbox, with the openId of the user
    /// who gave it.
    fn queue(
        &'static self,
        call: &Call,
        consent: &Consent,
    ) -> Option<(Rc<Report>, Asked, ReportState)> {
        let asked = self.identity.ask();
        let open_id = match &asked {
            Asked::User(open_id) => Some(open_id.clone()),
            Asked::Omitted => None,
            Asked::Later(_) | Asked::Failed => Some(String::new()),
        };
        let body = to_js(&ReportBody {
            bus_no: &call.moment.query.bus_no,
            extra_variable_map: &call.extra,
            open_id: open_id.as_deref(),
            agree_template_ids: &consent.accepted,
            reject_template_ids: &consent.rejected,
        });
        let (report, state) = self.delivery.add(JsonText::of(&body)?, open_id);
        Some((report, asked, state))
    }

    /// The popup did not open, or was not answered.
    fn refused(&'static self, call: &Call, asked: u32, fault: Fault) {
        let mut error = self.identity.error_of(fault, Error::of_popup, None);
        if error.kind == Kind::TooManyTemplates && self.learned.refused(self.context, asked) {
            error.retryable = true;
        }
        self.popup_failed(call, error);
    }

    fn popup_failed(&'static self, call: &Call, error: Box<Error>) {
        let query = &call.moment.query;
        self.context.tell(&Event::PopupFailed {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            error: &error,
        });
        self.fail(call, Stage::Popup, error);
    }

    fn fail(&'static self, call: &Call, stage: Stage, error: Box<Error>) {
        self.resolve(call, &Outcome::failed(stage, error));
    }

    fn resolve(&'static self, call: &Call, outcome: &Outcome) {
        self.context.tell_to(&call.resolve, &to_js(outcome));
    }

    fn is_busy(&self) -> bool {
        let is_recent = |popup: Popup| (0.0..BUSY_MS).contains(&(Date::now() - popup.opened_at));
        self.open.get().is_some_and(is_recent)
    }

    fn close(&self, number: u32) {
        if self.open.get().is_some_and(|popup| popup.number == number) {
            self.open.set(None);
        }
    }
}

/// Sorts the asked ids by the words of an answer. WeChat puts `errMsg` among the
/// ids and leaves some out, so only the asked ids are looked up. `None` if there
/// is a word for none of them: that is no answer.
fn sort(asked: &TemplateIds, answer: &JsValue) -> Option<Consent> {
    let consent = Consent::default();
    let mut is_answer = false;
    for id in asked.iter() {
        let word = value::get_by(answer, &id);
        let verdict = match value::beginning(&word, LONGEST_WORD) {
            Some(beginning) => {
                is_answer = true;
                consent.raw.insert(&id, &word);
                Verdict::of(&beginning)
            }
            None => Verdict::Other,
        };
        let list = match verdict {
            Verdict::Accepted => &consent.accepted,
            Verdict::Rejected => &consent.rejected,
            Verdict::Banned => &consent.banned,
            Verdict::Filtered => &consent.filtered,
            Verdict::Other => &consent.other,
        };
        list.push(&id);
    }
    is_answer.then_some(consent)
}
