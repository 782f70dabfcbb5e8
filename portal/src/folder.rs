//! Folders of certificates and lists that an operator fills.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use calock::Error;

/// Why a folder cannot be used, with the path.
#[derive(Debug)]
pub enum Unusable {
    /// The folder or a file in it cannot be read.
    Io(PathBuf, io::Error),
    /// A file does not hold what the folder is for.
    File(PathBuf, Error),
    /// There is nothing in the folder.
    Empty(PathBuf),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Empty(path) => write!(f, "{}: no certificate (.crt .cer .pem .der) in it", path.display()),
        }
    }
}

impl std::error::Error for Unusable {}

/// The files with one of these endings, in any case; others are none of ours. The same folder gives the same order on every
/// machine.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Unusable> {
    let unread = |error| Unusable::Io(folder.into(), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        if ending.is_some_and(|ending| endings.contains(&ending.as_str())) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Unusable> {
    fs::read(path).map_err(|error| Unusable::Io(path.into(), error))
}
