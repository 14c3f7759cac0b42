//! Template ids that were fetched ahead of a tap, each for a limited time.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::contract::FindCustomerPopTemplate;

/// Most moments remembered at once; the oldest goes for a new one.
const CAPACITY: usize = 64;

/// One moment of the shop: a trigger type and the business number it is about.
#[derive(Debug, PartialEq)]
pub struct Moment {
    /// Which configuration it belongs to: another may mean another back end.
    pub generation: u32,
    /// The trigger type's number.
    pub trigger: u32,
    /// What the back end is asked at this moment.
    pub query: FindCustomerPopTemplate,
}

/// What the back end offered, moment by moment, oldest first. `L` is a list of
/// template ids.
#[derive(Debug)]
pub struct TemplateCache<L> {
    entries: Vec<Entry<L>>,
}

#[derive(Debug)]
struct Entry<L> {
    moment: Rc<Moment>,
    template_ids: L,
    fetched_at: f64,
}

impl<L> Default for TemplateCache<L> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<L> TemplateCache<L> {
    /// Remembers what was offered at the time `now`, in milliseconds.
    pub fn put(&mut self, moment: Rc<Moment>, template_ids: L, now: f64) {
        self.remove(&moment);
        if self.entries.len() >= CAPACITY {
            self.entries.remove(0);
        }
        self.entries.push(Entry { moment, template_ids, fetched_at: now });
    }

    /// Changes the order of what was offered at this moment.
    pub fn reorder(&mut self, moment: &Moment, template_ids: L) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| *entry.moment == *moment) {
            entry.template_ids = template_ids;
        }
    }

    /// The ids for this moment, unless they are older than `time_to_live`
    /// milliseconds. A clock that was set back makes them too old as well.
    #[must_use]
    pub fn get(&self, moment: &Moment, now: f64, time_to_live: f64) -> Option<&L> {
        let entry = self.entries.iter().find(|entry| *entry.moment == *moment)?;
        let age = now - entry.fetched_at;
        (0.0..time_to_live).contains(&age).then_some(&entry.template_ids)
    }

    /// Forgets this moment.
    pub fn remove(&mut self, moment: &Moment) {
        self.entries.retain(|entry| *entry.moment != *moment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec;

    const TTL_MS: f64 = 1_000.0;

    fn moment(trigger: u32, bus_no: &str) -> Rc<Moment> {
        let (trigger_act, bus_no) = (trigger.to_string(), bus_no.to_string());
        let query = FindCustomerPopTemplate { trigger_act, bus_no };
        Rc::new(Moment { generation: 0, trigger, query })
    }

    #[test]
    fn ids_belong_to_their_trigger_and_business_number() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(1, "a"), vec!["x".to_string()], 0.0);
        assert_eq!(cache.get(&moment(1, "a"), 10.0, TTL_MS), Some(&vec!["x".to_string()]));
        assert_eq!(cache.get(&moment(2, "a"), 10.0, TTL_MS), None);
        assert_eq!(cache.get(&moment(1, "b"), 10.0, TTL_MS), None);
    }

    #[test]
    fn an_empty_offer_is_remembered_too() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(1, "a"), vec![], 0.0);
        assert_eq!(cache.get(&moment(1, "a"), 0.0, TTL_MS), Some(&vec![]));
    }

    #[test]
    fn ids_grow_old() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(1, "a"), vec![], 5_000.0);
        assert!(cache.get(&moment(1, "a"), 5_999.0, TTL_MS).is_some());
        assert!(cache.get(&moment(1, "a"), 6_000.0, TTL_MS).is_none());
        assert!(cache.get(&moment(1, "a"), 4_999.0, TTL_MS).is_none(), "the clock was set back");
    }

    #[test]
    fn another_order_makes_ids_no_younger_and_nothing_known() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(1, "a"), vec!["x".to_string(), "y".to_string()], 0.0);
        let order = vec!["y".to_string(), "x".to_string()];
        cache.reorder(&moment(1, "a"), order.clone());
        cache.reorder(&moment(2, "a"), order.clone());
        assert_eq!(cache.get(&moment(1, "a"), 999.0, TTL_MS), Some(&order));
        assert_eq!(cache.get(&moment(1, "a"), 1_000.0, TTL_MS), None);
        assert_eq!(cache.get(&moment(2, "a"), 0.0, TTL_MS), None);
    }

    #[test]
    fn a_time_to_live_of_nothing_remembers_nothing() {
        for time_to_live in [0.0, -1.0, f64::NAN] {
            let mut cache = TemplateCache::<Vec<String>>::default();
            cache.put(moment(1, "a"), vec![], 0.0);
            assert!(cache.get(&moment(1, "a"), 0.0, time_to_live).is_none());
        }
    }

    #[test]
    fn a_new_offer_replaces_the_old_and_the_oldest_moment_goes_when_full() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(0, ""), vec![], 0.0);
        for trigger in 0..CAPACITY as u32 {
            cache.put(moment(trigger, ""), vec![trigger.to_string()], 0.0);
        }
        assert_eq!(cache.get(&moment(0, ""), 0.0, TTL_MS), Some(&vec!["0".to_string()]));
        cache.put(moment(u32::MAX, ""), vec![], 0.0);
        assert!(cache.get(&moment(0, ""), 0.0, TTL_MS).is_none());
        assert!(cache.get(&moment(1, ""), 0.0, TTL_MS).is_some());
        cache.remove(&moment(1, ""));
        assert!(cache.get(&moment(1, ""), 0.0, TTL_MS).is_none());
    }
}
