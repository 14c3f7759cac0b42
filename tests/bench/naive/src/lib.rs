//! The flow as wasm-bindgen's guide would have it: `async fn` exports, every
//! value through serde both ways. It is compiled with the profile of the SDK.
//!
//! A contestant of `cargo xtask bench`, never shipped. It does less than the
//! SDK: no own functions of the application, no time limits except the host's,
//! no second copy of itself, no retry by a timer.
#![cfg(target_arch = "wasm32")]

mod flow;
mod model;
mod wx;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use model::{Config, Event, Flushed, Outcome};

thread_local! {
    static STATE: State = State::default();
}

/// The state between calls.
#[derive(Default)]
struct State {
    config: RefCell<Rc<Config>>,
    /// By trigger number and business number.
    cache: RefCell<HashMap<(u32, String), Offer>>,
    is_open: Cell<bool>,
    is_sending: Cell<bool>,
}

/// Template ids, and when they were fetched.
#[derive(Clone)]
struct Offer {
    template_ids: Vec<String>,
    at: f64,
}

/// Starts with the object given to `setup`.
#[wasm_bindgen]
pub async fn setup(config: JsValue) -> Result<(), JsError> {
    let config: Config = serde_wasm_bindgen::from_value(config)?;
    STATE.with(|state| {
        state.config.replace(Rc::new(config));
        state.cache.borrow_mut().clear();
    });
    flow::flush().await;
    Ok(())
}

/// Asks the user; resolves to an outcome like that of the SDK.
#[wasm_bindgen(js_name = asyncSubscribeMessage)]
pub async fn async_subscribe_message(kind: JsValue, bus_no: JsValue, extra: JsValue) -> JsValue {
    let outcome = flow::subscribe(kind, bus_no, extra).await;
    to_value(&outcome.unwrap_or_else(|(stage, error)| Outcome::Failed { stage, error }))
}

/// Fetches the templates of a moment ahead of its tap.
#[wasm_bindgen(js_name = prefetchTemplates)]
pub async fn prefetch_templates(kind: JsValue, bus_no: JsValue) -> JsValue {
    let found = match flow::moment(kind, bus_no) {
        Ok((number, trigger_act, bus_no)) => flow::templates(number, &trigger_act, &bus_no).await,
        Err(error) => Err(error),
    };
    to_value(&found.unwrap_or_default())
}

/// Sends the reports that wait.
#[wasm_bindgen(js_name = flushReports)]
pub async fn flush_reports() -> JsValue {
    let sent = flow::flush().await;
    to_value(&Flushed { sent, pending: flow::load().len() })
}

fn emit(event: &Event<'_>) {
    let on_event = STATE.with(|state| state.config.borrow().on_event.clone());
    if let Some(on_event) = on_event.dyn_ref::<js_sys::Function>() {
        let _ = on_event.call1(&JsValue::UNDEFINED, &to_value(event));
    }
}

/// A value as a plain JavaScript object, with `null` for `None`.
fn to_value<T: Serialize>(value: &T) -> JsValue {
    value.serialize(&Serializer::json_compatible()).unwrap_or_default()
}
