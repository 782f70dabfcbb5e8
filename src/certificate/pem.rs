//! Certificates in text: PEM blocks and bare base64.

use base64ct::{Base64, Encoding};

use super::tlv::UNREADABLE;
use crate::prelude::*;
use crate::{Code, Error, Result};

/// Every `CERTIFICATE` block of PEM text, as DER; other text around and between is skipped.
///
/// # Errors
/// `CERT_UNREADABLE` when a block is not closed or is no base64.
pub fn pem_blocks(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    pem_blocks_between(bytes, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
}

/// The same for blocks between other lines.
pub(crate) fn pem_blocks_between(bytes: &[u8], begin: &str, end: &str) -> Result<Vec<Vec<u8>>> {
    let Ok(mut text) = core::str::from_utf8(bytes) else { return Ok(Vec::new()) };
    let mut blocks = Vec::new();
    while let Some((_, after)) = text.split_once(begin) {
        let (body, rest) = after.split_once(end).ok_or(UNREADABLE)?;
        blocks.push(base64(body)?);
        text = rest;
    }
    Ok(blocks)
}

/// Standard base64 with white space anywhere.
pub(super) fn base64(text: &str) -> Result<Vec<u8>> {
    let packed: String = text.split_ascii_whitespace().collect();
    Base64::decode_vec(&packed).map_err(|_| Error::because(Code::CertUnreadable, "neither DER nor base64"))
}
