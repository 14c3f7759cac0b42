//! How many templates the client takes at once, as far as error 20003 has
//! shown. No document says which client takes four or five.

/// How many templates every client takes.
const SAFE: u32 = 3;

/// How long a learned limit counts, in milliseconds: by then the client may
/// have been updated.
const TIME_TO_LIVE_MS: f64 = 7.0 * 86_400_000.0;

/// A limit that was learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedLimit {
    /// Most templates of one popup.
    pub most: u32,
    /// When it was learned, in milliseconds since the epoch.
    pub at: f64,
}

impl LearnedLimit {
    /// The limit after the client has refused `asked` templates; `None` if it
    /// refused a single one, which is not a matter of number.
    #[must_use]
    pub fn after_refusal_of(asked: u32, now: f64) -> Option<Self> {
        let most = if asked > SAFE { SAFE } else { asked.saturating_sub(1) };
        (most > 0).then_some(Self { most, at: now })
    }

    /// How many of `wanted` templates to ask for at the time `now`.
    #[must_use]
    pub fn apply(self, wanted: u32, now: f64) -> u32 {
        let is_fresh = (0.0..TIME_TO_LIVE_MS).contains(&(now - self.at));
        if is_fresh && self.most > 0 { wanted.min(self.most) } else { wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_leads_to_three_and_below_that_to_one_less() {
        let most = |asked| LearnedLimit::after_refusal_of(asked, 0.0).map(|limit| limit.most);
        assert_eq!([5, 4, 3, 2, 1, 0].map(most), [Some(3), Some(3), Some(2), Some(1), None, None]);
    }

    #[test]
    fn a_limit_is_forgotten_after_seven_days_and_when_the_clock_was_set_back() {
        let limit = LearnedLimit { most: 3, at: 1_000.0 };
        assert_eq!(limit.apply(5, 1_000.0 + TIME_TO_LIVE_MS - 1.0), 3);
        assert_eq!(limit.apply(5, 1_000.0 + TIME_TO_LIVE_MS), 5);
        assert_eq!(TIME_TO_LIVE_MS, 604_800_000.0);
        assert_eq!(limit.apply(5, 999.0), 5);
        assert_eq!(limit.apply(2, 1_000.0), 2);
    }

    #[test]
    fn a_damaged_limit_limits_nothing() {
        assert_eq!(LearnedLimit { most: 0, at: 0.0 }.apply(5, 1.0), 5);
        assert_eq!(LearnedLimit { most: 1, at: f64::NAN }.apply(5, 1.0), 5);
    }
}
