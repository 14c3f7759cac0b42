//! The object given to `setup` → a checked configuration.

use alloc::string::{String, ToString};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::backend::{Backend, Header};
use crate::event::Events;
use crate::foreign;
use crate::outbox::Limits;
use crate::trigger::Triggers;

const MAX_TEMPLATES: f64 = 3.0;
const TEMPLATE_TTL_MS: f64 = 300_000.0;
const REQUEST_TIMEOUT_MS: f64 = 10_000.0;
const OUTBOX_COUNT: f64 = 100.0;
const OUTBOX_BYTES: f64 = 262_144.0;

/// The longest time a host's timer takes, in milliseconds.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// Where the openId comes from.
#[derive(Clone, Debug)]
pub enum OpenId {
    /// The application gave it.
    Given(String),
    /// The application's function tells it when asked.
    Asked(Function),
    /// Storage holds it under the key `openId`.
    Stored,
}

/// What an application configures, checked.
#[derive(Debug)]
pub struct Config {
    /// The nine triggers and the application's own.
    pub triggers: Triggers,
    /// The two calls.
    pub backend: Backend,
    /// Where the openId comes from.
    pub open_id: OpenId,
    /// Most templates asked at once.
    pub max_templates: usize,
    /// How long prefetched templates are good for, in milliseconds.
    pub template_ttl_ms: f64,
    /// How many reports may wait.
    pub limits: Limits,
    /// Where events go.
    pub events: Events,
}

impl Config {
    /// Reads and checks the configuration. The error says what to mend.
    pub fn read(config: &JsValue) -> Result<Self, String> {
        if !foreign::is_plain_object(config) {
            return Err(wrong("its argument", "an object"));
        }
        let find = function(config, "findCustomerPopTemplate")?;
        let report = function(config, "popSubscribeResult")?;
        let base_url = base_url(config)?;
        if base_url.is_none() && (find.is_none() || report.is_none()) {
            return Err("setup: give `baseUrl`, or both `findCustomerPopTemplate` and \
                        `popSubscribeResult`"
                .to_string());
        }
        function(config, "onEvent")?;
        Ok(Self {
            triggers: triggers(config)?,
            backend: Backend {
                find,
                report,
                base_url: base_url.unwrap_or_default(),
                header: header(config)?,
                timeout_ms: number(config, "requestTimeoutMs", REQUEST_TIMEOUT_MS, 1.0)?
                    .min(LONGEST_TIMER_MS),
            },
            open_id: open_id(config)?,
            max_templates: number(config, "maxTemplates", MAX_TEMPLATES, 1.0)? as usize,
            template_ttl_ms: number(config, "templateTtlMs", TEMPLATE_TTL_MS, 0.0)?,
            limits: Limits {
                count: number(config, "outboxMaxReports", OUTBOX_COUNT, 1.0)? as usize,
                bytes: number(config, "outboxMaxBytes", OUTBOX_BYTES, 1.0)? as usize,
            },
            events: Events::from_config(config),
        })
    }
}

fn wrong(what: &str, expected: &str) -> String {
    ["setup: ", what, " must be ", expected].concat()
}

/// The member `key`, with `null` read as absent.
fn member(config: &JsValue, key: &str) -> Option<JsValue> {
    let value = foreign::get(config, key);
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

fn function(config: &JsValue, key: &str) -> Result<Option<Function>, String> {
    member(config, key)
        .map(|value| value.dyn_into().map_err(|_| wrong(key, "a function")))
        .transpose()
}

fn number(config: &JsValue, key: &str, default: f64, least: f64) -> Result<f64, String> {
    let Some(value) = member(config, key) else { return Ok(default) };
    value
        .as_f64()
        .filter(|number| *number >= least)
        .ok_or_else(|| wrong(key, if least > 0.0 { "a number from 1" } else { "a number from 0" }))
}

fn base_url(config: &JsValue) -> Result<Option<String>, String> {
    let Some(value) = member(config, "baseUrl") else { return Ok(None) };
    value
        .as_string()
        .map(|url| url.trim_end_matches('/').to_string())
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        .map(Some)
        .ok_or_else(|| wrong("baseUrl", "a URL that begins with https:// or http://"))
}

fn header(config: &JsValue) -> Result<Header, String> {
    match member(config, "header") {
        None => Ok(Header::None),
        Some(value) if foreign::is_plain_object(&value) => Ok(Header::Given(value)),
        Some(value) => value
            .dyn_into()
            .map(Header::Asked)
            .map_err(|_| wrong("header", "an object or a function")),
    }
}

fn open_id(config: &JsValue) -> Result<OpenId, String> {
    let Some(value) = member(config, "openId") else { return Ok(OpenId::Stored) };
    if let Some(open_id) = value.as_string() {
        return if open_id.is_empty() {
            Err(wrong("openId", "a string that is not empty, or a function"))
        } else {
            Ok(OpenId::Given(open_id))
        };
    }
    value
        .dyn_into()
        .map(OpenId::Asked)
        .map_err(|_| wrong("openId", "a string that is not empty, or a function"))
}

fn triggers(config: &JsValue) -> Result<Triggers, String> {
    let mut triggers = Triggers::default();
    let Some(names) = member(config, "triggers") else { return Ok(triggers) };
    if !foreign::is_plain_object(&names) {
        return Err(wrong("triggers", "an object of numbers and names"));
    }
    for key in foreign::keys(&names) {
        let number = key.parse::<u32>().ok();
        let name = foreign::string(&names, &key).filter(|name| !name.is_empty());
        match (number, name) {
            (Some(number), Some(name)) => triggers.name(number, name),
            _ => return Err(wrong(&["triggers.", &key].concat(), "a number with a name")),
        }
    }
    Ok(triggers)
}
