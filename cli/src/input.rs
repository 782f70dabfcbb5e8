//! Reading what the arguments name. Files larger than they can sensibly be are refused before they are read.

use std::fs;
use std::io::Read;
use std::path::Path;

use calock::certificate::Certificate;

use crate::outcome::Failure;

/// A certificate file holds a few kilobytes; PEM with a long preamble may hold more.
const CERTIFICATE_MAX: u64 = 1024 * 1024;
/// A signature as base64 is under 4 KiB for any key known here.
const SIGNATURE_MAX: u64 = 64 * 1024;
/// The signed bytes are held in memory.
const DATA_MAX: u64 = 1024 * 1024 * 1024;

/// A certificate in DER, PEM, or bare base64.
pub(crate) fn certificate(path: &Path) -> Result<Certificate, Failure> {
    let bytes = bytes(path, CERTIFICATE_MAX)?;
    Certificate::from_der_or_pem(&bytes).map_err(|error| Failure::unusable(path.display(), error))
}

/// A signature in any of its forms.
pub(crate) fn signature(path: &Path) -> Result<Vec<u8>, Failure> {
    bytes(path, SIGNATURE_MAX)
}

/// The bytes that were signed.
pub(crate) fn data(path: &Path) -> Result<Vec<u8>, Failure> {
    bytes(path, DATA_MAX)
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let unread = |error| Failure::unusable(path.display(), error);
    let file = fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes).map_err(unread)?;
    if read as u64 > most {
        return Err(Failure::unusable(path.display(), format_args!("larger than {most} bytes")));
    }
    Ok(bytes)
}
