//! The fake `wx` of `tests/js/support/fake-wx.js`, and an SDK on top of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/js/support/fake-wx.js")]
extern "C" {
    #[wasm_bindgen(js_name = createFakeWx)]
    fn create_fake_wx(options: &JsValue) -> FakeWx;

    #[wasm_bindgen(js_name = answerWith)]
    fn answer_with(answer: &Function) -> JsValue;

    pub type FakeWx;

    #[wasm_bindgen(method, getter)]
    pub fn wx(this: &FakeWx) -> JsValue;

    /// Runs a function as a tap handler.
    #[wasm_bindgen(method)]
    fn tap(this: &FakeWx, handler: &mut dyn FnMut() -> JsValue) -> JsValue;

    #[wasm_bindgen(method)]
    fn calls(this: &FakeWx, api: &str) -> Array;

    #[wasm_bindgen(method, js_name = nextPopup)]
    fn next_popup(this: &FakeWx) -> Promise;

    #[wasm_bindgen(method, setter, js_name = autoAnswer)]
    fn set_auto_answer(this: &FakeWx, answer: &Function);

    #[wasm_bindgen(method)]
    pub fn emit(this: &FakeWx, event: &str, detail: &JsValue);

    #[wasm_bindgen(method)]
    fn close(this: &FakeWx);

    pub type Popup;

    #[wasm_bindgen(method, getter, js_name = tmplIds)]
    fn template_ids(this: &Popup) -> JsValue;

    #[wasm_bindgen(method)]
    fn answer(this: &Popup, words: &JsValue);
}

/// The files that `fake-wx.js` requires. Only files that are named in an extern
/// block are copied to where the tests run; they keep their places there.
macro_rules! copied {
    ($($file:literal)*) => {
        $(const _: () = {
            #[wasm_bindgen(module = $file)]
            extern "C" {
                type Exports;
            }
        };)*
    };
}

copied! {
    "/tests/js/support/fake-wx/api.js"
    "/tests/js/support/fake-wx/events.js"
    "/tests/js/support/fake-wx/interaction.js"
    "/tests/js/support/fake-wx/popup.js"
    "/tests/js/support/fake-wx/request.js"
    "/tests/js/support/fake-wx/storage.js"
    "/tests/js/support/fake-wx/timers.js"
    "/tests/js/support/fake-wx/wasm.js"
    "/tests/wechat/call.js"
    "/tests/wechat/popup.js"
    "/tests/wechat/request.js"
    "/tests/wechat/settings.js"
    "/tests/wechat/storage.js"
    "/tests/wechat/tap.js"
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32);
}

/// What `asyncSubscribeMessage` resolves to, as Rust reads it.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "status", rename_all = "camelCase", deny_unknown_fields)]
pub enum Outcome {
    #[serde(rename_all = "camelCase")]
    Answered {
        accepted: Vec<String>,
        rejected: Vec<String>,
        banned: Vec<String>,
        filtered: Vec<String>,
        other: Vec<String>,
        raw: std::collections::BTreeMap<String, String>,
        remaining: Vec<String>,
        report: String,
        kept_rejected: Option<Vec<String>>,
    },
    NoTemplates,
    Skipped {
        reason: String,
        until: Option<f64>,
    },
    Failed {
        stage: String,
        error: Error,
    },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Error {
    pub kind: String,
    pub code: Option<i32>,
    pub message: String,
    pub retryable: bool,
}

impl Outcome {
    /// `stage kind` of a failure; any other outcome fails the test.
    pub fn failure(&self) -> String {
        match self {
            Self::Failed { stage, error } => format!("{stage} {}", error.kind),
            other => panic!("not a failure: {other:?}"),
        }
    }
}

/// An SDK as a page has it: with promises.
#[derive(Clone, Copy)]
pub struct Sdk(wx_subscribe::Sdk);

impl Sdk {
    pub fn start(wx: JsValue, config: &JsValue) -> Result<Self, JsValue> {
        let started = Rc::new(Cell::new(None::<wx_subscribe::Sdk>));
        let callbacks = Object::new();
        let complete = {
            let started = Rc::clone(&started);
            Closure::<dyn Fn(u32, u32, JsValue)>::new(move |call, how, value| {
                if let Some(sdk) = started.get() {
                    sdk.complete(call, how, value);
                }
            })
        };
        set(&callbacks, "complete", &complete.into_js_value());
        type Event = (&'static str, fn(wx_subscribe::Sdk, JsValue));
        let events: [Event; 3] = [
            ("appShown", |sdk, _| sdk.app_shown()),
            ("appHidden", |sdk, _| sdk.app_hidden()),
            ("networkChanged", |sdk, status| sdk.network_changed(&status)),
        ];
        for (name, tell) in events {
            let started = Rc::clone(&started);
            let callback = Closure::<dyn Fn(JsValue)>::new(move |value| {
                if let Some(sdk) = started.get() {
                    tell(sdk, value);
                }
            });
            set(&callbacks, name, &callback.into_js_value());
        }
        let sdk = wx_subscribe::Sdk::new(wx, callbacks.into(), config)?;
        started.set(Some(sdk));
        sdk.start();
        Ok(Self(sdk))
    }

    pub fn subscribe(self, trigger: &JsValue, bus_no: &JsValue, extra: &JsValue) -> Promise {
        self.subscribe_as(trigger, bus_no, extra, &JsValue::UNDEFINED)
    }

    fn subscribe_as(
        self,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
        options: &JsValue,
    ) -> Promise {
        Promise::new(&mut |resolve, _| self.0.subscribe(trigger, bus_no, extra, options, resolve))
    }

    fn preview(self, trigger: &JsValue, bus_no: &JsValue) -> Promise {
        Promise::new(&mut |resolve, _| self.0.preview(trigger, bus_no, resolve))
    }

    fn diagnostics(self) -> Promise {
        Promise::new(&mut |resolve, _| self.0.diagnostics(resolve))
    }

    fn subscription_settings(self) -> Promise {
        Promise::new(&mut |resolve, _| self.0.subscription_settings(resolve))
    }

    fn open_subscription_settings(self) -> Promise {
        Promise::new(&mut |resolve, _| self.0.open_subscription_settings(resolve))
    }

    pub fn prefetch(self, trigger: &JsValue, bus_no: &JsValue) -> Promise {
        Promise::new(&mut |resolve, _| self.0.prefetch(trigger, bus_no, resolve))
    }

    fn flush_reports(self) -> Promise {
        Promise::new(&mut |resolve, _| self.0.flush_reports(resolve))
    }
}

/// An SDK, the fake `wx` below it, and its events.
pub struct Shop {
    pub fake: FakeWx,
    pub sdk: Sdk,
    events: Rc<RefCell<Vec<JsValue>>>,
}

pub const BASE_URL: &str = "http://127.0.0.1:1";

impl Shop {
    /// A back end that offers these templates and takes every report.
    pub fn offering(template_ids: &[&str]) -> Self {
        let ids = format!("{template_ids:?}");
        Self::with_back_end(&format!(
            "url.endsWith('/findCustomerPopTemplate') ? {{ json: {{ data: {ids} }} }} : {{ json: {{}} }}"
        ))
    }

