//! A folder of revocation lists and OCSP responses, read again when it changes.
//!
//! Who fetches them is the operator's business (a timer with curl): a portal in a public office's network often reaches
//! its CAs only through a proxy, or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use calock::revocation::Revocations;

use crate::folder::{self, Unusable};

/// The endings that are read.
const ENDINGS: &[&str] = &["crl", "pem", "der", "ocsp", "ors"];

/// What is known of revoked certificates. Clones share it.
#[derive(Clone)]
pub struct RevocationFolder {
    folder: PathBuf,
    known: Arc<Mutex<Known>>,
}

struct Known {
    files: Vec<Seen>,
    lists: Arc<Revocations>,
}

/// A file as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    path: PathBuf,
    length: u64,
    changed: Option<SystemTime>,
}

impl RevocationFolder {
    /// Reads a folder. An empty one is no error: its lists may come later.
    ///
    /// # Errors
    /// [`Unusable`]; a single bad file fails the whole, for a list that is silently left out lets revoked people in.
    pub fn open(folder: &Path) -> Result<Self, Unusable> {
        let files = files(folder)?;
        let lists = Arc::new(read(&files)?);
        Ok(Self { folder: folder.into(), known: Arc::new(Mutex::new(Known { files, lists })) })
    }

    /// What is known now.
    #[must_use]
    pub fn lists(&self) -> Arc<Revocations> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).lists.clone()
    }

    /// Reads the folder again when a file came, went or changed. When that fails the old lists stay: they grow too old by
    /// themselves, and then nothing is known.
    ///
    /// # Errors
    /// [`Unusable`], for the operator.
    pub fn refresh(&self) -> Result<(), Unusable> {
        let files = files(&self.folder)?;
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).files == files {
            return Ok(());
        }
        let lists = Arc::new(read(&files)?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known { files, lists };
        Ok(())
    }
}

fn files(folder: &Path) -> Result<Vec<Seen>, Unusable> {
    let seen = |path: PathBuf| {
        let about = fs::metadata(&path).map_err(|error| Unusable::Io(path.clone(), error))?;
        Ok(Seen { path, length: about.len(), changed: about.modified().ok() })
    };
    folder::files(folder, ENDINGS)?.into_iter().map(seen).collect()
}

fn read(files: &[Seen]) -> Result<Revocations, Unusable> {
    let mut lists = Revocations::default();
    for Seen { path, .. } in files {
        lists.add_bytes(&folder::read(path)?).map_err(|error| Unusable::File(path.clone(), error))?;
    }
    Ok(lists)
}
