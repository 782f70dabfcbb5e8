//! What a lock says of itself when it is plugged in.

use std::io::{Error, ErrorKind, Read, Result};

use serde::Deserialize;

use super::{Face, wire};

/// bDescriptorType of a class descriptor.
const CLASS_DESCRIPTOR: u8 = 0x21;

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
    /// Of a lock that is a reader: its configuration descriptor, as hex.
    pub(super) configuration: Option<String>,
}

impl Introduction {
    /// Reads what comes first on a stream.
    pub(super) fn read(stream: &mut impl Read) -> Result<Self> {
        match wire::message(stream)? {
            Some((wire::INTRODUCTION, body)) => serde_json::from_slice(&body).map_err(Error::other),
            _ => Err(Error::new(ErrorKind::InvalidData, "the lock does not say who it is")),
        }
    }
    /// The class descriptor of a reader; nothing where there is none.
    pub(super) fn reader(&self) -> Vec<u8> {
        let digits = self.configuration.as_deref().unwrap_or_default().as_bytes();
        let bytes = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let configuration: Vec<u8> = digits.chunks(2).map_while(bytes).collect();
        let mut rest = configuration.as_slice();
        while let Some((descriptor, after)) = rest.first().and_then(|length| rest.split_at_checked((*length).into())) {
            match descriptor {
                [_, CLASS_DESCRIPTOR, ..] => return descriptor.to_vec(),
                [_, _, ..] => rest = after,
                _ => break,
            }
        }
        Vec::new()
    }
}
