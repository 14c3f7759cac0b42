//! What a tap would do now.

use alloc::rc::Rc;

use serde::Serialize;

use super::consent::Consent;
use super::cool_down::CoolDown;
use super::kept::KeptChoices;
use super::templates::TemplateSource;
use crate::js::TemplateIds;
use crate::rules::ask::Prospect;
use crate::rules::template_cache::Moment;

/// What a tap would do, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    status: Prospect,
    /// The popup would ask for these.
    ask: TemplateIds,
    /// Granted without asking.
    kept_accepted: TemplateIds,
    /// Refused without asking.
    kept_rejected: TemplateIds,
    /// Whether messages are allowed at all; `None` if that is not known.
    main_switch: Option<bool>,
    /// Until when the popup stays closed, if it does now.
    cool_down_until: Option<f64>,
}

impl Preview {
    /// It cannot be told what a tap would do with these templates.
    pub fn unknown(ask: TemplateIds, cool_down_until: Option<f64>) -> Self {
        Self {
            status: Prospect::Unknown,
            ask,
            kept_accepted: TemplateIds::default(),
            kept_rejected: TemplateIds::default(),
            main_switch: None,
            cool_down_until,
        }
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
) -> Preview {
    let offered = templates.prefetch(&moment).await;
    let ids = offered.as_ref().map(|ids| ids.slice(0, most)).unwrap_or_default();
    // Without templates, the settings are not worth a reading.
    let settings = if ids.is_empty() { kept.known() } else { kept.current().await };
    let cool_down_until = cool_down.until(&moment.query.trigger_act);
    let is_known = offered.is_some() && (ids.is_empty() || settings.is_some());
    if !is_known {
        return Preview::unknown(ids, cool_down_until);
    }
    let settings = settings.unwrap_or_default();
    let main_switch = settings.main_switch;
    let Consent { other: ask, accepted, rejected, .. } = settings.sort(&ids);
    let status = Prospect::of(ask.len(), accepted.len(), rejected.len(), main_switch);
    let (kept_accepted, kept_rejected) = (accepted, rejected);
    Preview { status, ask, kept_accepted, kept_rejected, main_switch, cool_down_until }
}