    /// A back end that answers as a JavaScript expression of `url`, `json`
    /// (the body) and `header` says.
    pub fn with_back_end(answer: &str) -> Self {
        Self::new(answer, "{}", "{}")
    }

    /// `answer` as above; `fake_options` for the fake `wx`, `config` for the
    /// SDK, both as JavaScript.
    pub fn new(answer: &str, fake_options: &str, config: &str) -> Self {
        let options = evaluate(&format!("({fake_options})"));
        let answer =
            Function::new_with_args("{ url, json, header }", &format!("return ({answer})"));
        set(&options, "transport", &answer_with(&answer));
        if Reflect::get(&options, &"storage".into()).unwrap().is_undefined() {
            set(&options, "storage", &evaluate("({ openId: '\"open-id-1\"' })"));
        }
        let fake = create_fake_wx(&options);
        let config = evaluate(&format!("({config})"));
        if !Reflect::has(&config, &"findCustomerPopTemplate".into()).unwrap() {
            set(&config, "baseUrl", &BASE_URL.into());
        }
        let events = Rc::new(RefCell::new(Vec::new()));
        let on_event = {
            let events = Rc::clone(&events);
            Closure::<dyn Fn(JsValue)>::new(move |event| events.borrow_mut().push(event))
        };
        set(&config, "onEvent", &on_event.into_js_value());
        let sdk = Sdk::start(fake.wx(), &config).expect("a good configuration");
        Self { fake, sdk, events }
    }

    /// Calls the SDK in a tap handler.
    pub fn tap(&self, trigger: u32, bus_no: &str) -> Promise {
        self.fake
            .tap(&mut || {
                self.sdk.subscribe(&trigger.into(), &bus_no.into(), &JsValue::UNDEFINED).into()
            })
            .unchecked_into()
    }

    /// Calls another SDK over the same fake in a tap handler.
    pub fn tap_on(&self, sdk: &Sdk) -> Promise {
        self.fake
            .tap(&mut || sdk.subscribe(&1.into(), &"goods-1".into(), &JsValue::UNDEFINED).into())
            .unchecked_into()
    }

    /// Calls the SDK in a tap handler with an `extraVariableMap`.
    pub fn tap_with(&self, extra: &JsValue) -> Promise {
        self.fake
            .tap(&mut || self.sdk.subscribe(&1.into(), &"goods-1".into(), extra).into())
            .unchecked_into()
    }

    /// Calls the SDK in a tap handler with these options, a JavaScript expression.
    pub fn tap_as(&self, options: &str) -> Promise {
        let (options, none) = (evaluate(&format!("({options})")), JsValue::UNDEFINED);
        self.fake
            .tap(&mut || {
                self.sdk.subscribe_as(&1.into(), &"goods-1".into(), &none, &options).into()
            })
            .unchecked_into()
    }

