//! When two names, or two codes, are the same one.

use calock::certificate::Certificate;

/// A name as names are compared: full-width letters, digits and brackets as their half-width ones, no spaces, capitals as
/// small letters, one sign for the dots of transcribed names. What is shown and kept is never changed by this.
#[must_use]
pub fn fold(name: &str) -> String {
    name.chars().filter_map(folded).flat_map(char::to_lowercase).collect()
}

fn folded(letter: char) -> Option<char> {
    match letter {
        '【' | '〔' => Some('['),
        '】' | '〕' => Some(']'),
        '•' | '‧' | '・' => Some('·'),
        // ASCII from `!` to `~`, in full width.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0),
        '\u{200B}'..='\u{200F}' | '\u{FEFF}' => None,
        _ if letter.is_whitespace() || letter.is_control() => None,
        _ => Some(letter),
    }
}

/// Whether a name in the system and one in a certificate are the same.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    !one.is_empty() && fold(one) == fold(other)
}

/// Whether two codes mean the same holder. A social credit code contains the organisation code (GB 32100: places 9 to 17), and old
/// certificates have that one alone, with or without its hyphen.
#[must_use]
pub fn same_code(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    match (one.len(), other.len()) {
        (0, _) | (_, 0) => false,
        (18, 9) => one.get(8..17) == Some(&other),
        (9, 18) => other.get(8..17) == Some(&one),
        _ => one == other,
    }
}

/// A code without hyphens and spaces, in capitals: how codes are kept and compared.
#[must_use]
pub fn bare(code: &str) -> String {
    let kept = code.chars().filter(|letter| *letter != '-' && !letter.is_whitespace());
    kept.flat_map(char::to_uppercase).collect()
}

/// The subject in one line, as lists show it: `CN=…, O=…`, persons' numbers masked.
#[must_use]
pub fn subject(certificate: &Certificate) -> String {
    let attributes = certificate.subject().attributes(calock::text::GBK);
    let parts = attributes.iter().rev().map(|one| format!("{}={}", one.name, one.masked()));
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_read_them() {
        assert!(same("示例（北京）建设有限公司", "示例(北京)建设 有限公司"));
        assert!(same("ＡＢＣ咨询", "abc咨询"));
        assert!(same("阿卜杜拉·某某", "阿卜杜拉•某某"));
        assert!(!same("示例建设有限公司", "示例建筑有限公司"));
        assert!(!same("", ""));
    }

    #[test]
    fn an_organisation_code_is_a_part_of_the_unified_one() {
        assert!(same_code("911101050000000514", "00000005-1"));
        assert!(same_code("000000051", "911101050000000514"));
        assert!(!same_code("911101050000000514", "000000052"));
        assert!(same_code("91110105ma0000051x", "91110105MA0000051X"));
        assert!(!same_code("", "") && !same_code("1", ""));
    }
}
