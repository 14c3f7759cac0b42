//! The cool-down: once the user has refused all templates of a business scene,
//! its popup stays closed for a time. Off unless `coolDownMs` is configured.
//!
//! It is about whoever holds the phone: WeChat keeps the storage of each of its
//! users apart, and the openId is not needed.

use core::cell::RefCell;

use js_sys::Date;

use super::context::Context;
use super::learned::Learned;
use crate::js::{to_js, value};
use crate::rules::ask::{Refusal, Refusals};

const STORAGE_KEY: &str = "wx-subscribe:refusals";

/// The last refusals.
pub struct CoolDown {
    context: &'static Context,
    learned: &'static Learned,
    refusals: RefCell<Refusals>,
}

impl CoolDown {
    /// Nothing was refused yet.
    pub fn new(context: &'static Context, learned: &'static Learned) -> Self {
        Self { context, learned, refusals: RefCell::default() }
    }

    /// Takes in what storage has, if there is a cool-down: a tap cannot wait for
    /// storage.
    pub fn configured(&self) {
        if self.context.config().cool_down_ms > 0.0 {
            self.read();
        }
    }

    /// Until when the popup of this business scene stays closed, if it does now.
    pub fn until(&self, trigger_act: &str) -> Option<f64> {
        let cool_down_ms = self.context.config().cool_down_ms;
        self.refusals.borrow().closed_until(trigger_act, Date::now(), cool_down_ms)
    }

    /// The user has refused all that this business scene asked for.
    pub fn refused(&self, trigger_act: &str) {
        if self.context.config().cool_down_ms <= 0.0 {
            return;
        }
        // Another copy of the SDK may have written meanwhile.
        self.read();
        let refusal = Refusal { trigger_act: trigger_act.into(), at: Date::now() };
        self.refusals.borrow_mut().note(refusal);
        let text = value::stringified(&to_js(&*self.refusals.borrow()));
        if let Some(text) = text.filter(|_| self.learned.may_write()) {
            self.context.host.write(STORAGE_KEY, &text);
        }
    }

    fn read(&self) {
        let stored = self.context.host.read(STORAGE_KEY).unwrap_or_default();
        let list = value::stored_object(&stored).and_then(value::as_list).unwrap_or_default();
        for stored in list.iter() {
            let trigger_act = value::string(&stored, "triggerAct");
            if let (Some(trigger_act), Some(at)) = (trigger_act, value::number(&stored, "at")) {
                self.refusals.borrow_mut().note(Refusal { trigger_act, at });
            }
        }
    }
}
