//! A value that is changed behind a shared reference, without the panics of
//! `RefCell`: what is in use is simply not there for the moment.

use core::cell::Cell;

/// Lets `use_it` work on the value in `cell`. It must not come back to the
/// same cell, which is empty for the while.
pub fn with<T: Default, R>(cell: &Cell<T>, use_it: impl FnOnce(&mut T) -> R) -> R {
    let mut value = cell.take();
    let result = use_it(&mut value);
    cell.set(value);
    result
}
