//! The flow of one call: trigger → templates → popup → consent → report.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::RefCell;
use core::mem;

use js_sys::{Date, Function};
use wasm_bindgen::JsValue;

use super::arguments::Options;
use super::consent::Consent;
use super::cool_down::CoolDown;
use super::kept::KeptChoices;
use super::outcome::{Outcome, ReportState};
use super::settings::Settings;
use super::templates::TemplateSource;
use crate::app::backend::ReportBody;
use crate::app::context::Context;
use crate::app::event::Event;
use crate::app::identity::{Asked, Identity};
use crate::app::learned::Learned;
use crate::contract::FindCustomerPopTemplate;
use crate::host::Fault;
use crate::js::{JsonText, Opaque, TemplateIds, js_object, to_js};
use crate::report::sender::Sender;
use crate::report::store::Answer;
use crate::rules::ask::{Refusal, Skip, may_ask};
use crate::rules::failure::{Error, Kind, Stage};
use crate::rules::popups::Popups;
use crate::rules::template_cache::Moment;
use crate::task::Task;

/// What calls of `asyncSubscribeMessage` work with.
pub struct Subscriptions {
    context: &'static Context,
    identity: &'static Identity,
    templates: &'static TemplateSource,
    sender: &'static Sender,
    learned: &'static Learned,
    kept: &'static KeptChoices,
    cool_down: &'static CoolDown,
    /// The popups, with the numbers of their calls.
    popups: RefCell<Popups<u32>>,
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

/// What the back end has answered.
type Found = Result<TemplateIds, Box<Error>>;

/// The ids of a popup.
struct Question {
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
        sender: &'static Sender,
        learned: &'static Learned,
        kept: &'static KeptChoices,
        cool_down: &'static CoolDown,
    ) -> Self {
        let popups = RefCell::default();
        Self { context, identity, templates, sender, learned, kept, cool_down, popups }
    }

    /// Asks the user. With the templates prefetched, the host's popup is called
    /// before this first waits.
    pub async fn ask(&'static self, call: Call) {
        if let Err(outcome) = self.may_ask(&call) {
            return self.end(&call, None, &outcome);
        }
        let known = self.templates.known(&call.moment);
        let is_known = known.is_some();
        let found = match known {
            Some(ids) => Ok(ids),
            None => self.templates.find(&call.moment).await,
        };
        let settings = match &found {
            Ok(ids) if call.options.is_top_up && !ids.is_empty() => {
                Some(self.kept.get(self.context.config().request_timeout_ms).await)
            }
            _ => None,
        };
        let news = (!is_known).then_some(&found);
        match self.question(&call, &found, settings) {
            Ok(question) => self.show(&call, news, &question).await,
            Err(outcome) => self.end(&call, news, &outcome),
        }
    }

