//! Breaking a Chinese text into lines: between any two characters, but for words and numbers, and never so that a line begins with
//! what closes or ends with what opens (避头尾; CLREQ 3.1.3).

/// What no line begins with.
const NEVER_FIRST: &str = "，。、；：？！）》〉」』】〕〗…—～％‰℃·”’,.;:!?)]}%";
/// What no line ends with.
const NEVER_LAST: &str = "（《〈「『【〔〖“‘([{";

/// A line: bytes of the text from and to.
pub(super) type Line = core::ops::Range<usize>;

/// Breaks a text. `advance` is how far a character moves on, in any unit; `indent` is left free in the first line.
pub(super) fn lines(text: &str, width: f32, indent: f32, advance: impl Fn(char) -> f32) -> Vec<Line> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let place = |at: usize| letters.get(at).map_or(text.len(), |(place, _)| *place);
    let mut lines = Vec::new();
    let (mut from, mut room) = (0, width - indent);
    while from < letters.len() {
        let (mut to, mut used, mut good) = (from, 0.0, None);
        while let Some((_, letter)) = letters.get(to) {
            used += advance(*letter);
            // A blank at the end of a line is nothing.
            if used > room && to > from && !letter.is_whitespace() {
                break;
            }
            to += 1;
            if to == letters.len() || may_break(letters.get(to - 1), letters.get(to)) {
                good = Some(to);
            }
        }
        // A word that is longer than a line is broken where the line ends.
        let end = if to == letters.len() { to } else { good.unwrap_or(to) };
        let line = place(from)..place(end);
        let kept = text.get(line.clone()).unwrap_or_default().trim_end().len();
        lines.push(line.start..line.start + kept);
        from = end;
        while letters.get(from).is_some_and(|(_, letter)| letter.is_whitespace()) {
            from += 1;
        }
        room = width;
    }
    lines
}

/// Whether a line may end between two characters.
fn may_break(before: Option<&(usize, char)>, after: Option<&(usize, char)>) -> bool {
    let (Some((_, before)), Some((_, after))) = (before, after) else { return true };
    if NEVER_FIRST.contains(*after) || NEVER_LAST.contains(*before) {
        return false;
    }
    before.is_whitespace() || is_wide(*before) || is_wide(*after)
}

/// Whether a character stands for itself; others are in a word or number.
pub(super) fn is_wide(letter: char) -> bool {
    matches!(u32::from(letter), 0x2E80..=0xD7FF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str, width: f32, indent: f32) -> Vec<&str> {
        let of = |letter: char| if is_wide(letter) || "“”’‘…—".contains(letter) { 1.0 } else { 0.5 };
        lines(text, width, indent, of).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn the_first_line_is_indented() {
        assert_eq!(broken("一二三四五六七", 4.0, 2.0), ["一二", "三四五六", "七"]);
        assert_eq!(broken("", 4.0, 2.0), [""; 0]);
    }

    #[test]
    fn no_line_begins_with_what_closes_or_ends_with_what_opens() {
        assert_eq!(broken("一二三四，五", 4.0, 0.0), ["一二三", "四，五"]);
        assert_eq!(broken("一二三（四）五", 4.0, 0.0), ["一二三", "（四）五"]);
        assert_eq!(broken("一二三。）四", 4.0, 0.0), ["一二", "三。）四"]);
    }

    #[test]
    fn words_and_numbers_stay_whole_when_a_line_holds_them() {
        assert_eq!(broken("代码911101为真", 4.0, 0.0), ["代码", "911101为", "真"]);
        assert_eq!(broken("911101050000000514", 4.0, 0.0), ["91110105", "00000005", "14"]);
        assert_eq!(broken("ab cd ef", 2.5, 0.0), ["ab cd", "ef"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_line_fits(text in "[一二三，。（）《》a-d0-9 ]{0,60}", width in 3u8..12) {
            let lines = broken(&text, f32::from(width), 0.0);
            let bare = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in lines {
                let long: f32 = line.chars().map(|letter| if is_wide(letter) { 1.0 } else { 0.5 }).sum();
                prop_assert!(long <= f32::from(width), "{line}");
            }
        }
    }
}
