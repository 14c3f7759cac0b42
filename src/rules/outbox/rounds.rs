//! How often "send now" makes a round of attempts.
//!
//! A phone may tell a hundred times that its network is back, and an application
//! may call `flushReports` from the event of a failed attempt, or from the very
//! `openId` that the attempt asks. A round that may not begin yet is not
//! forgotten: it begins later.

/// The time in which rounds are counted, in milliseconds.
const WINDOW_MS: f64 = 1_000.0;

/// The same for rounds that are asked for from within an attempt.
const WITHIN_WINDOW_MS: f64 = 60_000.0;

/// Who asks for a round.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urge {
    /// The host: the network or the mini-program is back. Once a second.
    Host,
    /// The application: `setup`, `flushReports` or other headers. Ten times a
    /// second.
    Application,
    /// A function of the application that the attempt waits for. Once a minute,
    /// or `openId` that calls `flushReports` would ask for ever.
    Within,
}

/// Rounds begun in one stretch of time.
#[derive(Debug, Default)]
struct Window {
    since: f64,
    count: u32,
}

impl Window {
    /// Counts a round, unless there were `most` already. Returns when the window
    /// ends, if so.
    fn count(&mut self, most: u32, length_ms: f64, now: f64) -> Option<f64> {
        if !(0.0..length_ms).contains(&(now - self.since)) {
            *self = Self { since: now, count: 0 };
        }
        if self.count >= most {
            return Some(self.since + length_ms);
        }
        self.count += 1;
        None
    }
}

/// Counts the rounds.
#[derive(Debug, Default)]
pub struct Rounds {
    all: Window,
    within: Window,
    /// When a round that had to wait may begin.
    postponed_until: Option<f64>,
}

impl Rounds {
    /// Whether a round may begin at the time `now`. If not, it is postponed.
    #[must_use]
    pub fn ask(&mut self, urge: Urge, now: f64) -> bool {
        let postponed_until = match urge {
            Urge::Host => self.all.count(1, WINDOW_MS, now),
            Urge::Application => self.all.count(10, WINDOW_MS, now),
            Urge::Within => self.within.count(1, WITHIN_WINDOW_MS, now),
        };
        match (postponed_until, self.postponed_until) {
            (None, _) => self.postponed_until = None,
            // The sooner one serves both.
            (Some(until), Some(known)) => self.postponed_until = Some(until.min(known)),
            (Some(_), None) => self.postponed_until = postponed_until,
        }
        postponed_until.is_none()
    }

    /// Whether a postponed round begins now.
    #[must_use]
    pub fn begin_postponed(&mut self, now: f64) -> bool {
        self.wait(now).is_some_and(|wait| wait <= 0.0) && self.ask(Urge::Application, now)
    }

    /// How long until the postponed round, in milliseconds.
    #[must_use]
    pub fn wait(&self, now: f64) -> Option<f64> {
        let left = self.postponed_until? - now;
        // More than a window means that the clock was set back.
        Some(if (0.0..=WITHIN_WINDOW_MS).contains(&left) { left } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1e12;

    #[test]
    fn a_hundred_events_of_the_host_make_one_round_now_and_one_later() {
        let mut rounds = Rounds::default();
        let begun = (0..100).filter(|ms| rounds.ask(Urge::Host, NOW + f64::from(*ms))).count();
        assert_eq!(begun, 1);
        assert!(!rounds.begin_postponed(NOW + 999.0));
        assert_eq!(rounds.wait(NOW + 999.0), Some(1.0));
        assert!(rounds.begin_postponed(NOW + 1_000.0));
        assert_eq!(rounds.wait(NOW + 1_000.0), None);
    }

    #[test]
    fn an_application_that_asks_without_end_gets_ten_rounds_a_second() {
        let mut rounds = Rounds::default();
        let begun = (0..20_000).filter(|_| rounds.ask(Urge::Application, NOW)).count();
        assert_eq!(begun, 10);
        assert!(rounds.ask(Urge::Application, NOW + WINDOW_MS));
    }

    #[test]
    fn an_attempt_that_urges_itself_gets_one_round_a_minute() {
        let mut rounds = Rounds::default();
        assert!(rounds.ask(Urge::Within, NOW));
        assert_eq!((0..100).filter(|_| rounds.ask(Urge::Within, NOW + 1.0)).count(), 0);
        assert_eq!(rounds.wait(NOW + 1.0), Some(59_999.0));
        assert!(!rounds.begin_postponed(NOW + 59_999.0));
        assert!(rounds.begin_postponed(NOW + 60_000.0));
        assert!(rounds.ask(Urge::Within, NOW + 60_000.0));
        assert!(!rounds.ask(Urge::Within, NOW + 119_999.0));
    }

    #[test]
    fn a_round_from_outside_begins_though_one_from_within_is_postponed_and_serves_both() {
        let mut rounds = Rounds::default();
        assert!(rounds.ask(Urge::Within, NOW));
        assert!(!rounds.ask(Urge::Within, NOW));
        assert!(rounds.ask(Urge::Host, NOW));
        assert_eq!(rounds.wait(NOW), None);
    }

    #[test]
    fn of_two_postponed_rounds_the_sooner_begins() {
        let mut rounds = Rounds::default();
        assert!(rounds.ask(Urge::Within, NOW) && rounds.ask(Urge::Host, NOW));
        assert!(!rounds.ask(Urge::Within, NOW));
        assert!(!rounds.ask(Urge::Host, NOW));
        assert_eq!(rounds.wait(NOW), Some(1_000.0));
        assert!(!rounds.ask(Urge::Within, NOW));
        assert_eq!(rounds.wait(NOW), Some(1_000.0));
    }

    #[test]
    fn a_clock_that_was_set_back_delays_no_round() {
        let mut rounds = Rounds::default();
        assert!(rounds.ask(Urge::Host, NOW));
        assert!(!rounds.ask(Urge::Host, NOW));
        assert_eq!(rounds.wait(5.0), Some(0.0));
        assert!(rounds.begin_postponed(5.0));
    }
}
