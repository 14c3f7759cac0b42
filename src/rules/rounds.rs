//! How often "send now" makes a round of attempts.
//!
//! A phone may tell a hundred times that its network is back, and an
//! application may call `flushReports` from the event of a failed attempt. A
//! round that may not begin yet is not forgotten: it begins later.

/// The time in which rounds are counted, in milliseconds.
const WINDOW_MS: f64 = 1_000.0;

/// Who asks for a round.
#[derive(Clone, Copy, Debug)]
pub enum Urge {
    /// The host: the network or the mini-program is back.
    Host = 1,
    /// The application: `setup`, `flushReports` or other headers.
    Application = 10,
}

/// Counts the rounds of the present window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rounds {
    since: f64,
    count: u32,
    /// When a round that had to wait may begin.
    postponed_until: Option<f64>,
}

impl Rounds {
    /// Whether a round may begin at the time `now`: no more than one for the
    /// host, or ten for the application. If not, it is postponed.
    #[must_use]
    pub fn ask(&mut self, urge: Urge, now: f64) -> bool {
        if !(0.0..WINDOW_MS).contains(&(now - self.since)) {
            (self.since, self.count) = (now, 0);
        }
        let may_begin = self.count < urge as u32;
        if may_begin {
            self.count += 1;
            self.postponed_until = None;
        } else {
            self.postponed_until = Some(self.since + WINDOW_MS);
        }
        may_begin
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
        Some(if (0.0..=WINDOW_MS).contains(&left) { left } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_events_of_the_host_make_one_round_now_and_one_later() {
        let mut rounds = Rounds::default();
        let now = 1e12;
        let begun = (0..100).filter(|ms| rounds.ask(Urge::Host, now + f64::from(*ms))).count();
        assert_eq!(begun, 1);
        assert!(!rounds.begin_postponed(now + 999.0));
        assert_eq!(rounds.wait(now + 999.0), Some(1.0));
        assert!(rounds.begin_postponed(now + 1_000.0));
        assert_eq!(rounds.wait(now + 1_000.0), None);
    }

    #[test]
    fn an_application_that_asks_without_end_gets_ten_rounds_a_second() {
        let mut rounds = Rounds::default();
        let begun = (0..20_000).filter(|_| rounds.ask(Urge::Application, 1e12)).count();
        assert_eq!(begun, 10);
        assert!(rounds.ask(Urge::Application, 1e12 + WINDOW_MS));
    }

    #[test]
    fn a_clock_that_was_set_back_delays_no_round() {
        let mut rounds = Rounds::default();
        assert!(rounds.ask(Urge::Host, 1e12));
        assert!(!rounds.ask(Urge::Host, 1e12));
        assert_eq!(rounds.wait(5.0), Some(0.0));
        assert!(rounds.begin_postponed(5.0));
    }
}
