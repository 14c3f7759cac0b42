//! The only file that names `wx`: calls into the host, its callbacks, timers.
//!
//! A callback that the host gets is bound to a ticket. Whichever callback of a
//! ticket comes first settles it; a second, late or never coming one finds no
//! ticket and does nothing. All callbacks are bound from one function that
//! lives as long as the module, so calls leave nothing behind.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::foreign::{self, members, set};
use crate::ids::Ids;
use crate::slot::Slot;

#[wasm_bindgen]
extern "C" {
    /// `(ticket, how, value) => void`, see [`crate::js::settle`].
    pub type Settle;

    #[wasm_bindgen(method)]
    fn bind(this: &Settle, context: &JsValue, ticket: u32, how: u32) -> Function;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;
}

/// What became of a call into the host.
pub type Settled = Result<JsValue, HostError>;

/// Why a call into the host came to nothing.
#[derive(Clone, Debug)]
pub enum HostError {
    /// This client has no such API.
    Missing(&'static str),
    /// No callback came in time.
    TimedOut,
    /// What the host gave to `fail`, or threw.
    Failed(JsValue),
    /// The application's function for headers threw.
    BadHeader,
}

/// How a callback settles its ticket.
const SUCCEEDED: u32 = 0;
const FAILED: u32 = 1;
const TIMED_OUT: u32 = 2;

/// The ticket of callbacks that tell that the mini-program came to the foreground.
pub const APP_SHOW: u32 = 0;

/// The ticket of callbacks that tell that the network went or came back.
pub const NETWORK_STATUS_CHANGE: u32 = 1;

struct Waiting {
    ticket: u32,
    then: Box<dyn FnOnce(Settled)>,
    timeout: Option<Timeout>,
}

/// One answer that is waited for.
#[must_use = "a ticket that nobody hands out never settles"]
pub struct Ticket {
    number: u32,
    wx: &'static Wx,
}

impl Ticket {
    /// Settles this ticket once `value`, a promise or not, has settled.
    pub fn follow(self, value: &JsValue) {
        let (ok, fail) = (self.callback(SUCCEEDED), self.callback(FAILED));
        if let Err(thrown) = foreign::when_settled(value, &ok, &fail) {
            self.settle(Err(HostError::Failed(thrown)));
        }
    }

    /// Settles this ticket now, unless it is settled already.
    pub fn settle(self, settled: Settled) {
        self.wx.settle_with(self.number, settled);
    }

    fn callback(&self, how: u32) -> Function {
        self.wx.settle.bind(&JsValue::UNDEFINED, self.number, how)
    }
}

/// A timer of the host; dropping it stops it.
struct Timeout(JsValue);

impl Drop for Timeout {
    fn drop(&mut self) {
        drop(clear_timeout(&self.0));
    }
}

/// Something that runs later, unless it is stopped.
pub struct Timer(Ticket);

impl Timer {
    /// Forgets what was to run.
    pub fn stop(self) {
        drop(self.0.wx.take(self.0.number));
    }
}

/// The host's `wx` object, and what waits for its answers.
pub struct Wx {
    wx: JsValue,
    settle: Settle,
    waiting: Slot<Vec<Waiting>>,
    last_ticket: Cell<u32>,
}

impl Wx {
    /// Wraps the `wx` of this host. It is looked into only when called, so
    /// that what others wrap or replace in it is honoured.
    pub const fn new(wx: JsValue, settle: Settle) -> Self {
        Self {
            wx,
            settle,
            waiting: Slot::new(Vec::new()),
            last_ticket: Cell::new(NETWORK_STATUS_CHANGE),
        }
    }

    /// Takes what a callback brings for a ticket.
    pub fn settle(&self, ticket: u32, how: u32, value: JsValue) {
        self.settle_with(
            ticket,
            match how {
                SUCCEEDED => Ok(value),
                TIMED_OUT => Err(HostError::TimedOut),
                _ => Err(HostError::Failed(value)),
            },
        );
    }

    fn settle_with(&self, ticket: u32, settled: Settled) {
        if let Some(waiting) = self.take(ticket) {
            drop(waiting.timeout);
            (waiting.then)(settled);
        }
    }

