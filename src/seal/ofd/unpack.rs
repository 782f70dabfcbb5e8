//! The content of entries, in chunks: never more of it in memory than a chunk, unless it is asked for whole.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use sm3::{Digest as _, Sm3};

use super::package::{Entry, Package};
use crate::prelude::*;
use crate::seal::Source;
use crate::{Code, Error, Result};

/// How much is read and unpacked at a time.
const CHUNK: usize = 64 * 1024;
/// The largest entry that is read whole: XML and signatures, never pictures.
const MOST_WHOLE: u64 = 32 << 20;

impl<S: Source> Package<S> {
    /// The whole content of an entry.
    ///
    /// # Errors
    /// `DOCUMENT_TOO_LARGE` over 32 MiB; `DOCUMENT_UNREADABLE` when it is damaged; what the source says.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>> {
        if entry.size > MOST_WHOLE {
            return Err(Error::because(Code::DocumentTooLarge, "a part that must be read whole is too large"));
        }
        let mut content = Vec::new();
        self.unpack(entry, |chunk| content.extend_from_slice(chunk))?;
        Ok(content)
    }

    /// SM3 of an entry's content.
    ///
    /// # Errors
    /// `DOCUMENT_UNREADABLE` when it is damaged; what the source says.
    pub fn digest(&self, entry: &Entry) -> Result<[u8; 32]> {
        let mut hash = Sm3::new();
        self.unpack(entry, |chunk| hash.update(chunk))?;
        Ok(hash.finalize().into())
    }

    /// Hands the content out chunk by chunk, and stops as soon as there is more than the directory says.
    fn unpack(&self, entry: &Entry, mut take: impl FnMut(&[u8])) -> Result<()> {
        let (mut left, mut crc) = (entry.size, 0);
        let mut pass = |chunk: &[u8]| {
            left = left.checked_sub(chunk.len() as u64).ok_or(DAMAGED)?;
            crc = self.crc.update(crc, chunk);
            take(chunk);
            Ok(())
        };
        if entry.deflated {
            self.inflate(entry, &mut pass)?;
        } else {
            self.packed(entry, &mut pass)?;
        }
        if left == 0 && crc == entry.crc { Ok(()) } else { Err(DAMAGED) }
    }

    /// The bytes as they lie in the package.
    fn packed(&self, entry: &Entry, pass: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut at = entry.data.start;
        while at < entry.data.end {
            let length = usize::try_from(entry.data.end - at).map_or(CHUNK, |rest| rest.min(CHUNK));
            self.source.read(at, &mut buffer[..length])?;
            pass(&buffer[..length])?;
            at += length as u64;
        }
        Ok(())
    }

    fn inflate(&self, entry: &Entry, pass: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut state = InflateState::new_boxed(DataFormat::Raw);
        let mut out = vec![0; CHUNK];
        let mut ended = false;
        self.packed(entry, &mut |mut chunk| {
            // Whatever follows the end of the stream is not the entry's.
            while !ended {
                let step = inflate(&mut state, chunk, &mut out, MZFlush::None);
                pass(&out[..step.bytes_written])?;
                chunk = &chunk[step.bytes_consumed..];
                match step.status {
                    Ok(MZStatus::StreamEnd) => ended = true,
                    Ok(_) if step.bytes_written == 0 && chunk.is_empty() => break,
                    Ok(_) => {}
                    Err(MZError::Buf) if chunk.is_empty() => break,
                    Err(_) => return Err(DAMAGED),
                }
            }
            if ended && !chunk.is_empty() { Err(DAMAGED) } else { Ok(()) }
        })?;
        if ended { Ok(()) } else { Err(DAMAGED) }
    }
}

const DAMAGED: Error = Error::because(Code::DocumentUnreadable, "a part of the package is damaged");
