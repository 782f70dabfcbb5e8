//! Reading a script. What a person typed wrong is told with its line and column.

use core::fmt;

use super::{Exchange, Pattern, Play, Script};
use crate::error::{Code, Error};

/// Where a script cannot be read, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a line of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The first line is not `# calock-script:1`.
    NoFormat,
    /// A line is no comment and begins with neither `=>` nor `<=`.
    NoMark,
    /// Something that is no hexadecimal digit.
    NotHex,
    /// One digit, or one dot, where two belong.
    HalfByte,
    /// A command has less than its four bytes of header.
    ShortCommand,
    /// An answer has less than the two bytes of its status word.
    ShortAnswer,
    /// A command follows a command: the first one has no answer.
    NoAnswer,
    /// An answer without a command before it.
    NoCommand,
    /// A header line's value is none that it may have.
    BadValue,
}

impl Why {
    /// What is wrong, in English.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoFormat => "the first line must be \"# calock-script:1\"",
            Self::NoMark => "a line begins with \"=>\", \"<=\" or \"#\"",
            Self::NotHex => "not a hexadecimal digit",
            Self::HalfByte => "a byte is two digits, or two dots",
            Self::ShortCommand => "a command has at least 4 bytes",
            Self::ShortAnswer => "an answer has at least the 2 bytes of its status word, or is \"silent\"",
            Self::NoAnswer => "this command has no answer; write \"<= silent\" when none shall come",
            Self::NoCommand => "an answer without a command before it",
            Self::BadValue => "not a value of this header line",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why.as_str())
    }
}

impl core::error::Error for Malformed {}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::because(Code::Parameter, malformed.why.as_str())
    }
}

type Result<T> = core::result::Result<T, Malformed>;

impl Script {
    /// Whether a text is meant to be a script, of whatever version.
    #[must_use]
    pub fn is_begun_by(text: &str) -> bool {
        let text = text.trim_start_matches('\u{FEFF}').trim_start();
        text.strip_prefix('#').is_some_and(|first| first.trim_start().starts_with("calock-script:"))
    }

    /// Reads a script.
    ///
    /// # Errors
    /// [`Malformed`] with the line and column; as an [`Error`] it is `PARAMETER`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut lines = text.lines().enumerate().map(|(index, text)| Line::new(index + 1, text));
        let first = lines.find(|line| !line.rest.is_empty());
        if first.is_none_or(|line| line.comment() != Some(Self::FORMAT)) {
            return Err(first.unwrap_or(Line::new(1, "")).bad(Why::NoFormat));
        }
        let mut script = Self::default();
        // The line of a command that waits for its answer.
        let mut asked: Option<(Line<'_>, Pattern)> = None;
        for line in lines {
            if let Some(comment) = line.comment() {
                if asked.is_none() && script.exchanges.is_empty() {
                    script.header(line, comment)?;
                }
            } else if let Some(command) = line.after("=>") {
                let pattern = command.pattern()?;
                if pattern.len() < 4 {
                    return Err(line.bad(Why::ShortCommand));
                }
                if let Some((unanswered, _)) = asked.replace((line, pattern)) {
                    return Err(unanswered.bad(Why::NoAnswer));
                }
            } else if let Some(text) = line.after("<=") {
                let (command_line, command) = asked.take().ok_or(line.bad(Why::NoCommand))?;
                let answer = text.answer()?;
                script.exchanges.push(Exchange { line: command_line.number, note: String::new(), command, answer });
            } else if !line.rest.is_empty() {
                return Err(line.bad(Why::NoMark));
            }
        }
        match asked {
            Some((unanswered, _)) => Err(unanswered.bad(Why::NoAnswer)),
            None => Ok(script),
        }
    }

    /// Takes a comment that is a header line; any other is nobody's business.
    fn header(&mut self, line: Line<'_>, comment: &str) -> Result<()> {
        let Some((key, value)) = comment.split_once(':') else { return Ok(()) };
        let value = value.trim();
        match key {
            "profile" if is_name(value) => self.profile = Some(value.to_owned()),
            "play" => {
                let known = Play::ALL.into_iter().find(|play| play.as_str() == value);
                self.play = known.ok_or(line.bad(Why::BadValue))?;
            }
            "masked" if value.len() == 2 && value.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                self.masked = u8::from_str_radix(value, 16).map_err(|_| line.bad(Why::BadValue))?;
            }
            "profile" | "masked" => return Err(line.bad(Why::BadValue)),
            _ => {}
        }
        Ok(())
    }
}

/// Lower-case letters, digits and hyphens, as profiles are named.
fn is_name(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(good)
}

/// A line, or what is left of it, without blanks around it.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    /// Characters before `rest`.
    before: usize,
    rest: &'a str,
}

impl<'a> Line<'a> {
    fn new(number: usize, text: &'a str) -> Self {
        Self { number, before: 0, rest: text }.trimmed()
    }

    fn trimmed(self) -> Self {
        let rest = self.rest.trim_start();
        let before = self.before + self.rest.chars().count() - rest.chars().count();
        Self { before, rest: rest.trim_end(), ..self }
    }

    /// What stands behind a mark at the line's beginning.
    fn after(self, mark: &str) -> Option<Self> {
        let rest = self.rest.strip_prefix(mark)?;
        Some(Self { before: self.before + mark.len(), rest, ..self }.trimmed())
    }

