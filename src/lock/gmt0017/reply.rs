//! What the answers mean. Every function takes bytes from a lock and never panics on any of them.
//!
//! Layouts: reference token.md 1.3 and 1.4.

use core::fmt;

use crate::error::{Code, Error, Result};
use crate::lock::profile::ByteOrder;
use crate::prelude::*;

/// The handle that OpenApplication gave: two bytes, echoed and never looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApplicationId(pub [u8; 2]);

/// The handle that OpenContainer gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerId(pub [u8; 2]);

/// A name inside a lock: bytes that are sent back as they came. Shown as text where they are UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Vec<u8>);

impl Name {
    /// As it travels.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For people: text where the bytes are UTF-8, replacement characters elsewhere.
    #[must_use]
    pub fn text(&self) -> String {
        crate::text::lossy(&self.0)
    }
}

impl From<&[u8]> for Name {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text(), f)
    }
}

/// What OpenApplication answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Application {
    /// The handle.
    pub id: ApplicationId,
    /// Who may create files: 0 nobody, 1 administrator, 2 user, FF anyone.
    pub create_file_rights: u32,
    /// The most containers it holds.
    pub max_containers: u8,
}

/// The key pairs of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// No keys yet.
    Empty,
    /// RSA.
    Rsa,
    /// SM2.
    Sm2,
}

/// What GetContainerInfo answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerInfo {
    /// Kind of both key pairs.
    pub kind: KeyKind,
    /// Bits of the signing key, 0 for none.
    pub signing_bits: u32,
    /// Bits of the encryption key, 0 for none.
    pub encryption_bits: u32,
    /// Whether a signing certificate is there.
    pub signing_certificate: bool,
    /// Whether an encryption certificate is there.
    pub encryption_certificate: bool,
}

/// What GetPINInfo answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinInfo {
    /// Tries after a right PIN.
    pub max: u8,
    /// Tries left now.
    pub left: u8,
    /// Whether the PIN is still the one the lock was delivered with.
    pub is_default: bool,
}

/// What GetDevInfo answers, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Manufacturer, 64 bytes of text at most.
    pub manufacturer: String,
    /// Label, 32 bytes of text at most.
    pub label: String,
    /// Serial number, 32 bytes of text at most.
    pub serial: String,
}

/// More names than any lock holds; a longer list is not a list of names.
const MOST_NAMES: usize = 64;

/// Names, NUL separated, a double NUL at the end (which not every lock writes).
pub(super) fn names(data: &[u8]) -> Result<Vec<Name>> {
    let names: Vec<Name> =
        data.split(|&byte| byte == 0).filter(|name| !name.is_empty()).take(MOST_NAMES + 1).map(Name::from).collect();
    if names.len() > MOST_NAMES { Err(bad("too many names")) } else { Ok(names) }
}

pub(super) fn application(data: &[u8], order: ByteOrder) -> Result<Application> {
    let &[a, b, c, d, max_containers, _, _, _, id0, id1] = data else { return Err(bad("OpenApplication")) };
    Ok(Application { id: ApplicationId([id0, id1]), create_file_rights: number(order, [a, b, c, d]), max_containers })
}

pub(super) fn container_id(data: &[u8]) -> Result<ContainerId> {
    data.try_into().map(ContainerId).map_err(|_| bad("OpenContainer"))
}

pub(super) fn container_info(data: &[u8], order: ByteOrder) -> Result<ContainerInfo> {
    let &[kind, a, b, c, d, e, f, g, h, signing, encryption] = data else { return Err(bad("GetContainerInfo")) };
    let info = ContainerInfo {
        kind: match kind {
            0 => KeyKind::Empty,
            1 => KeyKind::Rsa,
            2 => KeyKind::Sm2,
            _ => return Err(bad("unknown kind of container")),
        },
        signing_bits: number(order, [a, b, c, d]),
        encryption_bits: number(order, [e, f, g, h]),
        signing_certificate: signing != 0,
        encryption_certificate: encryption != 0,
    };
    // 256, 1024, 2048 … read in the wrong byte order are numbers far beyond any key.
    if info.signing_bits.max(info.encryption_bits) > 0x4000 {
        return Err(bad("key lengths in another byte order than the profile's"));
    }
    Ok(info)
}

/// Length u32, then the DER. A length of 0 means that there is none.
pub(super) fn certificate(data: &[u8], order: ByteOrder) -> Result<Option<Vec<u8>>> {
    let (length, der) = data.split_first_chunk::<4>().ok_or(bad("ExportCertificate"))?;
    let length = usize::try_from(number(order, *length)).map_err(|_| bad("ExportCertificate"))?;
    if length == 0 {
        return Ok(None);
    }
    der.get(..length).map(|der| Some(der.to_vec())).ok_or(bad("certificate shorter than announced"))
}

