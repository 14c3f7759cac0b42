//! What a tap would do now.

use alloc::rc::Rc;

use wasm_bindgen::JsValue;

use super::consent::Consent;
use super::cool_down::CoolDown;
use super::kept::KeptChoices;
use super::templates::TemplateSource;
use crate::js::{js_object, value};
use crate::rules::ask::Prospect;
use crate::rules::template_cache::Moment;

/// Looks ahead to a tap at this moment, with so many templates at most. Templates
/// and settings are fetched if need be, and then there for the tap. Without a
/// moment, nothing can be told.
pub async fn preview(
    moment: Option<Rc<Moment>>,
    most: u32,
    templates: &'static TemplateSource,
    kept: &'static KeptChoices,
    cool_down: &'static CoolDown,
) -> JsValue {
    let (mut prospect, mut until) = (Prospect::Unknown, None);
    let (mut choices, mut main_switch) = (Consent::default(), None);
    if let Some(moment) = moment {
        if let Some(offered) = templates.prefetch(&moment).await {
            let ids = offered.slice(0, most);
            // Without templates, the settings are not worth a reading.
            let known = if ids.is_empty() { kept.known() } else { kept.joined().await };
            let is_known = ids.is_empty() || known.is_some();
            let settings = known.unwrap_or_default();
            choices = settings.sort(&ids);
            main_switch = settings.main_switch;
            if is_known {
                let Consent { other: ask, accepted, rejected, .. } = &choices;
                prospect = Prospect::of(ask.len(), accepted.len(), rejected.len(), main_switch);
            }
        }
        until = cool_down.until(&moment.query.trigger_act);
    }
    js_object! {
        "status": prospect.name(),
        "ask": choices.other.to_value(),
        "keptAccepted": choices.accepted.to_value(),
        "keptRejected": choices.rejected.to_value(),
        "mainSwitch": value::or_null(main_switch),
        "coolDownUntil": value::or_null(until),
    }
}
