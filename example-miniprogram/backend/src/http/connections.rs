//! Accepts connections for `axum::serve`, with two limits that it does not
//! have: how many may be open, and how long a client may keep one waiting.
//!
//! When all places are taken, the connection that has waited longest for its
//! client is closed: for the rest of a request, the next request, or the client
//! to read the answer. So silent clients take neither all file descriptors nor
//! the place of an active client. A connection whose request is being answered
//! is never closed.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::http::server::Limits;

/// How long to wait when the system has no descriptor for a new connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// A socket whose connections have limits.
#[derive(Debug)]
pub(super) struct LimitedListener {
    listener: TcpListener,
    room: Arc<Room>,
}

/// All open connections.
#[derive(Debug)]
struct Room {
    limits: Limits,
    table: Mutex<Table>,
    /// Notified when a place is free, or its connection waits for its client.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    /// Number of the last event; a lower one is longer ago.
    now: u64,
    open: HashMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// Since when it waits for its client.
    waiting: Option<u64>,
    /// When it is closed if the client sends nothing.
    deadline: Option<Instant>,
    waker: Option<Waker>,
}

/// The place of one connection, known to its requests.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    number: u64,
}

/// A connection in its place.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    place: Place,
    timer: Pin<Box<Sleep>>,
}

impl LimitedListener {
    pub(super) fn new(listener: TcpListener, limits: Limits) -> Self {
        let room = Room { limits, table: Mutex::default(), changed: Notify::new() };
        Self { listener, room: Arc::new(room) }
    }
}

impl Listener for LimitedListener {
    type Io = Connection;
    type Addr = Place;

    async fn accept(&mut self) -> (Connection, Place) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    let place = self.room.place().await;
                    let timer = Box::pin(sleep(Duration::ZERO));
                    // Lets a connection that lost its place end first.
                    yield_now().await;
                    return (Connection { stream, place: place.clone(), timer }, place);
                }
                // The client left before it was accepted.
                Err(error)
                    if matches!(
                        error.kind(),
                        ConnectionAborted | ConnectionRefused | ConnectionReset
                    ) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    let _ = self.room.table().evict();
                    sleep(OUT_OF_DESCRIPTORS).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Place> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Connected<IncomingStream<'_, LimitedListener>> for Place {
    fn connect_info(stream: IncomingStream<'_, LimitedListener>) -> Self {
        stream.remote_addr().clone()
    }
}

impl Room {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A free place, else that of the client that has kept the server waiting
    /// longest, else the next that becomes available.
    async fn place(self: &Arc<Self>) -> Place {
        loop {
            let changed = self.changed.notified();
            if let Some(number) = self.table().enter(&self.limits) {
                return Place { room: Arc::clone(self), number };
            }
            changed.await;
        }
    }
}

impl Table {
    fn enter(&mut self, limits: &Limits) -> Option<u64> {
        if self.open.len() >= limits.connections {
            self.evict()?;
        }
        self.now += 1;
        let deadline = Some(Instant::now() + limits.head);
        self.open.insert(self.now, Entry { waiting: Some(self.now), deadline, waker: None });
        Some(self.now)
    }

    fn evict(&mut self) -> Option<()> {
        let waiting =
            self.open.iter().filter_map(|(number, entry)| Some((entry.waiting?, *number)));
        let (_, longest) = waiting.min()?;
        if let Some(waker) = self.open.remove(&longest)?.waker {
            waker.wake();
        }
        Some(())
    }
}

impl Place {
    /// The head of a request is here, and its body is awaited. Returns how long
    /// it may take.
    pub(crate) fn awaits_body(&self) -> Duration {
        self.change(|entry, _| entry.deadline = None);
        self.room.limits.body
    }

    /// The request is here: from now on the client waits for the server.
    pub(crate) fn answers(&self) {
        self.change(|entry, _| entry.waiting = None);
    }

    /// The answer is made: from now on the server waits for the client.
    pub(crate) fn waits(&self) {
        let deadline = Instant::now() + self.room.limits.head;
        self.change(|entry, now| {
            entry.waiting = Some(now);
            entry.deadline = Some(deadline);
        });
        self.room.changed.notify_waiters();
    }

    fn change(&self, change: impl FnOnce(&mut Entry, u64)) {
        let mut table = self.room.table();
        table.now += 1;
        let now = table.now;
        if let Some(entry) = table.open.get_mut(&self.number) {
            change(entry, now);
        }
    }
}

impl Connection {
    /// Fails once the client took too long, or another connection has this
    /// place; wakes the task when that happens.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let deadline = match self.place.room.table().open.get_mut(&self.place.number) {
            Some(entry) => {
                entry.waker = Some(context.waker().clone());
                entry.deadline
            }
            None => return Err(io::ErrorKind::ConnectionAborted.into()),
        };
        let Some(deadline) = deadline else { return Ok(()) };
        if self.timer.deadline() != deadline {
            self.timer.set(sleep_until(deadline));
        }
        match self.timer.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.place.room.table().open.remove(&self.place.number);
        self.place.room.changed.notify_waiters();
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_connection_that_waited_longest_makes_room() {
        let second = Duration::from_secs(1);
        let limits = Limits { head: second, body: second, answer: second, connections: 3 };
        let room = Arc::new(Room { limits, table: Mutex::default(), changed: Notify::new() });
        let is_open = |place: &Place| room.table().open.contains_key(&place.number);
        let (one, two, three) = (room.place().await, room.place().await, room.place().await);
        one.answers();
        two.answers();
        two.waits();
        let four = room.place().await;
        assert!(!is_open(&three), "it came before the second began to wait again");
        let five = room.place().await;
        assert!(!is_open(&two));
        four.answers();
        five.answers();
        assert_eq!(room.table().enter(&limits), None, "all are being answered");
        four.waits();
        assert!(room.table().enter(&limits).is_some() && !is_open(&four) && is_open(&one));
    }
}
