//! Which templates to offer at a moment: asked of the back end, or known from
//! before the tap.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use js_sys::Date;

use super::backend::Backend;
use super::context::Context;
use super::event::Event;
use crate::contract::FindCustomerPopTemplate;
use crate::js::TemplateIds;
use crate::rules::failure::Error;
use crate::rules::template_cache::{Moment, TemplateCache};
use crate::task::Signal;

/// What the back end offers.
pub struct TemplateSource {
    context: &'static Context,
    backend: &'static Backend,
    cache: RefCell<TemplateCache<TemplateIds>>,
    fetches: RefCell<Vec<Rc<Fetch>>>,
    /// Sent when a prefetch has ended.
    fetched: Signal,
}

/// The back end is being asked.
struct Fetch {
    moment: Rc<Moment>,
    /// Whether others may join.
    is_prefetch: bool,
    /// Whether the user has answered meanwhile, so that the list is outdated.
    is_outdated: Cell<bool>,
    /// What the back end offered.
    found: RefCell<Option<TemplateIds>>,
    is_over: Cell<bool>,
}

impl TemplateSource {
    /// Nothing is known yet.
    pub fn new(context: &'static Context, backend: &'static Backend) -> Self {
        Self {
            context,
            backend,
            cache: RefCell::default(),
            fetches: RefCell::default(),
            fetched: Signal::default(),
        }
    }

    /// The templates of this moment, if they were fetched not long ago.
    pub fn known(&self, moment: &Moment) -> Option<TemplateIds> {
        let time_to_live = self.context.config().template_ttl_ms;
        self.cache.borrow().get(moment, Date::now(), time_to_live).cloned()
    }

    /// The user has answered. What was not asked of this moment's templates
    /// comes first at its next tap; if all were, the back end decides anew.
    pub fn answered(&self, moment: &Rc<Moment>, remaining: &TemplateIds) {
        for fetch in self.fetches.borrow().iter().filter(|fetch| *fetch.moment == **moment) {
            fetch.is_outdated.set(true);
        }
        let mut cache = self.cache.borrow_mut();
        if remaining.is_empty() {
            cache.remove(moment);
        } else {
            cache.put(Rc::clone(moment), remaining.clone(), Date::now());
        }
    }

    /// The user keeps accepting these, and was granted them once more. They can
    /// be asked for again at the next tap, after the others.
    pub fn topped_up(&self, moment: &Moment, asked: &TemplateIds) {
        if let Some(offered) = self.known(moment) {
            self.cache.borrow_mut().reorder(moment, offered.with_last(asked));
        }
    }

    /// Asks the back end, and remembers what it offers. If the user answers
    /// another tap meanwhile, the back end is asked again. The caller tells the
    /// application: in a tap, only once the popup is open.
    pub async fn find(&'static self, moment: &Rc<Moment>) -> Result<TemplateIds, Box<Error>> {
        loop {
            let fetch = self.begin(moment, false);
            let found = self.backend.find_templates(&moment.query).await;
            self.end(&fetch, &found);
            if found.is_err() || !fetch.is_outdated.get() {
                return found;
            }
        }
    }

    /// Fetches the templates of a moment ahead of its tap; none after a failure.
    /// A prefetch that is under way is joined.
    pub async fn prefetch(&'static self, moment: &Rc<Moment>) -> Option<TemplateIds> {
        let known = self.known(moment);
        if known.is_some() {
            return known;
        }
        let Some(joined) = self.under_way(moment) else {
            let fetch = self.begin(moment, true);
            let found = self.backend.find_templates(&moment.query).await;
            self.end(&fetch, &found);
            self.tell(&moment.query, &found);
            self.fetched.send();
            return found.ok();
        };
        while !joined.is_over.get() {
            self.fetched.next().await;
        }
        joined.found.borrow().clone()
    }

    /// Tells the application what the back end answered.
    pub fn tell(&self, query: &FindCustomerPopTemplate, found: &Result<TemplateIds, Box<Error>>) {
        let FindCustomerPopTemplate { trigger_act, bus_no } = query;
        self.context.tell(&match found {
            Ok(template_ids) => Event::TemplatesFound { trigger_act, bus_no, template_ids },
            Err(error) => Event::templates_failed(query, error),
        });
        let count = found.as_ref().map_or(0, TemplateIds::left_out);
        if count > 0 {
            self.context.tell(&Event::TemplatesLeftOut { trigger_act, bus_no, count });
        }
    }

    /// The prefetch to join. One that began before the user answered is left
    /// alone.
    fn under_way(&self, moment: &Moment) -> Option<Rc<Fetch>> {
        let may_join = |fetch: &&Rc<Fetch>| {
            fetch.is_prefetch && !fetch.is_outdated.get() && *fetch.moment == *moment
        };
        self.fetches.borrow().iter().find(may_join).cloned()
    }

    fn begin(&self, moment: &Rc<Moment>, is_prefetch: bool) -> Rc<Fetch> {
        let fetch = Rc::new(Fetch {
            moment: Rc::clone(moment),
            is_prefetch,
            is_outdated: Cell::new(false),
            found: RefCell::default(),
            is_over: Cell::new(false),
        });
        self.fetches.borrow_mut().push(Rc::clone(&fetch));
        fetch
    }

    fn end(&self, fetch: &Rc<Fetch>, found: &Result<TemplateIds, Box<Error>>) {
        self.fetches.borrow_mut().retain(|under_way| !Rc::ptr_eq(under_way, fetch));
        fetch.is_over.set(true);
        if let Ok(ids) = found {
            fetch.found.replace(Some(ids.clone()));
            if !fetch.is_outdated.get() {
                let moment = Rc::clone(&fetch.moment);
                self.cache.borrow_mut().put(moment, ids.clone(), Date::now());
            }
        }
    }
}
