//! The arguments of a page's call, checked and copied at the call.

use alloc::boxed::Box;
use alloc::rc::Rc;

use wasm_bindgen::JsValue;

use crate::app::config::trigger_number;
use crate::app::context::Context;
use crate::contract::FindCustomerPopTemplate;
use crate::js::{JsonText, Opaque, js_object, value};
use crate::rules::failure::{Error, Kind};
use crate::rules::template_cache::Moment;
use crate::trigger::TriggerType;

/// Bytes of a report beside `busNo` and `extraVariableMap`, at most: the names
/// of its members, the openId and five template ids.
const REPORT_FRAME: usize = 512;

/// Most levels of objects and lists in `extraVariableMap`. Deeper ones are refused
/// by parsers of back ends (serde_json: 128, PHP: 512), and overflow the stack of
/// phones.
const MOST_LEVELS: u32 = 100;

/// The moment that a trigger type and a business number mean.
pub fn moment(
    context: &Context,
    trigger: &JsValue,
    bus_no: &JsValue,
) -> Result<Rc<Moment>, Box<Error>> {
    let wrong = |detail: &str| Error::about(Kind::UnknownTrigger, detail);
    let number = match trigger_number(trigger) {
        Some(number) => number,
        None if trigger.as_f64().is_some() => return Err(Error::new(Kind::UnknownTrigger)),
        None => return Err(wrong(&["it is a number, not ", &value::type_of(trigger)].concat())),
    };
    let config = context.config();
    let own = config.triggers.iter().find(|(known, _)| *known == number);
    let trigger_act = match own {
        Some((_, name)) => name.clone(),
        None => match TriggerType::from_number(number) {
            Some(known) => known.trigger_act().into(),
            None => return Err(Error::new(Kind::UnknownTrigger)),
        },
    };
    let bus_no = match bus_no.as_string() {
        Some(bus_no) if !bus_no.is_empty() => bus_no,
        Some(_) => return Err(Error::about(Kind::BadArgument, "busNo must not be empty")),
        None => {
            let detail = ["busNo must be a string, not ", &value::type_of(bus_no)].concat();
            return Err(Error::about(Kind::BadArgument, &detail));
        }
    };
    let query = FindCustomerPopTemplate { trigger_act, bus_no };
    Ok(Rc::new(Moment { generation: context.generation(), trigger: number, query }))
}

/// `extraVariableMap` as it is at the tap: what the page changes later is not
/// what the user agreed to.
pub fn extra_variable_map(
    context: &Context,
    extra: &JsValue,
    bus_no: &str,
) -> Result<Opaque, Box<Error>> {
    let wrong = |detail: &str| Err(Error::about(Kind::BadArgument, detail));
    let none = js_object! {};
    let extra = if extra.is_null_or_undefined() { &none } else { extra };
    if !value::is_record(extra) {
        return wrong(
            &["extraVariableMap must be an object, not ", &value::type_of(extra)].concat(),
        );
    }
    let text = JsonText::of(extra).unwrap_or_default();
    let copy = text.value();
    if !value::is_record(&copy) {
        return wrong("extraVariableMap must be an object that JSON can hold");
    }
    if text.is_deeper_than(MOST_LEVELS) {
        return wrong("extraVariableMap is nested deeper than 100 levels");
    }
    let bytes = f64::from(text.bytes) + (bus_no.len() + REPORT_FRAME) as f64;
    if bytes > context.config().outbox.bytes {
        return wrong("busNo and extraVariableMap are larger than outboxMaxBytes allows");
    }
    Ok(Opaque(copy))
}

/// How a call asks.
#[derive(Default)]
pub struct Options {
    /// Only for what the user keeps accepting.
    pub is_top_up: bool,
    /// During the cool-down, too.
    pub is_forced: bool,
    /// Has a member `aborted`, if there is a signal at all.
    signal: JsValue,
}

impl Options {
    /// Reads the options of a call. What they do not know of `only` would open a
    /// popup that nobody expects.
    pub fn read(options: &JsValue) -> Result<Self, Box<Error>> {
        if options.is_null_or_undefined() {
            return Ok(Self::default());
        }
        let only = value::get(options, "only");
        let is_top_up = only.as_string().as_deref() == Some("keptAccepted");
        if !value::is_record(options) || !is_top_up && !only.is_null_or_undefined() {
            let detail = "options must be an object, and `only` \"keptAccepted\" or absent";
            return Err(Error::about(Kind::BadArgument, detail));
        }
        let is_forced = value::get(options, "force").is_truthy();
        Ok(Self { is_top_up, is_forced, signal: value::get(options, "signal") })
    }

    /// Whether the page has gone on to something else.
    pub fn is_aborted(&self) -> bool {
        value::get(&self.signal, "aborted").is_truthy()
    }
}
