//! Bytes as text: GBK, which old certificates carry in string types that do not allow it, and UTF-8 with faults.
//!
//! The GBK table is 20 kB of code, so a page hands in its `TextDecoder` instead and native programs switch on feature `gbk`.

use crate::prelude::*;

/// Decodes GBK bytes; `None` when they are not GBK.
pub type Gbk = fn(&[u8]) -> Option<String>;

/// The decoder this build has: `encoding_rs` with feature `gbk`, none without.
#[cfg(feature = "gbk")]
pub const GBK: Gbk = gbk;
/// The decoder this build has: `encoding_rs` with feature `gbk`, none without.
#[cfg(not(feature = "gbk"))]
pub const GBK: Gbk = none;

/// Decodes GBK with the WHATWG table (GB 18030 superset); `None` when a byte sequence is not in it.
#[cfg(feature = "gbk")]
#[must_use]
pub fn gbk(bytes: &[u8]) -> Option<String> {
    encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes).map(alloc::borrow::Cow::into_owned)
}

/// No GBK decoder: every byte string is refused, and text stays what it can be without one.
#[must_use]
pub fn none(_: &[u8]) -> Option<String> {
    None
}

/// UTF-8 with U+FFFD for what is none, as [`String::from_utf8_lossy`] gives it; a page would load that one's own decoder
/// beside the strict one, which it needs anyway.
#[must_use]
pub fn lossy(mut bytes: &[u8]) -> String {
    let mut text = String::new();
    loop {
        let Err(fault) = core::str::from_utf8(bytes).map(|rest| text.push_str(rest)) else { return text };
        let (good, bad) = bytes.split_at(fault.valid_up_to());
        text.push_str(core::str::from_utf8(good).unwrap_or_default());
        text.push('\u{FFFD}');
        bytes = fault.error_len().and_then(|length| bad.get(length..)).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn faults_become_replacement_characters() {
        assert_eq!(lossy("锁".as_bytes()), "锁");
        assert_eq!(lossy(b"a\xE9\x94b\xFF\xE9"), "a\u{FFFD}b\u{FFFD}\u{FFFD}");
    }

    proptest! {
        #[test]
        fn lossy_is_what_the_standard_library_gives(bytes: Vec<u8>) {
            prop_assert_eq!(lossy(&bytes), String::from_utf8_lossy(&bytes));
        }
    }
}
