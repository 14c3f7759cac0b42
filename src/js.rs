//! What JavaScript sees of the module, and nothing else.
//!
//! An instance of the module holds one SDK. Each call that asks for something
//! takes the function that resolves its promise: the glue makes that promise,
//! and runs the call in its executor, so within the tap.

use core::cell::Cell;

use js_sys::Function;
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};
use wasm_bindgen::prelude::*;

use crate::subscriber::Subscriber;

// SAFETY: an instance has one thread, as the module is built without atomics.
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

thread_local! {
    static SDK: Cell<Option<&'static Subscriber>> = const { Cell::new(None) };
}

/// Calls the SDK, if it has started.
fn with_sdk(call: impl FnOnce(&'static Subscriber)) {
    if let Some(sdk) = SDK.get() {
        call(sdk);
    }
}

/// Starts with the host's `wx` and the object given to `setup`, or goes on with
/// another such object. `callback` is [`settle`]: the module cannot name its own
/// exports. Returns what to mend, if the configuration is wrong; the one before
/// then stays.
#[wasm_bindgen]
pub fn configure(config: JsValue, wx: JsValue, callback: Function) -> JsValue {
    let configured = match SDK.get() {
        Some(sdk) => sdk.configure(&config),
        None => Subscriber::new(wx, callback, &config).map(|sdk| {
            SDK.set(Some(sdk));
            sdk.start();
        }),
    };
    configured.err().unwrap_or_default()
}

/// What every callback of the host is bound from: what it brings for a ticket.
#[wasm_bindgen]
pub fn settle(ticket: u32, how: u32, value: JsValue) {
    with_sdk(|sdk| sdk.settle(ticket, how, value));
}

/// `asyncSubscribeMessage`
#[wasm_bindgen]
pub fn subscribe(trigger: JsValue, bus_no: JsValue, extra: JsValue, resolve: Function) {
    with_sdk(|sdk| sdk.subscribe(&trigger, &bus_no, &extra, resolve));
}

/// `prefetchTemplates`
#[wasm_bindgen]
pub fn prefetch(trigger: JsValue, bus_no: JsValue, resolve: Function) {
    with_sdk(|sdk| sdk.prefetch(&trigger, &bus_no, resolve));
}

/// `flushReports`
#[wasm_bindgen(js_name = flushReports)]
pub fn flush_reports(resolve: Function) {
    with_sdk(|sdk| sdk.flush_reports(resolve));
}

/// `getSubscriptionSettings`
#[wasm_bindgen(js_name = subscriptionSettings)]
pub fn subscription_settings(resolve: Function) {
    with_sdk(|sdk| sdk.subscription_settings(resolve));
}

/// `openSubscriptionSettings`
#[wasm_bindgen(js_name = openSubscriptionSettings)]
pub fn open_subscription_settings(resolve: Function) {
    with_sdk(|sdk| sdk.open_subscription_settings(resolve));
}
