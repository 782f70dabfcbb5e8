//! A folder of CA certificates as a trust list.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use calock::Error;
use calock::trust::TrustList;

/// The endings that are read, in any case; other files of the folder are none of ours.
const ENDINGS: [&str; 4] = ["crt", "cer", "pem", "der"];

/// Why a folder is no trust list.
#[derive(Debug)]
pub enum Unusable {
    /// The folder or a file in it cannot be read.
    Io(PathBuf, io::Error),
    /// A file holds no certificate.
    Certificate(PathBuf, Error),
    /// There is no certificate in the folder.
    Empty(PathBuf),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Certificate(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Empty(path) => write!(f, "{}: no certificate (.crt .cer .pem .der) in it", path.display()),
        }
    }
}

impl std::error::Error for Unusable {}

/// Reads every certificate of a folder: one DER or any number of PEM blocks a file. Self-signed ones are anchors.
///
/// A single unreadable file fails the whole: a list that silently lost a CA would refuse its holders without a trace.
///
/// # Errors
/// [`Unusable`], with the path.
pub fn load_folder(folder: &Path) -> Result<TrustList, Unusable> {
    let unread = |error| Unusable::Io(folder.into(), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && path.is_file() {
            paths.push(path);
        }
    }
    // The same folder gives the same list on every machine.
    paths.sort();
    let mut trust = TrustList::default();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| Unusable::Io(path.clone(), error))?;
        trust.add_bytes(&bytes).map_err(|error| Unusable::Certificate(path, error))?;
    }
    if trust.is_empty() { Err(Unusable::Empty(folder.into())) } else { Ok(trust) }
}
