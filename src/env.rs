//! What every part of the SDK works with: the host, and what the application
//! configured last.

use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::config::{Config, OpenId};
use crate::event::Event;
use crate::failure::Failure;
use crate::host::{HostError, Wx};
use crate::slot;

/// The host and the configuration.
pub struct Env {
    /// The host.
    pub wx: Wx,
    config: Cell<Option<Rc<Config>>>,
}

impl Env {
    /// Begins with this configuration.
    pub fn new(wx: Wx, config: Config) -> Rc<Self> {
        Rc::new(Self { wx, config: Cell::new(Some(Rc::new(config))) })
    }

    /// Puts another configuration in the place of the one before.
    pub fn configure(&self, config: Config) {
        self.config.set(Some(Rc::new(config)));
    }

    /// The newest configuration.
    pub fn config(&self) -> Rc<Config> {
        slot::with(&self.config, |config| config.clone()).unwrap_or_default()
    }

    /// Tells the application of a step.
    pub fn emit(&self, event: &Event) {
        self.config().events.emit(event);
    }

    /// The failure that an error of the host means. Whatever text it brings, the
    /// openId does not get into a message.
    pub fn failure(&self, error: HostError, classify: fn(Option<i32>, &str) -> Failure) -> Failure {
        error.into_failure(classify, self.ask_open_id().as_deref())
    }

    /// Who the user is; empty if that is not known now.
    pub fn open_id(&self) -> String {
        self.ask_open_id().unwrap_or_default()
    }

    /// `None` if the answer cannot be had, as opposed to there being none yet.
    fn ask_open_id(&self) -> Option<String> {
        let open_id = match &self.config().open_id {
            OpenId::Given(open_id) => return Some(open_id.clone()),
            OpenId::Asked(function) => function.call0(&JsValue::UNDEFINED).ok()?,
            OpenId::Stored => self.wx.read("openId")?,
        };
        Some(open_id.as_string().unwrap_or_default())
    }
}
