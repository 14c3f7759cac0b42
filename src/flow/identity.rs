//! Who the user is, how they sign in again, and what a foreign error may say
//! without naming them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use wasm_bindgen::JsValue;

use super::config::OpenId;
use super::context::Context;
use crate::host::Fault;
use crate::js::{ForeignError, value};
use crate::rules::failure::{Error, Kind};
use crate::rules::secrecy;
use crate::task::{Signal, Task};

/// How many openIds are remembered. A phone has few users.
const MOST_SEEN: usize = 8;

/// What is known of the user.
pub struct Identity {
    context: &'static Context,
    /// The openIds of this launch, none of which may be quoted.
    seen: RefCell<Vec<String>>,
    is_signing_in: Cell<bool>,
    /// Sent when signing in has ended, and whether it worked.
    signed_in: Signal,
    has_signed_in: Cell<bool>,
}

/// The answer to the question who the user is.
#[derive(Debug)]
pub enum Asked {
    /// This one; an empty string if that is not known now.
    User(String),
    /// A promise will tell.
    Later(JsValue),
    /// The back end knows by itself.
    Omitted,
    /// The question itself failed.
    Failed,
}

impl Identity {
    /// Nobody has been seen yet.
    pub fn new(context: &'static Context) -> Self {
        Self {
            context,
            seen: RefCell::default(),
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
            OpenId::Omitted => return Asked::Omitted,
            OpenId::Given(open_id) => Some(JsValue::from(open_id.as_str())),
            OpenId::Stored => context.host.read("openId"),
            OpenId::Asked(function) => value::call(function, &none, &none, &none).ok(),
        };
        match answer {
            None => Asked::Failed,
            Some(answer) if value::is_thenable(&answer) => {
                // Who asks need not wait, but a rejection must not stay unhandled.
                context.ignore(&answer);
                Asked::Later(answer)
            }
            Some(answer) => {
                let open_id = answer.as_string().unwrap_or_default();
                self.saw(&open_id);
                Asked::User(open_id)
            }
        }
    }

    /// Waits for a promise that will tell; an empty string if it does not.
    pub async fn wait(&'static self, promise: JsValue) -> String {
        let settled = self.context.settled(Ok(promise)).await;
        let open_id = settled.unwrap_or_default().as_string().unwrap_or_default();
        self.saw(&open_id);
        open_id
    }

    /// Who is signed in, if reports say so; an empty string if that is not known.
    pub async fn user(&'static self) -> Option<String> {
        match self.ask() {
            Asked::Omitted => None,
            Asked::User(user) => Some(user),
            Asked::Failed => Some(String::new()),
            Asked::Later(promise) => Some(self.wait(promise).await),
        }
    }

    fn saw(&self, open_id: &str) {
        let mut seen = self.seen.borrow_mut();
        if seen.iter().all(|known| known != open_id) {
            seen.truncate(MOST_SEEN);
            seen.insert(0, open_id.into());
        }
    }

    /// The part of a foreign text that a message may quote. Nothing, if nobody
    /// can tell which openId it must not hold. `own` is the openId of the report
    /// that the text is about.
    fn quote(&'static self, text: &str, own: Option<&str>) -> Option<String> {
        match if text.is_empty() { Asked::Failed } else { self.ask() } {
            Asked::Failed => return None,
            Asked::Later(promise) => {
                let know = async move { drop(self.wait(promise).await) };
                Task::spawn(know);
                if self.seen.borrow().is_empty() {
                    return None;
                }
            }
            Asked::User(_) | Asked::Omitted => {}
        }
        let seen = self.seen.borrow();
        secrecy::quote(text, seen.iter().map(String::as_str).chain(own))
    }

    /// Has the application sign the user in again, once for all who wait.
    /// Whether it did.
    pub async fn sign_in(&'static self) -> bool {
        let context = self.context;
        let Some(sign_in) = &context.config().sign_in else { return false };
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
