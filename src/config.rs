//! The object given to `setup` → a checked configuration.

use alloc::string::String;

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
const POPUP_GRACE_MS: f64 = 5_000.0;
const OUTBOX_COUNT: f64 = 100.0;
const OUTBOX_BYTES: f64 = 262_144.0;

/// The longest time a host's timer takes, in milliseconds.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// Where the openId comes from.
#[derive(Default)]
pub enum OpenId {
    /// The application gave it.
    Given(String),
    /// The application's function tells it when asked.
    Asked(Function),
    /// Storage holds it under the key `openId`.
    #[default]
    Stored,
}

/// What an application configures, checked.
#[derive(Default)]
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
    /// How long after the return from the background a popup may stay silent,
    /// in milliseconds.
    pub popup_grace_ms: f64,
    /// How many reports may wait.
    pub limits: Limits,
    /// Where events go.
    pub events: Events,
}

/// Which part of a configuration is wrong, and what it must be.
pub struct ConfigError {
    part: &'static str,
    expected: &'static str,
}

impl ConfigError {
    /// What to mend.
    pub fn message(&self) -> String {
        let mut message = String::from("setup: ");
        message.push_str(self.part);
        message.push_str(" must be ");
        message.push_str(self.expected);
        message
    }
}

type Checked<T> = Result<T, ConfigError>;

const fn wrong<T>(part: &'static str, expected: &'static str) -> Checked<T> {
    Err(ConfigError { part, expected })
}

impl Config {
    /// Reads and checks the configuration.
    pub fn read(config: &JsValue) -> Checked<Self> {
        if !foreign::is_plain_object(config) {
            return wrong("its argument", "an object");
        }
        let find = function(config, "findCustomerPopTemplate")?;
        let report = function(config, "popSubscribeResult")?;
        let base_url = base_url(config)?;
        if base_url.is_empty() && (find.is_none() || report.is_none()) {
            let instead = "given, unless `findCustomerPopTemplate` and `popSubscribeResult` are";
            return wrong("`baseUrl`", instead);
        }
        let timeout_ms = number(config, "requestTimeoutMs", REQUEST_TIMEOUT_MS, 1.0)?;
        Ok(Self {
            triggers: triggers(config)?,
            backend: Backend {
                find,
                report,
                base_url,
                header: header(config)?,
                timeout_ms: timeout_ms.min(LONGEST_TIMER_MS),
            },
            open_id: open_id(config)?,
            max_templates: number(config, "maxTemplates", MAX_TEMPLATES, 1.0)? as usize,
            template_ttl_ms: number(config, "templateTtlMs", TEMPLATE_TTL_MS, 0.0)?,
            popup_grace_ms: number(config, "popupGraceMs", POPUP_GRACE_MS, 1.0)?
                .min(LONGEST_TIMER_MS),
            limits: Limits {
                count: number(config, "outboxMaxReports", OUTBOX_COUNT, 1.0)? as usize,
                bytes: number(config, "outboxMaxBytes", OUTBOX_BYTES, 1.0)? as usize,
            },
            events: Events::new(function(config, "onEvent")?),
        })
    }
}

/// The member `key`, with `null` read as absent.
fn member(config: &JsValue, key: &str) -> Option<JsValue> {
    Some(foreign::get(config, key)).filter(|value| !value.is_undefined() && !value.is_null())
}

fn function(config: &JsValue, key: &'static str) -> Checked<Option<Function>> {
    match member(config, key).map(JsValue::dyn_into) {
        None => Ok(None),
        Some(Ok(function)) => Ok(Some(function)),
        Some(Err(_)) => wrong(key, "a function"),
    }
}

fn number(config: &JsValue, key: &'static str, default: f64, least: f64) -> Checked<f64> {
    match member(config, key).map(|value| value.as_f64()) {
        None => Ok(default),
        Some(Some(number)) if number >= least => Ok(number),
        Some(_) if least > 0.0 => wrong(key, "a number from 1"),
        Some(_) => wrong(key, "a number from 0"),
    }
}

/// The base URL without a slash at its end; empty if there is none.
fn base_url(config: &JsValue) -> Checked<String> {
    let Some(value) = member(config, "baseUrl") else { return Ok(String::new()) };
    let mut url = value.as_string().unwrap_or_default();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return wrong("baseUrl", "a URL that begins with https:// or http://");
    }
    while url.ends_with('/') {
        url.pop();
    }
    Ok(url)
}

fn header(config: &JsValue) -> Checked<Header> {
    match member(config, "header") {
        None => Ok(Header::None),
        Some(value) if foreign::is_plain_object(&value) => Ok(Header::Given(value)),
        Some(value) => match value.dyn_into() {
            Ok(function) => Ok(Header::Asked(function)),
            Err(_) => wrong("header", "an object or a function"),
        },
    }
}

fn open_id(config: &JsValue) -> Checked<OpenId> {
    let Some(value) = member(config, "openId") else { return Ok(OpenId::Stored) };
    match (value.as_string(), value.dyn_into()) {
        (Some(open_id), _) if !open_id.is_empty() => Ok(OpenId::Given(open_id)),
        (_, Ok(function)) => Ok(OpenId::Asked(function)),
        _ => wrong("openId", "a string that is not empty, or a function"),
    }
}

fn triggers(config: &JsValue) -> Checked<Triggers> {
    let mut triggers = Triggers::default();
    let Some(names) = member(config, "triggers") else { return Ok(triggers) };
    if !foreign::is_plain_object(&names) {
        return wrong("triggers", "an object of numbers and names");
    }
    for key in foreign::keys(&names) {
        let name = foreign::string(&names, &key).unwrap_or_default();
        match key.parse() {
            Ok(number) if !name.is_empty() => triggers.name(number, name),
            _ => return wrong("each of `triggers`", "a number with a name"),
        }
    }
    Ok(triggers)
}
