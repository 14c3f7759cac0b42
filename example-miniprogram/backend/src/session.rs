//! Sessions of users: a signed openId with an end. Pure: it knows no clock and
//! no database. Whoever has the key of the database can check one, so that
//! sessions survive a restart and need no table.

use std::fmt::{self, Debug, Formatter};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a session is good for, in seconds: seven days.
pub(crate) const LIFE: i64 = 7 * 24 * 60 * 60;

/// The key that signs sessions.
#[derive(Clone)]
pub(crate) struct SessionKey([u8; 64]);

impl Debug for SessionKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(***)")
    }
}

impl SessionKey {
    pub(crate) fn new(key: [u8; 64]) -> Self {
        Self(key)
    }

    /// A session of this user, from now on.
    pub(crate) fn session(&self, open_id: &str, now: i64) -> String {
        let content = format!("{}.{open_id}", now.saturating_add(LIFE));
        let signature = self.signature(&content).finalize().into_bytes();
        format!("{}.{}", BASE64.encode(&content), BASE64.encode(signature))
    }

    /// The user of a session; `None` if it has ended, or was not made here.
    pub(crate) fn user(&self, session: &str, now: i64) -> Option<String> {
        let (content, signature) = session.split_once('.')?;
        let content = String::from_utf8(BASE64.decode(content).ok()?).ok()?;
        // In constant time.
        self.signature(&content).verify_slice(&BASE64.decode(signature).ok()?).ok()?;
        let (end, open_id) = content.split_once('.')?;
        (now < end.parse().ok()?).then(|| open_id.to_owned())
    }

    fn signature(&self, content: &str) -> Hmac<Sha256> {
        let mut signature = Hmac::<Sha256>::new(&self.0.into());
        signature.update(content.as_bytes());
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_session_names_its_user_until_its_end(open_id in ".{1,40}", now in 0..1_i64 << 40) {
            let key = SessionKey::new([7; 64]);
            let session = key.session(&open_id, now);
            prop_assert_eq!(key.user(&session, now), Some(open_id.clone()));
            prop_assert_eq!(key.user(&session, now + LIFE - 1), Some(open_id));
            prop_assert_eq!(key.user(&session, now + LIFE), None);
            prop_assert_eq!(SessionKey::new([8; 64]).user(&session, now), None);
        }

        #[test]
        fn no_changed_session_names_anybody(at: prop::sample::Index, bit in 0..7_u8) {
            let key = SessionKey::new([7; 64]);
            let mut session = key.session("user-1", 0).into_bytes();
            let at = at.index(session.len());
            session[at] ^= 1 << bit;
            if let Ok(session) = String::from_utf8(session) {
                prop_assert_eq!(key.user(&session, 1), None);
            }
        }

        #[test]
        fn any_text_is_taken(text in "[A-Za-z0-9._-]{0,60}") {
            prop_assert_eq!(SessionKey::new([7; 64]).user(&text, 0), None);
        }
    }
}
