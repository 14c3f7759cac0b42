//! The host: the only room that names `wx`.

mod calls;
mod storage;
mod sys;

use wasm_bindgen::prelude::*;

pub use calls::{Answer, Call, Fault, Settled};

use crate::js::{TemplateIds, js_object, value};
use calls::Calls;

/// The host's `wx` object, and what waits for its answers.
pub struct Host {
    /// Looked into only when called, so that what others wrap or replace in it
    /// is honoured.
    wx: JsValue,
    /// The module's own exports that the host calls back, by their names there:
    /// the module cannot name its exports itself.
    callbacks: JsValue,
    /// The export that the callbacks of calls are bound from.
    complete: sys::Complete,
    calls: Calls,
}

impl Host {
    /// Wraps the `wx` of this host.
    pub fn new(wx: JsValue, callbacks: JsValue) -> Self {
        let complete = value::get(&callbacks, "complete").unchecked_into();
        Self { wx, callbacks, complete, calls: Calls::default() }
    }

    /// Opens the consent popup.
    pub fn request_subscribe_message(&'static self, ids: &TemplateIds) -> Call {
        let call = self.new_call(Answer::Popup(ids.clone()));
        call.start("requestSubscribeMessage", &js_object! { "tmplIds": ids.to_value() });
        call.is_over_page();
        call
    }

    /// Sends a request. Its callbacks carry the tap it was made in.
    pub fn request(&'static self, options: &JsValue, limit_ms: f64) -> Call {
        let call = self.new_call(Answer::Response);
        call.limit(limit_ms);
        call.start("request", options);
        call
    }

    /// Reads the user's settings, those of subscription messages included.
    pub fn get_setting(&'static self, limit_ms: f64) -> Call {
        let call = self.new_call(Answer::Settings);
        call.limit(limit_ms);
        call.start("getSetting", &with_subscriptions());
        call
    }

    /// Opens the settings page, with subscription messages on it.
    pub fn open_setting(&'static self) -> Call {
        let call = self.new_call(Answer::Settings);
        call.start("openSetting", &with_subscriptions());
        call.is_over_page();
        call
    }

    /// Has the host tell when the mini-program goes to the background or comes
    /// back, and when the network does. A host that lacks an event never tells.
    pub fn listen(&self) {
        for (api, callback) in [
            ("onAppShow", "appShown"),
            ("onAppHide", "appHidden"),
            ("onNetworkStatusChange", "networkChanged"),
        ] {
            let callback = value::get(&self.callbacks, callback);
            drop(self.call_now(api, &callback, &JsValue::UNDEFINED));
        }
    }

    fn call_now(&self, api: &'static str, first: &JsValue, second: &JsValue) -> Settled {
        let function = value::function(&self.wx, api).ok_or(Fault::Missing(api))?;
        value::call(&function, &self.wx, first, second).map_err(Fault::Failed)
    }
}

fn with_subscriptions() -> JsValue {
    js_object! { "withSubscriptions": true }
}
