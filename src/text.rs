//! GBK text, which old certificates carry in string types that do not allow it.
//!
//! The table is 20 kB of code, so a page hands in its `TextDecoder` instead and native programs switch on feature `gbk`.

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
    encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// No GBK decoder: every byte string is refused, and text stays what it can be without one.
#[must_use]
pub fn none(_: &[u8]) -> Option<String> {
    None
}
