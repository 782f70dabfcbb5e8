//! A file in the database as a document that can be judged: read part by part, a few of them in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use calock::seal::Source;
use calock::{Code, Error};
use tokio::runtime::Handle;

use crate::portal::Portal;
use crate::store::PART;

/// Parts in memory: whoever verifies goes back and forth between a directory and what it names.
const AT_HAND: usize = 16;

/// A file that is all here. It is read from threads that may wait, never from those that serve.
pub(crate) struct Kept {
    portal: Portal,
    attachment: String,
    size: u64,
    runtime: Handle,
    /// The part used last at the end.
    parts: Mutex<VecDeque<(u64, Vec<u8>)>>,
}

impl Kept {
    pub(crate) fn new(portal: &Portal, attachment: &str, size: u64) -> Self {
        let (runtime, parts) = (Handle::current(), Mutex::default());
        Self { portal: portal.clone(), attachment: attachment.into(), size, runtime, parts }
    }

    /// Uses a part.
    fn with<T>(&self, part: u64, use_it: impl FnOnce(&[u8]) -> Option<T>) -> calock::Result<T> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parts.iter().position(|(number, _)| *number == part).and_then(|at| parts.remove(at));
        let entry = match known {
            Some(entry) => entry,
            None => {
                let read = self.runtime.block_on(self.portal.store().find_part(&self.attachment, part));
                let bytes = read.map_err(|_| Error::new(Code::StoreUnavailable))?;
                (part, bytes.ok_or_else(|| Error::because(Code::DocumentUnreadable, "a part is missing"))?)
            }
        };
        let used = use_it(&entry.1).ok_or_else(|| Error::because(Code::DocumentUnreadable, "a part is too short"));
        parts.push_back(entry);
        if parts.len() > AT_HAND {
            parts.pop_front();
        }
        used
    }
}

impl Source for Kept {
    fn len(&self) -> u64 {
        self.size
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> calock::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).filter(|end| *end <= self.size);
        end.ok_or_else(|| Error::because(Code::DocumentUnreadable, "beyond the end"))?;
        let (mut at, mut rest) = (offset, buffer);
        while !rest.is_empty() {
            let within = usize::try_from(at % PART as u64).unwrap_or(0);
            let (now, later) = rest.split_at_mut(rest.len().min(PART - within));
            self.with(at / PART as u64, |part| {
                now.copy_from_slice(part.get(within..within + now.len())?);
                Some(())
            })?;
            at += now.len() as u64;
            rest = later;
        }
        Ok(())
    }
}
