//! What a tap would do now.

use alloc::rc::Rc;

use wasm_bindgen::JsValue;

use super::consent::Consent;
use super::cool_down::CoolDown;
use super::kept::KeptChoices;
use super::templates::TemplateSource;
use crate::js::{TemplateIds, js_object, value};
use crate::rules::ask::Prospect;
use crate::rules::template_cache::Moment;

/// What cannot be told of a tap for these templates.
pub fn unknown(ask: &TemplateIds, cool_down_until: Option<f64>) -> JsValue {
    let none = TemplateIds::default();
    described(Prospect::Unknown, [ask, &none, &none], None, cool_down_until)
}

fn described(
    prospect: Prospect,
    [ask, kept_accepted, kept_rejected]: [&TemplateIds; 3],
    main_switch: Option<bool>,
    cool_down_until: Option<f64>,
) -> JsValue {
    js_object! {
        "status": prospect.name(),
        "ask": ask.to_value(),
        "keptAccepted": kept_accepted.to_value(),
        "keptRejected": kept_rejected.to_value(),
        "mainSwitch": value::or_null(main_switch),
        "coolDownUntil": value::or_null(cool_down_until),
    }
}

/// Looks ahead to a tap at this moment, with so many templates at most. Templates
/// and settings are fetched if need be, and then there for the tap.
pub async fn preview(
    moment: Rc<Moment>,
    most: u32,
    templates: &'static TemplateSource,
    kept: &'static KeptChoices,
    cool_down: &'static CoolDown,
) -> JsValue {
    let offered = templates.prefetch(&moment).await;
    let ids = offered.as_ref().map(|ids| ids.slice(0, most)).unwrap_or_default();
    // Without templates, the settings are not worth a reading.
    let settings = if ids.is_empty() { kept.known() } else { kept.current().await };
    let cool_down_until = cool_down.until(&moment.query.trigger_act);
    let is_known = offered.is_some() && (ids.is_empty() || settings.is_some());
    if !is_known {
        return unknown(&ids, cool_down_until);
    }
    let settings = settings.unwrap_or_default();
    let main_switch = settings.main_switch;
    let Consent { other: ask, accepted, rejected, .. } = settings.sort(&ids);
    let prospect = Prospect::of(ask.len(), accepted.len(), rejected.len(), main_switch);
    described(prospect, [&ask, &accepted, &rejected], main_switch, cool_down_until)
}
