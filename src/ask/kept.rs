//! The choices that the user keeps (总是保持以上选择): what WeChat grants or
//! refuses without a popup.
//!
//! WeChat limits how often an application may read the settings, so they are
//! remembered until something may have changed them.

use core::cell::{Cell, RefCell};

use js_sys::Date;

use super::consent::Consent;
use super::settings::{OpenedSettings, Settings, settings_in};
use crate::app::context::Context;
use crate::app::identity::Identity;
use crate::host::Fault;
use crate::js::TemplateIds;
use crate::rules::failure::Error;
use crate::task::Signal;

/// How long settings that were read are good for, in milliseconds.
const TIME_TO_LIVE_MS: f64 = 600_000.0;

/// How long an answer waits for the settings, in milliseconds.
const ANSWER_WAITS_MS: f64 = 500.0;

/// The settings as they were read last.
pub struct KeptChoices {
    context: &'static Context,
    known: RefCell<Option<Known>>,
    /// Counts what may have changed the settings.
    changes: Cell<u32>,
    /// The value of `changes` for which the settings are being read.
    reading_for: Cell<Option<u32>>,
    /// Sent when they have been read.
    was_read: Signal,
}

struct Known {
    settings: Settings,
    read_at: f64,
}

impl KeptChoices {
    /// Nothing is known yet.
    pub fn new(context: &'static Context) -> Self {
        Self {
            context,
            known: RefCell::default(),
            changes: Cell::default(),
            reading_for: Cell::default(),
            was_read: Signal::default(),
        }
    }

    /// The settings, if they were read not long ago. A clock that was set back
    /// makes them too old as well.
    pub fn known(&self) -> Option<Settings> {
        let known = self.known.borrow();
        let known = known.as_ref()?;
        let age = Date::now() - known.read_at;
        (0.0..TIME_TO_LIVE_MS).contains(&age).then(|| known.settings.clone())
    }

    /// The user may have changed the settings.
    pub fn forget(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        drop(self.known.take());
    }

    fn learn(&self, settings: Settings) {
        self.known.replace(Some(Known { settings, read_at: Date::now() }));
    }

    /// The settings, read if they are not known. The callback of the host carries
    /// the tap.
    pub async fn get(&'static self, limit_ms: f64) -> Result<Settings, Fault> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let change = self.changes.get();
        let answer = self.context.host.get_setting(limit_ms).await?;
        let settings = settings_in(&answer).ok_or(Fault::Missing("subscriptionsSetting"))?;
        if change == self.changes.get() {
            self.learn(settings.clone());
        }
        Ok(settings)
    }

    /// The same outside a tap: a reading that is under way is joined.
    pub async fn joined(&'static self) -> Option<Settings> {
        let change = Some(self.changes.get());
        if self.reading_for.get() == change {
            while self.reading_for.get() == change {
                self.was_read.next().await;
            }
            return self.known();
        }
        self.reading_for.set(change);
        let settings = self.get(self.context.config().request_timeout_ms).await;
        if self.reading_for.get() == change {
            self.reading_for.set(None);
        }
        self.was_read.send();
        settings.ok()
    }

    /// Opens the settings page, in a tap. A call that stays silent ends as one
    /// with a popup does.
    pub async fn open_page(&'static self, identity: &'static Identity) -> OpenedSettings {
        let context = self.context;
        let call = context.host.open_setting();
        call.limit(context.config().popup_timeout_ms);
        let settled = call.await;
        self.forget();
        match settled {
            Ok(answer) => {
                let settings = settings_in(&answer);
                if let Some(settings) = settings.clone() {
                    self.learn(settings);
                }
                OpenedSettings::new(settings, None)
            }
            Err(fault) => {
                let error = identity.error_of(fault, Error::of_popup, None);
                OpenedSettings::new(None, Some(error))
            }
        }
    }

    /// The user has answered a popup for these ids. If all of them were kept as
    /// they were answered, there was no popup to be seen, and nothing changed.
    pub fn answered(&self, asked: &TemplateIds, consent: &Consent) {
        let is_as_kept = self.known().is_some_and(|settings| {
            let kept = settings.sort(asked);
            let (accepted, rejected) = (kept.accepted.len(), kept.rejected.len());
            accepted == consent.accepted.len()
                && rejected == consent.rejected.len()
                && accepted + rejected == asked.len()
        });
        if !is_as_kept {
            self.forget();
        }
    }

    /// Those of the refused ids that the user keeps refusing, if that can be
    /// told in time.
    pub async fn rejected(&'static self, rejected: &TemplateIds) -> Option<TemplateIds> {
        if rejected.is_empty() {
            return Some(TemplateIds::default());
        }
        Some(self.get(ANSWER_WAITS_MS).await.ok()?.sort(rejected).rejected)
    }
}
