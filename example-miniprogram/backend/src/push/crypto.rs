//! Signatures and decryption of the message push.

use std::fmt::{self, Debug, Formatter};
use std::str::FromStr;

use aes::Aes256;
use aes::cipher::{Block, BlockModeDecrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// The last character of an EncodingAESKey may have bits that stand for nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// WeChat pads to a multiple of this, twice the block of AES.
const PADDED_TO: u8 = 32;

/// Random bytes before the message.
const RANDOM: usize = 16;

/// Whether `signature` is that of these parts: SHA-1 of the sorted parts. Takes
/// the same time wherever it differs.
pub(super) fn is_signature(signature: &str, mut parts: Vec<&str>) -> bool {
    parts.sort_unstable();
    let hash = Sha1::digest(parts.concat());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    hash.as_bytes().ct_eq(signature.as_bytes()).into()
}

/// An EncodingAESKey.
#[derive(Clone)]
pub struct AesKey([u8; 32]);

impl Debug for AesKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(***)")
    }
}

impl FromStr for AesKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        BASE64
            .decode(format!("{text}="))
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| "an EncodingAESKey has 43 letters and digits".to_owned())
    }
}

impl AesKey {
    /// The message, if it is one for `appid`.
    pub(super) fn decrypt(&self, encrypted: &str, appid: &str) -> Option<String> {
        let mut bytes = BASE64.decode(encrypted).ok()?;
        if bytes.len() % BLOCK != 0 {
            return None;
        }
        let iv = self.0.first_chunk::<BLOCK>()?;
        let mut cipher = cbc::Decryptor::<Aes256>::new(&self.0.into(), iv.into());
        for block in bytes.chunks_exact_mut(BLOCK) {
            let block: &mut Block<Aes256> = block.try_into().ok()?;
            cipher.decrypt_block(block);
        }
        let padding = *bytes.last()?;
        let end = bytes.len().checked_sub(padding.into())?;
        let (content, padded) = bytes.split_at_checked(end)?;
        if !(1..=PADDED_TO).contains(&padding) || padded.iter().any(|byte| *byte != padding) {
            return None;
        }
        let (length, rest) = content.get(RANDOM..)?.split_first_chunk::<4>()?;
        let (message, owner) =
            rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        let is_ours: bool = owner.ct_eq(appid.as_bytes()).into();
        if is_ours { String::from_utf8(message.to_vec()).ok() } else { None }
    }
}
