//! Asking well: what a tap would do, and how long a popup stays closed after
//! the user has refused all that it asked for.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

/// Most business scenes whose refusals are remembered; the oldest goes first.
const CAPACITY: usize = 32;

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

/// The user refused all that a popup of this business scene asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The business scene.
    pub trigger_act: String,
    /// When, in milliseconds since the epoch.
    pub at: f64,
}

/// The last refusal of each business scene.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// Takes in a refusal, in place of an earlier one of its scene.
    pub fn note(&mut self, refusal: Refusal) {
        self.0.retain(|known| known.trigger_act != refusal.trigger_act);
        if self.0.len() >= CAPACITY {
            self.0.remove(0);
        }
        self.0.push(refusal);
    }

    /// Until when the popup of this business scene stays closed, if it does now.
    /// A clock that was set back opens it.
    #[must_use]
    pub fn closed_until(&self, trigger_act: &str, now: f64, cool_down_ms: f64) -> Option<f64> {
        let refusal = self.0.iter().find(|known| known.trigger_act == trigger_act)?;
        (0.0..cool_down_ms).contains(&(now - refusal.at)).then_some(refusal.at + cool_down_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const NOW: f64 = 1e12;

    fn refusal(trigger_act: &str, at: f64) -> Refusal {
        Refusal { trigger_act: trigger_act.to_string(), at }
    }

    fn noted(refusals: &[(&str, f64)]) -> Refusals {
        let mut noted = Refusals::default();
        for (trigger_act, at) in refusals {
            noted.note(refusal(trigger_act, *at));
        }
        noted
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
    fn a_refusal_closes_the_popup_of_its_scene_for_so_long() {
        let refusals = noted(&[("a", NOW)]);
        assert_eq!(refusals.closed_until("a", NOW, 1_000.0), Some(NOW + 1_000.0));
        assert_eq!(refusals.closed_until("a", NOW + 999.0, 1_000.0), Some(NOW + 1_000.0));
        assert_eq!(refusals.closed_until("a", NOW + 1_000.0, 1_000.0), None);
        assert_eq!(refusals.closed_until("a", NOW, 0.0), None);
        assert_eq!(refusals.closed_until("b", NOW, 1_000.0), None);
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_damaged_time_close_nothing() {
        let refusals = noted(&[("a", NOW), ("b", f64::NAN)]);
        assert_eq!(refusals.closed_until("a", NOW - 1.0, 1_000.0), None);
        assert_eq!(refusals.closed_until("b", NOW, 1_000.0), None);
    }

    #[test]
    fn of_two_refusals_of_a_scene_the_last_counts() {
        let refusals = noted(&[("a", NOW), ("b", NOW), ("a", NOW - 9.0)]);
        assert_eq!(refusals.0, [refusal("b", NOW), refusal("a", NOW - 9.0)]);
    }

    #[test]
    fn the_first_refusal_goes_when_there_are_too_many() {
        let mut refusals = Refusals::default();
        for number in 0..=CAPACITY {
            refusals.note(refusal(&number.to_string(), NOW));
        }
        assert_eq!(refusals.0.len(), CAPACITY);
        assert_eq!(refusals.closed_until("0", NOW, 1.0), None);
        assert_eq!(refusals.closed_until("1", NOW, 1.0), Some(NOW + 1.0));
    }
}
