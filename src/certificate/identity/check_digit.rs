//! Check digits of the four numbers.

use crate::certificate::time::{is_date, number};

/// GB 32100: 31 characters, no I, O, S, V, Z.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The shape of a unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters of its alphabet, six digits of an
/// administrative region at 3 to 8.
pub(super) fn is_uscc_shape(text: &[u8]) -> bool {
    text.len() == 18
        && text.iter().all(|byte| USCC_ALPHABET.contains(byte))
        && text[2..8].iter().all(u8::is_ascii_digit)
        && matches!(text[0], b'1'..=b'9' | b'A' | b'N' | b'Y')
}

/// GB 32100-2015: check character at 18 (weights 3^i mod 31) and the organisation code inside (9 to 17).
pub(super) fn is_uscc(text: &[u8]) -> bool {
    if !is_uscc_shape(text) {
        return false;
    }
    let mut weight = 1;
    let mut sum = 0;
    for byte in &text[..17] {
        let value = USCC_ALPHABET.iter().position(|letter| letter == byte).unwrap_or(0);
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    USCC_ALPHABET[(31 - sum % 31) % 31] == text[17] && is_organisation(&text[8..17])
}

/// GB 11714-1997 organisation code (组织机构代码): 8 characters and their check character.
pub(super) fn is_organisation(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    if text.len() != 9 {
        return false;
    }
    let mut sum = 0;
    for (byte, weight) in text.iter().zip(WEIGHTS) {
        let Some(value) = char::from(*byte).to_digit(36) else { return false };
        sum += value * weight;
    }
    let check = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    text[8] == check
}

/// The shape of a person's id (公民身份号码, GB 11643-1999): 17 digits and a digit or X, with a date at 7 to 14.
pub(super) fn is_person_shape(text: &[u8]) -> bool {
    text.len() == 18
        && text[..17].iter().all(u8::is_ascii_digit)
        && (text[17].is_ascii_digit() || text[17] == b'X')
        && is_date_at(text, 6, 4)
}

/// GB 11643-1999: shape and check character (ISO 7064 MOD 11-2).
pub(super) fn is_person(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    if !is_person_shape(text) {
        return false;
    }
    let sum: u32 = text.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    CHECK.get((sum % 11) as usize) == text.get(17)
}

/// The old person's id: 15 digits with a date (two-digit year) at 7 to 12, no check digit.
pub(super) fn is_old_person_shape(text: &[u8]) -> bool {
    text.len() == 15 && text.iter().all(u8::is_ascii_digit) && is_date_at(text, 6, 2)
}

/// The old business licence number (工商注册号, GS 15-2006): 15 digits, the last by ISO 7064 MOD 11,10.
pub(super) fn is_licence(text: &[u8]) -> bool {
    if text.len() != 15 || !text.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let mut product = 10;
    for byte in &text[..14] {
        let sum = (product + u32::from(byte - b'0')) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (product + u32::from(text[14] - b'0')) % 10 == 1
}

fn is_date_at(text: &[u8], at: usize, width: usize) -> bool {
    let year = match (width, number(text, at, width)) {
        (2, Some(year)) => 1900 + year,
        (_, Some(year @ 1800..=2199)) => year,
        _ => return false,
    };
    let field = |at| number(text, at, 2).unwrap_or(0);
    is_date(year, field(at + width), field(at + width + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        // Public company codes and the example of the standard (not of any holder here).
        for code in ["9144030071526726XG", "914403001922038216", "91330100799655058B"] {
            assert!(is_uscc(code.as_bytes()), "{code}");
            assert!(is_organisation(&code.as_bytes()[8..17]), "{code}");
        }
        assert!(is_person(b"11010519491231002X"));
    }

    #[test]
    fn one_wrong_character_is_seen() {
        let good = b"9144030071526726XG";
        for at in 0..18 {
            let mut bad = *good;
            bad[at] = if bad[at] == b'1' { b'2' } else { b'1' };
            assert!(!is_uscc(&bad), "{at}");
        }
        assert!(!is_person(b"110105194912310021"));
        assert!(!is_person(b"11010519491331002X"));
    }

    #[test]
    fn licence_check_digit_is_unique() {
        let found: Vec<u8> = (b'0'..=b'9')
            .filter(|&last| {
                let mut text = *b"110108000000010";
                text[14] = last;
                is_licence(&text)
            })
            .collect();
        assert_eq!(found.len(), 1);
    }
}
