//! A folder of CA certificates as a trust list.

use std::path::Path;

use calock::trust::TrustList;

use crate::folder::{self, Unusable};

/// The endings that are read.
const ENDINGS: &[&str] = &["crt", "cer", "pem", "der"];

/// Reads every certificate of a folder: one DER or any number of PEM blocks a file. Self-signed ones are anchors.
///
/// A single unreadable file fails the whole: a list that silently lost a CA would refuse its holders without a trace.
///
/// # Errors
/// [`Unusable`], with the path.
pub fn load_folder(folder: &Path) -> Result<TrustList, Unusable> {
    let mut trust = TrustList::default();
    for path in folder::files(folder, ENDINGS)? {
        trust.add_bytes(&folder::read(&path)?).map_err(|error| Unusable::File(path, error))?;
    }
    if trust.is_empty() { Err(Unusable::Empty(folder.into())) } else { Ok(trust) }
}
