//! A value that is changed behind a shared reference: a `RefCell` that neither
//! panics nor counts.

use core::cell::{Cell, UnsafeCell};
use core::fmt;

/// A value that one user at a time may change.
#[derive(Default)]
pub struct Slot<T> {
    is_taken: Cell<bool>,
    value: UnsafeCell<T>,
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Slot")
    }
}

impl<T> Slot<T> {
    /// Holds this value.
    pub const fn new(value: T) -> Self {
        Self { is_taken: Cell::new(false), value: UnsafeCell::new(value) }
    }

    /// Lets `use_it` work on the value. It must not come back to the same slot:
    /// there is nothing but the default for it to find in the meantime.
    pub fn with<R: Default>(&self, use_it: impl FnOnce(&mut T) -> R) -> R {
        if self.is_taken.replace(true) {
            return R::default();
        }
        // SAFETY: the slot is on one thread, as it is not `Sync`, and nobody has
        // the value, since it was not taken. After a panic it stays taken.
        let result = use_it(unsafe { &mut *self.value.get() });
        self.is_taken.set(false);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_to_a_slot_in_use_finds_the_default() {
        let slot = Slot::new(1);
        let inner = slot.with(|value| {
            *value += 1;
            slot.with(|value| *value)
        });
        assert_eq!((inner, slot.with(|value| *value)), (0, 2));
    }
}
