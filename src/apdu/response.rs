//! The response APDU: `[data] SW1 SW2`.

use super::Status;
use crate::error::{Code, Error, Result};
use crate::prelude::*;

/// One answer of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What came before the status word.
    pub data: Vec<u8>,
    /// SW1 SW2.
    pub status: Status,
}

impl Response {
    /// Reads an answer.
    ///
    /// # Errors
    /// `BAD_REPLY` when there are fewer than the two bytes of a status word.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        match bytes.split_last_chunk::<2>() {
            Some((data, sw)) => Ok(Self { data: data.to_vec(), status: Status(u16::from_be_bytes(*sw)) }),
            None => Err(Error::because(Code::BadReply, "shorter than a status word")),
        }
    }

    /// The bytes as they travel.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.data[..], &self.status.0.to_be_bytes()].concat()
    }
}
