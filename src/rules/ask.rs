//! Asking well: what a tap would do, and how long a popup stays closed after
//! the user has refused all that it asked for.

use serde::Serialize;

/// Why no popup was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Skip {
    /// None of the templates is kept as accepted.
    NotKept,
    /// The user refused all of them not long ago.
    CoolDown,
    /// The page's signal was aborted.
    Aborted,
}

/// Why a call may not ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// A popup is open.
    Busy,
    /// The user refused all of this business scene not long ago: until this time.
    CoolDown(f64),
}

/// Whether a call may ask. A cool-down is passed over by a call with `force`, and
/// by one that asks for no more than the user keeps accepting.
#[must_use]
pub fn may_ask(is_busy: bool, until: Option<f64>, passes_over: bool) -> Option<Refusal> {
    if is_busy {
        return Some(Refusal::Busy);
    }
    until.filter(|_| !passes_over).map(Refusal::CoolDown)
}

/// What a tap would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prospect {
    /// Open a popup.
    Ask,
    /// Earn a grant without a popup: every choice is kept, one at least as an
    /// acceptance.
    Silent,
    /// Nothing: there is no template that can be asked for.
    Nothing,
    /// Nothing, before the user changes the settings.
    Blocked,
    /// That cannot be told.
    Unknown,
}

impl Prospect {
    /// What a tap would do with so many templates: not kept, kept as accepted,
    /// and kept as refused. Templates that WeChat has banned are in none of the
    /// three.
    #[must_use]
    pub fn of(ask: u32, accepted: u32, rejected: u32, main_switch: Option<bool>) -> Self {
        match (ask, accepted, rejected) {
            (0, 0, 0) => Self::Nothing,
            _ if main_switch == Some(false) => Self::Blocked,
            (0, 0, _) => Self::Blocked,
            (0, ..) => Self::Silent,
            _ => Self::Ask,
        }
    }

    /// Its name in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Silent => "silent",
            Self::Nothing => "nothing",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// Until when the popup stays closed at the time `now`, if all that it asked for
/// was refused at the time `refused_at`. A clock that was set back opens it.
#[must_use]
pub fn closed_until(refused_at: f64, now: f64, cool_down_ms: f64) -> Option<f64> {
    (0.0..cool_down_ms).contains(&(now - refused_at)).then_some(refused_at + cool_down_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1e12;

    #[test]
    fn a_call_asks_unless_a_popup_is_open_or_the_scene_cools_down() {
        for passes_over in [false, true] {
            assert_eq!(may_ask(true, Some(NOW), passes_over), Some(Refusal::Busy));
            assert_eq!(may_ask(true, None, passes_over), Some(Refusal::Busy));
            assert_eq!(may_ask(false, None, passes_over), None);
        }
        assert_eq!(may_ask(false, Some(NOW), false), Some(Refusal::CoolDown(NOW)));
        assert_eq!(may_ask(false, Some(NOW), true), None);
    }

    #[test]
    fn what_a_tap_would_do_follows_from_what_is_kept() {
        for (ask, accepted, rejected, expected) in [
            (0, 0, 0, Prospect::Nothing),
            (1, 0, 0, Prospect::Ask),
            (1, 1, 1, Prospect::Ask),
            (0, 1, 0, Prospect::Silent),
            (0, 1, 2, Prospect::Silent),
            (0, 0, 1, Prospect::Blocked),
        ] {
            for main_switch in [Some(true), None] {
                assert_eq!(Prospect::of(ask, accepted, rejected, main_switch), expected);
            }
        }
    }

    #[test]
    fn the_main_switch_blocks_whatever_there_is_to_ask() {
        assert_eq!(Prospect::of(0, 0, 0, Some(false)), Prospect::Nothing);
        for counts in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]] {
            let [ask, accepted, rejected] = counts;
            assert_eq!(Prospect::of(ask, accepted, rejected, Some(false)), Prospect::Blocked);
        }
    }

    #[test]
    fn every_prospect_has_its_name() {
        for (prospect, name) in [
            (Prospect::Ask, "ask"),
            (Prospect::Silent, "silent"),
            (Prospect::Nothing, "nothing"),
            (Prospect::Blocked, "blocked"),
            (Prospect::Unknown, "unknown"),
        ] {
            assert_eq!(prospect.name(), name);
        }
    }

    #[test]
    fn a_refusal_closes_the_popup_for_so_long() {
        assert_eq!(closed_until(NOW, NOW, 1_000.0), Some(NOW + 1_000.0));
        assert_eq!(closed_until(NOW, NOW + 999.0, 1_000.0), Some(NOW + 1_000.0));
        assert_eq!(closed_until(NOW, NOW + 1_000.0, 1_000.0), None);
        assert_eq!(closed_until(NOW, NOW, 0.0), None);
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_damaged_time_close_nothing() {
        assert_eq!(closed_until(NOW, NOW - 1.0, 1_000.0), None);
        assert_eq!(closed_until(f64::NAN, NOW, 1_000.0), None);
    }
}
