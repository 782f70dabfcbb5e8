//! What a virtual lock and its host say to each other on a stream.
//!
//! Both ways go messages of a kind byte, a length (u32, big-endian) and that many bytes:
//!
//! | from the host | | from the lock | |
//! |---|---|---|---|
//! | `O` | open the device | `I` | on connecting: who it is, JSON |
//! | `C` | close it | `o` | opened (0), fails (1), taken by another program (2) |
//! | `W` | one output report or bulk-OUT transfer | `R` | one input report or bulk-IN transfer |
//! | `F` | a fault to inject, as text | `w`, `S`, `H` | the last `W` is done, is refused (STALL), never ends |
//! | `f` | take all faults back | | |

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

pub(super) const OPEN: u8 = b'O';
pub(super) const CLOSE: u8 = b'C';
pub(super) const WRITE: u8 = b'W';
pub(super) const FAULT: u8 = b'F';
pub(super) const CLEAR: u8 = b'f';
pub(super) const INTRODUCTION: u8 = b'I';
pub(super) const OPENED: u8 = b'o';
pub(super) const READ: u8 = b'R';
pub(super) const WRITTEN: u8 = b'w';
pub(super) const STALLS: u8 = b'S';
pub(super) const HANGS: u8 = b'H';

/// The most that one message may carry: more than any report or transfer.
const MOST: usize = 1 << 20;

/// The next message; `None` when the other side has closed.
pub(super) fn message(stream: &mut impl Read) -> Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0; 5];
    match stream.read_exact(&mut head) {
        Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => return Ok(None),
        other => other?,
    }
    let [kind, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(Error::other)?;
    if length > MOST {
        return Err(Error::other("a message of more than a megabyte"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(Some((kind, bytes)))
}

/// One end of the stream, for whoever has something to tell the other.
pub(super) struct Line(Mutex<UnixStream>);

impl Line {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self(Mutex::new(stream))
    }

    pub(super) fn tell(&self, kind: u8, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).map_err(Error::other)?;
        let message = [&[kind][..], &length.to_be_bytes(), bytes].concat();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&message)
    }

    /// Closes the stream, on which the ones who read at either end stop.
    pub(super) fn shut(&self) {
        // It may be closed already.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).shutdown(Shutdown::Both);
    }
}
