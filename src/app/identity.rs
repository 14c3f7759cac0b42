//! Who the user is, how they sign in again, and what a foreign error may say
//! without naming them.

use alloc::boxed::Box;
use alloc::string::String;
use core::cell::{Cell, RefCell};

use wasm_bindgen::JsValue;

use super::config::OpenId;
use super::context::Context;
use crate::host::Fault;
use crate::js::{ForeignError, value};
use crate::rules::failure::{Error, Kind};
use crate::rules::owner::{Owner, Who};
use crate::rules::secrecy::{Knows, Secrets};
use crate::task::{Signal, Task};

/// What is known of the user.
pub struct Identity {
    context: &'static Context,
    secrets: RefCell<Secrets>,
    is_signing_in: Cell<bool>,
    /// Sent when signing in has ended, and whether it worked.
    signed_in: Signal,
    has_signed_in: Cell<bool>,
}

/// The answer to the question who the user is.
pub enum Asked {
    /// It is known now.
    Now(Who),
    /// A promise is to tell.
    Later(JsValue),
}

impl Asked {
    /// Whose report an answer is that is given now.
    pub fn owner(&self) -> Owner {
        match self {
            Self::Now(Who::BackEnd) => Owner::BackEnd,
            Self::Now(Who::User(user)) => Owner::User(user.clone()),
            Self::Now(Who::Nobody | Who::Failed(_)) => Owner::Unknown,
            Self::Later(_) => Owner::Asked(None),
        }
    }
}

impl Identity {
    /// Nobody has been seen yet.
    pub fn new(context: &'static Context) -> Self {
        Self {
            context,
            secrets: RefCell::default(),
            is_signing_in: Cell::default(),
            signed_in: Signal::default(),
            has_signed_in: Cell::default(),
        }
    }

    /// Asks who the user is now.
    pub fn ask(&self) -> Asked {
        let context = self.context;
        let none = JsValue::UNDEFINED;
        let answer = match &context.config().open_id {
            OpenId::Omitted => return Asked::Now(Who::BackEnd),
            OpenId::Given(open_id) => Ok(open_id.as_str().into()),
            OpenId::Stored => context.host.read("openId").ok_or("storage cannot be read"),
            OpenId::Asked(function) => {
                value::call(function, &none, &none, &none).map_err(|_| "`openId` threw")
            }
        };
        match answer {
            Err(reason) => Asked::Now(Who::Failed(reason.into())),
            Ok(answer) if value::is_thenable(&answer) => {
                // Who asks need not wait, but a rejection must not stay unhandled.
                context.ignore(&answer);
                Asked::Later(answer)
            }
            Ok(answer) => Asked::Now(self.who(&answer)),
        }
    }

    /// Waits for a promise that is to tell.
    pub async fn wait(&'static self, promise: JsValue) -> Who {
        let failed = |reason: &str| Who::Failed(reason.into());
        match self.context.settled(Ok(promise)).await {
            Ok(answer) => self.who(&answer),
            Err(Fault::TimedOut) => failed("the promise of `openId` did not settle"),
            Err(_) => failed("the promise of `openId` was rejected"),
        }
    }

    /// Who is signed in, and whether nothing was waited for to know it.
    pub async fn user(&'static self) -> (Who, bool) {
        match self.ask() {
            Asked::Now(who) => (who, true),
            Asked::Later(promise) => (self.wait(promise).await, false),
        }
    }

    /// The user that an openId means.
    fn who(&self, open_id: &JsValue) -> Who {
        match open_id.as_string() {
            Some(open_id) if open_id.is_empty() => Who::Nobody,
            Some(open_id) => {
                self.secrets.borrow_mut().saw(&open_id);
                Who::User(open_id)
            }
            None if open_id.is_null_or_undefined() => Who::Nobody,
            None => Who::Failed(["`openId` is no string, but ", &value::type_of(open_id)].concat()),
        }
    }

    /// The part of a foreign text that a message may quote. `own` is the openId of
    /// the report that the text is about.
    fn quote(&'static self, text: &str, own: Option<&str>) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let knows = match self.ask() {
            Asked::Now(Who::Failed(_)) => Knows::Not,
            Asked::Now(_) => Knows::Now,
            Asked::Later(promise) => {
                Task::spawn(async move { drop(self.wait(promise).await) });
                Knows::Earlier
            }
        };
        self.secrets.borrow().quote(text, knows, own)
    }

    /// Calls `signIn` once for all callers. Returns whether it succeeded.
    pub async fn sign_in(&'static self) -> bool {
        let context = self.context;
        let config = context.config();
        let Some(sign_in) = &config.sign_in else { return false };
        if self.is_signing_in.replace(true) {
            self.signed_in.next().await;
        } else {
            let none = JsValue::UNDEFINED;
            let settled = context.call_application(sign_in, &none, &none).await;
            self.has_signed_in.set(settled.is_ok());
            self.is_signing_in.set(false);
            self.signed_in.send();
        }
        self.has_signed_in.get()
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
                let quoted = self.quote(&text, own);
                let mut error = classify(code, &text);
                if let Some(quoted) = quoted {
                    error.add_detail(&quoted);
                }
                error
            }
        }
    }
}
