//! The flow of one call: trigger → templates → popup → consent → report.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;

use js_sys::{Date, Function};
use wasm_bindgen::JsValue;

use super::arguments::Options;
use super::backend::ReportBody;
use super::consent::Consent;
use super::context::Context;
use super::cool_down::CoolDown;
use super::delivery::Delivery;
use super::event::Event;
use super::identity::{Asked, Identity};
use super::kept::KeptChoices;
use super::learned::Learned;
use super::outbox_store::Report;
use super::outcome::{Outcome, ReportState, Skip};
use super::templates::TemplateSource;
use crate::contract::FindCustomerPopTemplate;
use crate::host::Fault;
use crate::js::{JsonText, Opaque, TemplateIds, to_js};
use crate::rules::failure::{Error, Kind, Stage};
use crate::rules::template_cache::Moment;

/// How long the SDK itself answers `busy` while a popup is open, in
/// milliseconds. From then on the host is asked, which knows.
const BUSY_MS: f64 = 10_000.0;

/// What calls of `asyncSubscribeMessage` work with.
pub struct Subscriptions {
    context: &'static Context,
    identity: &'static Identity,
    templates: &'static TemplateSource,
    delivery: &'static Delivery,
    learned: &'static Learned,
    kept: &'static KeptChoices,
    cool_down: &'static CoolDown,
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
    /// How it asks.
    pub options: Options,
    /// Resolves the page's promise. Only its first call counts.
    pub resolve: Function,
}

/// The ids of a popup.
struct Question {
    /// What the back end offers.
    offered: TemplateIds,
    /// What is asked for now.
    asked: TemplateIds,
    /// What may be asked for at the next tap.
    remaining: TemplateIds,
}

impl Subscriptions {
    /// No popup is open.
    pub fn new(
        context: &'static Context,
        identity: &'static Identity,
        templates: &'static TemplateSource,
        delivery: &'static Delivery,
        learned: &'static Learned,
        kept: &'static KeptChoices,
        cool_down: &'static CoolDown,
    ) -> Self {
        let (open, popups) = (Cell::new(None), Cell::new(0));
        Self { context, identity, templates, delivery, learned, kept, cool_down, open, popups }
    }

    /// Asks the user. With the templates prefetched, the host's popup is called
    /// before this first waits.
    pub async fn ask(&'static self, call: Call) {
        if self.is_busy() {
            return self.fail(&call, Stage::Popup, Error::new(Kind::Busy));
        }
        let until = self.cool_down.until(&call.moment.query.trigger_act);
        if until.is_some() && !call.options.is_forced && !call.options.is_top_up {
            return self.end(&call, &Outcome::Skipped { reason: Skip::CoolDown, until });
        }
        let known = self.templates.known(&call.moment);
        let is_known = known.is_some();
        let found = match known {
            Some(ids) => Ok(ids),
            None => self.templates.find(&call.moment).await,
        };
        let chosen = match &found {
            Ok(offered) => self.choose(&call, offered).await,
            Err(error) => Err(Outcome::failed(Stage::Templates, error.clone())),
        };
        match chosen {
            Ok(question) => self.show(call, question, (!is_known).then_some(found)).await,
            Err(outcome) => {
                if !is_known {
                    self.templates.tell(&call.moment.query, &found);
                }
                self.end(&call, &outcome);
            }
        }
    }

    /// Which of the templates to ask for now; or the outcome, if none.
    async fn choose(
        &'static self,
        call: &Call,
        offered: &TemplateIds,
    ) -> Result<Question, Outcome> {
        if offered.is_empty() {
            return Err(Outcome::NoTemplates);
        }
        let ids =
            if call.options.is_top_up { self.kept_of(offered).await? } else { offered.clone() };
        if call.options.is_aborted() {
            return Err(Outcome::Skipped { reason: Skip::Aborted, until: None });
        }
        if self.is_busy() {
            return Err(Outcome::failed(Stage::Popup, Error::new(Kind::Busy)));
        }
        let most = self.learned.most(self.context.config().max_templates);
        let (asked, remaining) = (ids.slice(0, most), ids.slice(most, ids.len()));
        Ok(Question { offered: offered.clone(), asked, remaining })
    }

    /// Those that the user keeps accepting. With the settings known this does not
    /// wait; otherwise the callback of `wx.getSetting` carries the tap.
    async fn kept_of(&'static self, offered: &TemplateIds) -> Result<TemplateIds, Outcome> {
        let settings = match self.kept.known() {
            Some(settings) => settings,
            None => {
                self.kept.read(self.context.config().request_timeout_ms).await.map_err(|fault| {
                    let error = self.identity.error_of(fault, Error::of_request, None);
                    Outcome::failed(Stage::Settings, error)
                })?
            }
        };
        let accepted = settings.sort(offered).accepted;
        if accepted.is_empty() {
            return Err(Outcome::Skipped { reason: Skip::NotKept, until: None });
        }
        Ok(accepted)
    }

