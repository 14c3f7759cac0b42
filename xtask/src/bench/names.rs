//! What the tables and the plot call things, in both languages.

use super::results::{Axis, Contestant, Curve, File};

/// Which README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `README.md`
    Chinese,
    /// `README.en.md`
    English,
}

impl Language {
    /// The word in this language.
    pub const fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

impl Contestant {
    /// What a table calls it.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Wasm => "wx-subscribe",
            Self::Fallback => {
                language.pick("wx-subscribe，无 WebAssembly", "wx-subscribe without WebAssembly")
            }
            Self::JavaScript => language.pick("手写 JavaScript", "hand-written JavaScript"),
            Self::Naive => language.pick("常规 wasm-bindgen 写法", "plain wasm-bindgen"),
        }
    }

    /// The files that a mini-program carries for it.
    pub const fn files(self) -> &'static [File] {
        match self {
            Self::Wasm => &[File::Module, File::Glue],
            Self::Fallback => &[File::Fallback, File::Glue],
            Self::JavaScript => &[File::HandWritten],
            Self::Naive => &[File::NaiveModule, File::NaiveGlue],
        }
    }
}

impl Axis {
    /// What grows.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Templates => language.pick("一次弹窗的模板数", "templates of one popup"),
            Self::Triggers => language.pick("触发类型数", "trigger types"),
            Self::Waiting => language.pick("待上报的条数", "reports that wait"),
            Self::Delivered => language.pick("启动时补报的条数", "reports delivered at launch"),
        }
    }
}

impl Curve {
    /// What is measured.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::TemplatesTap | Self::TriggersTap => language.pick("点击到弹窗", "tap to popup"),
            Self::TemplatesWhole => language.pick("整次订阅", "whole subscription"),
            Self::WaitingWhole => {
                language.pick("订阅到入队", "subscription up to its queued report")
            }
            Self::TriggersSetup | Self::DeliveredSetup => "`setup`",
        }
    }

    /// What grows.
    pub fn axis(self) -> Axis {
        let has_it = |axis: &Axis| axis.curves().contains(&self);
        Axis::ALL.into_iter().find(has_it).unwrap_or(Axis::Templates)
    }
}

impl File {
    /// What a table calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Module => "wx_subscribe.wasm",
            Self::Glue => "index.js",
            Self::Fallback => "fallback.js",
            Self::HandWritten => "hand-written, minified",
            Self::NaiveModule => "naive: wasm",
            Self::NaiveGlue => "naive: glue, minified",
        }
    }
}
