//! The host's side of what `calock lock speak` speaks: messages of a kind byte, a length as u32 big-endian, and that many bytes.

use std::io::{self, ErrorKind, Read, Write};

use serde::Deserialize;

/// Host to lock: open the device. Answered by [`OPENED`].
pub(super) const OPEN: u8 = b'O';
/// Host to lock: close it.
pub(super) const CLOSE: u8 = b'C';
/// Host to lock: one output report, or one bulk-OUT transfer.
pub(super) const WRITE: u8 = b'W';
/// Host to lock: a fault to inject, as text.
pub(super) const FAULT: u8 = b'F';
/// Host to lock: no fault any more.
pub(super) const CLEAR: u8 = b'f';
/// Lock to host, first of all: who it is.
const INTRODUCTION: u8 = b'I';
/// Lock to host: 0 opened, 1 it fails, 2 another program has it.
pub(super) const OPENED: u8 = b'o';
/// Lock to host: one input report, or one bulk-IN transfer.
pub(super) const READ: u8 = b'R';
/// Lock to host: the last [`WRITE`] is done.
pub(super) const WRITTEN: u8 = b'w';
/// Lock to host: the last [`WRITE`] never completes.
pub(super) const HANGS: u8 = b'H';
/// Lock to host: the last [`WRITE`] stalled.
pub(super) const STALLS: u8 = b'S';

/// More than this is no message.
const LONGEST: u32 = 1 << 20;

/// Which face a lock turns to the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Face {
    /// HID reports of 64 bytes.
    Hid,
    /// CCID messages on bulk endpoints.
    Ccid,
}

/// What a lock says of itself.
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

/// One message.
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

/// The next message, `None` when the other side closed between two.
pub(super) fn receive(stream: &mut impl Read) -> io::Result<Option<Message>> {
    let mut header = [0; 5];
    match stream.read_exact(&mut header) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let [kind, length @ ..] = header;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("a message of {length} bytes")));
    }
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body)?;
    Ok(Some(Message { kind, body }))
}

/// Sends one message, whole.
pub(super) fn send(stream: &mut impl Write, kind: u8, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    let mut message = Vec::with_capacity(5 + body.len());
    message.push(kind);
    message.extend(length.to_be_bytes());
    message.extend(body);
    stream.write_all(&message)
}

/// Reads what a lock says first.
pub(super) fn introduced(stream: &mut impl Read) -> io::Result<Introduction> {
    match receive(stream)? {
        Some(Message { kind: INTRODUCTION, body }) => {
            serde_json::from_slice(&body).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
        }
        _ => Err(io::Error::new(ErrorKind::InvalidData, "the lock does not say who it is")),
    }
}
