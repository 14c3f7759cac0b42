//! Who the user is, and how they sign in again.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use wasm_bindgen::JsValue;

use super::config::OpenId;
use super::context::Context;
use crate::js::value;
use crate::rules::secrecy;
use crate::task::Signal;

/// How many openIds are remembered. A phone has few users.
const MOST_SEEN: usize = 8;

/// What is known of the user.
#[derive(Debug, Default)]
pub struct Identity {
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
    /// Asks who the user is now.
    pub fn ask(&self, context: &'static Context) -> Asked {
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
    pub async fn wait(&self, context: &'static Context, promise: JsValue) -> String {
        let settled = context.settled(Ok(promise)).await;
        let open_id = settled.unwrap_or_default().as_string().unwrap_or_default();
        self.saw(&open_id);
        open_id
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
    pub fn quote(&self, context: &'static Context, text: &str, own: Option<&str>) -> Option<String> {
        if let Asked::Failed = self.ask(context) {
            return None;
        }
        let seen = self.seen.borrow();
        secrecy::quote(text, seen.iter().map(String::as_str).chain(own))
    }

    /// Has the application sign the user in again, once for all who wait.
    /// Whether it did.
    pub async fn sign_in(&'static self, context: &'static Context) -> bool {
        let Some(sign_in) = context.config().sign_in.clone() else { return false };
        if self.is_signing_in.replace(true) {
            self.signed_in.next(&context.host.tasks).await;
        } else {
            let none = JsValue::UNDEFINED;
            let settled = context.call_application(&sign_in, &none, &none).await;
            self.has_signed_in.set(settled.is_ok());
            self.is_signing_in.set(false);
            self.signed_in.send(&context.host.tasks);
        }
        self.has_signed_in.get()
    }
}
