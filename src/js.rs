//! What JavaScript sees of the module, and nothing else.

use alloc::rc::Rc;
use core::fmt;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::host::Wx;
use crate::subscriber::Subscriber;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The SDK at work.
#[wasm_bindgen]
pub struct Sdk(Rc<Subscriber>);

impl fmt::Debug for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Sdk")
    }
}

#[wasm_bindgen]
impl Sdk {
    /// Starts with the host's `wx` and the object given to `setup`. Throws an
    /// `Error` that says what to mend if the configuration is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(wx: JsValue, config: &JsValue) -> Result<Sdk, JsError> {
        Ok(Self(Subscriber::new(Wx::new(wx), read(config)?)))
    }

    /// Goes on with the object given to a later `setup`. Throws as the
    /// constructor does, and then goes on with the one before.
    pub fn configure(&self, config: &JsValue) -> Result<(), JsError> {
        self.0.configure(read(config)?);
        Ok(())
    }

    /// `asyncSubscribeMessage`
    pub fn subscribe(&self, trigger: &JsValue, bus_no: &JsValue, extra: &JsValue) -> Promise {
        self.0.subscribe(trigger, bus_no, extra)
    }

    /// `prefetchTemplates`
    pub fn prefetch(&self, trigger: &JsValue, bus_no: &JsValue) -> Promise {
        self.0.prefetch(trigger, bus_no)
    }

    /// `flushReports`
    #[wasm_bindgen(js_name = flushReports)]
    pub fn flush_reports(&self) -> Promise {
        self.0.flush_reports()
    }

    /// `getSubscriptionSettings`
    #[wasm_bindgen(js_name = subscriptionSettings)]
    pub fn subscription_settings(&self) -> Promise {
        self.0.subscription_settings()
    }

    /// `openSubscriptionSettings`
    #[wasm_bindgen(js_name = openSubscriptionSettings)]
    pub fn open_subscription_settings(&self) -> Promise {
        self.0.open_subscription_settings()
    }
}

fn read(config: &JsValue) -> Result<Config, JsError> {
    Config::read(config).map_err(|error| JsError::new(&error.message()))
}
