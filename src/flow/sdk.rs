//! The SDK of one instance of the module. It is never dropped: a host may call
//! back at any time.

use alloc::boxed::Box;
use alloc::string::String;

use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::arguments;
use super::backend::Backend;
use super::config::Config;
use super::context::Context;
use super::delivery::Delivery;
use super::event::Event;
use super::identity::Identity;
use super::learned::Learned;
use super::outcome::Outcome;
use super::settings;
use super::subscription::{Call, Subscriptions};
use super::templates::TemplateSource;
use crate::contract::FindCustomerPopTemplate;
use crate::host::Host;
use crate::js::{TemplateIds, to_js, value};
use crate::rules::failure::Stage;

/// The SDK at work.
#[allow(missing_debug_implementations)]
#[derive(Clone, Copy)]
pub struct Sdk {
    context: &'static Context,
    identity: &'static Identity,
    templates: &'static TemplateSource,
    delivery: &'static Delivery,
    learned: &'static Learned,
    subscriptions: &'static Subscriptions,
}

impl Sdk {
    /// An SDK over the host's `wx`, its callbacks, and the object given to
    /// `setup`. The error says what to change in the configuration.
    pub fn new(wx: JsValue, callbacks: JsValue, config: &JsValue) -> Result<Self, String> {
        let config = Config::read(config)?.into();
        let context: &_ = leak(Context::new(Host::new(wx, callbacks), config));
        let learned: &_ = leak(Learned::default());
        let identity: &_ = leak(Identity::new(context));
        let backend: &_ = leak(Backend::new(context, identity));
        let templates: &_ = leak(TemplateSource::new(context, backend));
        let delivery: &_ = leak(Delivery::new(context, identity, backend, learned));
        let subscriptions =
            leak(Subscriptions::new(context, identity, templates, delivery, learned));
        Ok(Self { context, identity, templates, delivery, learned, subscriptions })
    }

    /// Listens to the host, and sends what an earlier launch left. The host may
    /// call back right away.
    pub fn start(self) {
        self.context.host.listen();
        self.learned.read(self.context);
        self.delivery.start();
    }

    /// Replaces the configuration; on error the previous one stays. What is under
    /// way stays so: an open popup, and reports that wait.
    pub fn configure(self, config: &JsValue) -> Result<(), String> {
        self.context.configure(Config::read(config)?.into());
        self.delivery.configured();
        Ok(())
    }

    /// Entry point of all callbacks of calls.
    pub fn complete(self, call: u32, how: u32, value: JsValue) {
        self.context.host.complete(call, how, value);
    }

    /// The mini-program came to the foreground.
    pub fn app_shown(self) {
        self.context.host.app_shown(self.context.config().popup_grace_ms);
        self.delivery.host_is_back();
    }

    /// The mini-program went to the background.
    pub fn app_hidden(self) {
        self.context.host.app_hidden();
    }

    /// The network went or came back.
    pub fn network_changed(self, status: &JsValue) {
        if value::get(status, "isConnected").is_truthy() {
            self.delivery.host_is_back();
        }
    }

    /// `asyncSubscribeMessage`
    pub fn subscribe(
        self,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
        resolve: Function,
    ) {
        let Self { context, subscriptions, .. } = self;
        let arguments = arguments::moment(context, trigger, bus_no).and_then(|moment| {
            let extra = arguments::extra_variable_map(context, extra, &moment.query.bus_no)?;
            Ok((moment, extra))
        });
        match arguments {
            Ok((moment, extra)) => {
                let call = Call { moment, extra, resolve };
                context.host.tasks.spawn(subscriptions.ask(call));
            }
            Err(error) => {
                let outcome = Outcome::failed(Stage::Trigger, error);
                context.tell_to(&resolve, &to_js(&outcome));
            }
        }
    }

    /// `prefetchTemplates`
    pub fn prefetch(self, trigger: &JsValue, bus_no: &JsValue, resolve: Function) {
        let Self { context, templates, .. } = self;
        match arguments::moment(context, trigger, bus_no) {
            Ok(moment) => self.answer(resolve, async move { templates.prefetch(&moment).await }),
            Err(error) => {
                let bus_no = bus_no.as_string().unwrap_or_default();
                let query = FindCustomerPopTemplate { trigger_act: String::new(), bus_no };
                context.tell(&Event::templates_failed(&query, &error));
                context.tell_to(&resolve, &to_js(&TemplateIds::default()));
            }
        }
    }

    /// `flushReports`
    pub fn flush_reports(self, resolve: Function) {
        self.answer(resolve, self.delivery.flush());
    }

    /// `getSubscriptionSettings`
    pub fn subscription_settings(self, resolve: Function) {
        self.answer(resolve, settings::read_settings(self.context));
    }

    /// `openSubscriptionSettings`
    pub fn open_subscription_settings(self, resolve: Function) {
        self.answer(resolve, settings::open_settings(self.context, self.identity));
    }

    /// Resolves a page's promise with what `work` comes to.
    fn answer<T: Serialize>(self, resolve: Function, work: impl Future<Output = T> + 'static) {
        let context = self.context;
        context.host.tasks.spawn(async move {
            context.tell_to(&resolve, &to_js(&work.await));
        });
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
