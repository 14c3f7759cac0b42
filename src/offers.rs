//! Which templates to offer at a moment: asked of the back end, or known from
//! before the tap.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use js_sys::{Date, Promise};

use crate::contract::FindCustomerPopTemplate;
use crate::env::Env;
use crate::event::Event;
use crate::failure::Failure;
use crate::templates::{Moment, TemplateCache};
use crate::{foreign, slot};

/// What the back end offers.
pub struct Offers {
    env: Rc<Env>,
    cache: Cell<TemplateCache>,
    prefetching: Cell<Vec<(Moment, Promise)>>,
}

impl Offers {
    /// Nothing is known yet.
    pub fn new(env: Rc<Env>) -> Rc<Self> {
        Rc::new(Self { env, cache: Cell::default(), prefetching: Cell::default() })
    }

    /// Forgets everything: another configuration may mean another back end.
    pub fn forget(&self) {
        self.cache.take();
        self.prefetching.take();
    }

    /// The templates of this moment, if they were fetched not long ago.
    pub fn known(&self, moment: &Moment) -> Option<Vec<String>> {
        let time_to_live = self.env.config().template_ttl_ms;
        slot::with(&self.cache, |cache| {
            cache.get(moment, Date::now(), time_to_live).map(<[String]>::to_vec)
        })
    }

    /// What was not asked of this moment's templates comes first at its next
    /// tap. If all were asked, the back end decides anew.
    pub fn keep(&self, moment: &Moment, remaining: &[String]) {
        slot::with(&self.cache, |cache| {
            if remaining.is_empty() {
                cache.remove(moment);
            } else {
                cache.put(moment.clone(), remaining.to_vec(), Date::now());
            }
        });
    }

    /// Asks the back end, and remembers what it offers.
    pub fn find(
        self: &Rc<Self>,
        moment: &Moment,
        trigger_act: &str,
        then: impl FnOnce(Result<Vec<String>, Failure>) + 'static,
    ) {
        let ask = FindCustomerPopTemplate {
            trigger_act: String::from(trigger_act),
            bus_no: moment.bus_no.clone(),
        };
        let config = self.env.config();
        let (this, asked_by) = (Rc::clone(self), Rc::clone(&config));
        let (moment, asked) = (moment.clone(), ask.clone());
        config.backend.find_templates(&self.env, &ask, move |found| {
            let FindCustomerPopTemplate { trigger_act, bus_no } = &asked;
            match &found {
                Ok(template_ids) => {
                    if Rc::ptr_eq(&asked_by, &this.env.config()) {
                        slot::with(&this.cache, |cache| {
                            cache.put(moment, template_ids.clone(), Date::now());
                        });
                    }
                    this.env.emit(&Event::TemplatesFound { trigger_act, bus_no, template_ids });
                }
                Err(error) => {
                    this.env.emit(&Event::TemplatesFailed { trigger_act, bus_no, error });
                }
            }
            then(found);
        });
    }

    /// Fetches the templates of a moment ahead of its tap. Resolves to their
    /// ids, and to none after a failure. One that is under way is joined.
    pub fn prefetch(self: &Rc<Self>, moment: Moment, trigger_act: &str) -> Promise {
        if let Some(ids) = self.known(&moment) {
            return Promise::resolve(&foreign::to_value(&ids));
        }
        let under_way = slot::with(&self.prefetching, |all| {
            all.iter().find(|(known, _)| *known == moment).map(|(_, promise)| promise.clone())
        });
        if let Some(promise) = under_way {
            return promise;
        }
        let (promise, resolve) = foreign::deferred();
        slot::with(&self.prefetching, |all| all.push((moment.clone(), promise.clone())));
        let (this, key) = (Rc::clone(self), moment.clone());
        self.find(&moment, trigger_act, move |found| {
            slot::with(&this.prefetching, |all| all.retain(|(known, _)| *known != key));
            let ids = found.unwrap_or_default();
            foreign::call(&resolve, &foreign::to_value(&ids));
        });
        promise
    }
}
