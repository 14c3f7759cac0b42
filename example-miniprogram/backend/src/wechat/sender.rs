//! Sending a message: a grant, a token, a request, and its result.

use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{OwnedMutexGuard, RwLock};
use tokio::time::{Instant, sleep};

use crate::db::error::StoreError;
use crate::db::hold::{Held, Hold};
use crate::db::ledger::Verdict;
use crate::db::messages::{Message, MessageStatus};
use crate::db::send_keys::{Earlier, SendKey};
use crate::db::store::Store;
use crate::message::content::{self, Facts};
use crate::message::failure::{Failure, FailureKind};
use crate::message::occasion::Occasion;
use crate::wechat::client::{Account, Letter, Reply, WeChat};
use crate::wechat::notice::{Notice, Outcome, SendError};
use crate::wechat::token::Tokens;

/// How long a call waits for another that is sending with the same key.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it waits between two checks.
const AGAIN: Duration = Duration::from_millis(50);

/// Sends messages for the grants of a store. Clones share the access token.
#[derive(Clone)]
pub struct Sender {
    store: Store,
    gateway: Option<Arc<Gateway>>,
    /// Read while a message is under way.
    running: Arc<RwLock<()>>,
}

struct Gateway {
    wechat: WeChat,
    tokens: Tokens,
    /// The users to whom a message goes out just now: WeChat takes one at a
    /// time (43108).
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Set once WeChat has banned the account (43107).
    banned: OnceLock<Failure>,
}

impl Debug for Sender {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("configured", &self.gateway.is_some())
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender for `account`; without one, every message is `NotConfigured`.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(store: Store, account: Option<Account>) -> Result<Self, String> {
        let gateway = account
            .map(|account| {
                Ok::<_, String>(Arc::new(Gateway {
                    wechat: WeChat::new(account)?,
                    tokens: Tokens::default(),
                    turns: Mutex::default(),
                    banned: OnceLock::new(),
                }))
            })
            .transpose()?;
        Ok(Self { store, gateway, running: Arc::default() })
    }

    /// The store whose grants it spends.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Sends a message with the oldest open grant for it.
    ///
    /// It must run on tokio. Once begun it runs to its end, even if the future
    /// is dropped, so that no result is lost when a client disconnects.
    ///
    /// # Errors
    /// Nothing was sent, or the database failed.
    pub async fn send(&self, notice: Notice) -> Result<Outcome, SendError> {
        let Some(gateway) = self.gateway.clone() else {
            return Err(SendError::NotConfigured(
                "the server has no account to send with: start it with --appid and the secret",
            ));
        };
        let store = self.store.clone();
        let running = Arc::clone(&self.running).read_owned().await;
        let sending = tokio::spawn(async move {
            let outcome = gateway.send(&store, notice).await;
            drop(running);
            outcome
        });
        sending.await.unwrap_or(Err(SendError::Store(StoreError::Stopped)))
    }

    /// Whether messages are sent: there is an account, and WeChat has not banned
    /// it.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.gateway.as_ref().is_some_and(|gateway| gateway.banned.get().is_none())
    }

    /// The user whose `wx.login` gave this code; `None` without an account.
    pub(crate) async fn open_id_of(&self, code: &str) -> Option<Result<String, Failure>> {
        Some(self.gateway.as_ref()?.wechat.open_id_of(code).await)
    }

    /// Completes once no message is under way.
    pub async fn finished(&self) {
        drop(self.running.write().await);
    }
}

impl Gateway {
    async fn send(&self, store: &Store, notice: Notice) -> Result<Outcome, SendError> {
        if let Some(failure) = self.banned.get() {
            return Err(SendError::Banned(failure.message.clone()));
        }
        let (open_id, occasion) = (notice.open_id.clone(), notice.occasion);
        let held = match hold(store, &notice).await? {
            Hold::Held(held) => held,
            Hold::NoGrant { template_id } | Hold::Earlier(Earlier::NoGrant { template_id }) => {
                return Ok(Outcome::NoGrant { template_id, title: occasion.title() });
            }
            Hold::NoTemplate => {
                return Err(SendError::NotConfigured(
                    "the database has no template with the title of this occasion",
                ));
            }
            Hold::Earlier(Earlier::Conflict) => return Err(SendError::Conflict),
            Hold::Earlier(Earlier::Running) => return Err(SendError::InProgress),
            Hold::Earlier(Earlier::Ended(ended)) => return Ok(outcome(*ended)),
        };
        let letter = letter(&held, open_id, occasion, &notice.facts);
        // An error of the database: no request is under way.
        let mut verdict = match self.deliver(store, held.message, &letter).await {
            Ok(verdict) => verdict,
            Err(error @ (StoreError::Gone | StoreError::Replaced)) => return Err(error.into()),
            Err(_) => Verdict::Failed(Failure::interrupted()),
        };
        if held.undoubted
            && let Verdict::Failed(failure) = verdict
        {
            verdict = Verdict::Failed(failure.doubted());
        }
        if let Verdict::Failed(failure) | Verdict::Unknown(failure) = &verdict {
            // Without WeChat's text, which is in the list of messages.
            let (kind, code) = (&failure.kind, failure.code.unwrap_or_default());
            tracing::warn!("message {} ended as {kind:?}, code {code}", held.message);
            if *kind == FailureKind::Banned {
                tracing::error!("WeChat has banned the account: nothing is sent until a restart");
                let _ = self.banned.set(failure.clone());
            }
        }
        let message = conclude(store, held.message, &verdict).await?;
        // The answer that allowed it may have been deleted, and the message
        // with it.
        let message = message.ok_or(StoreError::Gone)?;
        Ok(match verdict {
            Verdict::Sent { .. } => Outcome::Sent(message),
            Verdict::Failed(failure) => Outcome::Failed(message, failure),
            Verdict::Unknown(_) if message.status == MessageStatus::Sent => Outcome::Sent(message),
            Verdict::Unknown(failure) => Outcome::Unknown(message, failure),
        })
    }

