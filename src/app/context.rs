//! What every part of the SDK works with: the host, and the application's
//! configuration and functions.

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::config::Config;
use super::event::Event;
use super::journal::Journal;
use crate::host::{Answer, Call, Fault, Host};
use crate::js::{to_js, value};

/// The host and the configuration.
pub struct Context {
    /// The host.
    pub host: Host,
    /// What happened last.
    pub journal: Journal,
    config: RefCell<Rc<Config>>,
    generation: Cell<u32>,
}

impl Context {
    /// Begins with this configuration.
    pub fn new(host: Host, config: Rc<Config>) -> Self {
        let config = RefCell::new(config);
        Self { host, journal: Journal::default(), config, generation: Cell::new(0) }
    }

    /// Replaces the configuration.
    pub fn configure(&self, config: Rc<Config>) {
        self.generation.set(self.generation.get().wrapping_add(1));
        // The old one may hold values whose release is foreign code.
        drop(self.config.replace(config));
    }

    /// The newest configuration. Who waits keeps the one it began with.
    #[inline(never)]
    pub fn config(&self) -> Rc<Config> {
        Rc::clone(&self.config.borrow())
    }

    /// Which configuration it is, so that another can be told from it.
    pub const fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// Tells the application, and returns whether it listens. What its function
    /// throws, or its promise is rejected with, is its own affair and never reaches
    /// the flow.
    pub fn tell(&'static self, event: &Event<'_>) -> bool {
        self.journal.note(event);
        let config = self.config();
        if let Some(on_event) = &config.on_event {
            self.tell_to(on_event, &to_js(event));
        }
        config.on_event.is_some()
    }

    /// Tells a function of JavaScript something.
    pub fn tell_to(&'static self, function: &Function, value: &JsValue) {
        let none = JsValue::UNDEFINED;
        if let Ok(returned) = value::call(function, &none, value, &none)
            && value::is_thenable(&returned)
        {
            self.ignore(&returned);
        }
    }

    /// Nobody waits for this promise, but a rejection must not stay unhandled.
    pub fn ignore(&'static self, promise: &JsValue) {
        self.host.new_call(Answer::Anything).follow(promise);
    }

    /// Calls a function of the application. What is no promise counts at once,
    /// so that a tap is kept.
    pub fn call_application(
        &'static self,
        function: &Function,
        first: &JsValue,
        second: &JsValue,
    ) -> Call {
        self.settled(value::call(function, &JsValue::UNDEFINED, first, second))
    }

    /// Waits for what was returned or thrown, which may be a promise.
    pub fn settled(&'static self, returned: Result<JsValue, JsValue>) -> Call {
        let call = self.host.new_call(Answer::Anything);
        match returned {
            Ok(promise) if value::is_thenable(&promise) => {
                call.limit(self.config().request_timeout_ms);
                call.follow(&promise);
            }
            returned => call.settle(returned.map_err(Fault::Failed)),
        }
        call
    }
}
