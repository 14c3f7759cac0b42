//! The object given to `setup` → a checked configuration.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::js::value;
use crate::rules::outbox::Limits;

/// Longer timers are clamped: hosts fire them immediately.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// What an application configures, checked.
#[derive(Debug)]
pub struct Config {
    /// Trigger types beyond the nine or in place of them: number → `triggerAct`.
    pub triggers: Vec<(u32, String)>,
    /// The application's own `findCustomerPopTemplate`.
    pub find_customer_pop_template: Option<Function>,
    /// The application's own `popSubscribeResult`.
    pub pop_subscribe_result: Option<Function>,
    /// The base URL for what is not the application's own, without a slash at
    /// its end.
    pub base_url: Option<String>,
    /// Headers of each request.
    pub header: Header,
    /// Where the openId comes from.
    pub open_id: OpenId,
    /// Signs the user in again after a 401 or 403.
    pub sign_in: Option<Function>,
    /// Decides whether the back end has saved a report.
    pub is_saved: Option<Function>,
    /// Finds the template ids in the back end's answer.
    pub read_templates: Option<Function>,
    /// Most templates asked at once.
    pub max_templates: u32,
    /// How long prefetched templates are good for, in milliseconds.
    pub template_ttl_ms: f64,
    /// How long each call to the back end may take, in milliseconds.
    pub request_timeout_ms: f64,
    /// How long a popup may stay silent after a return from the background, in
    /// milliseconds.
    pub popup_grace_ms: f64,
    /// How long a popup may stay open, in milliseconds.
    pub popup_timeout_ms: f64,
    /// How long a popup stays closed after all it asked for was refused, in
    /// milliseconds.
    pub cool_down_ms: f64,
    /// How much may wait for the back end, and for how long.
    pub outbox: Limits,
    /// Called with every event.
    pub on_event: Option<Function>,
}

/// The headers of each request.
#[derive(Clone, Debug)]
pub enum Header {
    /// There are none.
    None,
    /// This object.
    Given(JsValue),
    /// What this function returns.
    Asked(Function),
}

/// Who the user is.
#[derive(Clone, Debug)]
pub enum OpenId {
    /// What storage holds under `openId`.
    Stored,
    /// This string.
    Given(String),
    /// What this function returns.
    Asked(Function),
    /// The back end knows: no report says.
    Omitted,
}

impl Config {
    /// Reads and checks the configuration; the error says what to change first.
    pub fn read(config: &JsValue) -> Result<Rc<Self>, String> {
        let mut reader = Reader { config, error: None };
        if !value::is_record(config) {
            reader.wrong("its argument", "an object");
        }
        let config = Rc::new(Self {
            find_customer_pop_template: reader.function("findCustomerPopTemplate"),
            pop_subscribe_result: reader.function("popSubscribeResult"),
            base_url: reader.base_url(),
            triggers: reader.triggers(),
            header: reader.header(),
            open_id: reader.open_id(),
            sign_in: reader.function("signIn"),
            is_saved: reader.function("isSaved"),
            read_templates: reader.function("readTemplates"),
            max_templates: reader.number("maxTemplates", 3.0, 1.0) as u32,
            template_ttl_ms: reader.number("templateTtlMs", 300_000.0, 0.0),
            request_timeout_ms: reader.timer("requestTimeoutMs", 10_000.0),
            popup_grace_ms: reader.timer("popupGraceMs", 5_000.0),
            popup_timeout_ms: reader.timer("popupTimeoutMs", 120_000.0),
            cool_down_ms: reader.number("coolDownMs", 0.0, 0.0),
            outbox: Limits {
                reports: reader.number("outboxMaxReports", 100.0, 1.0),
                bytes: reader.number("outboxMaxBytes", 262_144.0, 1.0),
                age_ms: reader.number("outboxMaxAgeMs", 2_592_000_000.0, 1.0),
                request_ms: reader.timer("requestTimeoutMs", 10_000.0),
            },
            on_event: reader.function("onEvent"),
        });
        let own = (&config.find_customer_pop_template, &config.pop_subscribe_result);
        if config.base_url.is_none() && !matches!(own, (Some(_), Some(_))) {
            let instead = "given, unless `findCustomerPopTemplate` and `popSubscribeResult` are";
            reader.wrong("`baseUrl`", instead);
        }
        reader.error.map_or(Ok(config), Err)
    }
}

