//! What the SDK has learned of this client, kept in storage.

use core::cell::Cell;

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::context::Context;
use crate::js::{js_object, value};
use crate::rules::limit::LearnedLimit;

const STORAGE_KEY: &str = "wx-subscribe:learned";

/// What outlives the launch, beside the reports.
#[derive(Debug, Default)]
pub struct Learned {
    limit: Cell<Option<LearnedLimit>>,
    /// Whether storage belongs to a newer version, which is left alone.
    is_foreign: Cell<bool>,
}

impl Learned {
    /// Reads what an earlier launch learned.
    pub fn read(&self, context: &Context) {
        let stored =
            context.host.read(STORAGE_KEY).and_then(|stored| value::stored_object(&stored));
        if let Some(stored) = stored {
            self.limit.set(limit_in(&value::get(&stored, "limit")));
        }
    }

    /// Takes over what version 1 kept beside the reports.
    pub fn take_over(&self, context: &Context, limit: &JsValue) {
        if let Some(limit) = limit_in(limit) {
            self.write(context, limit);
        }
    }

    /// Keeps what it learns out of the storage of a newer version.
    pub fn leave_storage_alone(&self) {
        self.is_foreign.set(true);
    }

    /// Whether storage takes what was learned.
    pub fn may_write(&self) -> bool {
        !self.is_foreign.get()
    }

    /// What this client has taught, if anything.
    pub const fn limit(&self) -> Option<LearnedLimit> {
        self.limit.get()
    }

    /// How many of `wanted` templates to ask for.
    pub fn most(&self, wanted: u32) -> u32 {
        self.limit.get().map_or(wanted, |limit| limit.apply(wanted, Date::now()))
    }

    /// The client has refused so many templates with error 20003. Whether there
    /// is a smaller number to try.
    pub fn refused(&self, context: &Context, asked: u32) -> bool {
        let limit = LearnedLimit::after_refusal_of(asked, Date::now());
        if let Some(limit) = limit {
            self.write(context, limit);
        }
        limit.is_some()
    }

    fn write(&self, context: &Context, limit: LearnedLimit) {
        self.limit.set(Some(limit));
        if !self.may_write() {
            return;
        }
        let limit = js_object! { "most": limit.most, "at": limit.at };
        if let Some(text) = value::stringified(&js_object! { "limit": limit }) {
            context.host.write(STORAGE_KEY, &text);
        }
    }
}

fn limit_in(stored: &JsValue) -> Option<LearnedLimit> {
    let most = value::number(stored, "most")?;
    Some(LearnedLimit { most: most as u32, at: value::number(stored, "at")? })
}
