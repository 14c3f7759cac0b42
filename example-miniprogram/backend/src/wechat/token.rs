//! The access token: kept until shortly before its end, and requested by one
//! sender at a time.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::message::failure::Failure;
use crate::wechat::client::{Secret, Token, WeChat};

#[derive(Debug, Default)]
struct State {
    token: Option<(Secret, Instant)>,
    /// When the last request for one failed, and how.
    failure: Option<(Instant, Failure)>,
}

/// The token of one account. Its lock is held during the request for a new one,
/// so concurrent senders wait for the same answer.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<State>);

impl Tokens {
    /// The valid token; requested from WeChat if there is none.
    pub(crate) async fn get(&self, wechat: &WeChat) -> Result<Secret, Failure> {
        let asked = Instant::now();
        let mut state = self.0.lock().await;
        if let Some((token, end)) = &state.token
            && Instant::now() < *end
        {
            return Ok(token.clone());
        }
        // Senders that waited through a failure share it: otherwise a hundred
        // senders would wait for a hundred timeouts in turn.
        if let Some((at, failure)) = &state.failure
            && *at > asked
        {
            return Err(failure.clone());
        }
        match wechat.token().await {
            Ok(Token { value, life }) => {
                let end = Instant::now() + usable(life, wechat.timing().token_margin);
                state.failure = None;
                state.token = Some((value.clone(), end));
                Ok(value)
            }
            Err(failure) => {
                state.failure = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// Drops a token that WeChat refused, unless another sender has a newer
    /// one already.
    pub(crate) async fn forget(&self, refused: &Secret) {
        let mut state = self.0.lock().await;
        if state.token.as_ref().is_some_and(|(token, _)| token == refused) {
            state.token = None;
        }
    }
}

/// How long a token is used: until the margin before its end, or half of its
/// life where that is no longer than the margin.
fn usable(life: Duration, margin: Duration) -> Duration {
    life.saturating_sub(margin).max(life / 2).min(Duration::from_secs(24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::usable;
    use std::time::Duration;

    #[test]
    fn a_token_is_used_until_some_minutes_before_its_end() {
        let seconds = |life| usable(Duration::from_secs(life), Duration::from_secs(240)).as_secs();
        assert_eq!(seconds(7200), 6960);
        assert_eq!(seconds(300), 150);
        assert_eq!(seconds(0), 0);
        assert_eq!(seconds(u64::MAX), 86_400);
    }
}
