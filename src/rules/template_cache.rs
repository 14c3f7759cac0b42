//! Template ids that were fetched ahead of a tap, each for a limited time, and the
//! fetches under way. A list that was asked for before the user answered is
//! outdated: it is not remembered.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

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
    fetches: Vec<Rc<Fetch<L>>>,
}

/// The back end is being asked.
#[derive(Debug)]
pub struct Fetch<L> {
    /// For this moment.
    pub moment: Rc<Moment>,
    /// Whether others may join.
    is_prefetch: bool,
    is_outdated: Cell<bool>,
    is_over: Cell<bool>,
    found: RefCell<Option<L>>,
}

impl<L: Clone> Fetch<L> {
    /// Whether the user has answered since it began.
    pub const fn is_outdated(&self) -> bool {
        self.is_outdated.get()
    }

    /// Whether the back end has answered, or failed to.
    pub const fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// What the back end offered.
    pub fn found(&self) -> Option<L> {
        self.found.borrow().clone()
    }
}

#[derive(Debug)]
struct Entry<L> {
    moment: Rc<Moment>,
    template_ids: L,
    fetched_at: f64,
}

impl<L> Default for TemplateCache<L> {
    fn default() -> Self {
        Self { entries: Vec::new(), fetches: Vec::new() }
    }
}

impl<L: Clone> TemplateCache<L> {
    /// The back end is asked for this moment.
    pub fn begin(&mut self, moment: &Rc<Moment>, is_prefetch: bool) -> Rc<Fetch<L>> {
        let fetch = Rc::new(Fetch {
            moment: Rc::clone(moment),
            is_prefetch,
            is_outdated: Cell::new(false),
            is_over: Cell::new(false),
            found: RefCell::new(None),
        });
        self.fetches.push(Rc::clone(&fetch));
        fetch
    }

    /// The prefetch to join. One that is outdated is left alone.
    #[must_use]
    pub fn joinable(&self, moment: &Moment) -> Option<Rc<Fetch<L>>> {
        let may_join = |fetch: &&Rc<Fetch<L>>| {
            fetch.is_prefetch && !fetch.is_outdated() && *fetch.moment == *moment
        };
        self.fetches.iter().find(may_join).cloned()
    }

    /// The back end has answered at the time `now`, or failed to.
    pub fn end(&mut self, fetch: &Rc<Fetch<L>>, found: Option<L>, now: f64) {
        self.fetches.retain(|under_way| !Rc::ptr_eq(under_way, fetch));
        fetch.is_over.set(true);
        if let (Some(found), false) = (&found, fetch.is_outdated()) {
            self.put(Rc::clone(&fetch.moment), found.clone(), now);
        }
        fetch.found.replace(found);
    }

    /// The user has answered at this moment. What was not asked comes first at the
    /// next tap; if all was, the back end decides again.
    pub fn answered(&mut self, moment: &Rc<Moment>, remaining: Option<L>, now: f64) {
        for fetch in self.fetches.iter().filter(|fetch| *fetch.moment == **moment) {
            fetch.is_outdated.set(true);
        }
        match remaining {
            Some(remaining) => self.put(Rc::clone(moment), remaining, now),
            None => self.remove(moment),
        }
    }

    /// Remembers what was offered at the time `now`, in milliseconds.
    fn put(&mut self, moment: Rc<Moment>, template_ids: L, now: f64) {
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

    fn remove(&mut self, moment: &Moment) {
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
        cache.put(moment(1, "b"), vec!["z".to_string()], 0.0);
        cache.reorder(&moment(1, "a"), order.clone());
        assert_eq!(cache.get(&moment(1, "b"), 0.0, TTL_MS), Some(&vec!["z".to_string()]));
        cache.reorder(&moment(2, "a"), order.clone());
        assert_eq!(cache.get(&moment(1, "a"), 999.0, TTL_MS), Some(&order));
        assert_eq!(cache.get(&moment(1, "a"), 1_000.0, TTL_MS), None);
        assert_eq!(cache.get(&moment(2, "a"), 0.0, TTL_MS), None);
    }

    #[test]
    fn an_answer_outdates_the_fetches_of_its_moment() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        let (a, b) = (cache.begin(&moment(1, "a"), true), cache.begin(&moment(1, "b"), true));
        cache.answered(&moment(1, "a"), None, 0.0);
        assert_eq!((a.is_outdated(), b.is_outdated()), (true, false));
        for (fetch, id) in [(&a, "x"), (&b, "y")] {
            assert!(!fetch.is_over());
            cache.end(fetch, Some(vec![id.to_string()]), 0.0);
            assert!(fetch.is_over());
            assert_eq!(fetch.found(), Some(vec![id.to_string()]));
        }
        assert_eq!(cache.get(&moment(1, "a"), 0.0, TTL_MS), None, "an outdated list");
        assert_eq!(cache.get(&moment(1, "b"), 0.0, TTL_MS), Some(&vec!["y".to_string()]));
        assert!(cache.fetches.is_empty());
    }

    #[test]
    fn a_prefetch_of_the_same_moment_is_joined_until_it_is_outdated_or_over() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.begin(&moment(1, "a"), false);
        assert!(cache.joinable(&moment(1, "a")).is_none(), "a tap waits for its own");
        let first = cache.begin(&moment(1, "a"), true);
        assert!(cache.joinable(&moment(1, "b")).is_none());
        assert!(Rc::ptr_eq(&cache.joinable(&moment(1, "a")).unwrap(), &first));
        cache.answered(&moment(1, "a"), None, 0.0);
        assert!(cache.joinable(&moment(1, "a")).is_none());
        let second = cache.begin(&moment(1, "a"), true);
        assert!(Rc::ptr_eq(&cache.joinable(&moment(1, "a")).unwrap(), &second));
        cache.end(&second, None, 0.0);
        assert!(cache.joinable(&moment(1, "a")).is_none());
        assert_eq!(second.found(), None);
    }

    #[test]
    fn what_was_not_asked_comes_first_at_the_next_tap() {
        let mut cache = TemplateCache::<Vec<String>>::default();
        cache.put(moment(1, "a"), vec!["x".to_string(), "y".to_string()], 0.0);
        cache.answered(&moment(1, "a"), Some(vec!["y".to_string()]), 500.0);
        assert_eq!(cache.get(&moment(1, "a"), 1_499.0, TTL_MS), Some(&vec!["y".to_string()]));
        cache.answered(&moment(1, "a"), None, 500.0);
        assert_eq!(cache.get(&moment(1, "a"), 500.0, TTL_MS), None);
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
