//! What every part of the SDK works with: the host, and what the application
//! configured last.

use core::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::config::{Config, Numbers, Source};
use crate::failure::Kind;
use crate::foreign::{self, index_of, lower_case};
use crate::host::{HostError, Wx};
use crate::outcome::Failure;
use crate::slot::Slot;

/// The host and the configuration.
pub struct Env {
    /// The host.
    pub wx: Wx,
    /// What was configured last.
    pub config: Slot<Config>,
    numbers: Cell<Numbers>,
    generation: Cell<u32>,
}

impl Env {
    /// Begins with this configuration.
    pub fn new(wx: Wx, config: Config) -> Self {
        let numbers = Cell::new(config.numbers);
        Self { wx, config: Slot::new(config), numbers, generation: Cell::new(0) }
    }

    /// Puts another configuration in the place of the one before.
    pub fn configure(&self, config: Config) {
        self.numbers.set(config.numbers);
        self.generation.set(self.generation.get().wrapping_add(1));
        self.config.with(|known| *known = config);
    }

    /// Which configuration it is, so that another can be told from it.
    pub const fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// The numbers of the newest configuration.
    pub const fn numbers(&self) -> Numbers {
        self.numbers.get()
    }

    /// The failure that an error of the host means, where `classify` knows its
    /// numbers and texts. A text that holds the openId is not passed on, and
    /// none at all if nobody can tell the openId.
    #[inline(never)]
    pub fn failure(
        &self,
        error: HostError,
        classify: fn(Option<i32>, &JsValue) -> Failure,
    ) -> Failure {
        match error {
            HostError::Missing(api) => Failure::with_detail(Kind::UnsupportedHost, api.into()),
            HostError::TimedOut => Failure::new(Kind::Timeout),
            HostError::BadHeader => {
                Failure::with_detail(Kind::BadArgument, "`header` threw".into())
            }
            HostError::Failed(value) => {
                let (code, detail) = foreign::error(&value);
                let failure = classify(code, &detail);
                let open_id = self.ask_open_id();
                let is_harmless = open_id.is_some_and(|open_id| {
                    !foreign::is_text(&open_id)
                        || index_of(&lower_case(&detail), &lower_case(&open_id)) < 0
                });
                let detail = Some(detail).filter(|detail| is_harmless && detail.is_truthy());
                Failure { detail, ..failure }
            }
        }
    }

    /// Who the user is; an empty text if that is not known now.
    pub fn open_id(&self) -> JsValue {
        self.ask_open_id().filter(JsValue::is_string).unwrap_or_else(|| "".into())
    }

    /// `None` if the answer cannot be had, as opposed to there being none yet.
    #[inline(never)]
    fn ask_open_id(&self) -> Option<JsValue> {
        match self.config.with(|config| config.open_id.clone()) {
            Source::None => self.wx.read("openId"),
            given => given.get(),
        }
    }
}