    fn take(&self, ticket: u32) -> Option<Waiting> {
        self.waiting.with(|all| {
            let at = all.iter().position(|waiting| waiting.ticket == ticket)?;
            Some(all.swap_remove(at))
        })
    }

    /// A ticket for one answer, and what happens once it is there. It counts as
    /// timed out after `limit` milliseconds; infinity is no limit.
    pub fn ticket(&'static self, limit: f64, then: impl FnOnce(Settled) + 'static) -> Ticket {
        self.new_ticket(limit, Box::new(then))
    }

    #[inline(never)]
    fn new_ticket(&'static self, limit: f64, then: Box<dyn FnOnce(Settled)>) -> Ticket {
        let number = self.last_ticket.get().wrapping_add(1).max(NETWORK_STATUS_CHANGE + 1);
        self.last_ticket.set(number);
        let ticket = Ticket { number, wx: self };
        let mut timeout = None;
        if limit.is_finite() {
            timeout = set_timeout(&ticket.callback(TIMED_OUT), limit).ok().map(Timeout);
        }
        self.waiting.with(|all| all.push(Waiting { ticket: number, then, timeout }));
        ticket
    }

    /// Runs `then` after `ms` milliseconds, unless the timer is stopped before.
    pub fn after(&'static self, ms: f64, then: impl FnOnce() + 'static) -> Timer {
        Timer(self.ticket(ms, move |_| then()))
    }

    /// Has the host tell of the event with this ticket. One that lacks the event
    /// never does.
    pub fn listen(&self, ticket: u32) {
        let api = if ticket == APP_SHOW { "onAppShow" } else { "onNetworkStatusChange" };
        let callback = self.settle.bind(&JsValue::UNDEFINED, ticket, SUCCEEDED);
        drop(self.call_now(api, &callback, &JsValue::UNDEFINED));
    }

    /// Opens the consent popup.
    pub fn request_subscribe_message(&self, template_ids: &Ids, ticket: Ticket) {
        let options = members().with("tmplIds", template_ids.to_value()).done();
        self.call("requestSubscribeMessage", &options, ticket);
    }

    /// Sends a request. Its callbacks carry the tap it was made in.
    pub fn request(&self, options: &JsValue, ticket: Ticket) {
        self.call("request", options, ticket);
    }

    /// Reads the user's settings, those of subscription messages included.
    pub fn get_setting(&self, ticket: Ticket) {
        self.call("getSetting", &with_subscriptions(), ticket);
    }

    /// Opens the settings page, with subscription messages on it.
    pub fn open_setting(&self, ticket: Ticket) {
        self.call("openSetting", &with_subscriptions(), ticket);
    }

    /// Reads from storage; `None` if the host cannot.
    pub fn read(&self, key: &str) -> Option<JsValue> {
        self.call_now("getStorageSync", &key.into(), &JsValue::UNDEFINED).ok()
    }

    /// Writes to storage, which the host may refuse.
    pub fn write(&self, key: &str, value: &JsValue) {
        drop(self.call_now("setStorageSync", &key.into(), value));
    }

    /// Calls `api` with the two callbacks of `ticket`. A host, or a framework
    /// around it, that answers with a promise is listened to as well, lest a
    /// rejection stays unhandled.
    fn call(&self, api: &'static str, options: &JsValue, ticket: Ticket) {
        set(options, "success", &ticket.callback(SUCCEEDED));
        set(options, "fail", &ticket.callback(FAILED));
        match self.call_now(api, options, &JsValue::UNDEFINED) {
            Ok(returned) if foreign::is_thenable(&returned) => ticket.follow(&returned),
            Ok(_) => {}
            Err(error) => ticket.settle(Err(error)),
        }
    }

    fn call_now(&self, api: &'static str, first: &JsValue, second: &JsValue) -> Settled {
        let function = foreign::function(&self.wx, api).ok_or(HostError::Missing(api))?;
        foreign::call(&function, &self.wx, first, second).map_err(HostError::Failed)
    }
}

fn with_subscriptions() -> JsValue {
    members().with("withSubscriptions", JsValue::TRUE).done()
}