/// Reads key by key, and keeps the first error.
struct Reader<'a> {
    config: &'a JsValue,
    error: Option<String>,
}

impl Reader<'_> {
    fn wrong(&mut self, part: &str, expected: &str) {
        if self.error.is_none() {
            self.error = Some(["setup: ", part, " must be ", expected].concat());
        }
    }

    /// The member `key`, with `null` read as absent.
    fn member(&self, key: &str) -> Option<JsValue> {
        Some(value::get(self.config, key)).filter(|value| !value.is_null_or_undefined())
    }

    fn function(&mut self, key: &str) -> Option<Function> {
        let function = self.member(key)?.dyn_into().ok();
        if function.is_none() {
            self.wrong(key, "a function");
        }
        function
    }

    #[inline(never)]
    fn number(&mut self, key: &str, default: f64, least: f64) -> f64 {
        let Some(given) = self.member(key) else { return default };
        match given.as_f64().filter(|number| *number >= least) {
            Some(number) => number,
            None => {
                self.wrong(key, if least > 0.0 { "a number from 1" } else { "a number from 0" });
                default
            }
        }
    }

    fn timer(&mut self, key: &str, default: f64) -> f64 {
        self.number(key, default, 1.0).min(LONGEST_TIMER_MS)
    }

    fn header(&mut self) -> Header {
        match self.member("header") {
            None => Header::None,
            Some(given) if value::is_record(&given) => Header::Given(given),
            Some(given) => given.dyn_into().map_or_else(
                |_| {
                    self.wrong("header", "an object or a function");
                    Header::None
                },
                Header::Asked,
            ),
        }
    }

    fn open_id(&mut self) -> OpenId {
        let Some(given) = self.member("openId") else { return OpenId::Stored };
        if given == JsValue::FALSE {
            return OpenId::Omitted;
        }
        if let Some(open_id) = given.as_string().filter(|open_id| !open_id.is_empty()) {
            return OpenId::Given(open_id);
        }
        given.dyn_into().map_or_else(
            |_| {
                self.wrong("openId", "a string that is not empty, a function, or false");
                OpenId::Stored
            },
            OpenId::Asked,
        )
    }

    fn base_url(&mut self) -> Option<String> {
        let given = self.member("baseUrl")?;
        let is_http = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        let Some(mut url) = given.as_string().filter(is_http) else {
            self.wrong("baseUrl", "a URL that begins with https:// or http://");
            return None;
        };
        while url.ends_with('/') {
            url.pop();
        }
        Some(url)
    }

    fn triggers(&mut self) -> Vec<(u32, String)> {
        let mut triggers = Vec::new();
        let Some(names) = self.member("triggers") else { return triggers };
        let mut is_right = value::is_record(&names);
        for key in value::keys(&names).iter() {
            // A key that is not a number's own form, such as 01, finds no name.
            let number = JsValue::from(key.unchecked_into_f64());
            let name = value::get_by(&names, &number).as_string();
            match (trigger_number(&number), name) {
                (Some(number), Some(name)) if !name.is_empty() => triggers.push((number, name)),
                _ => is_right = false,
            }
        }
        if !is_right {
            self.wrong("triggers", "an object of numbers and names");
        }
        triggers
    }
}

/// The number of a trigger type: whole, and not negative.
pub fn trigger_number(given: &JsValue) -> Option<u32> {
    let number = given.as_f64()?;
    let whole = number as u32;
    (f64::from(whole) == number).then_some(whole)
}