    /// The text of a line that is a comment.
    fn comment(self) -> Option<&'a str> {
        self.rest.strip_prefix('#').map(str::trim)
    }

    fn bad(self, why: Why) -> Malformed {
        Malformed { line: self.number, column: self.before + 1, why }
    }

    fn answer(self) -> Result<Option<Pattern>> {
        let text = self.rest.split('#').next().unwrap_or_default().trim_end();
        if text == Script::SILENT {
            return Ok(None);
        }
        let pattern = self.pattern()?;
        if pattern.len() < 2 { Err(self.bad(Why::ShortAnswer)) } else { Ok(Some(pattern)) }
    }

    /// Bytes up to a comment or the line's end.
    fn pattern(self) -> Result<Pattern> {
        let mut pattern = Pattern::default();
        let mut characters = self.rest.chars().enumerate();
        while let Some((at, character)) = characters.next() {
            let here = Self { before: self.before + at, ..self };
            if character.is_whitespace() {
                continue;
            }
            if character == '#' {
                break;
            }
            let first = digit(character).ok_or(here.bad(Why::NotHex))?;
            let second = characters.next().and_then(|(_, next)| digit(next));
            pattern.push(match (first, second) {
                (Digit::Masked, Some(Digit::Masked)) => None,
                (Digit::Known(high), Some(Digit::Known(low))) => Some(high << 4 | low),
                _ => return Err(here.bad(Why::HalfByte)),
            });
        }
        Ok(pattern)
    }
}

#[derive(Clone, Copy)]
enum Digit {
    Known(u8),
    Masked,
}

fn digit(character: char) -> Option<Digit> {
    if character == '.' {
        return Some(Digit::Masked);
    }
    let value = character.to_digit(16)?;
    u8::try_from(value).ok().map(Digit::Known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn script(body: &str) -> Result<Script> {
        Script::parse(&format!("# calock-script:1\n{body}"))
    }

    #[test]
    fn what_may_stand_in_a_script() {
        let read = script(
            "# profile: gm3000\r\n# play: any-order\n#masked:5a\n# said by: nobody\n\n  => 80 22 0000 # asks\n# between\n\
             <=aB..9000\n\t=> 80 50 00 00 000008\n<= silent # gone\n# profile: late\n",
        )
        .unwrap();
        assert_eq!((read.profile.as_deref(), read.play, read.masked), (Some("gm3000"), Play::AnyOrder, 0x5A));
        let exchanges: Vec<(usize, String, Option<String>)> = read
            .exchanges
            .iter()
            .map(|one| (one.line, one.command.to_string(), one.answer.as_ref().map(ToString::to_string)))
            .collect();
        let expected =
            [(7, "80220000".to_owned(), Some("AB..9000".to_owned())), (10, "80500000000008".to_owned(), None)];
        assert_eq!(exchanges, expected);
        assert!(Script::parse("\u{FEFF}\n\n# calock-script:1").unwrap().exchanges.is_empty());
    }

    #[test]
    fn what_is_wrong_is_found_where_it_stands() {
        let cases = [
            ("=> 8022zz00", 2, 8, Why::NotHex),
            ("=> 802", 2, 6, Why::HalfByte),
            ("=> 80.2", 2, 6, Why::HalfByte),
            ("=> 80 2.", 2, 7, Why::HalfByte),
            ("=> 802200", 2, 1, Why::ShortCommand),
            ("=> 80220000\n<= 90", 3, 4, Why::ShortAnswer),
            ("=> 80220000\n<=", 3, 3, Why::ShortAnswer),
            ("\n  => 80220000\n\n", 3, 3, Why::NoAnswer),
            ("=> 80220000\n=> 80220000\n<= 9000", 2, 1, Why::NoAnswer),
            ("<= 9000", 2, 1, Why::NoCommand),
            ("=> 80220000\n<= 9000\n<= 9000", 4, 1, Why::NoCommand),
            ("锁 => 80220000", 2, 1, Why::NoMark),
            ("=> 锁 80220000", 2, 4, Why::NotHex),
            ("# play: backwards", 2, 1, Why::BadValue),
            ("# masked: 5", 2, 1, Why::BadValue),
            ("# masked: +5", 2, 1, Why::BadValue),
            ("# profile: GM 3000", 2, 1, Why::BadValue),
        ];
        for (body, line, column, why) in cases {
            assert_eq!(script(body), Err(Malformed { line, column, why }), "{body:?}");
        }
        for text in ["", "=> 80220000", "# calock-script:2", "\n# Calock-Script:1"] {
            assert_eq!(Script::parse(text).unwrap_err().why, Why::NoFormat, "{text:?}");
        }
        let error = Error::from(script("?").unwrap_err());
        assert_eq!(error.code, Code::Parameter);
        assert_eq!(
            script(" ?").unwrap_err().to_string(),
            "line 2, column 2: a line begins with \"=>\", \"<=\" or \"#\""
        );
    }

    prop_compose! {
        fn patterns(least: usize)(bytes in prop::collection::vec(any::<Option<u8>>(), least..40)) -> Pattern {
            Pattern(bytes)
        }
    }

    prop_compose! {
        fn scripts()(
            profile in prop::option::of("[a-z0-9-]{1,20}"),
            play in prop::sample::select(&Play::ALL[..]),
            masked: u8,
            exchanges in prop::collection::vec((patterns(4), prop::option::of(patterns(2))), 0..12),
        ) -> Script {
            let exchanges = exchanges.into_iter().map(|(command, answer)| {
                Exchange { line: 0, note: String::new(), command, answer }
            });
            Script { profile, play, masked, exchanges: exchanges.collect() }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(script in scripts()) {
            let mut read = Script::parse(&script.to_string()).unwrap();
            read.exchanges.iter_mut().for_each(|exchange| exchange.line = 0);
            prop_assert_eq!(read, script);
        }

        #[test]
        fn no_text_panics(text in "(# calock-script:1\n)?([=<># .0-9a-f锁\n]|(=>)|(<=)){0,80}") {
            let _ = Script::parse(&text);
        }
    }
}
