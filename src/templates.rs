//! Template ids that were fetched ahead of a tap, each for a limited time.

use alloc::string::String;
use alloc::vec::Vec;

/// Most moments remembered at once; the oldest goes for a new one.
const CAPACITY: usize = 64;

/// One moment of the shop: a trigger type and the business number it is about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Moment {
    /// The trigger type's number.
    pub trigger: u32,
    /// The product, order or company.
    pub bus_no: String,
}

/// What the back end offered, moment by moment, oldest first.
#[derive(Debug, Default)]
pub struct TemplateCache {
    offers: Vec<Offer>,
}

#[derive(Debug)]
struct Offer {
    moment: Moment,
    template_ids: Vec<String>,
    fetched_at: f64,
}

impl TemplateCache {
    /// Remembers what was offered at the time `now`, in milliseconds.
    pub fn put(&mut self, moment: Moment, template_ids: Vec<String>, now: f64) {
        self.remove(&moment);
        let mut excess = (self.offers.len() + 1).saturating_sub(CAPACITY);
        self.offers.retain(|_| {
            let kept = excess == 0;
            excess = excess.saturating_sub(1);
            kept
        });
        self.offers.push(Offer { moment, template_ids, fetched_at: now });
    }

    /// The ids for this moment, unless they are older than `time_to_live`
    /// milliseconds. A clock that was set back makes them too old as well.
    #[must_use]
    pub fn get(&self, moment: &Moment, now: f64, time_to_live: f64) -> Option<&[String]> {
        let offer = self.offers.iter().find(|offer| offer.moment == *moment)?;
        let age = now - offer.fetched_at;
        (0.0..time_to_live).contains(&age).then_some(offer.template_ids.as_slice())
    }

    /// Forgets this moment.
    pub fn remove(&mut self, moment: &Moment) {
        self.offers.retain(|offer| offer.moment != *moment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    const TTL_MS: f64 = 1_000.0;

    fn moment(trigger: u32, bus_no: &str) -> Moment {
        Moment { trigger, bus_no: bus_no.to_string() }
    }

    #[test]
    fn ids_belong_to_their_trigger_and_business_number() {
        let mut cache = TemplateCache::default();
        cache.put(moment(1, "a"), vec!["x".to_string()], 0.0);
        assert_eq!(cache.get(&moment(1, "a"), 10.0, TTL_MS), Some(&["x".to_string()][..]));
        assert_eq!(cache.get(&moment(2, "a"), 10.0, TTL_MS), None);
        assert_eq!(cache.get(&moment(1, "b"), 10.0, TTL_MS), None);
    }

    #[test]
    fn an_empty_offer_is_remembered_too() {
        let mut cache = TemplateCache::default();
        cache.put(moment(1, "a"), vec![], 0.0);
        assert_eq!(cache.get(&moment(1, "a"), 0.0, TTL_MS), Some(&[][..]));
    }

    #[test]
    fn ids_grow_old() {
        let mut cache = TemplateCache::default();
        cache.put(moment(1, "a"), vec![], 5_000.0);
        assert!(cache.get(&moment(1, "a"), 5_999.0, TTL_MS).is_some());
        assert!(cache.get(&moment(1, "a"), 6_000.0, TTL_MS).is_none());
        assert!(cache.get(&moment(1, "a"), 4_999.0, TTL_MS).is_none(), "the clock was set back");
    }

    #[test]
    fn a_time_to_live_of_nothing_remembers_nothing() {
        for time_to_live in [0.0, -1.0, f64::NAN] {
            let mut cache = TemplateCache::default();
            cache.put(moment(1, "a"), vec![], 0.0);
            assert!(cache.get(&moment(1, "a"), 0.0, time_to_live).is_none());
        }
    }

    #[test]
    fn a_new_offer_replaces_the_old_and_the_oldest_moment_goes_when_full() {
        let mut cache = TemplateCache::default();
        cache.put(moment(0, ""), vec![], 0.0);
        for trigger in 0..CAPACITY as u32 {
            cache.put(moment(trigger, ""), vec![trigger.to_string()], 0.0);
        }
        assert_eq!(cache.get(&moment(0, ""), 0.0, TTL_MS), Some(&["0".to_string()][..]));
        cache.put(moment(u32::MAX, ""), vec![], 0.0);
        assert!(cache.get(&moment(0, ""), 0.0, TTL_MS).is_none());
        assert!(cache.get(&moment(1, ""), 0.0, TTL_MS).is_some());
        cache.remove(&moment(1, ""));
        assert!(cache.get(&moment(1, ""), 0.0, TTL_MS).is_none());
    }
}
