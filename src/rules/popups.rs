//! Which popup is open, and which are waited for though their time is over.

use alloc::vec::Vec;

/// How long the SDK itself answers `busy` while a popup is open, in milliseconds.
/// From then on the host is asked, which knows.
const BUSY_MS: f64 = 10_000.0;

/// How many popups are waited for after their time. An answer that comes late is
/// reported as well, but a host that never answers must not fill the memory.
const MOST_LATE: usize = 16;

/// A popup that was opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Popup {
    number: u32,
    opened_at: f64,
}

impl Popup {
    /// How long it has been open, in milliseconds. The clock may have been set back.
    #[must_use]
    pub fn elapsed_ms(&self, now: f64) -> f64 {
        (now - self.opened_at).max(0.0)
    }
}

/// The popups of this launch. `C` names what waits for an answer.
#[derive(Debug)]
pub struct Popups<C> {
    last: u32,
    open: Option<Popup>,
    late: Vec<(Popup, C)>,
}

impl<C> Default for Popups<C> {
    fn default() -> Self {
        Self { last: 0, open: None, late: Vec::new() }
    }
}

impl<C> Popups<C> {
    /// Whether a popup is open that was opened not long ago.
    #[must_use]
    pub fn is_busy(&self, now: f64) -> bool {
        self.open.is_some_and(|popup| (0.0..BUSY_MS).contains(&(now - popup.opened_at)))
    }

    /// A popup opens.
    pub fn open(&mut self, now: f64) -> Popup {
        self.last = self.last.wrapping_add(1);
        let popup = Popup { number: self.last, opened_at: now };
        self.open = Some(popup);
        popup
    }

    /// A popup was answered, or failed. Another one may have opened since.
    pub fn close(&mut self, popup: Popup) {
        if self.open == Some(popup) {
            self.open = None;
        }
        self.late.retain(|(late, _)| *late != popup);
    }

    /// The time of a popup is over, and its answer may still come. Returns the one
    /// that is not waited for any more, if there are too many.
    #[must_use]
    pub fn time_out(&mut self, popup: Popup, waiting: C) -> Option<C> {
        self.close(popup);
        self.late.push((popup, waiting));
        (self.late.len() > MOST_LATE).then(|| self.late.remove(0).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_popup_keeps_others_out_for_ten_seconds_or_until_it_is_closed() {
        let mut popups = Popups::<u32>::default();
        assert!(!popups.is_busy(0.0));
        let popup = popups.open(1_000.0);
        assert!(popups.is_busy(1_000.0) && popups.is_busy(10_999.0));
        assert!(!popups.is_busy(11_000.0), "the host is asked");
        assert!(!popups.is_busy(999.0), "the clock was set back");
        popups.close(popup);
        assert!(!popups.is_busy(1_000.0));
    }

    #[test]
    fn a_popup_that_closes_late_leaves_the_one_that_is_open() {
        let mut popups = Popups::<u32>::default();
        let (first, second) = (popups.open(0.0), popups.open(0.0));
        popups.close(first);
        assert!(popups.is_busy(0.0));
        popups.close(second);
        assert!(!popups.is_busy(0.0));
    }

    #[test]
    fn no_more_than_sixteen_silent_popups_are_waited_for() {
        let mut popups = Popups::<u32>::default();
        let all: Vec<Popup> = (0..18).map(|at| popups.open(f64::from(at))).collect();
        let given_up: Vec<Option<u32>> =
            (0..).zip(&all).map(|(at, popup)| popups.time_out(*popup, at)).collect();
        assert!(given_up[..16].iter().all(Option::is_none));
        assert_eq!(given_up[16..], [Some(0), Some(1)]);
        popups.close(all[5]);
        let next = popups.open(0.0);
        assert_eq!(popups.time_out(next, 99), None, "an answer made room");
        assert!(!popups.is_busy(0.0));
    }

    #[test]
    fn a_popup_whose_time_is_over_twice_waits_once() {
        let mut popups = Popups::<u32>::default();
        let popup = popups.open(0.0);
        for _ in 0..40 {
            assert_eq!(popups.time_out(popup, 1), None);
        }
    }

    #[test]
    fn the_elapsed_time_is_never_negative() {
        let popup = Popups::<u32>::default().open(5.0);
        assert_eq!([popup.elapsed_ms(7.0), popup.elapsed_ms(1.0)], [2.0, 0.0]);
    }
}
