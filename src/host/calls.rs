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

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::{Host, sys};
use crate::js::{TemplateIds, value};
use crate::task::TaskId;

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
#[derive(Clone, Debug)]
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
#[derive(Debug, Default)]
pub struct Calls {
    under_way: RefCell<Vec<UnderWay>>,
    last: Cell<u32>,
}

#[derive(Debug)]
struct UnderWay {
    number: u32,
    /// The task that waits for it.
    task: TaskId,
    answer: Answer,
    settled: Option<Settled>,
    timer: Option<Timer>,
    /// Whether the call opened something over the page.
    is_over_page: bool,
    /// Whether the mini-program has gone to the background since.
    is_away: bool,
}

/// A timer of the host. Dropping it stops it.
#[derive(Debug)]
struct Timer(JsValue);

impl Drop for Timer {
    fn drop(&mut self) {
        drop(sys::clear_timeout(&self.0));
    }
}

/// A call that is under way. Dropping it forgets it.
#[must_use = "the answer of a call that is dropped is lost"]
pub struct Call {
    number: u32,
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

    /// Whether it has settled.
    pub fn is_settled(&self) -> bool {
        let calls = self.host.calls.under_way.borrow();
        calls.iter().any(|call| call.number == self.number && call.settled.is_some())
    }

    /// Settles now, unless it has settled before.
    pub fn settle(&self, settled: Settled) {
        self.host.settle(self.number, settled);
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
        self.host.callback(self.number, how)
    }
}

impl Future for Call {
    type Output = Settled;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Settled> {
        let task = self.host.tasks.current();
        let mut calls = self.host.calls.under_way.borrow_mut();
        let Some(call) = calls.iter_mut().find(|call| call.number == self.number) else {
            return Poll::Pending;
        };
        call.task = task;
        call.settled.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        drop(self.host.calls.forget(self.number));
    }
}

impl Calls {
    /// Takes a call out. What it holds is dropped by the caller: stopping its
    /// timer is a call into the host.
    fn forget(&self, number: u32) -> Option<UnderWay> {
        let mut calls = self.under_way.borrow_mut();
        let at = calls.iter().position(|call| call.number == number)?;
        Some(calls.swap_remove(at))
    }

    fn over_page(&self) -> Vec<u32> {
        let calls = self.under_way.borrow();
        calls.iter().filter(|call| call.is_over_page).map(|call| call.number).collect()
    }

    fn answer_of(&self, number: u32) -> Option<Answer> {
        let calls = self.under_way.borrow();
        calls.iter().find(|call| call.number == number).map(|call| call.answer.clone())
    }
}

impl Host {
    /// A call whose answer is this kind of thing.
    pub fn new_call(&'static self, answer: Answer) -> Call {
        let number = self.calls.last.get().wrapping_add(1);
        self.calls.last.set(number);
        let task = self.tasks.current();
        let call = UnderWay {
            number,
            task,
            answer,
            settled: None,
            timer: None,
            is_over_page: false,
            is_away: false,
        };
        self.calls.under_way.borrow_mut().push(call);
        Call { number, host: self }
    }

    /// Ends a call as timed out after `ms` milliseconds.
    pub fn limit(&self, call: &Call, ms: f64) {
        self.limit_number(call.number, ms);
    }

    fn limit_number(&self, number: u32, ms: f64) {
        let callback = self.callback(number, How::TimedOut);
        let mut timer = sys::set_timeout(&callback, ms).ok().map(Timer);
        // Stopping a timer is a call into the host: not while the calls are borrowed.
        self.change(number, |call| core::mem::swap(&mut call.timer, &mut timer));
    }

    /// The call opened something over the page.
    pub fn is_over_page(&self, call: &Call) {
        self.change(call.number, |call| call.is_over_page = true);
    }

    /// The mini-program went to the background: what limits the calls that are
    /// open over the page begins anew with the next return.
    pub fn app_hidden(&self) {
        for number in self.calls.over_page() {
            let mut timer = None;
            self.change(number, |call| {
                call.is_away = true;
                timer = call.timer.take();
            });
        }
    }

    /// It is back. Only a trip that began with the call open counts: a payment
    /// shows the mini-program without having hidden it.
    pub fn app_shown(&self, grace_ms: f64) {
        for number in self.calls.over_page() {
            let mut was_away = false;
            self.change(number, |call| was_away = core::mem::take(&mut call.is_away));
            if was_away {
                self.limit_number(number, grace_ms);
            }
        }
    }

    fn change(&self, number: u32, change: impl FnOnce(&mut UnderWay)) {
        let mut calls = self.calls.under_way.borrow_mut();
        if let Some(call) = calls.iter_mut().find(|call| call.number == number) {
            change(call);
        }
    }

    fn callback(&self, number: u32, how: How) -> Function {
        self.complete.bind(&JsValue::UNDEFINED, number, how as u32)
    }

    /// A call that brings nothing but the end of `ms` milliseconds.
    pub fn timer(&'static self, ms: f64) -> Call {
        let call = self.new_call(Answer::Anything);
        self.limit(&call, ms);
        call
    }

    /// Entry point of all callbacks of calls.
    pub fn complete(&self, number: u32, how: u32, value: JsValue) {
        const FAILED: u32 = How::Failed as u32;
        const TIMED_OUT: u32 = How::TimedOut as u32;
        const FULFILLED: u32 = How::Fulfilled as u32;
        let Some(answer) = self.calls.answer_of(number) else { return };
        let settled = match how {
            FAILED => Err(Fault::Failed(value)),
            TIMED_OUT => Err(Fault::TimedOut),
            FULFILLED if !answer.is(&value) => return,
            _ => Ok(value),
        };
        self.settle(number, settled);
    }

    fn settle(&self, number: u32, settled: Settled) {
        let settled = match settled {
            // Wrappers fulfil their promises with failures, too.
            Ok(answer) if value::says_failure(&answer) => Err(Fault::Failed(answer)),
            settled => settled,
        };
        let mut calls = self.calls.under_way.borrow_mut();
        let Some(call) = calls.iter_mut().find(|call| call.number == number) else { return };
        if !matches!(call.settled, None | Some(Err(Fault::TimedOut))) {
            return;
        }
        call.settled = Some(settled);
        let (task, timer) = (call.task, call.timer.take());
        drop(calls);
        drop(timer);
        self.tasks.wake(task);
    }
}
