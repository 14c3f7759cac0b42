//! What every part of the SDK works with: the host, the application's
//! configuration, and who the user is.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::config::Config;
use super::event::Event;
use super::identity::Identity;
use crate::host::{Answer, Call, Fault, Host};
use crate::js::{ForeignError, to_js, value};
use crate::rules::failure::{Error, Kind};

/// The host, the configuration and the user.
pub struct Context {
    /// The host.
    pub host: Host,
    /// Who the user is.
    pub identity: Identity,
    config: RefCell<Rc<Config>>,
    generation: Cell<u32>,
}

impl Context {
    /// Begins with this configuration.
    pub fn new(host: Host, config: Rc<Config>) -> Self {
        let config = RefCell::new(config);
        Self { host, identity: Identity::default(), config, generation: Cell::new(0) }
    }

    /// Replaces the configuration.
    pub fn configure(&self, config: Rc<Config>) {
        self.generation.set(self.generation.get().wrapping_add(1));
        // The old one may hold values whose release is foreign code.
        drop(self.config.replace(config));
    }

    /// The newest configuration.
    pub fn config(&self) -> Rc<Config> {
        Rc::clone(&self.config.borrow())
    }

    /// Which configuration it is, so that another can be told from it.
    pub const fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// Tells the application. What its function throws, or its promise is
    /// rejected with, is its own affair and never reaches the flow.
    pub fn tell(&'static self, event: &Event<'_>) {
        if let Some(on_event) = &self.config().on_event {
            self.tell_to(on_event, &to_js(event));
        }
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
                self.host.limit(&call, self.config().request_timeout_ms);
                call.follow(&promise);
            }
            returned => call.settle(returned.map_err(Fault::Failed)),
        }
        call
    }

    /// The error that a fault of the host or the application means, where
    /// `classify` knows its numbers and texts. `own` is the openId of the report
    /// that it is about.
    #[inline(never)]
    pub fn error_of(
        &'static self,
        fault: Fault,
        classify: fn(Option<i32>, &str) -> Box<Error>,
        own: Option<&str>,
    ) -> Box<Error> {
        match fault {
            Fault::Missing(api) => Error::about(Kind::UnsupportedHost, api),
            Fault::TimedOut => Error::new(Kind::Timeout),
            Fault::Failed(value) => {
                let ForeignError { code, text } = ForeignError::read(&value);
                let quoted = self.identity.quote(self, &text, own);
                let mut error = classify(code, &text);
                if let Some(quoted) = quoted {
                    error.add_detail(&quoted);
                }
                error
            }
        }
    }
}
