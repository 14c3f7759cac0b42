//! From the trigger to the report.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use js_sys::{Date, Math};
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::model::{
    Config, Entry, Event, Failed, Failure, Outcome, SubscribeResult, TemplateQuery, TemplateReply,
};
use crate::wx::{self, HostError};
use crate::{Offer, STATE, emit};

const OUTBOX: &str = "wx-subscribe:outbox";

const TRIGGER_ACTS: [&str; 9] = [
    "加入购物车",
    "订单详情",
    "提交订单",
    "支付成功",
    "企业信息",
    "切换企业身份",
    "提交售后申请（退货退款）",
    "填写退货信息",
    "提交售后申请（仅退款）",
];

const POPUP_FAILURES: [(i32, &str, &str); 15] = [
    (10001, "badArgument", "tmplids can't be empty"),
    (10002, "network", "request list fail"),
    (10003, "network", "request subscribe fail"),
    (10004, "badArgument", "invalid template id"),
    (10005, "background", "cannot show subscribe message ui"),
    (20001, "templateNotFound", "no template data return"),
    (20002, "mixedTemplateTypes", "templates type must be same"),
    (20003, "tooManyTemplates", "templates count out of max bounds"),
    (20004, "mainSwitchOff", "main switch is switched off"),
    (20005, "banned", "banned from subscribing"),
    (20013, "deviceTemplate", "reject devicemsg template"),
    (0, "notTapped", "tap gesture"),
    (0, "notTapped", "user interaction"),
    (0, "busy", "last call has not ended"),
    (0, "unsupportedHost", "not supported"),
];

fn config() -> Rc<Config> {
    STATE.with(|state| Rc::clone(&state.config.borrow()))
}

fn failure(kind: &'static str, code: Option<i32>, detail: &str) -> Failure {
    let retryable = matches!(kind, "network" | "timeout" | "notTapped" | "busy" | "background");
    Failure { kind, code, message: format!("{kind}: {detail}"), retryable }
}

fn popup_failure(error: &HostError) -> Failure {
    let code = error.err_code.or(error.errno).filter(|code| *code != 0);
    let text = error.err_msg.to_lowercase();
    let known = POPUP_FAILURES.iter().find(|(number, _, part)| match code {
        Some(code) => *number == code,
        None => text.contains(part),
    });
    failure(known.map_or("unknown", |(_, kind, _)| kind), code, &error.err_msg)
}

fn request_failure(error: &HostError) -> Failure {
    let kind = if error.err_msg.contains("timeout") { "timeout" } else { "network" };
    failure(kind, error.err_code.or(error.errno), &error.err_msg)
}

fn status_failure(status: i32) -> Failure {
    let retryable = status >= 500 || matches!(status, 408 | 425 | 429);
    Failure { retryable, ..failure("badResponse", Some(status), "HTTP status") }
}

/// Checks the arguments that name a moment.
pub fn moment(kind: JsValue, bus_no: JsValue) -> Result<(u32, String, String), Failure> {
    let unknown = || failure("unknownTrigger", None, "use TriggerType");
    let number: u32 = serde_wasm_bindgen::from_value(kind).map_err(|_| unknown())?;
    let own = config().triggers.get(&number.to_string()).cloned();
    let known = number.checked_sub(1).and_then(|at| TRIGGER_ACTS.get(at as usize));
    let trigger_act = own.or_else(|| known.map(ToString::to_string)).ok_or_else(unknown)?;
    let bus_no: String = serde_wasm_bindgen::from_value(bus_no).unwrap_or_default();
    if bus_no.is_empty() {
        return Err(failure("badArgument", None, "busNo must be a string that is not empty"));
    }
    Ok((number, trigger_act, bus_no))
}

/// The templates of a moment: from the cache, or asked of the back end.
pub async fn templates(
    number: u32,
    trigger_act: &str,
    bus_no: &str,
) -> Result<Vec<String>, Failure> {
    let config = config();
    let key = (number, bus_no.to_string());
    let known = STATE.with(|state| state.cache.borrow().get(&key).cloned());
    if let Some(Offer { template_ids, at }) = known
        && (0.0..config.template_ttl_ms).contains(&(Date::now() - at))
    {
        return Ok(template_ids);
    }
    let found = find(&config, trigger_act, bus_no).await;
    match &found {
        Ok(template_ids) => {
            let offer = Offer { template_ids: template_ids.clone(), at: Date::now() };
            STATE.with(|state| state.cache.borrow_mut().insert(key, offer));
            emit(&Event::TemplatesFound { trigger_act, bus_no, template_ids });
        }
        Err(error) => emit(&Event::TemplatesFailed { trigger_act, bus_no, error }),
    }
    found
}