    /// Whether this call may ask at all; the outcome if not.
    fn may_ask(&self, call: &Call) -> Result<(), Outcome<'static>> {
        let is_busy = self.popups.borrow().is_busy(Date::now());
        let until = self.cool_down.until(&call.moment.query.trigger_act);
        let Options { is_forced, is_top_up, .. } = call.options;
        match may_ask(is_busy, until, is_forced || is_top_up) {
            None => Ok(()),
            Some(Refusal::Busy) => Err(Outcome::failed(Stage::Popup, Error::new(Kind::Busy))),
            Some(Refusal::CoolDown(until)) => {
                Err(Outcome::Skipped { reason: Skip::CoolDown, until: Some(until) })
            }
        }
    }

    /// What to ask for, given what the back end offers and, for a top-up, the
    /// settings; the outcome if nothing.
    fn question(
        &'static self,
        call: &Call,
        found: &Found,
        settings: Option<Result<Settings, Fault>>,
    ) -> Result<Question, Outcome<'static>> {
        let offered = match found {
            Ok(ids) if ids.is_empty() => return Err(Outcome::NoTemplates),
            Ok(ids) => ids,
            Err(error) => return Err(Outcome::failed(Stage::Templates, error.clone())),
        };
        let ids = match settings {
            None => offered.clone(),
            Some(Ok(settings)) => settings.sort(offered).accepted,
            Some(Err(fault)) => {
                let error = self.identity.error_of(fault, Error::of_request, None);
                return Err(Outcome::failed(Stage::Settings, error));
            }
        };
        let skipped = |reason| Err(Outcome::Skipped { reason, until: None });
        if ids.is_empty() {
            return skipped(Skip::NotKept);
        }
        if call.options.is_aborted() {
            return skipped(Skip::Aborted);
        }
        // A popup may have opened meanwhile.
        self.may_ask(call)?;
        let most = self.learned.most(self.context.config().max_templates);
        let (asked, remaining) = (ids.slice(0, most), ids.slice(most, ids.len()));
        Ok(Question { asked, remaining })
    }

    /// Shows the popup, before anything else is called: nothing may come between
    /// the tap and it.
    async fn show(&'static self, call: &Call, news: Option<&Found>, question: &Question) {
        let popup = self.popups.borrow_mut().open(Date::now());
        let mut answer = self.context.host.request_subscribe_message(&question.asked);

        let query = &call.moment.query;
        answer.limit(self.context.config().popup_timeout_ms);
        if let Some(found) = news {
            self.templates.tell(query, found);
        }
        self.context.tell(&Event::PopupRequested {
            trigger_act: &query.trigger_act,
            bus_no: &query.bus_no,
            template_ids: &question.asked,
        });
        let mut has_failed = false;
        let settled = loop {
            let settled = (&mut answer).await;
            if !matches!(settled, Err(Fault::TimedOut)) {
                self.popups.borrow_mut().close(popup);
                break settled;
            }
            let given_up = self.popups.borrow_mut().time_out(popup, answer.number());
            if let Some(number) = given_up {
                self.context.host.give_up(number);
            }
            // Should the user answer all the same, that is reported, too.
            if !mem::replace(&mut has_failed, true) {
                self.popup_failed(call, Error::new(Kind::Timeout));
            }
            self.kept.forget();
        };
        match settled {
            Ok(answer) => {
                let elapsed_ms = popup.elapsed_ms(Date::now());
                let Some((consent, report)) = self.answered(call, question, &answer, elapsed_ms)
                else {
                    return;
                };
                let kept_rejected = self.kept.rejected(&consent.rejected).await;
                self.conclude(call, &question.remaining, &consent, report, kept_rejected);
            }
            Err(fault) => {
                self.kept.forget();
                self.refused(call, question.asked.len(), fault);
            }
        }
    }

    /// The user answered: that is told, and its report goes into the outbox.
    fn answered(
        &'static self,
        call: &Call,
        question: &Question,
        answer: &JsValue,
        elapsed_ms: f64,
    ) -> Option<(Consent, ReportState)> {
        let Question { asked, remaining } = question;
        let consent = Consent::sort(asked, answer);
        self.kept.answered(asked, &consent);
        if !consent.has_words {
            let detail = "the answer has no word for any template";
            self.popup_failed(call, Error::about(Kind::BadResponse, detail));
            return None;
        }
        let top_up = call.options.is_top_up;
        if top_up {
            self.templates.topped_up(&call.moment, asked);
        } else {
            self.templates.answered(&call.moment, remaining);
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
        let report = if has_report { self.queue(call, &consent) } else { ReportState::None };
        Some((consent, report))
    }

    /// Resolves the page's promise with the answer.
    fn conclude(
        &'static self,
        call: &Call,
        remaining: &TemplateIds,
        consent: &Consent,
        report: ReportState,
        kept_rejected: Option<TemplateIds>,
    ) {
        let query = &call.moment.query;
        let kept = kept_rejected.as_ref().map_or(0, TemplateIds::len);
        let Consent { accepted, rejected, banned, filtered, other, raw, .. } = consent;
        if accepted.is_empty() && kept < rejected.len() {
            self.cool_down.refused(&query.trigger_act);
        } else if !accepted.is_empty() && !call.options.is_top_up {
            self.cool_down.accepted(&query.trigger_act);
        }
        let kept_rejected = kept_rejected.as_ref();
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
        self.resolve(call, &outcome);
    }

    /// Puts the report of an answer into the outbox, with the openId of the user
    /// who gave it, and has it sent.
    fn queue(&'static self, call: &Call, consent: &Consent) -> ReportState {
        let asked = self.identity.ask();
        let owner = asked.owner();
        let Moment { query, .. } = &*call.moment;
        let body = |extra: &Opaque| {
            JsonText::of(&to_js(&ReportBody {
                bus_no: &query.bus_no,
                extra_variable_map: extra,
                open_id: owner.written(),
                agree_template_ids: &consent.accepted,
                reject_template_ids: &consent.rejected,
            }))
        };
        // Without the stack to write the page's object, the consent alone is told.
        let text = body(&call.extra).or_else(|| body(&Opaque(js_object! {})));
        let text = text.unwrap_or_default();
        let answer = Answer { text, trigger_act: Some(query.trigger_act.clone()) };
        let (report, is_saved) = self.sender.add(answer, owner);
        if let Asked::Later(promise) = asked {
            Task::spawn(self.sender.identify(report, promise));
        }
        self.sender.wake();
        if is_saved { ReportState::Queued } else { ReportState::Unsaved }
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
        self.resolve(call, &Outcome::failed(Stage::Popup, error));
    }

    /// Ends a call that asked for no popup.
    fn end(&'static self, call: &Call, news: Option<&Found>, outcome: &Outcome) {
        let query = &call.moment.query;
        if let Some(found) = news {
            self.templates.tell(query, found);
        }
        let FindCustomerPopTemplate { trigger_act, bus_no } = query;
        match outcome {
            Outcome::Skipped { reason, until } => {
                let (reason, until) = (*reason, *until);
                self.context.tell(&Event::Skipped { trigger_act, bus_no, reason, until });
            }
            Outcome::Failed { stage: Stage::Settings, error } => {
                self.context.tell(&Event::PopupFailed { trigger_act, bus_no, error });
            }
            _ => {}
        }
        self.resolve(call, outcome);
    }

    fn resolve(&'static self, call: &Call, outcome: &Outcome) {
        self.context.tell_to(&call.resolve, &to_js(outcome));
    }
}
