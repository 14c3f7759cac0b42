//! Which templates to offer at a moment: asked of the back end, or known from
//! before the tap.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::RefCell;

use js_sys::Date;

use crate::app::backend::Backend;
use crate::app::context::Context;
use crate::app::event::Event;
use crate::contract::FindCustomerPopTemplate;
use crate::js::TemplateIds;
use crate::rules::failure::Error;
use crate::rules::template_cache::{Fetch, Moment, TemplateCache};
use crate::task::Signal;

/// What the back end offers.
pub struct TemplateSource {
    context: &'static Context,
    backend: &'static Backend,
    cache: RefCell<TemplateCache<TemplateIds>>,
    /// Sent when a prefetch has ended.
    fetched: Signal,
}

impl TemplateSource {
    /// Nothing is known yet.
    pub fn new(context: &'static Context, backend: &'static Backend) -> Self {
        Self { context, backend, cache: RefCell::default(), fetched: Signal::default() }
    }

    /// The templates of this moment, if they were fetched not long ago.
    pub fn known(&self, moment: &Moment) -> Option<TemplateIds> {
        let time_to_live = self.context.config().template_ttl_ms;
        self.cache.borrow().get(moment, Date::now(), time_to_live).cloned()
    }

    /// The user has answered. What was not asked of this moment's templates
    /// comes first at its next tap; if all were, the back end decides anew.
    pub fn answered(&self, moment: &Rc<Moment>, remaining: &TemplateIds) {
        let remaining = (!remaining.is_empty()).then(|| remaining.clone());
        self.cache.borrow_mut().answered(moment, remaining, Date::now());
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
            let fetch = self.cache.borrow_mut().begin(moment, false);
            let found = self.backend.find_templates(&moment.query).await;
            self.end(&fetch, &found);
            if found.is_err() || !fetch.is_outdated() {
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
        let joined = self.cache.borrow().joinable(moment);
        let Some(joined) = joined else {
            let fetch = self.cache.borrow_mut().begin(moment, true);
            let found = self.backend.find_templates(&moment.query).await;
            self.end(&fetch, &found);
            self.tell(&moment.query, &found);
            self.fetched.send();
            return found.ok();
        };
        while !joined.is_over() {
            self.fetched.next().await;
        }
        joined.found()
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

    fn end(&self, fetch: &Rc<Fetch<TemplateIds>>, found: &Result<TemplateIds, Box<Error>>) {
        self.cache.borrow_mut().end(fetch, found.as_ref().ok().cloned(), Date::now());
    }
}
