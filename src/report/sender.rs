//! Sends reports: one loop that does what [`rules::outbox`](crate::rules::outbox)
//! says.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Cell, OnceCell, RefCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

use js_sys::{Date, Math};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::store::{Answer, Beside, Store};
use crate::app::backend::{Backend, Prepared, Report};
use crate::app::context::Context;
use crate::app::event::Event;
use crate::app::identity::Identity;
use crate::app::learned::Learned;
use crate::js::{Opaque, value};
use crate::rules::failure::Error;
use crate::rules::outbox::{Chore, Id, Opened, Outbox, Outgoing, Step, Told, Urge, new_key};
use crate::rules::owner::Owner;
use crate::rules::report_policy::Failure;
use crate::task::{Signal, Task};

/// The task that sends the reports that wait.
pub struct Sender {
    context: &'static Context,
    identity: &'static Identity,
    backend: &'static Backend,
    learned: &'static Learned,
    store: Store,
    outbox: RefCell<Outbox<Answer>>,
    sent: Cell<u32>,
    task: OnceCell<Rc<Task>>,
    /// Whether there may be something to do for the task.
    is_woken: Cell<bool>,
    /// Sent when there is nothing more to be done now.
    rested: Signal,
}

/// What `flushReports` resolves to.
#[derive(Serialize)]
pub struct Flushed {
    sent: u32,
    pending: usize,
}

impl Sender {
    /// Nothing waits yet.
    pub fn new(
        context: &'static Context,
        identity: &'static Identity,
        backend: &'static Backend,
        learned: &'static Learned,
    ) -> Self {
        Self {
            context,
            identity,
            backend,
            learned,
            store: Store::new(context),
            outbox: RefCell::new(Outbox::new(context.config().outbox)),
            sent: Cell::new(0),
            task: OnceCell::new(),
            is_woken: Cell::default(),
            rested: Signal::default(),
        }
    }

    /// Sends what an earlier launch left, and then whatever is added.
    pub fn start(&'static self) {
        Task::spawn(self.run());
    }

    /// The reports that wait.
    pub const fn outbox(&self) -> &RefCell<Outbox<Answer>> {
        &self.outbox
    }

    /// Adds a report, which is sent once [`Sender::wake`] is called. Returns whether
    /// the next launch will find it.
    pub fn add(&'static self, answer: Answer, owner: Owner) -> (Id, bool) {
        // What an earlier launch left goes before it.
        self.chores();
        let now = Date::now();
        let key = new_key(now, [Math::random(), Math::random()]);
        let id = self.outbox.borrow_mut().add(key, owner, answer, now);
        self.chores();
        let outbox = self.outbox.borrow();
        (id, outbox.get(id).is_some_and(|report| outbox.is_saved(report)))
    }

    /// Waits for the promise that is to tell the owner of a report, and sends it.
    pub async fn identify(&'static self, id: Id, promise: JsValue) {
        let who = self.identity.wait(promise).await;
        self.outbox.borrow_mut().told(id, who);
        self.chores();
        self.wake();
    }

    /// `setup` was called again: retry now.
    pub fn configured(&'static self) {
        self.outbox.borrow_mut().configured(self.context.config().outbox, Date::now());
        self.wake();
    }

    /// There may be something to send.
    pub fn wake(&self) {
        self.is_woken.set(true);
        if let Some(task) = self.task.get() {
            task.wake();
        }
    }

    /// Begins a round of attempts, now or as soon as it may.
    pub fn send_now(&self, urge: Urge) {
        self.outbox.borrow_mut().urge(urge, Date::now());
        self.wake();
    }

    /// Sends all that waits, and resolves once there is nothing more to be done
    /// now.
    pub async fn flush(&'static self) -> Flushed {
        let sent_before = self.sent.get();
        let rested = self.rested.next();
        self.send_now(Urge::Application);
        rested.await;
        let pending = self.outbox.borrow().reports().len();
        Flushed { sent: self.sent.get().wrapping_sub(sent_before), pending }
    }

    /// Does what the outbox says, for as long as the module lives.
    async fn run(&'static self) {
        if let Some(task) = Task::current() {
            self.backend.watch_headers(Rc::clone(&task));
            drop(self.task.set(task));
        }
        let mut prepared = None;
        loop {
            self.is_woken.set(false);
            let step = self.outbox.borrow_mut().next(Date::now());
            match step {
                Step::Chore(chore) => self.perform(chore),
                Step::Ask => {
                    let (who, at_once) = self.identity.user().await;
                    self.outbox.borrow_mut().user(who, at_once, Date::now());
                }
                Step::Prepare(id) => prepared = self.prepare(id).await,
                Step::Send(outgoing) => {
                    if let Some(prepared) = prepared.take() {
                        self.send(&outgoing, &prepared).await;
                    }
                }
                Step::SignIn => {
                    let is_signed_in = self.identity.sign_in().await;
                    let (now, random) = (Date::now(), Math::random());
                    self.outbox.borrow_mut().signed_in(is_signed_in, now, random);
                }
                Step::Rest(ms) => self.rest(ms).await,
            }
        }
    }

