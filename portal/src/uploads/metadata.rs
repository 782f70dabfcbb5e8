//! What is said of a file that is announced.

use base64ct::{Base64, Encoding};

use crate::account::attachments::only_a_name;

/// Longer metadata are none.
const MOST: usize = 1024;

/// Whether `Upload-Metadata` are as the protocol writes them: `key base64,key base64`, the second word may be missing.
pub(super) fn is_sound(metadata: &str) -> bool {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()) && Base64::decode_vec(value).is_ok()
    };
    metadata.is_empty() || metadata.len() <= MOST && metadata.split(',').all(pair)
}

/// The file's name, as far as it is one.
pub(crate) fn file_name(metadata: &str) -> Option<String> {
    let value = metadata.split(',').find_map(|pair| pair.strip_prefix("filename "))?;
    only_a_name(&String::from_utf8(Base64::decode_vec(value).ok()?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_words_and_base64() {
        for good in ["", "filename 5oqV5qCHLnBkZg==", "a,b YQ==", "is_confidential"] {
            assert!(is_sound(good), "{good}");
        }
        for bad in [" ", "filename  YQ==", "filename !", ",", "a,", "é YQ=="] {
            assert!(!is_sound(bad), "{bad}");
        }
        assert!(!is_sound(&"a".repeat(MOST + 1)));
        assert_eq!(file_name("a YQ==,filename 5oqV5qCHLnBkZg==").as_deref(), Some("投标.pdf"));
        assert_eq!(file_name("filename Li4vLi4vZXRjL3Bhc3N3ZA==").as_deref(), Some("etcpasswd"));
        assert_eq!(file_name("filename"), None);
    }
}