    /// `previewSubscription` of the moment of the other taps.
    pub async fn preview(&self) -> JsValue {
        JsFuture::from(self.sdk.preview(&1.into(), &"goods-1".into())).await.unwrap()
    }

    /// `getDiagnostics`, as far as the crate knows.
    pub async fn diagnostics(&self) -> JsValue {
        JsFuture::from(self.sdk.diagnostics()).await.unwrap()
    }

    /// `getSubscriptionSettings`
    pub async fn settings(&self) -> JsValue {
        JsFuture::from(self.sdk.subscription_settings()).await.unwrap()
    }

    /// `openSubscriptionSettings`, in a tap.
    pub async fn open_settings(&self) -> JsValue {
        let opened: Promise =
            self.fake.tap(&mut || self.sdk.open_subscription_settings().into()).unchecked_into();
        JsFuture::from(opened).await.unwrap()
    }

    /// Calls the SDK in a tap handler and answers the popup with these words.
    pub async fn subscribe(&self, words: &[(&str, &str)]) -> Outcome {
        let outcome = self.tap(1, "goods-1");
        self.answer(words).await;
        settled(outcome).await
    }

    /// Waits for the popup, answers it, and returns the templates that it
    /// asked.
    pub async fn answer(&self, words: &[(&str, &str)]) -> Vec<String> {
        let popup: Popup = JsFuture::from(self.fake.next_popup()).await.unwrap().unchecked_into();
        let answer = Object::new();
        for (id, word) in words {
            set(&answer, id, &(*word).into());
        }
        let asked = serde_wasm_bindgen::from_value(popup.template_ids()).unwrap();
        popup.answer(&answer);
        asked
    }

    /// Answers every popup from now on as a JavaScript expression of
    /// `tmplIds` says.
    pub fn always_answer(&self, answer: &str) {
        self.fake
            .set_auto_answer(&Function::new_with_args("tmplIds", &format!("return ({answer})")));
    }

    pub async fn prefetch(&self, trigger: u32, bus_no: &str) -> Vec<String> {
        let ids = JsFuture::from(self.sdk.prefetch(&trigger.into(), &bus_no.into()));
        serde_wasm_bindgen::from_value(ids.await.unwrap()).unwrap()
    }

    /// `flushReports`, as `(sent, pending)`.
    pub async fn flush(&self) -> (u32, u32) {
        let result = JsFuture::from(self.sdk.flush_reports()).await.unwrap();
        let count = |key: &str| get(&result, key).as_f64().unwrap() as u32;
        (count("sent"), count("pending"))
    }

    /// Ends this launch: no callback is called any more, and its SDK reaches
    /// neither network nor storage.
    pub fn kill(&self) {
        self.fake.close();
        let wx = self.fake.wx();
        for api in Object::keys(wx.unchecked_ref::<Object>()) {
            Reflect::delete_property(wx.unchecked_ref::<Object>(), &api).unwrap();
        }
    }

    /// How often an API of `wx` was called.
    pub fn count(&self, api: &str) -> u32 {
        self.fake.calls(api).length()
    }

    /// The options of the calls of `wx.request` to this path.
    pub fn requests(&self, path: &str) -> Vec<JsValue> {
        let to_path = |options: &JsValue| {
            get(options, "url").as_string().is_some_and(|url| url.ends_with(path))
        };
        let calls = self.fake.calls("request");
        calls.iter().map(|call| get(&call, "options")).filter(to_path).collect()
    }

    /// The events so far with this name.
    pub fn events(&self, name: &str) -> Vec<JsValue> {
        let events = self.events.borrow();
        let named = |event: &&JsValue| get(event, "name").as_string().as_deref() == Some(name);
        events.iter().filter(named).cloned().collect()
    }

    /// The names of all events so far, in order.
    pub fn event_names(&self) -> Vec<String> {
        let events = self.events.borrow();
        events.iter().map(|event| get(event, "name").as_string().unwrap()).collect()
    }

    /// All events, as a string.
    pub fn all_events(&self) -> String {
        let events: Array = self.events.borrow().iter().collect();
        JSON::stringify(&events).unwrap().into()
    }
}

/// The result of a call.
pub async fn settled(outcome: Promise) -> Outcome {
    let value = JsFuture::from(outcome).await.expect("never rejects");
    serde_wasm_bindgen::from_value(value).expect("a documented outcome")
}

pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap()
}

pub fn text(value: &JsValue, key: &str) -> String {
    get(value, key).as_string().unwrap_or_else(|| panic!("no text at {key}"))
}

pub fn set(value: &JsValue, key: &str, member: &JsValue) {
    Reflect::set(value, &key.into(), member).unwrap();
}

pub fn evaluate(expression: &str) -> JsValue {
    js_sys::eval(expression).unwrap()
}

/// Waits `ms` milliseconds.
pub async fn pause(ms: u32) {
    let pause = Promise::new(&mut |resolve, _| set_timeout(&resolve, ms));
    JsFuture::from(pause).await.unwrap();
}
