//! A conversation with a lock as text, to be played by a virtual lock: what goes in, and what comes out.
//!
//! ```text
//! # calock-script:1
//! # profile: gm3000
//!
//! # EnumApplication
//! => 80220000000000
//! <= 544553542D4150500000 9000
//! # VerifyPIN: any PIN will do
//! => 80180001000012 1000 ................................
//! <= 63C5
//! ```
//!
//! `=>` stands before a command APDU, `<=` before its answer, data and status word; `<= silent` is a lock that does not answer.
//! Bytes are hexadecimal in either case, blanks between them as one likes, `#` starts a comment anywhere. `..` is one byte that
//! is masked: in a command it matches any byte, in an answer it is played as the byte that `# masked: HH` names, 00 without.
//! The first line names the format. Header lines stand before the first command: `# profile: NAME`, `# masked: HH`,
//! `# play: in-order | skipping | any-order` (see [`Play`]).
//!
//! The shape, `=>` and `<=`, is that of Ledger's RecordStore (reference: anchors.md A1.2); masks and header are ours.

mod parse;

use core::fmt;

pub use parse::{Malformed, Why};

/// A script: what a lock is asked and answers, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Name of the profile whose lock this is; `gm3000` is meant when there is none.
    pub profile: Option<String>,
    /// In which order it is played.
    pub play: Play,
    /// What stands in for masked bytes of an answer.
    pub masked: u8,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// In which order a script's commands may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Play {
    /// Each command as it stands, one after the other: for a test that shall notice every change.
    #[default]
    InOrder,
    /// The next command that fits, wherever it stands further down; commands that stand nowhere are answered 6D00. For a recording
    /// of another version's login.
    Skipping,
    /// A table: any command at any time, as often as asked. One that stands there several times gives its answers in turn, and
    /// then from the first again. For a lock that somebody plays with.
    AnyOrder,
}

impl Play {
    const ALL: [Self; 3] = [Self::InOrder, Self::Skipping, Self::AnyOrder];

    /// The name in a header line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InOrder => "in-order",
            Self::Skipping => "skipping",
            Self::AnyOrder => "any-order",
        }
    }
}

/// One command and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The line of the command, from 1; 0 in a script that was not read from text.
    pub line: usize,
    /// What is written above it as a comment. Not read back: a comment may say anything.
    pub note: String,
    /// The command APDU, at least its four bytes of header.
    pub command: Pattern,
    /// Data and status word; `None` when the lock stays silent.
    pub answer: Option<Pattern>,
}

/// Bytes, some of which are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Option<u8>>);

impl Pattern {
    /// All bytes known.
    #[must_use]
    pub fn known(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().map(Some).collect())
    }

    /// All bytes masked.
    #[must_use]
    pub fn masked(length: usize) -> Self {
        Self(vec![None; length])
    }

    /// Bytes in all, masked ones too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any byte is masked.
    #[must_use]
    pub fn has_masks(&self) -> bool {
        self.0.contains(&None)
    }

    /// The bytes, `None` for masked ones.
    pub fn bytes(&self) -> impl ExactSizeIterator<Item = Option<u8>> {
        self.0.iter().copied()
    }

    /// The bytes with `fill` for masked ones.
    #[must_use]
    pub fn filled(&self, fill: u8) -> Vec<u8> {
        self.bytes().map(|byte| byte.unwrap_or(fill)).collect()
    }

    /// Where these bytes first differ from the pattern, length included; `None`: they fit.
    #[must_use]
    pub fn difference(&self, bytes: &[u8]) -> Option<usize> {
        let differs = self.bytes().zip(bytes).position(|(mine, &byte)| mine.is_some_and(|mine| mine != byte));
        differs.or_else(|| (self.len() != bytes.len()).then(|| self.len().min(bytes.len())))
    }

    /// The same with every byte masked that `other` masks.
    #[must_use]
    pub fn masked_like(mut self, other: &Self) -> Self {
        for (mine, other) in self.0.iter_mut().zip(&other.0) {
            *mine = mine.and(other.and(*mine));
        }
        self
    }

    /// Puts another pattern behind this one.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Takes the first `length` bytes off.
    #[must_use]
    pub fn take(&mut self, length: usize) -> Self {
        let rest = self.0.split_off(length.min(self.0.len()));
        Self(core::mem::replace(&mut self.0, rest))
    }

    fn push(&mut self, byte: Option<u8>) {
        self.0.push(byte);
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().try_for_each(|byte| match byte {
            Some(byte) => write!(f, "{byte:02X}"),
            None => f.write_str(".."),
        })
    }
}

impl Script {
    /// What the first line says.
    pub const FORMAT: &'static str = "calock-script:1";

    /// What stands for an answer that never comes.
    const SILENT: &'static str = "silent";
}

impl fmt::Display for Script {
    /// The text, which [`Script::parse`] reads as the same script.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", Self::FORMAT)?;
        if let Some(profile) = &self.profile {
            writeln!(f, "# profile: {profile}")?;
        }
        if self.play != Play::default() {
            writeln!(f, "# play: {}", self.play.as_str())?;
        }
        if self.masked != 0 {
            writeln!(f, "# masked: {:02X}", self.masked)?;
        }
        for Exchange { note, command, answer, .. } in &self.exchanges {
            writeln!(f)?;
            for line in note.lines() {
                writeln!(f, "# {line}")?;
            }
            writeln!(f, "=> {command}")?;
            match answer {
                Some(answer) => writeln!(f, "<= {answer}")?,
                None => writeln!(f, "<= {}", Self::SILENT)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(bytes: &[Option<u8>]) -> Pattern {
        Pattern(bytes.to_vec())
    }

    #[test]
    fn a_masked_byte_fits_any_and_lengths_count() {
        let one = pattern(&[Some(0x80), None, Some(1)]);
        assert_eq!(one.difference(&[0x80, 7, 1]), None);
        assert_eq!(one.difference(&[0x80, 7, 2]), Some(2));
        assert_eq!(one.difference(&[0x80, 7]), Some(2), "too short");
        assert_eq!(one.difference(&[0x80, 7, 1, 0]), Some(3), "too long");
        assert_eq!(one.filled(0x5A), [0x80, 0x5A, 1]);
        assert_eq!(one.to_string(), "80..01");
    }

    #[test]
    fn masks_add_up_and_pieces_come_off_the_front() {
        let mut one = pattern(&[Some(1), None, Some(3)]).masked_like(&pattern(&[Some(9), Some(9), None]));
        assert_eq!(one, pattern(&[Some(1), None, None]));
        assert_eq!(one.take(1), Pattern::known(&[1]));
        assert_eq!(one, Pattern::masked(2));
        assert_eq!(one.take(9).len(), 2, "no more than there is");
    }
}
