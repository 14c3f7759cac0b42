//! Calls into the host and the application, and their one answer each.
//!
//! A call is a future. Its callbacks are bound from one export of the module,
//! [`complete`](Host::complete), so calls leave nothing behind. Whichever
//! callback comes first counts; a second, late or never coming one finds no call
//! and does nothing. Only an answer that comes after the time limit still counts
//! for who waits for the call again.
//!
//! The popup and the settings open over the page, and may fall silent: closed in
//! the background, or never answered at all. Such a call times out some time
//! after the return from a trip to the background.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::{Host, sys};
use crate::js::{TemplateIds, value};
use crate::task::Task;

/// What became of a call.
pub type Settled = Result<JsValue, Fault>;

/// Why a call brought no answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This client has no such API.
    Missing(&'static str),
    /// No answer came in time.
    TimedOut,
    /// What the host gave to `fail`, what a promise was rejected with, or what
    /// was thrown.
    Failed(JsValue),
}

/// What the promise of a call may be fulfilled with to count as its answer. A
/// wrapper around the host's function may fulfil its promise long before the
/// callback comes.
#[derive(Debug)]
pub enum Answer {
    /// Anything: the function is the application's own.
    Anything,
    /// Of `requestSubscribeMessage`, for these ids.
    Popup(TemplateIds),
    /// Of `request`.
    Response,
    /// Of `getSetting` and `openSetting`.
    Settings,
}

impl Answer {
    fn is(&self, answer: &JsValue) -> bool {
        let says_what_became_of_it = || value::get(answer, "errMsg").is_string();
        match self {
            Self::Anything => true,
            Self::Popup(ids) => {
                says_what_became_of_it()
                    || ids.iter().any(|id| value::get_by(answer, &id).is_string())
            }
            Self::Response => value::integer(&value::get(answer, "statusCode")).is_some(),
            Self::Settings => {
                says_what_became_of_it() || value::get(answer, "subscriptionsSetting").is_object()
            }
        }
    }
}

/// How a callback completes its call.
#[derive(Clone, Copy)]
enum How {
    Succeeded = 0,
    Failed = 1,
    TimedOut = 2,
    /// The promise was fulfilled: it counts if it is an answer.
    Fulfilled = 3,
}

/// The calls that are under way.
#[derive(Default)]
pub struct Calls {
    under_way: RefCell<Vec<Rc<UnderWay>>>,
    last: Cell<u32>,
}

struct UnderWay {
    number: u32,
    answer: Answer,
    settled: Cell<Option<Settled>>,
    /// The task that waits for it.
    task: Cell<Option<Rc<Task>>>,
    timer: Cell<Option<Timer>>,
    /// Whether the call opened something over the page.
    is_over_page: Cell<bool>,
    /// Whether the mini-program has gone to the background since.
    is_away: Cell<bool>,
}

/// A timer of the host. Dropping it stops it.
struct Timer(JsValue);

impl Drop for Timer {
    fn drop(&mut self) {
        drop(sys::clear_timeout(&self.0));
    }
}

/// A call that is under way. Dropping it forgets it.
#[must_use = "the answer of a call that is dropped is lost"]
pub struct Call {
    state: Rc<UnderWay>,
    host: &'static Host,
}

impl Call {
    /// Settles with what `promise` settles with.
    pub fn follow(&self, promise: &JsValue) {
        let (ok, fail) = (self.callback(How::Fulfilled), self.callback(How::Failed));
        if let Err(thrown) = value::when_settled(promise, &ok, &fail) {
            self.settle(Err(Fault::Failed(thrown)));
        }
    }

    /// Its number, by which the host can give it up.
    pub fn number(&self) -> u32 {
        self.state.number
    }

    /// Whether it has settled.
    pub fn is_settled(&self) -> bool {
        let settled = self.state.settled.take();
        let is_settled = settled.is_some();
        self.state.settled.set(settled);
        is_settled
    }

    /// Settles now, unless it has settled before.
    pub fn settle(&self, settled: Settled) {
        self.state.settle(settled);
    }

    /// Ends the call as timed out after `ms` milliseconds.
    pub fn limit(&self, ms: f64) {
        self.host.limit(&self.state, ms);
    }

    /// The call opened something over the page.
    pub fn is_over_page(&self) {
        self.state.is_over_page.set(true);
    }

