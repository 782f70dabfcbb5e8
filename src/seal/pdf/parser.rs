//! Reading objects out of a text (ISO 32000-1, 7.2 and 7.3).

use super::object::{Dict, Entry, Object};
use crate::prelude::*;

/// Arrays and dictionaries inside one another. Pages need five or six.
const DEEPEST: u32 = 48;
/// Objects inside one object: a list of 100 000 fields is one.
const MOST_NODES: u32 = 500_000;

/// Reads objects out of a text. `None` is for what is no object, or goes on behind the end of the text.
pub(super) struct Parser<'a> {
    text: &'a [u8],
    pub(super) at: usize,
    nodes: u32,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(super) const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl<'a> Parser<'a> {
    pub(super) const fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at, nodes: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Over white space and comments.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\r' && byte != b'\n') {
                    self.at += 1;
                }
            } else if !is_space(byte) {
                break;
            } else {
                self.at += 1;
            }
        }
    }

    /// Over a word that must stand here.
    pub(super) fn word(&mut self, word: &str) -> Option<()> {
        self.skip();
        let here = self.text.get(self.at..)?.starts_with(word.as_bytes());
        let behind = self.text.get(self.at + word.len()).copied();
        if !here || behind.is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            return None;
        }
        self.at += word.len();
        Some(())
    }

    /// A number that is not negative and has no sign.
    pub(super) fn count(&mut self) -> Option<u64> {
        self.skip();
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    /// `12 0 obj`: the number and the generation.
    pub(super) fn head(&mut self) -> Option<(u32, u16)> {
        let number = self.count()?.try_into().ok()?;
        let generation = self.count()?.try_into().ok()?;
        self.word("obj")?;
        Some((number, generation))
    }

    /// One object.
    pub(super) fn object(&mut self) -> Option<Object> {
        self.nested(DEEPEST)
    }

    fn nested(&mut self, depth: u32) -> Option<Object> {
        self.nodes += 1;
        let depth = depth.checked_sub(1).filter(|_| self.nodes <= MOST_NODES)?;
        self.skip();
        match self.next()? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(Object::Text),
            b'<' if self.peek()? == b'<' => {
                self.at += 1;
                self.dict(depth).map(Object::Dict)
            }
            b'<' => self.hex().map(Object::Text),
            b'[' => {
                let mut items = Vec::new();
                loop {
                    self.skip();
                    if self.peek()? == b']' {
                        self.at += 1;
                        return Some(Object::Array(items));
                    }
                    items.push(self.nested(depth)?);
                }
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                self.at -= 1;
                self.number()
            }
            _ => {
                self.at -= 1;
                let words = [("null", Object::Null), ("true", Object::Bool(true)), ("false", Object::Bool(false))];
                words.into_iter().find_map(|(word, object)| self.word(word).map(|()| object))
            }
        }
    }

    fn dict(&mut self, depth: u32) -> Option<Dict> {
        let mut entries = Vec::new();
        loop {
            self.skip();
            match self.next()? {
                b'>' if self.peek()? == b'>' => {
                    self.at += 1;
                    return Some(Dict { entries, close: self.at - 2 });
                }
                b'/' => {
                    let name = self.name()?;
                    self.skip();
                    let start = self.at;
                    let value = self.nested(depth)?;
                    entries.push(Entry { name, value, start, end: self.at });
                }
                _ => return None,
            }
        }
    }

    /// Behind the slash.
    fn name(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|&byte| !is_space(byte) && !is_delimiter(byte)) {
            self.at += 1;
            let digits = self.text.get(self.at..self.at + 2);
            let escaped = digits.and_then(|digits| Some(nibble(digits[0])? << 4 | nibble(digits[1])?));
            match escaped {
                Some(escaped) if byte == b'#' => {
                    self.at += 2;
                    name.push(escaped);
                }
                _ => name.push(byte),
            }
        }
        // It may go on behind the end.
        self.peek().map(|_| name)
    }

    /// Behind the parenthesis (7.3.4.2).
    fn literal(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let mut open = 1u32;
        loop {
            let byte = match self.next()? {
                b'(' => {
                    open += 1;
                    b'('
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(text);
                    }
                    b')'
                }
                b'\\' => match self.next()? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    b'\r' => {
                        self.at += usize::from(self.peek()? == b'\n');
                        continue;
                    }
                    b'\n' => continue,
                    digit @ b'0'..=b'7' => {
                        let mut number = digit - b'0';
                        for _ in 0..2 {
                            if let digit @ b'0'..=b'7' = self.peek()? {
                                self.at += 1;
                                number = number.wrapping_mul(8).wrapping_add(digit - b'0');
                            }
                        }
                        number
                    }
                    other => other,
                },
                other => other,
            };
            text.push(byte);
        }
    }

    /// Behind the angle bracket.
    fn hex(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let mut half = None;
        loop {
            let byte = self.next()?;
            if byte == b'>' {
                text.extend(half.map(|high: u8| high << 4));
                return Some(text);
            }
            if is_space(byte) {
                continue;
            }
            let digit = nibble(byte)?;
            match half.take() {
                Some(high) => text.push(high << 4 | digit),
                None => half = Some(digit),
            }
        }
    }

    /// A number, or a reference, which begins as one.
    fn number(&mut self) -> Option<Object> {
        let start = self.at;
        let negative = self.peek()? == b'-';
        while let Some(b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        let (mut value, mut whole, mut scale) = (0f64, Some(0i64), 0u32);
        let digits = self.at;
        loop {
            match self.peek()? {
                digit @ b'0'..=b'9' => {
                    let digit = digit - b'0';
                    whole = whole.and_then(|whole| whole.checked_mul(10)?.checked_add(i64::from(digit)));
                    value = value * 10.0 + f64::from(digit);
                    scale *= 10;
                    if scale >= 1_000_000_000 {
                        // Further digits say nothing.
                        while let Some(b'0'..=b'9') = self.text.get(self.at + 1) {
                            self.at += 1;
                        }
                    }
                }
                b'.' if scale == 0 => scale = 1,
                _ => break,
            }
            self.at += 1;
        }
        if self.at == digits {
            return None;
        }
        if scale > 0 {
            let value = value / f64::from(scale);
            return Some(Object::Real(if negative { -value } else { value }));
        }
        let whole = whole.filter(|whole| *whole < 1 << 53)?;
        if start == digits
            && let Ok(number) = u32::try_from(whole)
        {
            let behind = self.at;
            if self.count().is_some() && self.word("R").is_some() {
                return Some(Object::Reference(number));
            }
            self.at = behind;
        }
        Some(Object::Integer(if negative { -whole } else { whole }))
    }
}
