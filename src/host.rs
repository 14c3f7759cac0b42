//! The only file that names `wx`: calls into the host, its callbacks, timers.
//!
//! A callback that the host gets is bound to a ticket. Whichever callback of a
//! ticket comes first settles it; a second, late or never coming one finds no
//! ticket and does nothing. All callbacks are bound from one function that
//! lives as long as the module, so calls leave nothing behind.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::failure::{Failure, Kind};
use crate::foreign;

#[wasm_bindgen]
extern "C" {
    /// The function that every callback is bound from.
    type Settle;

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
}

impl HostError {
    /// The failure it means, where `classify` knows the host's numbers and texts.
    pub fn into_failure(self, classify: fn(Option<i32>, &str) -> Failure) -> Failure {
        match self {
            Self::Missing(api) => Failure::with_detail(Kind::UnsupportedHost, api),
            Self::TimedOut => Failure::new(Kind::Timeout),
            Self::Failed(value) => {
                let (code, text) = foreign::error(&value);
                classify(code, &text)
            }
        }
    }
}

const SUCCEEDED: u32 = 0;
const FAILED: u32 = 1;
const TIMED_OUT: u32 = 2;

struct Waiting {
    ticket: u32,
    then: Box<dyn FnOnce(Settled)>,
    timer: Option<Timeout>,
}

thread_local! {
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
    static LAST_TICKET: Cell<u32> = const { Cell::new(0) };
    static SETTLE: Settle = Closure::<dyn Fn(u32, u32, JsValue)>::new(settle)
        .into_js_value()
        .unchecked_into();
}

fn settle(ticket: u32, how: u32, value: JsValue) {
    Ticket(ticket).settle(match how {
        SUCCEEDED => Ok(value),
        TIMED_OUT => Err(HostError::TimedOut),
        _ => Err(HostError::Failed(value)),
    });
}

/// One answer that is waited for.
#[derive(Clone, Copy, Debug)]
#[must_use = "a ticket that nobody hands out never settles"]
pub struct Ticket(u32);

impl Ticket {
    /// Registers what happens once the answer is there.
    pub fn new(then: impl FnOnce(Settled) + 'static) -> Self {
        let ticket = LAST_TICKET.get().wrapping_add(1);
        LAST_TICKET.set(ticket);
        let waiting = Waiting { ticket, then: Box::new(then), timer: None };
        WAITING.with_borrow_mut(|all| all.push(waiting));
        Self(ticket)
    }

    /// Settles this ticket as timed out after `ms` milliseconds.
    pub fn with_limit(self, ms: f64) -> Self {
        let timer = Timeout::start(&self.callback(TIMED_OUT), ms);
        WAITING.with_borrow_mut(|all| {
            if let Some(waiting) = all.iter_mut().find(|waiting| waiting.ticket == self.0) {
                waiting.timer = timer;
            }
        });
        self
    }

    /// Settles this ticket once `value`, a promise or not, has settled.
    pub fn follow(self, value: &JsValue) {
        let (ok, fail) = (self.callback(SUCCEEDED), self.callback(FAILED));
        if let Err(thrown) = foreign::when_settled(value, &ok, &fail) {
            self.settle(Err(HostError::Failed(thrown)));
        }
    }

    /// Settles this ticket now, unless it is settled already.
    pub fn settle(self, settled: Settled) {
        if let Some(waiting) = self.take() {
            drop(waiting.timer);
            (waiting.then)(settled);
        }
    }

    fn callback(self, how: u32) -> Function {
        SETTLE.with(|settle| settle.bind(&JsValue::UNDEFINED, self.0, how))
    }

    fn take(self) -> Option<Waiting> {
        WAITING.with_borrow_mut(|all| {
            let at = all.iter().position(|waiting| waiting.ticket == self.0)?;
            Some(all.swap_remove(at))
        })
    }
}

/// A timer of the host; dropping it stops it.
struct Timeout(JsValue);

impl Timeout {
    fn start(callback: &Function, ms: f64) -> Option<Self> {
        set_timeout(callback, ms).ok().map(Self)
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        drop(clear_timeout(&self.0));
    }
}

/// Runs something later; dropping it forgets that.
#[derive(Debug)]
#[must_use = "dropping a timer stops it"]
pub struct Timer(Ticket);

impl Timer {
    /// Runs `then` after `ms` milliseconds, unless dropped before.
    pub fn after(ms: f64, then: impl FnOnce() + 'static) -> Self {
        Self(Ticket::new(move |_| then()).with_limit(ms))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

/// The host's `wx` object.
#[derive(Clone, Debug)]
pub struct Wx(JsValue);

impl Wx {
    /// Wraps the `wx` of this host. It is looked into only when called, so
    /// that what others wrap or replace in it is honoured.
    pub fn new(wx: JsValue) -> Self {
        Self(wx)
    }

    /// Opens the consent popup.
    pub fn request_subscribe_message(&self, template_ids: &[String], ticket: Ticket) {
        let ids: Array = template_ids.iter().map(|id| JsValue::from_str(id)).collect();
        self.call("requestSubscribeMessage", &object([("tmplIds", ids.into())]), ticket);
    }

    /// Sends a request. Its callbacks carry the tap it was made in.
    pub fn request(&self, options: &Object, ticket: Ticket) {
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

    /// Reads from storage; `undefined` if the host cannot.
    pub fn read(&self, key: &str) -> JsValue {
        self.call_now("getStorageSync", &[&key.into()]).unwrap_or(JsValue::UNDEFINED)
    }

    /// Writes to storage. Whether the host took it.
    pub fn write(&self, key: &str, value: &JsValue) -> bool {
        self.call_now("setStorageSync", &[&key.into(), value]).is_ok()
    }

    /// Calls `api` with the two callbacks of `ticket`. A host, or a framework
    /// around it, that answers with a promise is listened to as well, lest a
    /// rejection stays unhandled.
    fn call(&self, api: &'static str, options: &Object, ticket: Ticket) {
        set(options, "success", &ticket.callback(SUCCEEDED));
        set(options, "fail", &ticket.callback(FAILED));
        match self.call_now(api, &[options]) {
            Ok(returned) if foreign::is_thenable(&returned) => ticket.follow(&returned),
            Ok(_) => {}
            Err(error) => ticket.settle(Err(error)),
        }
    }

    fn call_now(&self, api: &'static str, arguments: &[&JsValue]) -> Settled {
        let function = foreign::function(&self.0, api).ok_or(HostError::Missing(api))?;
        let arguments: Array = arguments.iter().copied().collect();
        Reflect::apply(&function, &self.0, &arguments).map_err(HostError::Failed)
    }
}

fn with_subscriptions() -> Object {
    object([("withSubscriptions", JsValue::TRUE)])
}

/// A fresh object with these members.
pub fn object<const N: usize>(members: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (key, value) in members {
        set(&object, key, &value);
    }
    object
}

/// Sets a member of an object that the SDK made itself, which cannot fail.
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    drop(Reflect::set(object, &JsValue::from_str(key), value));
}