    /// Calls `api` of the host with the callbacks of this call. A promise that
    /// it returns is listened to as well, lest a rejection stays unhandled.
    pub(super) fn start(&self, api: &'static str, options: &JsValue) {
        value::set(options, "success", &self.callback(How::Succeeded));
        value::set(options, "fail", &self.callback(How::Failed));
        match self.host.call_now(api, options, &JsValue::UNDEFINED) {
            Ok(returned) if value::is_thenable(&returned) => self.follow(&returned),
            Ok(_) => {}
            Err(error) => self.settle(Err(error)),
        }
    }

    fn callback(&self, how: How) -> Function {
        self.host.callback(&self.state, how)
    }
}

impl Future for Call {
    type Output = Settled;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Settled> {
        let settled = self.state.settled.take();
        if settled.is_none() {
            self.state.task.set(Task::current());
        }
        settled.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.host.calls.forget(self.state.number);
    }
}

impl UnderWay {
    /// Settles with the first answer, and after a timeout with the next.
    fn settle(&self, settled: Settled) {
        let settled = match settled {
            // Wrappers fulfil their promises with failures, too.
            Ok(answer) if value::says_failure(&answer) => Err(Fault::Failed(answer)),
            settled => settled,
        };
        let known = self.settled.take();
        if !matches!(known, None | Some(Err(Fault::TimedOut))) {
            return self.settled.set(known);
        }
        self.settled.set(Some(settled));
        drop(self.timer.take());
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }
}

impl Calls {
    fn find(&self, number: u32) -> Option<Rc<UnderWay>> {
        self.under_way.borrow().iter().find(|call| call.number == number).cloned()
    }

    fn forget(&self, number: u32) {
        let mut calls = self.under_way.borrow_mut();
        if let Some(at) = calls.iter().position(|call| call.number == number) {
            calls.swap_remove(at);
        }
    }

    fn over_page(&self) -> Vec<Rc<UnderWay>> {
        let calls = self.under_way.borrow();
        calls.iter().filter(|call| call.is_over_page.get()).cloned().collect()
    }
}

impl Host {
    /// A call whose answer is this kind of thing.
    pub fn new_call(&'static self, answer: Answer) -> Call {
        let number = self.calls.last.get().wrapping_add(1);
        self.calls.last.set(number);
        let state = Rc::new(UnderWay {
            number,
            answer,
            settled: Cell::new(None),
            task: Cell::new(None),
            timer: Cell::new(None),
            is_over_page: Cell::new(false),
            is_away: Cell::new(false),
        });
        self.calls.under_way.borrow_mut().push(Rc::clone(&state));
        Call { state, host: self }
    }

    fn limit(&self, call: &UnderWay, ms: f64) {
        let timer = sys::set_timeout(&self.callback(call, How::TimedOut), ms);
        drop(call.timer.replace(timer.ok().map(Timer)));
    }

    /// The mini-program went to the background: what limits the calls that are
    /// open over the page begins anew with the next return.
    pub fn app_hidden(&self) {
        for call in self.calls.over_page() {
            call.is_away.set(true);
            drop(call.timer.take());
        }
    }

    /// It is back. Only a trip that began with the call open counts: a payment
    /// shows the mini-program without having hidden it.
    pub fn app_shown(&self, grace_ms: f64) {
        for call in self.calls.over_page() {
            if call.is_away.take() {
                self.limit(&call, grace_ms);
            }
        }
    }

    fn callback(&self, call: &UnderWay, how: How) -> Function {
        self.complete.bind(&JsValue::UNDEFINED, call.number, how as u32)
    }

    /// A call that brings nothing but the end of `ms` milliseconds.
    pub fn timer(&'static self, ms: f64) -> Call {
        let call = self.new_call(Answer::Anything);
        call.limit(ms);
        call
    }

    /// Nobody waits for this call any more: its task ends here.
    pub fn give_up(&self, number: u32) {
        if let Some(call) = self.calls.find(number) {
            drop(call.task.take());
        }
    }

    /// Entry point of all callbacks of calls.
    pub fn complete(&self, number: u32, how: u32, value: JsValue) {
        const FAILED: u32 = How::Failed as u32;
        const TIMED_OUT: u32 = How::TimedOut as u32;
        const FULFILLED: u32 = How::Fulfilled as u32;
        let Some(call) = self.calls.find(number) else { return };
        call.settle(match how {
            FAILED => Err(Fault::Failed(value)),
            TIMED_OUT => Err(Fault::TimedOut),
            FULFILLED if !call.answer.is(&value) => return,
            _ => Ok(value),
        });
    }
}
