//! Pairs the reports and the events of one user and template: which are of one
//! consent, and which consents the user has revoked.
//!
//! Either witness may be late, lost or repeated, and the age that a report
//! states may be wrong, as clocks of phones are. A consent counted twice ends in
//! a refused message (43101); one too few is harmless. So a pair is made
//! wherever it is possible: an event and a report may be of one consent if the
//! report arrived at most 40 days after the event, or up to 10 minutes before.
//! The largest possible number of pairs leaves a number of consents that is
//! never above the truth: the true pairs are among the possible ones. And if no
//! report was lost, it is the truth: then there are as many consents as reports,
//! and every event has found one.
//!
//! Which pairs are made matters only to what was revoked. Reports whose stated
//! time is within 10 minutes of an event go first, the nearest before others,
//! then reports that state no time, then the rest; the oldest event and the
//! oldest report before others.

/// A report may arrive so many seconds before the event of its consent.
const LOOK_BACK: i64 = 10 * 60;

/// A report may arrive so many seconds after the event of its consent. A
/// greater age is not plausible.
pub(crate) const LONGEST_WAIT: i64 = 40 * 24 * 60 * 60;

/// How many seconds after the true time of an answer its stated time may be: a
/// request takes its time.
const SLACK: i64 = 60;

/// A report that accepts the template. Times are in seconds.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Report {
    pub(crate) id: i64,
    /// When it arrived here.
    pub(crate) arrived: i64,
    /// When the answer was given, if the report states a plausible age.
    pub(crate) answered: Option<i64>,
}

/// An event of a popup that accepts the template, at WeChat's time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) at: i64,
}

/// For each report its event, as positions in the two lists.
pub(crate) fn pairs(reports: &[Report], events: &[Event]) -> Vec<Option<usize>> {
    let mut possible: Vec<_> = reports
        .iter()
        .enumerate()
        .flat_map(|(r, report)| {
            events.iter().enumerate().filter_map(move |(e, event)| {
                Some((rank(*report, *event)?, event.at, report.arrived, event.id, report.id, r, e))
            })
        })
        .collect();
    possible.sort_unstable();
    let mut pairs = Pairs {
        events_of: vec![Vec::new(); reports.len()],
        of_report: vec![None; reports.len()],
        of_event: vec![None; events.len()],
    };
    for (.., r, e) in possible {
        if let Some(list) = pairs.events_of.get_mut(r) {
            list.push(e);
        }
        if pairs.of_report.get(r) == Some(&None) && pairs.of_event.get(e) == Some(&None) {
            pairs.join(r, e);
        }
    }
    // Kuhn's algorithm: a report without an event takes that of another report,
    // if that one finds another. A report that has one keeps one.
    for r in 0..reports.len() {
        if pairs.of_report.get(r) == Some(&None) {
            pairs.find(r, &mut vec![false; events.len()]);
        }
    }
    pairs.of_report
}

/// How good a pair is, less being better; `None` if it is not possible.
fn rank(report: Report, event: Event) -> Option<i64> {
    let wait = report.arrived.saturating_sub(event.at);
    if !(-LOOK_BACK..=LONGEST_WAIT).contains(&wait) {
        return None;
    }
    let Some(answered) = report.answered else { return Some(LOOK_BACK + 1) };
    // A stated time far from every event is wrong, or its own event is lost.
    Some(answered.saturating_sub(event.at).saturating_abs().min(LOOK_BACK + 2))
}

struct Pairs {
    /// The possible events of each report, the best first.
    events_of: Vec<Vec<usize>>,
    of_report: Vec<Option<usize>>,
    of_event: Vec<Option<usize>>,
}

impl Pairs {
    fn join(&mut self, report: usize, event: usize) {
        if let Some(slot) = self.of_report.get_mut(report) {
            *slot = Some(event);
        }
        if let Some(slot) = self.of_event.get_mut(event) {
            *slot = Some(report);
        }
    }

    fn find(&mut self, report: usize, seen: &mut [bool]) -> bool {
        for event in self.events_of.get(report).cloned().unwrap_or_default() {
            match seen.get_mut(event) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let holder = self.of_event.get(event).copied().flatten();
            if holder.is_none_or(|holder| self.find(holder, seen)) {
                self.join(report, event);
                return true;
            }
        }
        false
    }
}

/// Whether the user revoked a consent with these witnesses, given the times of
/// all events that revoke the template. WeChat's time goes first, but for a
/// report that was here before. A report that states no time may be from before
/// any event of its last 40 days.
pub(crate) fn is_revoked(report: Option<Report>, event: Option<Event>, revoked: &[i64]) -> bool {
    let latest = match (event, report) {
        (Some(event), Some(report)) => Some(event.at.min(report.arrived)),
        (Some(event), None) => Some(event.at),
        (None, Some(Report { answered: Some(answered), .. })) => Some(answered - SLACK),
        (None, Some(report)) => Some(report.arrived - LONGEST_WAIT),
        (None, None) => None,
    };
    latest.is_some_and(|time| revoked.iter().any(|at| *at >= time))
}

/// A consent as it is stored: at least one of its witnesses is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Consent {
    pub(crate) id: i64,
    pub(crate) report: Option<Report>,
    pub(crate) event: Option<Event>,
}

/// The stored consents after that of number `fresh` was added to them. A consent
/// keeps its report and its number, as messages refer to it. If the fresh one
/// turns out to be another, it is missing in the result.
pub(crate) fn settled(stored: &[Consent], fresh: i64) -> Vec<Consent> {
    let reports: Vec<_> = stored.iter().filter_map(|consent| consent.report).collect();
    let events: Vec<_> = stored.iter().filter_map(|consent| consent.event).collect();
    let of_report: Vec<_> = pairs(&reports, &events)
        .into_iter()
        .map(|event| event.and_then(|event| events.get(event).copied()))
        .collect();
    let is_paired = |event: &Event| of_report.contains(&Some(*event));
    let alone = |consent: &&Consent| consent.report.is_none();
    // Events whose pair was parted, for consents whose event was paired.
    let kept: Vec<_> = stored.iter().filter(alone).filter_map(|consent| consent.event).collect();
    let mut homeless = events.iter().filter(|event| !is_paired(event) && !kept.contains(event));
    let mut of_report = of_report.iter();
    let (mut result, mut spare) = (Vec::new(), None);
    for consent in stored {
        let event = match consent.report {
            Some(_) => of_report.next().copied().flatten(),
            None => consent.event.filter(|event| !is_paired(event)).or(homeless.next().copied()),
        };
        if consent.report.is_none() && event.is_none() {
            spare = Some(consent.id);
        } else {
            result.push(Consent { event, ..*consent });
        }
    }
    if let Some(spare) = spare.filter(|spare| *spare != fresh)
        && let Some(consent) = result.iter_mut().find(|consent| consent.id == fresh)
    {
        consent.id = spare;
    }
    result
}