pub(super) fn pin_info(data: &[u8]) -> Result<PinInfo> {
    let &[max, left, default] = data else { return Err(bad("GetPINInfo")) };
    Ok(PinInfo { max, left, is_default: default != 0 })
}

pub(super) fn challenge(data: &[u8]) -> Result<[u8; 8]> {
    data.try_into().map_err(|_| bad("GenRandom"))
}

/// Bits u32 (256), r, s.
pub(super) fn sm2_signature(data: &[u8], order: ByteOrder) -> Result<[u8; 64]> {
    let (bits, signature) = data.split_first_chunk::<4>().ok_or(bad("ECCSignData"))?;
    if number(order, *bits) != 256 {
        return Err(bad("ECCSignData over another curve"));
    }
    signature.try_into().map_err(|_| bad("ECCSignData"))
}

/// What RSASignData answers.
///
/// # Errors
/// `BAD_REPLY` for nothing.
pub fn rsa_signature(data: Vec<u8>) -> Result<Vec<u8>> {
    if data.is_empty() { Err(bad("RSASignData")) } else { Ok(data) }
}

/// One vendor's wire structure; taken by offset, any length that reaches past the serial number (reference: token.md 1.4).
pub(super) fn device_info(data: &[u8]) -> Result<DeviceInfo> {
    let field = |range: core::ops::Range<usize>| data.get(range).map(text).ok_or(bad("GetDevInfo"));
    Ok(DeviceInfo { manufacturer: field(4..68)?, label: field(132..164)?, serial: field(164..196)? })
}

/// Text up to the first NUL, blanks at its ends removed.
pub(super) fn text(field: &[u8]) -> String {
    let text = field.split(|&byte| byte == 0).next().unwrap_or_default();
    crate::text::lossy(text).trim().to_owned()
}

pub(super) fn number(order: ByteOrder, bytes: [u8; 4]) -> u32 {
    match order {
        ByteOrder::Big => u32::from_be_bytes(bytes),
        ByteOrder::Little => u32::from_le_bytes(bytes),
    }
}

pub(super) fn bad(detail: &'static str) -> Error {
    Error::because(Code::BadReply, detail)
}

/// Runs every parser of this module over the same bytes; what the fuzz target and the property test call.
#[doc(hidden)]
pub fn fuzz_replies(data: &[u8]) {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let _ = (application(data, order), container_info(data, order));
        let _ = (certificate(data, order), sm2_signature(data, order));
    }
    let _ = (names(data), container_id(data), pin_info(data), challenge(data), device_info(data));
    let _ = rsa_signature(data.to_vec());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BIG: ByteOrder = ByteOrder::Big;

    #[test]
    fn captured_answers() {
        let listed = names(b"personalCert00\0unitCert00\0\0").unwrap();
        assert_eq!(listed.iter().map(Name::text).collect::<Vec<_>>(), ["personalCert00", "unitCert00"]);
        let info = container_info(&[2, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1], BIG).unwrap();
        assert_eq!((info.kind, info.signing_bits, info.encryption_bits), (KeyKind::Sm2, 256, 256));
        assert!(info.signing_certificate && info.encryption_certificate);
        let opened = application(&[0, 0, 0, 0xFF, 5, 10, 0, 20, 0x10, 0x00], BIG).unwrap();
        assert_eq!((opened.id.0, opened.create_file_rights, opened.max_containers), ([0x10, 0x00], 0xFF, 5));
    }

    #[test]
    fn the_wrong_byte_order_is_noticed() {
        let little = [2, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1];
        assert_eq!(container_info(&little, BIG).unwrap_err().code, Code::BadReply);
        assert_eq!(container_info(&little, ByteOrder::Little).unwrap().signing_bits, 256);
    }

    #[test]
    fn a_certificate_is_as_long_as_announced() {
        assert_eq!(certificate(&[0, 0, 0, 2, 0x30, 0x00, 0xFF], BIG).unwrap(), Some(vec![0x30, 0x00]));
        assert_eq!(certificate(&[0, 0, 0, 0], BIG).unwrap(), None);
        assert_eq!(certificate(&[0, 0, 0, 3, 0x30, 0x00], BIG).unwrap_err().code, Code::BadReply);
        assert_eq!(certificate(&[0xFF; 4], BIG).unwrap_err().code, Code::BadReply);
    }

    #[test]
    fn device_info_by_offset() {
        let mut wire = vec![0; 200];
        wire[4..11].copy_from_slice(b"Longmai");
        wire[132..138].copy_from_slice(b" L01  ");
        wire[164..172].copy_from_slice(b"00000042");
        let info = device_info(&wire).unwrap();
        assert_eq!((&*info.manufacturer, &*info.label, &*info.serial), ("Longmai", "L01", "00000042"));
        assert_eq!(device_info(&wire[..190]).unwrap_err().code, Code::BadReply);
    }

    proptest! {
        #[test]
        fn no_answer_panics(data: Vec<u8>) {
            fuzz_replies(&data);
        }
    }
}
