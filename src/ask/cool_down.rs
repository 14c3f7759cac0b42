//! The cool-down: once the user has refused all templates of a business scene,
//! its popup stays closed for a time. Off unless `coolDownMs` is configured.
//!
//! It is about whoever holds the phone: WeChat keeps the storage of each of its
//! users apart, and the openId is not needed.

use core::cell::RefCell;

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::app::context::Context;
use crate::app::learned::Learned;
use crate::js::{js_object, value};
use crate::rules::ask::closed_until;

const STORAGE_KEY: &str = "wx-subscribe:refusals";

/// Most business scenes whose refusals are kept.
const MOST_SCENES: usize = 32;

/// The last refusals.
pub struct CoolDown {
    context: &'static Context,
    learned: &'static Learned,
    /// Business scene → when all that it asked for was refused last.
    refusals: RefCell<JsValue>,
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
        let refused_at = value::number(&self.refusals.borrow(), trigger_act)?;
        closed_until(refused_at, Date::now(), self.context.config().cool_down_ms)
    }

    /// The user has refused all that this business scene asked for.
    pub fn refused(&self, trigger_act: &str) {
        if self.context.config().cool_down_ms <= 0.0 {
            return;
        }
        // Another copy of the SDK may have written meanwhile.
        self.read();
        let newest = js_object! {};
        value::set(&newest, trigger_act, &Date::now().into());
        let known = self.refusals.replace(newest.clone());
        for scene in value::keys(&known).iter().take(MOST_SCENES - 1) {
            if value::get_by(&newest, &scene).is_undefined() {
                value::set_by(&newest, &scene, &value::get_by(&known, &scene));
            }
        }
        self.write();
    }

    /// The user has accepted something of this business scene, asked in spite of
    /// a cool-down: that ends.
    pub fn accepted(&self, trigger_act: &str) {
        if self.until(trigger_act).is_some() {
            self.read();
            value::delete(&self.refusals.borrow(), &trigger_act.into());
            self.write();
        }
    }

    fn write(&self) {
        let text = value::stringified(&self.refusals.borrow());
        if let Some(text) = text.filter(|_| self.learned.may_write()) {
            self.context.host.write(STORAGE_KEY, &text);
        }
    }

    fn read(&self) {
        let stored = self.context.host.read(STORAGE_KEY).unwrap_or_default();
        // A copy: some storages give an object of theirs, which a tap must not
        // look into.
        let text = value::stored_object(&stored).and_then(|stored| value::stringified(&stored));
        let copy = text.and_then(|text| value::parsed(&text)).filter(JsValue::is_object);
        if let Some(copy) = copy {
            drop(self.refusals.replace(copy));
        }
    }
}
