//! The object given to `setup` → a checked configuration.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::foreign;
use crate::outbox::Limits;
use crate::text::Text;
use crate::words::Words;

/// The numbers of a configuration: key, default, and least.
static NUMBERS: [(&str, f64, f64); 6] = [
    ("maxTemplates", 3.0, 1.0),
    ("templateTtlMs", 300_000.0, 0.0),
    ("requestTimeoutMs", 10_000.0, 1.0),
    ("popupGraceMs", 5_000.0, 1.0),
    ("outboxMaxReports", 100.0, 1.0),
    ("outboxMaxBytes", 262_144.0, 1.0),
];

/// What is more counts as so much: a longer timer of the host ends at once.
const MOST: f64 = 2_147_483_647.0;

/// Something that the application gave, or that its function tells when asked.
#[derive(Clone, Default)]
pub enum Source {
    /// Neither.
    #[default]
    None,
    /// The thing itself.
    Given(JsValue),
    /// The function.
    Asked(Function),
}

impl Source {
    /// The thing, or `undefined`; `None` if the function threw.
    pub fn get(&self) -> Option<JsValue> {
        let none = JsValue::UNDEFINED;
        match self {
            Self::None => Some(none),
            Self::Given(value) => Some(value.clone()),
            Self::Asked(function) => foreign::call(function, &none, &none, &none).ok(),
        }
    }
}

/// What an application configures, checked.
pub struct Config {
    /// Trigger types beyond the nine or in place of them: number → `triggerAct`.
    pub triggers: Words,
    /// The application's own `findCustomerPopTemplate`.
    pub find: Option<Function>,
    /// The application's own `popSubscribeResult`.
    pub report: Option<Function>,
    /// The base URL for what is not the application's own, without a slash at
    /// its end; `undefined` if there is none.
    pub base_url: JsValue,
    /// Headers of each request, an object.
    pub header: Source,
    /// Where the openId comes from, a string; if from nowhere, from storage.
    pub open_id: Source,
    /// The numbers.
    pub numbers: Numbers,
    /// What is told of every step.
    pub on_event: Option<Function>,
}

/// The numbers of a configuration, in the order of [`NUMBERS`].
#[derive(Clone, Copy)]
pub struct Numbers([f64; NUMBERS.len()]);

impl Numbers {
    /// Most templates asked at once.
    pub fn max_templates(&self) -> u32 {
        foreign::count(self.0[0])
    }

    /// How long prefetched templates are good for, in milliseconds.
    pub const fn template_ttl_ms(&self) -> f64 {
        self.0[1]
    }

    /// How long each call to the back end may take, in milliseconds.
    pub const fn request_timeout_ms(&self) -> f64 {
        self.0[2]
    }

    /// How long after the return from the background a popup may stay silent,
    /// in milliseconds.
    pub const fn popup_grace_ms(&self) -> f64 {
        self.0[3]
    }

    /// How many reports may wait.
    pub const fn outbox(&self) -> Limits {
        Limits { count: self.0[4], bytes: self.0[5] }
    }
}

impl Config {
    /// Reads and checks the configuration; the error says what to mend.
    pub fn read(config: &JsValue) -> Result<Self, JsValue> {
        let mut reader = Reader { config, mistake: None };
        if !foreign::is_plain_object(config) {
            reader.wrong("its argument", "an object");
        }
        let config = Self {
            find: reader.function("findCustomerPopTemplate"),
            report: reader.function("popSubscribeResult"),
            base_url: reader.base_url(),
            triggers: reader.triggers(),
            header: reader.source("header", foreign::is_plain_object, "an object or a function"),
            open_id: reader.source(
                "openId",
                foreign::is_text,
                "a string that is not empty, or a function",
            ),
            numbers: reader.numbers(),
            on_event: reader.function("onEvent"),
        };
        if config.base_url.is_undefined() && (config.find.is_none() || config.report.is_none()) {
            let instead = "given, unless `findCustomerPopTemplate` and `popSubscribeResult` are";
            reader.wrong("`baseUrl`", instead);
        }
        match reader.mistake {
            None => Ok(config),
            Some((part, expected)) => {
                Err(foreign::join(&"setup: ".into(), &[part, " must be ", expected]))
            }
        }
    }
}

/// Reads part by part, and keeps the first mistake: which part is wrong, and
/// what it must be.
struct Reader<'a> {
    config: &'a JsValue,
    mistake: Option<(&'static str, &'static str)>,
}

impl Reader<'_> {
    fn wrong(&mut self, part: &'static str, expected: &'static str) {
        self.mistake.get_or_insert((part, expected));
    }

    /// The member `key`, with `null` read as absent.
    fn member(&self, key: &str) -> Option<JsValue> {
        Some(foreign::get(self.config, key)).filter(|value| !value.is_null_or_undefined())
    }

    fn function(&mut self, key: &'static str) -> Option<Function> {
        let function = self.member(key)?.dyn_into().ok();
        if function.is_none() {
            self.wrong(key, "a function");
        }
        function
    }

    fn source(
        &mut self,
        key: &'static str,
        is_given: fn(&JsValue) -> bool,
        expected: &'static str,
    ) -> Source {
        match self.member(key) {
            None => Source::None,
            Some(value) if is_given(&value) => Source::Given(value),
            Some(value) => value.dyn_into().map_or_else(
                |_| {
                    self.wrong(key, expected);
                    Source::None
                },
                Source::Asked,
            ),
        }
    }

    fn numbers(&mut self) -> Numbers {
        let mut numbers = [0.0; NUMBERS.len()];
        for (place, (key, default, least)) in numbers.iter_mut().zip(&NUMBERS) {
            let given = self.member(key);
            *place = given.map_or(*default, |value| value.as_f64().unwrap_or(-1.0));
            if place.is_nan() || *place < *least {
                self.wrong(key, if *least > 0.0 { "a number from 1" } else { "a number from 0" });
            }
            *place = place.min(MOST);
        }
        Numbers(numbers)
    }

    fn base_url(&mut self) -> JsValue {
        let Some(mut url) = self.member("baseUrl") else { return JsValue::UNDEFINED };
        if !url.is_string() || !(url.begins_with("https://") || url.begins_with("http://")) {
            self.wrong("baseUrl", "a URL that begins with https:// or http://");
            return url;
        }
        loop {
            let end = foreign::length(&url).saturating_sub(1);
            if !foreign::slice(&url, end, end + 1).is("/") {
                return url;
            }
            url = foreign::slice(&url, 0, end);
        }
    }

    fn triggers(&mut self) -> Words {
        let mut triggers = Words::default();
        let Some(names) = self.member("triggers") else { return triggers };
        if !foreign::is_plain_object(&names) {
            self.wrong("triggers", "an object of numbers and names");
        }
        for key in foreign::keys(&names).iter() {
            // A key that is not a number's own form, such as 01, finds no name.
            let number = key.unchecked_into_f64();
            let name = foreign::get_by(&names, &number.into());
            if foreign::is_count(number) && foreign::is_text(&name) {
                triggers.insert(&key, &name);
            } else {
                self.wrong("triggers", "an object of numbers and names");
            }
        }
        triggers
    }
}
