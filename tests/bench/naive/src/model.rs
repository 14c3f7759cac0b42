//! Input and output, as serde types.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::JsValue;

/// What `setup` takes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    pub base_url: String,
    #[serde(default)]
    pub triggers: HashMap<String, String>,
    #[serde(default = "max_templates")]
    pub max_templates: usize,
    #[serde(default = "template_ttl_ms")]
    pub template_ttl_ms: f64,
    #[serde(default = "request_timeout_ms")]
    pub request_timeout_ms: f64,
    #[serde(default = "outbox_max_reports")]
    pub outbox_max_reports: usize,
    #[serde(default = "outbox_max_bytes")]
    pub outbox_max_bytes: usize,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    pub on_event: JsValue,
}

fn max_templates() -> usize {
    3
}

fn template_ttl_ms() -> f64 {
    300_000.0
}

fn request_timeout_ms() -> f64 {
    10_000.0
}

fn outbox_max_reports() -> usize {
    100
}

fn outbox_max_bytes() -> usize {
    262_144
}

/// The error of a failed call.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    pub kind: &'static str,
    pub code: Option<i32>,
    pub message: String,
    pub retryable: bool,
}

/// Where it failed, and how.
pub type Failed = (&'static str, Failure);

/// The outcome of a call.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "camelCase")]
pub enum Outcome {
    Answered {
        accepted: Vec<String>,
        rejected: Vec<String>,
        banned: Vec<String>,
        filtered: Vec<String>,
        other: Vec<String>,
        raw: HashMap<String, String>,
        remaining: Vec<String>,
        report: &'static str,
    },
    NoTemplates,
    Failed {
        stage: &'static str,
        error: Failure,
    },
}

/// The result of `flushReports`.
#[derive(Debug, Serialize)]
pub struct Flushed {
    pub sent: usize,
    pub pending: usize,
}

/// One step, for `onEvent`.
#[derive(Debug, Serialize)]
#[serde(tag = "name", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    TemplatesFound {
        trigger_act: &'a str,
        bus_no: &'a str,
        template_ids: &'a [String],
    },
    TemplatesFailed {
        trigger_act: &'a str,
        bus_no: &'a str,
        error: &'a Failure,
    },
    PopupRequested {
        trigger_act: &'a str,
        bus_no: &'a str,
        template_ids: &'a [String],
    },
    PopupAnswered {
        trigger_act: &'a str,
        bus_no: &'a str,
        accepted: &'a [String],
        rejected: &'a [String],
    },
    PopupFailed {
        trigger_act: &'a str,
        bus_no: &'a str,
        error: &'a Failure,
    },
    ReportQueued {
        report_id: &'a str,
        saved: bool,
    },
    ReportSent {
        report_id: &'a str,
    },
    ReportPostponed {
        report_id: &'a str,
        retry_in_ms: f64,
        error: &'a Failure,
    },
    ReportDropped {
        report_id: &'a str,
        error: Option<&'a Failure>,
        report: &'a SubscribeResult,
    },
}

/// The body of `findCustomerPopTemplate`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateQuery<'a> {
    pub trigger_act: &'a str,
    pub bus_no: &'a str,
}

/// Its response.
#[derive(Debug, Deserialize)]
pub struct TemplateReply {
    pub data: Vec<String>,
}

/// The body of `popSubscribeResult`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscribeResult {
    pub bus_no: String,
    pub extra_variable_map: Value,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub open_id: String,
    pub agree_template_ids: Vec<String>,
    pub reject_template_ids: Vec<String>,
}

/// One report in storage.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: String,
    pub body: SubscribeResult,
    pub bytes: usize,
    pub attempts: u32,
    pub not_before: f64,
}
