//! Numbers as people may see them who need not see them whole.

/// The first three and the last two characters; enough to tell two apart.
#[must_use]
pub fn masked_code(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let hidden = |at: usize| at >= 3 && at + 2 < letters.len();
    letters.iter().enumerate().map(|(at, letter)| if hidden(at) { '*' } else { *letter }).collect()
}