    /// Shows the popup, before anything else is called: nothing may come between
    /// the tap and it. `found` is what the back end answered in this tap.
    async fn show(
        &'static self,
        call: Call,
        question: Question,
        found: Option<Result<TemplateIds, Box<Error>>>,
    ) {
        let popup = Popup { number: self.popups.get().wrapping_add(1), opened_at: Date::now() };
        self.popups.set(popup.number);
        self.open.set(Some(popup));
        let mut answer = self.context.host.request_subscribe_message(&question.asked);

        let query = &call.moment.query;
        self.context.host.limit(&answer, self.context.config().popup_timeout_ms);
        if let Some(found) = found {
            self.templates.tell(query, &found);
        }
        self.context.tell(&Event::PopupRequested {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            template_ids: &question.asked,
        });
        let mut settled = (&mut answer).await;
        self.close(popup.number);
        if let Err(Fault::TimedOut) = settled {
            self.popup_failed(&call, Error::new(Kind::Timeout));
        }
        // Should the user answer all the same, that is reported, too.
        while let Err(Fault::TimedOut) = settled {
            self.kept.forget();
            settled = (&mut answer).await;
        }
        match settled {
            Ok(answer) => {
                let elapsed_ms = (Date::now() - popup.opened_at).max(0.0);
                if let Some((report, promise)) = self.answered(call, question, &answer, elapsed_ms)
                {
                    self.delivery.identify(&report, promise).await;
                }
                self.delivery.wake();
            }
            Err(fault) => {
                self.kept.forget();
                self.refused(&call, question.asked.len(), fault);
            }
        }
    }

    /// The user answered. Returns the report, if a promise is to tell who that
    /// was.
    fn answered(
        &'static self,
        call: Call,
        question: Question,
        answer: &JsValue,
        elapsed_ms: f64,
    ) -> Option<(Rc<Report>, JsValue)> {
        let Question { offered, asked, remaining } = question;
        let consent = Consent::sort(&asked, answer);
        self.kept.answered(&asked, &consent);
        if !consent.has_words {
            let detail = "the answer has no word for any template";
            self.popup_failed(&call, Error::about(Kind::BadResponse, detail));
            return None;
        }
        let top_up = call.options.is_top_up;
        if top_up {
            self.templates.topped_up(&call.moment, &offered, &asked);
        } else {
            self.templates.answered(&call.moment, &remaining);
        }
        let query = &call.moment.query;
        self.context.tell(&Event::PopupAnswered {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            accepted: &consent.accepted,
            rejected: &consent.rejected,
            counts: consent.counts(),
            elapsed_ms,
            top_up,
        });
        let has_report = !(consent.accepted.is_empty() && consent.rejected.is_empty());
        let queued = if has_report { self.queue(&call, &consent) } else { None };
        let report = queued.as_ref().map_or(ReportState::None, |(_, _, report)| *report);
        // This ends at once, unless something was refused.
        self.context.host.tasks.spawn(self.tell_answer(call, consent, remaining, report));
        match queued {
            Some((report, Asked::Later(promise), _)) => Some((report, promise)),
            _ => None,
        }
    }

    /// Resolves the page's promise. After a refusal WeChat is asked first whether
    /// the user keeps it; the report is on its way meanwhile.
    async fn tell_answer(
        &'static self,
        call: Call,
        consent: Consent,
        remaining: TemplateIds,
        report: ReportState,
    ) {
        let kept_rejected = self.kept.rejected(&consent.rejected).await;
        let Consent { accepted, rejected, banned, filtered, other, raw, .. } = consent;
        let kept = kept_rejected.as_ref().map_or(0, TemplateIds::len);
        if accepted.is_empty() && kept < rejected.len() {
            self.cool_down.refused(&call.moment.query.trigger_act);
        }
        let outcome = Outcome::Answered {
            accepted,
            rejected,
            banned,
            filtered,
            other,
            raw,
            remaining,
            report,
            kept_rejected,
        };
        self.resolve(&call, &outcome);
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
        if error.kind == Kind::Cancelled {
            self.cool_down.refused(&call.moment.query.trigger_act);
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

    /// Ends a call that asked for no popup.
    fn end(&'static self, call: &Call, outcome: &Outcome) {
        if let Outcome::Skipped { reason, until } = *outcome {
            let FindCustomerPopTemplate { trigger_act, bus_no } = &call.moment.query;
            self.context.tell(&Event::Skipped { trigger_act, bus_no, reason, until });
        }
        self.resolve(call, outcome);
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