async fn find(config: &Config, trigger_act: &str, bus_no: &str) -> Result<Vec<String>, Failure> {
    let url = format!("{}/findCustomerPopTemplate", config.base_url);
    let query = TemplateQuery { trigger_act, bus_no };
    let response = wx::post(url, &query, None, config.request_timeout_ms).await;
    let response = response.map_err(|error| request_failure(&error))?;
    if !(200..300).contains(&response.status_code) {
        return Err(status_failure(response.status_code));
    }
    let reply: TemplateReply = serde_wasm_bindgen::from_value(response.data)
        .map_err(|error| failure("badResponse", None, &error.to_string()))?;
    let mut ids = reply.data;
    if ids.iter().any(String::is_empty) {
        return Err(failure("badResponse", None, "`data` must hold template ids only"));
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    Ok(ids)
}

/// The whole flow, up to the queued report.
pub async fn subscribe(kind: JsValue, bus_no: JsValue, extra: JsValue) -> Result<Outcome, Failed> {
    let at_trigger = |error| ("trigger", error);
    let (number, trigger_act, bus_no) = moment(kind, bus_no).map_err(at_trigger)?;
    let extra_variable_map = match serde_wasm_bindgen::from_value(extra) {
        Ok(Value::Null) => Value::Object(serde_json::Map::new()),
        Ok(extra @ Value::Object(_)) => extra,
        _ => return Err(at_trigger(failure("badArgument", None, "extraVariableMap"))),
    };
    if STATE.with(|state| state.is_open.get()) {
        return Err(("popup", failure("busy", None, "a popup is open already")));
    }
    let mut ids =
        templates(number, &trigger_act, &bus_no).await.map_err(|error| ("templates", error))?;
    if ids.is_empty() {
        return Ok(Outcome::NoTemplates);
    }
    if STATE.with(|state| state.is_open.replace(true)) {
        return Err(("popup", failure("busy", None, "a popup is open already")));
    }
    let remaining = ids.split_off(config().max_templates.min(ids.len()));
    emit(&Event::PopupRequested { trigger_act: &trigger_act, bus_no: &bus_no, template_ids: &ids });
    let answer = wx::request_subscribe_message(&ids).await;
    STATE.with(|state| state.is_open.set(false));
    let mut answer = answer.map_err(|error| {
        let error = popup_failure(&error);
        let (trigger_act, bus_no) = (trigger_act.as_str(), bus_no.as_str());
        emit(&Event::PopupFailed { trigger_act, bus_no, error: &error });
        ("popup", error)
    })?;

    let mut raw = HashMap::new();
    let [mut accepted, mut rejected, mut banned, mut filtered, mut other] =
        std::array::from_fn(|_| Vec::new());
    for id in ids {
        let word = answer.remove(&id);
        raw.extend(word.clone().map(|word| (id.clone(), word)));
        match word.as_deref() {
            Some("reject") => rejected.push(id),
            Some("ban") => banned.push(id),
            Some("filter") => filtered.push(id),
            Some(word) if word.starts_with("accept") => accepted.push(id),
            _ => other.push(id),
        }
    }
    STATE.with(|state| {
        let (key, mut cache) = ((number, bus_no.clone()), state.cache.borrow_mut());
        if remaining.is_empty() {
            cache.remove(&key);
        } else {
            cache.insert(key, Offer { template_ids: remaining.clone(), at: Date::now() });
        }
    });
    emit(&Event::PopupAnswered {
        trigger_act: &trigger_act,
        bus_no: &bus_no,
        accepted: &accepted,
        rejected: &rejected,
    });
    let report = if accepted.is_empty() && rejected.is_empty() {
        "none"
    } else {
        let saved = add(SubscribeResult {
            bus_no,
            extra_variable_map,
            open_id: open_id(),
            agree_template_ids: accepted.clone(),
            reject_template_ids: rejected.clone(),
        });
        if saved { "queued" } else { "unsaved" }
    };
    spawn_local(async { _ = pump(false).await });
    Ok(Outcome::Answered { accepted, rejected, banned, filtered, other, raw, remaining, report })
}

fn open_id() -> String {
    wx::get_storage("openId").ok().and_then(|open_id| open_id.as_string()).unwrap_or_default()
}

/// The reports in storage.
pub fn load() -> Vec<Entry> {
    let text = wx::get_storage(OUTBOX).ok().and_then(|text| text.as_string());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn save(entries: &[Entry]) -> bool {
    let text = serde_json::to_string(entries).unwrap_or_default();
    wx::set_storage(OUTBOX, &text).is_ok()
}

fn add(body: SubscribeResult) -> bool {
    let Config { outbox_max_reports, outbox_max_bytes, .. } = *config();
    let random = || (Math::random() * 4_294_967_296.0) as u32;
    let id = format!("{:011x}{:08x}{:08x}", Date::now() as u64, random(), random());
    let bytes = serde_json::to_string(&body).map_or(0, |text| text.len());
    let mut entries = load();
    entries.push(Entry { id: id.clone(), body, bytes, attempts: 0, not_before: 0.0 });
    let mut total: usize = entries.iter().map(|entry| entry.bytes).sum();
    let mut dropped = Vec::new();
    while entries.len() > 1 && (entries.len() > outbox_max_reports || total > outbox_max_bytes) {
        let mut oldest = entries.remove(0);
        total -= oldest.bytes;
        oldest.body.open_id.clear();
        dropped.push(oldest);
    }
    let saved = save(&entries);
    emit(&Event::ReportQueued { report_id: &id, saved });
    for Entry { id, body, .. } in &dropped {
        emit(&Event::ReportDropped { report_id: id, error: None, report: body });
    }
    saved
}

/// Sends all that waits, due or not.
pub async fn flush() -> usize {
    pump(true).await
}

/// Sends one report after the other, oldest first. Returns how many were sent.
async fn pump(is_urged: bool) -> usize {
    if STATE.with(|state| state.is_sending.replace(true)) {
        return 0;
    }
    let mut sent = 0;
    while let Some(entry) = load().into_iter().next() {
        if !is_urged && entry.not_before > Date::now() {
            break;
        }
        match send(&entry).await {
            Ok(()) => {
                remove(&entry.id);
                sent += 1;
                emit(&Event::ReportSent { report_id: &entry.id });
            }
            Err(error) if error.kind == "badResponse" && !error.retryable => {
                remove(&entry.id);
                let mut report = entry.body;
                report.open_id.clear();
                let (report_id, error) = (&entry.id, Some(&error));
                emit(&Event::ReportDropped { report_id, error, report: &report });
            }
            Err(error) => {
                let longest = (2_000.0 * f64::from(1u32 << entry.attempts.min(16))).min(600_000.0);
                let retry_in_ms = longest * (0.5 + 0.5 * Math::random());
                let mut entries = load();
                for known in entries.iter_mut().filter(|known| known.id == entry.id) {
                    known.attempts += 1;
                    known.not_before = Date::now() + retry_in_ms;
                }
                save(&entries);
                emit(&Event::ReportPostponed { report_id: &entry.id, retry_in_ms, error: &error });
                break;
            }
        }
    }
    STATE.with(|state| state.is_sending.set(false));
    sent
}

async fn send(entry: &Entry) -> Result<(), Failure> {
    let config = config();
    let mut body = entry.body.clone();
    if body.open_id.is_empty() {
        body.open_id = open_id();
    }
    if body.open_id.is_empty() {
        return Err(failure("badArgument", None, "there is no openId yet"));
    }
    let url = format!("{}/popSubscribeResult", config.base_url);
    match wx::post(url, &body, Some(&entry.id), config.request_timeout_ms).await {
        Ok(response) if (200..300).contains(&response.status_code) => Ok(()),
        Ok(response) => Err(status_failure(response.status_code)),
        Err(error) => Err(request_failure(&error)),
    }
}

fn remove(id: &str) {
    let mut entries = load();
    entries.retain(|entry| entry.id != id);
    save(&entries);
}
