//! Which templates to offer at a moment: asked of the back end, or known from
//! before the tap.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

use js_sys::{Date, Function};

use crate::backend;
use crate::contract::FindCustomerPopTemplate;
use crate::env::Env;
use crate::event;
use crate::foreign::{self, Foreign};
use crate::ids::Ids;
use crate::outcome::Failure;
use crate::slot::Slot;
use crate::templates::{self, TemplateCache};
use crate::writer::to_value;

/// A moment whose texts JavaScript holds.
pub type Moment = templates::Moment<Foreign>;

/// What the back end is asked at it.
pub type Query = FindCustomerPopTemplate<Foreign>;

/// What is done with what the back end offers.
type Then = Box<dyn FnOnce(Result<Ids, Failure>)>;

/// What the back end offers.
pub struct Offers {
    env: &'static Env,
    cache: Slot<TemplateCache<Foreign, Ids>>,
    /// Who waits for the templates of which moment.
    prefetching: Slot<Vec<(Rc<Moment>, Function)>>,
}

impl Offers {
    /// Nothing is known yet.
    pub fn new(env: &'static Env) -> Self {
        Self { env, cache: Slot::default(), prefetching: Slot::default() }
    }

    /// The templates of this moment, if they were fetched not long ago.
    pub fn known(&self, moment: &Moment) -> Option<Ids> {
        let (now, time_to_live) = (Date::now(), self.env.numbers().template_ttl_ms());
        self.cache.with(|cache| cache.get(moment, now, time_to_live).cloned())
    }

    /// What was not asked of this moment's templates comes first at its next
    /// tap. If all were asked, the back end decides anew.
    pub fn keep(&self, moment: &Rc<Moment>, remaining: &Ids) {
        if remaining.is_empty() {
            self.cache.with(|cache| cache.remove(moment));
        } else {
            self.remember(moment, remaining);
        }
    }

    fn remember(&self, moment: &Rc<Moment>, ids: &Ids) {
        self.cache.with(|cache| cache.put(Rc::clone(moment), ids.clone(), Date::now()));
    }

    /// Asks the back end, and remembers what it offers.
    pub fn find(&'static self, moment: Rc<Moment>, then: Then) {
        let query = to_value(&moment.query);
        backend::find_templates(self.env, query, move |answer| {
            let found = answer.and_then(|answer| backend::template_ids(&answer));
            match &found {
                Ok(ids) => {
                    self.remember(&moment, ids);
                    event::templates_found(self.env, &moment.query, ids);
                }
                Err(error) => event::templates_failed(self.env, &moment.query, error),
            }
            then(found);
        });
    }

    /// Fetches the templates of a moment ahead of its tap, and resolves to
    /// their ids, to none after a failure. One that is under way is joined.
    pub fn prefetch(&'static self, moment: Rc<Moment>, resolve: Function) {
        if let Some(ids) = self.known(&moment) {
            return foreign::tell(&resolve, &ids.to_value());
        }
        let is_first = self.prefetching.with(|all| {
            let is_first = !all.iter().any(|(known, _)| *known == moment);
            all.push((Rc::clone(&moment), resolve));
            is_first
        });
        if is_first {
            self.find(Rc::clone(&moment), Box::new(move |found| self.fetched(&moment, found)));
        }
    }

    fn fetched(&self, moment: &Rc<Moment>, found: Result<Ids, Failure>) {
        let ids = found.unwrap_or_default();
        let next = || {
            self.prefetching.with(|all| {
                let at = all.iter().position(|(known, _)| known == moment)?;
                Some(all.remove(at).1)
            })
        };
        while let Some(resolve) = next() {
            foreign::tell(&resolve, &ids.to_value());
        }
    }
}
