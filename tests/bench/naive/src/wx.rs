//! Calls of the host, each as a promise.

use std::collections::HashMap;

use js_sys::Promise;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::to_value;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = wx, js_name = getStorageSync)]
    pub fn get_storage(key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = wx, js_name = setStorageSync)]
    pub fn set_storage(key: &str, value: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = wx, js_name = request)]
    fn wx_request(options: JsValue);

    #[wasm_bindgen(js_namespace = wx, js_name = requestSubscribeMessage)]
    fn wx_request_subscribe_message(options: JsValue);
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<T> {
    #[serde(flatten)]
    options: T,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    success: JsValue,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    fail: JsValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Popup<'a> {
    tmpl_ids: &'a [String],
}

#[derive(Serialize)]
struct Request<'a, T> {
    url: String,
    method: &'a str,
    data: &'a T,
    header: HashMap<&'a str, &'a str>,
    timeout: f64,
}

/// The argument of `success` of `wx.request`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    pub status_code: i32,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub data: JsValue,
}

/// The argument of `fail`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostError {
    pub err_code: Option<i32>,
    pub errno: Option<i32>,
    pub err_msg: String,
}

async fn call<T: Serialize>(options: T, api: fn(JsValue)) -> Result<JsValue, HostError> {
    let promise = Promise::new(&mut |success, fail| {
        let (success, fail) = (success.into(), fail.into());
        api(to_value(&Options { options: &options, success, fail }));
    });
    JsFuture::from(promise)
        .await
        .map_err(|error| serde_wasm_bindgen::from_value(error).unwrap_or_default())
}

/// Opens the consent popup.
pub async fn request_subscribe_message(
    tmpl_ids: &[String],
) -> Result<HashMap<String, String>, HostError> {
    let answer = call(Popup { tmpl_ids }, wx_request_subscribe_message).await?;
    Ok(serde_wasm_bindgen::from_value(answer).unwrap_or_default())
}

/// Posts a value as JSON.
pub async fn post<T: Serialize>(
    url: String,
    data: &T,
    report_id: Option<&str>,
    timeout: f64,
) -> Result<Response, HostError> {
    let mut header = HashMap::from([("content-type", "application/json")]);
    header.extend(report_id.map(|report_id| ("Idempotency-Key", report_id)));
    let response = call(Request { url, method: "POST", data, header, timeout }, wx_request).await?;
    serde_wasm_bindgen::from_value(response).map_err(|_| HostError::default())
}