    async fn prepare(&'static self, id: Id) -> Option<Prepared> {
        let (prepared, at_once) = self.backend.prepare_report().await;
        // This very attempt is made with the headers: they are no news.
        self.backend.take_other_headers();
        match prepared {
            Ok(prepared) => {
                self.outbox.borrow_mut().prepared(id, at_once, !prepared.is_own());
                Some(prepared)
            }
            Err(error) => {
                self.failed(id, error, false);
                None
            }
        }
    }

    async fn send(&'static self, outgoing: &Outgoing<Answer>, prepared: &Prepared) {
        let report = Report {
            key: &outgoing.key,
            user: outgoing.user.as_deref(),
            body: outgoing.body.text.value(),
            age_ms: outgoing.age_ms,
            trigger_act: outgoing.body.trigger_act.as_deref(),
        };
        match self.backend.send_report(prepared, &report).await {
            Ok(()) => {
                self.sent.set(self.sent.get().wrapping_add(1));
                self.outbox.borrow_mut().delivered(outgoing.id);
            }
            Err(error) => self.failed(outgoing.id, error, prepared.is_own()),
        }
    }

    fn failed(&self, id: Id, error: Box<Error>, is_own: bool) {
        let can_sign_in = self.context.config().sign_in.is_some();
        let (now, random) = (Date::now(), Math::random());
        let failure = Failure { error, is_own };
        self.outbox.borrow_mut().failed(id, failure, can_sign_in, now, random);
    }

    /// Waits until something may have changed, for `ms` milliseconds at most.
    async fn rest(&'static self, ms: Option<f64>) {
        let mut timer = ms.map(|ms| self.context.host.timer(ms));
        self.rested.send();
        poll_fn(|poller| {
            let has_news = self.backend.take_other_headers()
                && self.outbox.borrow_mut().other_headers(Date::now());
            if self.is_woken.take() || has_news {
                return Poll::Ready(());
            }
            let timer = timer.as_mut().map(|timer| Pin::new(timer).poll(poller));
            timer.map_or(Poll::Pending, |timer| timer.map(drop))
        })
        .await;
    }

    /// Does what needs no waiting.
    fn chores(&'static self) {
        loop {
            let chore = self.outbox.borrow_mut().chore();
            let Some(chore) = chore else { return };
            self.perform(chore);
        }
    }

    /// Nothing is borrowed while the host or the application runs: either may call
    /// back.
    fn perform(&'static self, chore: Chore<Answer>) {
        match chore {
            Chore::Open => self.open(),
            Chore::Save { id, key, body, schedule } => {
                let is_saved = self.store.save(&key, &body, schedule);
                self.outbox.borrow_mut().saved(id, is_saved);
            }
            Chore::List(key) => {
                let is_listed = self.store.lists(&key);
                self.outbox.borrow_mut().listed(is_listed);
            }
            Chore::Mark => {
                let marked = self.store.mark();
                self.outbox.borrow_mut().marked(marked);
            }
            Chore::Load { id, key } => {
                let loaded = self.store.load(&key);
                self.outbox.borrow_mut().loaded(id, loaded, Date::now());
            }
            Chore::Forget(key) => self.store.forget(&key),
            Chore::Tell(told) => self.tell(told),
        }
    }

    fn open(&'static self) {
        let (opened, Beside { is_damaged, limit }) = self.store.open();
        if matches!(opened, Opened::Newer) {
            self.learned.leave_storage_alone();
        }
        self.learned.take_over(self.context, &limit);
        self.outbox.borrow_mut().opened(opened);
        if is_damaged {
            self.context.tell(&Event::OutboxDamaged);
        }
    }

    fn tell(&'static self, told: Told<Answer>) {
        let is_heard = match told {
            Told::Queued(key, saved) => {
                self.context.tell(&Event::ReportQueued { report_id: &key, saved })
            }
            Told::Sent(key) => self.context.tell(&Event::ReportSent { report_id: &key }),
            Told::Postponed(key, retry_in_ms, error) => {
                let error = &*error;
                self.context.tell(&Event::ReportPostponed { report_id: &key, retry_in_ms, error })
            }
            Told::Dropped(report, error) => {
                let body = report.body.text.value();
                value::delete(&body, &"openId".into());
                self.context.tell(&Event::ReportDropped {
                    report_id: &report.key,
                    error: error.as_deref(),
                    report: Opaque(body),
                })
            }
            Told::Cleared => self.context.tell(&Event::OutboxCleared),
        };
        if is_heard {
            self.outbox.borrow_mut().application_ran();
        }
    }
}
