//! The SDK of one instance of the module. It is never dropped: a host may call
//! back at any time.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::app::backend::Backend;
use crate::app::config::Config;
use crate::app::context::Context;
use crate::app::event::Event;
use crate::app::identity::Identity;
use crate::app::learned::Learned;
use crate::ask::arguments::{self, Options};
use crate::ask::cool_down::CoolDown;
use crate::ask::kept::KeptChoices;
use crate::ask::outcome::Outcome;
use crate::ask::popup::{Call, Subscriptions};
use crate::ask::preview::preview;
use crate::ask::templates::TemplateSource;
use crate::contract::FindCustomerPopTemplate;
use crate::host::Host;
use crate::js::{to_js, value};
use crate::report::diagnostics::diagnose;
use crate::report::sender::Sender;
use crate::rules::failure::Stage;
use crate::rules::outbox::Urge;
use crate::rules::template_cache::Moment;
use crate::task::Task;

/// The SDK at work.
#[allow(missing_debug_implementations)]
#[derive(Clone, Copy)]
pub struct Sdk {
    context: &'static Context,
    identity: &'static Identity,
    templates: &'static TemplateSource,
    sender: &'static Sender,
    learned: &'static Learned,
    kept: &'static KeptChoices,
    cool_down: &'static CoolDown,
    subscriptions: &'static Subscriptions,
}

impl Sdk {
    /// An SDK over the host's `wx`, its callbacks, and the object given to
    /// `setup`. The error says what to change in the configuration.
    pub fn new(wx: JsValue, callbacks: JsValue, config: &JsValue) -> Result<Self, String> {
        let config = Config::read(config)?;
        let context: &_ = leak(Context::new(Host::new(wx, callbacks), config));
        let learned: &_ = leak(Learned::default());
        let identity: &_ = leak(Identity::new(context));
        let backend: &_ = leak(Backend::new(context, identity));
        let templates: &_ = leak(TemplateSource::new(context, backend));
        let sender: &_ = leak(Sender::new(context, identity, backend, learned));
        let kept: &_ = leak(KeptChoices::new(context));
        let cool_down: &_ = leak(CoolDown::new(context, learned));
        let subscriptions = leak(Subscriptions::new(
            context, identity, templates, sender, learned, kept, cool_down,
        ));
        Ok(Self { context, identity, templates, sender, learned, kept, cool_down, subscriptions })
    }

    /// Listens to the host, and sends what an earlier launch left. The host may
    /// call back right away.
    pub fn start(self) {
        self.context.host.listen();
        self.learned.read(self.context);
        self.cool_down.configured();
        self.sender.start();
    }

    /// Replaces the configuration; on error the previous one stays. What is under
    /// way stays so: an open popup, and reports that wait.
    pub fn configure(self, config: &JsValue) -> Result<(), String> {
        self.context.configure(Config::read(config)?);
        self.cool_down.configured();
        self.sender.configured();
        Ok(())
    }

    /// Entry point of all callbacks of calls.
    pub fn complete(self, call: u32, how: u32, value: JsValue) {
        self.context.host.complete(call, how, value);
    }

    /// The mini-program came to the foreground.
    pub fn app_shown(self) {
        self.context.host.app_shown(self.context.config().popup_grace_ms);
        self.kept.forget();
        self.sender.send_now(Urge::Host);
    }

    /// The mini-program went to the background.
    pub fn app_hidden(self) {
        self.context.host.app_hidden();
    }

    /// The network went or came back.
    pub fn network_changed(self, status: &JsValue) {
        if value::get(status, "isConnected").is_truthy() {
            self.sender.send_now(Urge::Host);
        }
    }

    /// `asyncSubscribeMessage`
    pub fn subscribe(
        self,
        trigger: &JsValue,
        bus_no: &JsValue,
        extra: &JsValue,
        options: &JsValue,
        resolve: Function,
    ) {
        let Self { context, subscriptions, .. } = self;
        let arguments = arguments::moment(context, trigger, bus_no).and_then(|moment| {
            let extra = arguments::extra_variable_map(context, extra, &moment.query.bus_no)?;
            Ok((moment, extra, Options::read(options)?))
        });
        match arguments {
            Ok((moment, extra, options)) => {
                let call = Call { moment, extra, options, resolve };
                Task::spawn(subscriptions.ask(call));
            }
            Err(error) => {
                let outcome = Outcome::failed(Stage::Trigger, error);
                context.tell_to(&resolve, &to_js(&outcome));
            }
        }
    }

    /// `prefetchTemplates`
    pub fn prefetch(self, trigger: &JsValue, bus_no: &JsValue, resolve: Function) {
        let moment = self.moment(trigger, bus_no);
        self.answer(resolve, async move {
            let found = match &moment {
                Some(moment) => self.templates.prefetch(moment).await,
                None => None,
            };
            found.unwrap_or_default().to_value()
        });
    }

    /// `previewSubscription`
    pub fn preview(self, trigger: &JsValue, bus_no: &JsValue, resolve: Function) {
        let Self { templates, kept, cool_down, .. } = self;
        let most = self.learned.most(self.context.config().max_templates);
        let moment = self.moment(trigger, bus_no);
        self.answer(resolve, preview(moment, most, templates, kept, cool_down));
    }

    /// The moment that is meant, or an event that says what is wrong.
    fn moment(self, trigger: &JsValue, bus_no: &JsValue) -> Option<Rc<Moment>> {
        let moment = arguments::moment(self.context, trigger, bus_no);
        if let Err(error) = &moment {
            let bus_no = bus_no.as_string().unwrap_or_default();
            let query = FindCustomerPopTemplate { trigger_act: String::new(), bus_no };
            self.context.tell(&Event::templates_failed(&query, error));
        }
        moment.ok()
    }

    /// `flushReports`
    pub fn flush_reports(self, resolve: Function) {
        self.answer(resolve, async move { to_js(&self.sender.flush().await) });
    }

    /// `getSubscriptionSettings`
    pub fn subscription_settings(self, resolve: Function) {
        let Self { context, kept, .. } = self;
        self.answer(resolve, async move {
            let limit = context.config().request_timeout_ms;
            kept.forget();
            to_js(&kept.get(limit).await.unwrap_or_default())
        });
    }

    /// `openSubscriptionSettings`
    pub fn open_subscription_settings(self, resolve: Function) {
        self.answer(resolve, async move { to_js(&self.kept.open_page(self.identity).await) });
    }

    /// `getDiagnostics`
    pub fn diagnostics(self, resolve: Function) {
        let Self { context, identity, sender, learned, .. } = self;
        self.answer(resolve, diagnose(context, identity, sender, learned));
    }

    /// Resolves a page's promise with what `work` comes to.
    fn answer(self, resolve: Function, work: impl Future<Output = JsValue> + 'static) {
        let context = self.context;
        Task::spawn(async move { context.tell_to(&resolve, &work.await) });
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
