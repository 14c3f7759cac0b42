//! The only file that names `wx`: calls into the host, its callbacks, timers.
//!
//! A callback that the host gets is bound to a ticket. Whichever callback of a
//! ticket comes first settles it; a second, late or never coming one finds no
//! ticket and does nothing. All callbacks are bound from one function that
//! lives as long as the module, so calls leave nothing behind.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::failure::{Failure, Kind};
use crate::foreign::{object, set};
use crate::{failure, foreign, slot};

#[wasm_bindgen]
extern "C" {
    /// The function that every callback is bound from.
    #[derive(Clone)]
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
    /// The call was not made, as something is wrong with it.
    NotMade(Failure),
}

impl HostError {
    /// The failure it means, where `classify` knows the host's numbers and
    /// texts. A text that holds `secret` is not passed on, and none at all if
    /// that is not known.
    pub fn into_failure(
        self,
        classify: fn(Option<i32>, &str) -> Failure,
        secret: Option<&str>,
    ) -> Failure {
        match self {
            Self::Missing(api) => Failure::with_detail(Kind::UnsupportedHost, api),
            Self::TimedOut => Failure::new(Kind::Timeout),
            Self::NotMade(failure) => failure,
            Self::Failed(value) => {
                let (code, text) = foreign::error(&value);
                let failure = classify(code, &text);
                match secret {
                    Some(secret) if !failure::contains(&text, secret) => failure,
                    _ => failure.without_detail(),
                }
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
    limit: Option<Timeout>,
}

/// The answers that are waited for.
#[derive(Default)]
struct Callbacks {
    waiting: Cell<Vec<Waiting>>,
    last_ticket: Cell<u32>,
}

impl Callbacks {
    fn take(&self, ticket: u32) -> Option<Waiting> {
        slot::with(&self.waiting, |all| {
            all.extract_if(.., |waiting| waiting.ticket == ticket).next()
        })
    }

    fn settle(&self, ticket: u32, settled: Settled) {
        if let Some(waiting) = self.take(ticket) {
            drop(waiting.limit);
            (waiting.then)(settled);
        }
    }
}

/// One answer that is waited for.
#[must_use = "a ticket that nobody hands out never settles"]
pub struct Ticket {
    number: u32,
    wx: Wx,
}

impl Ticket {
    /// Settles this ticket as timed out after `ms` milliseconds.
    pub fn with_limit(self, ms: f64) -> Self {
        let mut limit = Timeout::start(&self.callback(TIMED_OUT), ms);
        slot::with(&self.wx.callbacks.waiting, |all| {
            if let Some(waiting) = all.iter_mut().find(|waiting| waiting.ticket == self.number) {
                waiting.limit = limit.take();
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
        self.wx.callbacks.settle(self.number, settled);
    }

    fn callback(&self, how: u32) -> Function {
        self.wx.settle.bind(&JsValue::UNDEFINED, self.number, how)
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

/// Something that runs later, unless it is stopped.
pub struct Timer(Ticket);

impl Timer {
    /// Forgets what was to run.
    pub fn stop(self) {
        drop(self.0.wx.callbacks.take(self.0.number));
    }
}

/// What the host tells of its own accord.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// The mini-program came to the foreground.
    AppShow,
    /// The network went or came back.
    NetworkStatusChange,
}

/// A function that the host calls at each event; dropping this takes it off.
#[must_use = "dropping a listener takes it off"]
pub struct Listener {
    wx: Wx,
    off: &'static str,
    closure: Closure<dyn Fn(JsValue)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.wx.call_now(self.off, &[self.closure.as_ref()]));
    }
}

/// The host's `wx` object, and what waits for its answers.
#[derive(Clone)]
pub struct Wx {
    wx: JsValue,
    callbacks: Rc<Callbacks>,
    settle: Settle,
}

impl Wx {
    /// Wraps the `wx` of this host. It is looked into only when called, so
    /// that what others wrap or replace in it is honoured.
    pub fn new(wx: JsValue) -> Self {
        let callbacks = Rc::<Callbacks>::default();
        let waiting = Rc::clone(&callbacks);
        let settle = Closure::<dyn Fn(u32, u32, JsValue)>::new(move |ticket, how, value| {
            waiting.settle(
                ticket,
                match how {
                    SUCCEEDED => Ok(value),
                    TIMED_OUT => Err(HostError::TimedOut),
                    _ => Err(HostError::Failed(value)),
                },
            );
        });
        // Never freed: a host may call back at any time, however late.
        let settle = settle.into_js_value().unchecked_into();
        Self { wx, callbacks, settle }
    }

    /// A ticket for one answer, and what happens once it is there.
    pub fn ticket(&self, then: impl FnOnce(Settled) + 'static) -> Ticket {
        let number = self.callbacks.last_ticket.get().wrapping_add(1);
        self.callbacks.last_ticket.set(number);
        let waiting = Waiting { ticket: number, then: Box::new(then), limit: None };
        slot::with(&self.callbacks.waiting, |all| all.push(waiting));
        Ticket { number, wx: self.clone() }
    }

    /// Runs `then` after `ms` milliseconds, unless the timer is stopped before.
    pub fn after(&self, ms: f64, then: impl FnOnce() + 'static) -> Timer {
        Timer(self.ticket(move |_| then()).with_limit(ms))
    }

    /// Calls `then` at each event, until the listener is dropped. A host that
    /// lacks the event never calls.
    pub fn listen(&self, event: Event, then: impl Fn(JsValue) + 'static) -> Listener {
        let closure = Closure::<dyn Fn(JsValue)>::new(then);
        let (on, off) = match event {
            Event::AppShow => ("onAppShow", "offAppShow"),
            Event::NetworkStatusChange => ("onNetworkStatusChange", "offNetworkStatusChange"),
        };
        drop(self.call_now(on, &[closure.as_ref()]));
        Listener { wx: self.clone(), off, closure }
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

    /// Reads from storage; `None` if the host cannot.
    pub fn read(&self, key: &str) -> Option<JsValue> {
        self.call_now("getStorageSync", &[&key.into()]).ok()
    }

    /// Writes to storage, which the host may refuse.
    pub fn write(&self, key: &str, value: &JsValue) {
        drop(self.call_now("setStorageSync", &[&key.into(), value]));
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
        let function = foreign::function(&self.wx, api).ok_or(HostError::Missing(api))?;
        let arguments: Array = arguments.iter().copied().collect();
        Reflect::apply(&function, &self.wx, &arguments).map_err(HostError::Failed)
    }
}

fn with_subscriptions() -> Object {
    object([("withSubscriptions", JsValue::TRUE)])
}