    /// Tries until there is a result. Retries only after an answer that says
    /// that nothing was sent.
    async fn deliver(
        &self,
        store: &Store,
        message: i64,
        letter: &Letter,
    ) -> Result<Verdict, StoreError> {
        let mut waits = self.wechat.timing().busy.iter();
        let mut renewed = false;
        loop {
            let token = match self.tokens.get(&self.wechat).await {
                Ok(token) => token,
                Err(failure) => match waits.next() {
                    Some(wait) if failure.passes_soon() => {
                        sleep(*wait).await;
                        continue;
                    }
                    _ => return Ok(Verdict::Failed(failure)),
                },
            };
            let turn = self.turn(&letter.open_id).await;
            if !store.begin_request(message).await? {
                return Ok(Verdict::Failed(Failure::interrupted()));
            }
            let reply = self.wechat.send(&token, letter).await;
            drop(turn);
            let failure = match reply {
                Reply::Taken { msgid } => return Ok(Verdict::Sent { msgid }),
                Reply::None(failure) => return Ok(Verdict::Unknown(failure)),
                Reply::Refused(failure) => failure,
            };
            let wait = match failure.kind {
                FailureKind::BadToken if !renewed => {
                    renewed = true;
                    self.tokens.forget(&token).await;
                    None
                }
                _ if failure.passes_soon() => match waits.next() {
                    Some(wait) => Some(*wait),
                    None => return Ok(Verdict::Failed(failure)),
                },
                _ => return Ok(Verdict::Failed(failure)),
            };
            if !store.end_request(message).await? {
                return Ok(Verdict::Failed(failure));
            }
            if let Some(wait) = wait {
                sleep(wait).await;
            }
        }
    }

    /// Waits until no other message to this user is going out.
    async fn turn(&self, open_id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(open_id.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}

/// Records the result, however long the database takes: otherwise message and
/// grant would stay `sending`.
async fn conclude(
    store: &Store,
    message: i64,
    verdict: &Verdict,
) -> Result<Option<Message>, StoreError> {
    let mut wait = AGAIN;
    loop {
        match store.conclude(message, verdict.clone()).await {
            Err(error @ (StoreError::Busy | StoreError::Sqlite(_))) => {
                tracing::warn!("the result of message {message} is not stored yet: {error}");
                sleep(wait).await;
                wait = (2 * wait).min(PATIENCE);
            }
            done => return done,
        }
    }
}

/// Holds a grant for a notice. If another call is sending with the same key,
/// waits for it, so that both have one result.
async fn hold(store: &Store, notice: &Notice) -> Result<Hold, StoreError> {
    let Notice { open_id, occasion, bus_no, facts, key } = notice;
    let request = json!([open_id, occasion.name(), bus_no, facts]);
    let key = key.clone().map(|key| SendKey { key, request: request.to_string() });
    let end = Instant::now() + PATIENCE;
    loop {
        let held = store.hold(open_id.clone(), *occasion, bus_no.clone(), key.clone()).await?;
        if !matches!(held, Hold::Earlier(Earlier::Running)) || Instant::now() >= end {
            return Ok(held);
        }
        sleep(AGAIN).await;
    }
}

/// The outcome of a message that ended earlier.
fn outcome((message, failure): (Message, Failure)) -> Outcome {
    match message.status {
        MessageStatus::Sent => Outcome::Sent(message),
        MessageStatus::Failed => Outcome::Failed(message, failure),
        _ => Outcome::Unknown(message, failure),
    }
}

fn letter(held: &Held, open_id: String, occasion: Occasion, told: &Map<String, Value>) -> Letter {
    let facts = Facts {
        occasion,
        told,
        extra: &held.extra,
        bus_no: &held.bus_no,
        now: &held.now,
        message: held.message,
    };
    Letter {
        open_id,
        template_id: held.template_id.clone(),
        page: occasion.page(),
        data: content::data(&held.fields, &facts),
    }
}
