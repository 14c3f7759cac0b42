//! What JavaScript sees of the module, and nothing else.
//!
//! An instance of the module holds one SDK. Each call that asks for something
//! takes the function that resolves its promise: the glue makes that promise,
//! and runs the call in its executor, so within the tap.

use core::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::sdk::Sdk;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    static SDK: Cell<Option<Sdk>> = const { Cell::new(None) };
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type {
  Config,
  Diagnostics,
  ExtraVariableMap,
  OpenedSettings,
  Outcome,
  Preview,
  SubscribeOptions,
  SubscriptionSettings,
} from "../src/types";

type Running = Extract<Diagnostics, { status: "running" }>;

type Resolve<T> = (value: T) => void;

/** The exports that the host calls back. */
export interface Callbacks {
  complete: typeof complete;
  appShown: typeof appShown;
  appHidden: typeof appHidden;
  networkChanged: typeof networkChanged;
}
"#;

/// Calls the SDK, if it has started.
fn with_sdk(call: impl FnOnce(Sdk)) {
    if let Some(sdk) = SDK.get() {
        call(sdk);
    }
}

/// Starts the SDK, or replaces its configuration. On error the previous
/// configuration stays.
///
/// # Errors
/// What to change in the configuration, as a string.
#[wasm_bindgen]
pub fn configure(
    #[wasm_bindgen(unchecked_param_type = "Config")] config: JsValue,
    #[wasm_bindgen(unchecked_param_type = "object | undefined")] wx: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Callbacks")] callbacks: JsValue,
) -> Result<(), JsValue> {
    let configured = match SDK.get() {
        Some(sdk) => sdk.configure(&config),
        None => Sdk::new(wx, callbacks, &config).map(|sdk| {
            SDK.set(Some(sdk));
            sdk.start();
        }),
    };
    configured.map_err(JsValue::from)
}

/// Entry point of all callbacks of calls into the host. `how` is the kind of
/// completion.
#[wasm_bindgen]
pub fn complete(call: u32, how: u32, value: JsValue) {
    with_sdk(|sdk| sdk.complete(call, how, value));
}

/// The mini-program came to the foreground.
#[wasm_bindgen(js_name = appShown)]
pub fn app_shown() {
    with_sdk(Sdk::app_shown);
}

/// The mini-program went to the background.
#[wasm_bindgen(js_name = appHidden)]
pub fn app_hidden() {
    with_sdk(Sdk::app_hidden);
}

/// The network went or came back.
#[wasm_bindgen(js_name = networkChanged)]
pub fn network_changed(status: JsValue) {
    with_sdk(|sdk| sdk.network_changed(&status));
}

/// `asyncSubscribeMessage`
#[wasm_bindgen]
pub fn subscribe(
    #[wasm_bindgen(unchecked_param_type = "number")] trigger: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] bus_no: JsValue,
    #[wasm_bindgen(unchecked_param_type = "ExtraVariableMap | undefined")] extra: JsValue,
    #[wasm_bindgen(unchecked_param_type = "SubscribeOptions | undefined")] options: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Resolve<Outcome>")] resolve: Function,
) {
    with_sdk(|sdk| sdk.subscribe(&trigger, &bus_no, &extra, &options, resolve));
}

/// `prefetchTemplates`
#[wasm_bindgen]
pub fn prefetch(
    #[wasm_bindgen(unchecked_param_type = "number")] trigger: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] bus_no: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Resolve<string[]>")] resolve: Function,
) {
    with_sdk(|sdk| sdk.prefetch(&trigger, &bus_no, resolve));
}

/// `previewSubscription`
#[wasm_bindgen]
pub fn preview(
    #[wasm_bindgen(unchecked_param_type = "number")] trigger: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] bus_no: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Resolve<Preview>")] resolve: Function,
) {
    with_sdk(|sdk| sdk.preview(&trigger, &bus_no, resolve));
}

/// `flushReports`
#[wasm_bindgen(js_name = flushReports)]
pub fn flush_reports(
    #[wasm_bindgen(unchecked_param_type = "Resolve<{ sent: number; pending: number }>")]
    resolve: Function,
) {
    with_sdk(|sdk| sdk.flush_reports(resolve));
}

/// `getSubscriptionSettings`
#[wasm_bindgen(js_name = subscriptionSettings)]
pub fn subscription_settings(
    #[wasm_bindgen(unchecked_param_type = "Resolve<SubscriptionSettings>")] resolve: Function,
) {
    with_sdk(|sdk| sdk.subscription_settings(resolve));
}

/// `openSubscriptionSettings`
#[wasm_bindgen(js_name = openSubscriptionSettings)]
pub fn open_subscription_settings(
    #[wasm_bindgen(unchecked_param_type = "Resolve<OpenedSettings>")] resolve: Function,
) {
    with_sdk(|sdk| sdk.open_subscription_settings(resolve));
}

/// `getDiagnostics`, without what only the glue knows.
#[wasm_bindgen]
pub fn diagnostics(
    #[wasm_bindgen(
        unchecked_param_type = "Resolve<Omit<Running, 'status' | 'version' | 'engine'>>"
    )]
    resolve: Function,
) {
    with_sdk(|sdk| sdk.diagnostics(resolve));
}
