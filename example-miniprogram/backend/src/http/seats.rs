//! Limits the number of open connections: many silent clients must take neither
//! all file descriptors nor the place of an active client.
//!
//! When all places are taken, the connection that has waited longest for its
//! client is closed: for the rest of a request, the next request, or the client
//! to read the answer. A connection whose request is being answered is never
//! closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// All places.
#[derive(Clone, Debug)]
pub(super) struct Seats {
    most: usize,
    body: Duration,
    room: Arc<Room>,
}

#[derive(Debug, Default)]
struct Room {
    taken: Mutex<Taken>,
    /// Notified when a place is free, or waits for its client.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    /// Number of the last event; a lower one is longer ago.
    now: u64,
    places: HashMap<u64, Place>,
}

#[derive(Debug)]
struct Place {
    /// Since when it waits for its client.
    waiting: Option<u64>,
    evicted: Arc<Notify>,
}

/// The place of one connection, free again once the last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Seat(Arc<Held>);

#[derive(Debug)]
struct Held {
    room: Arc<Room>,
    number: u64,
    body: Duration,
    evicted: Arc<Notify>,
}

impl Seats {
    /// `most` places; a request's body may take as long as `body`.
    pub(super) fn new(most: usize, body: Duration) -> Self {
        Self { most, body, room: Arc::default() }
    }

    /// A place for an accepted connection: a free one, else that of the client
    /// that has kept the server waiting longest, else the next that becomes
    /// available.
    pub(super) async fn take(&self) -> Seat {
        loop {
            let changed = self.room.changed.notified();
            if let Some(seat) = self.try_take() {
                return seat;
            }
            changed.await;
        }
    }

    fn try_take(&self) -> Option<Seat> {
        let mut taken = self.room.taken();
        if taken.places.len() >= self.most {
            taken.evict()?;
        }
        taken.now += 1;
        let (number, evicted) = (taken.now, Arc::<Notify>::default());
        let place = Place { waiting: Some(number), evicted: Arc::clone(&evicted) };
        taken.places.insert(number, place);
        let room = Arc::clone(&self.room);
        Some(Seat(Arc::new(Held { room, number, body: self.body, evicted })))
    }

    /// Ends the connection that has waited longest, if one waits.
    pub(super) fn evict(&self) {
        let _ = self.room.taken().evict();
    }
}

impl Seat {
    /// The request is here: from now on the client waits for the server.
    pub(crate) fn answers(&self) {
        self.0.set(false);
    }

    /// The answer is made: from now on the server waits for the client.
    pub(super) fn waits(&self) {
        self.0.set(true);
    }

    /// How long the body of a request may take.
    pub(crate) fn body(&self) -> Duration {
        self.0.body
    }

    /// Completes once another connection has taken this place.
    pub(super) async fn evicted(&self) {
        self.0.evicted.notified().await;
    }
}

impl Held {
    fn set(&self, waits: bool) {
        let mut taken = self.room.taken();
        taken.now += 1;
        let now = taken.now;
        if let Some(place) = taken.places.get_mut(&self.number) {
            place.waiting = waits.then_some(now);
        }
        drop(taken);
        if waits {
            self.room.changed.notify_waiters();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.taken().places.remove(&self.number);
        self.room.changed.notify_waiters();
    }
}

impl Room {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn evict(&mut self) -> Option<()> {
        let longest = self
            .places
            .iter()
            .filter_map(|(number, place)| Some((place.waiting?, *number)))
            .min()?
            .1;
        // `notify_one` is kept for a connection that is not looking just now.
        self.places.remove(&longest)?.evicted.notify_one();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Duration = Duration::from_secs(1);

    fn is_evicted(seat: &Seat) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let soon = async { tokio::time::timeout(Duration::from_millis(10), seat.evicted()).await };
        runtime.block_on(soon).is_ok()
    }

    #[test]
    fn the_connection_that_waited_longest_makes_room() {
        let seats = Seats::new(3, BODY);
        let [one, two, three] = [(); 3].map(|()| seats.try_take().unwrap());
        one.answers();
        two.answers();
        two.waits();
        let four = seats.try_take().unwrap();
        assert!(is_evicted(&three), "it came before the second began to wait again");
        let five = seats.try_take().unwrap();
        assert!(is_evicted(&two));
        four.answers();
        five.answers();
        assert!(seats.try_take().is_none(), "all are being answered");
        // An evicted connection that ends frees no place twice.
        drop((two, three));
        assert!(seats.try_take().is_none());
        drop(five);
        assert!(seats.try_take().is_some());
        drop((one, four));
    }
}
