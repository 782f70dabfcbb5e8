//! Numbers that people read to each other: authorisation codes, the numbers of requests. Whoever has one may go on with what it
//! names, so nobody can guess them.

use calock::{Code, Error, Result};

/// Letters and digits that nobody takes for one another, 32 of them.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a number: 60 bits.
const LETTERS: usize = 12;

/// A new one, as it is kept: capitals without hyphens.
///
/// # Errors
/// `INTERNAL` when the system gives no randomness.
pub(crate) fn make() -> Result<String> {
    let mut bytes = [0; LETTERS];
    getrandom::fill(&mut bytes).map_err(|_| Error::because(Code::Internal, "the system gives no randomness"))?;
    // 256 is a multiple of 32: every letter is as likely as any other.
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
}

/// In groups of four, for reading aloud.
pub(crate) fn shown(number: &str) -> String {
    let mut text = String::new();
    for (at, letter) in number.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// As it is kept, from what somebody typed: in any case, with or without the hyphens. `None` for what cannot be one.
pub(crate) fn normal(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let number: String = letters.take(LETTERS + 1).map(|letter| letter.to_ascii_uppercase()).collect();
    (number.len() == LETTERS && number.bytes().all(|letter| ALPHABET.contains(&letter))).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = make().unwrap();
        assert_eq!(normal(&shown(&number)), Some(number.clone()));
        assert_eq!(normal(&format!(" {} ", shown(&number).to_lowercase())), Some(number.clone()));
        for wrong in ["", "1234", "ABCD-EFGH-JKL1", &format!("{number}2"), "汉字汉字汉字汉字汉字汉字"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
