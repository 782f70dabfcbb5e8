//! What the management commands answer. Every function takes bytes from a lock and never panics on any of them.

use crate::error::Result;
use crate::lock::gmt0017::reply::{bad, number, text};
use crate::lock::profile::ByteOrder;

/// What GetDevInfo answers, in full (reference: token.md 1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceDetails {
    /// Manufacturer.
    pub manufacturer: String,
    /// Issuer.
    pub issuer: String,
    /// Label.
    pub label: String,
    /// Serial number.
    pub serial: String,
    /// Hardware version, major and minor; `None` where the answer is shorter.
    pub hardware: Option<(u8, u8)>,
    /// Firmware version, major and minor.
    pub firmware: Option<(u8, u8)>,
    /// Bytes in all.
    pub total_space: Option<u32>,
    /// Bytes free; `None` where the lock says more than it has.
    pub free_space: Option<u32>,
}

/// What GetFileInfo answers. Rights: 0 nobody, 1 administrator, 10 user, FF anyone (hexadecimal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Bytes.
    pub size: u32,
    /// Who may read it.
    pub read: u32,
    /// Who may write it.
    pub write: u32,
}

pub(super) fn device_details(data: &[u8], order: ByteOrder) -> Result<DeviceDetails> {
    let field = |range: core::ops::Range<usize>| data.get(range).map(text).ok_or(bad("GetDevInfo"));
    let pair = |at: usize| data.get(at..at + 2).map(|pair| (pair[0], pair[1]));
    let word = |at: usize| data.get(at..)?.first_chunk::<4>().map(|bytes| number(order, *bytes));
    let total_space = word(216);
    Ok(DeviceDetails {
        manufacturer: field(4..68)?,
        issuer: field(68..132)?,
        label: field(132..164)?,
        serial: field(164..196)?,
        hardware: pair(196),
        firmware: pair(198),
        total_space,
        // In another byte order than the profile's the numbers make no sense; they are not shown then.
        free_space: word(220).filter(|free| total_space.is_some_and(|total| *free <= total)),
    })
}

/// Twelve bytes; one library puts the name behind them.
pub(super) fn file_info(data: &[u8], order: ByteOrder) -> Result<FileInfo> {
    let (&[size, read, write], _) = data.as_chunks::<4>().0.split_first_chunk::<3>().ok_or(bad("GetFileInfo"))?;
    Ok(FileInfo { size: number(order, size), read: number(order, read), write: number(order, write) })
}

/// X ‖ Y, behind the number of bits where the lock names it.
pub(super) fn point(data: &[u8], order: ByteOrder) -> Result<[u8; 65]> {
    let coordinates: &[u8; 64] = match data.split_first_chunk::<4>() {
        Some((bits, rest)) if rest.len() == 64 && number(order, *bits) == 256 => rest.try_into().ok(),
        _ => data.try_into().ok(),
    }
    .ok_or(bad("no point of 256 bits"))?;
    let mut point = [4; 65];
    point[1..].copy_from_slice(coordinates);
    Ok(point)
}

/// Runs every parser of this module over the same bytes; what the fuzz target and the property test call.
#[doc(hidden)]
pub fn fuzz_manage_replies(data: &[u8]) {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let _ = (device_details(data, order), file_info(data, order), point(data, order));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Code;

    #[test]
    fn device_details_by_offset() {
        let mut wire = vec![0; 288];
        wire[68..72].copy_from_slice(b"Acme");
        wire[198..200].copy_from_slice(&[2, 16]);
        wire[216..220].copy_from_slice(&65_536_u32.to_be_bytes());
        wire[220..224].copy_from_slice(&1_024_u32.to_be_bytes());
        let details = device_details(&wire, ByteOrder::Big).unwrap();
        assert_eq!((&*details.issuer, details.firmware, details.free_space), ("Acme", Some((2, 16)), Some(1_024)));
        assert_eq!(device_details(&wire, ByteOrder::Little).unwrap().free_space, None, "262144 of 256 bytes");
        assert_eq!(device_details(&wire[..200], ByteOrder::Big).unwrap().total_space, None);
        assert_eq!(device_details(&wire[..190], ByteOrder::Big).unwrap_err().code, Code::BadReply);
    }

    #[test]
    fn a_point_comes_with_or_without_its_bits() {
        let bare = point(&[7; 64], ByteOrder::Big).unwrap();
        let named = point(&[&[0, 0, 1, 0][..], &[7; 64]].concat(), ByteOrder::Big).unwrap();
        assert_eq!((bare[0], bare), (4, named));
        assert!(point(&[&[0, 1, 0, 0][..], &[7; 64]].concat(), ByteOrder::Big).is_err());
        assert!(point(&[7; 63], ByteOrder::Big).is_err());
    }

    proptest! {
        #[test]
        fn no_answer_panics(data: Vec<u8>) {
            fuzz_manage_replies(&data);
        }
    }
}
