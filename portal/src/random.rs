//! Values nobody can guess.

use base64ct::{Base64UrlUnpadded, Encoding};
use calock::{Code, Error, Result};

/// 32 random bytes as base64url without padding: 43 characters, for nonces, session tokens and record names.
///
/// # Errors
/// `INTERNAL` when the system gives no randomness.
pub(crate) fn token() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::because(Code::Internal, "the system gives no randomness"))?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Whether a text has the shape of a [`token`]; anything else need not be looked up.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
