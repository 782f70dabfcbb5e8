//! What a lock says of itself when it is plugged in.

use std::io::{Error, ErrorKind, Read, Result};

use serde::Deserialize;

use super::wire;

/// Which face a lock turns to the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Face {
    /// HID reports of 64 bytes.
    Hid,
    /// CCID messages on bulk endpoints.
    Ccid,
}

/// The body of [`wire::INTRODUCTION`].
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Introduction {
    pub(super) face: Face,
    pub(super) vendor: u16,
    pub(super) product: u16,
    pub(super) manufacturer: String,
    pub(super) product_name: String,
    pub(super) serial: Option<String>,
}

impl Introduction {
    /// Reads what comes first on a stream.
    pub(super) fn read(stream: &mut impl Read) -> Result<Self> {
        match wire::message(stream)? {
            Some((wire::INTRODUCTION, body)) => serde_json::from_slice(&body).map_err(Error::other),
            _ => Err(Error::new(ErrorKind::InvalidData, "the lock does not say who it is")),
        }
    }
}
