//! The command APDU: `CLA INS P1 P2 [Lc data] [Le]`.

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};
use crate::prelude::*;

/// How Lc and Le are written (ISO/IEC 7816-4 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One byte each; at most 255 bytes of data, at most 256 expected.
    Short,
    /// `00 hi lo`, Le without its leading zero when Lc stands before it; up to 65 535 and 65 536. The only form GM/T 0017
    /// knows (reference: token.md 1.1).
    Extended,
}

/// One command. Its data is wiped on drop, since it may be a PIN block.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    data: Zeroizing<Vec<u8>>,
    expected: Option<u32>,
}

impl Command {
    /// What Le says when all there is shall come: 65 536, written `0000`.
    pub const ALL: u32 = 0x1_0000;

    /// A command of four bytes, without data and without Le.
    #[must_use]
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self { cla, ins, p1, p2, data: Zeroizing::new(Vec::new()), expected: None }
    }

    /// The same with data; the parts are put one after the other.
    #[must_use]
    pub fn with_data(mut self, parts: &[&[u8]]) -> Self {
        let mut data = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
        for part in parts {
            data.extend_from_slice(part);
        }
        self.data = data;
        self
    }

    /// The same with Le: the number of bytes that may come back, 1 to 65 536.
    #[must_use]
    pub fn expecting(mut self, bytes: u32) -> Self {
        self.expected = Some(bytes);
        self
    }

    /// The data field.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Le as a number of bytes, if the command has one.
    #[must_use]
    pub fn expected(&self) -> Option<u32> {
        self.expected
    }

    /// The bytes to send.
    ///
    /// # Errors
    /// `PARAMETER` when data or Le do not fit the form.
    pub fn encode(&self, form: Form) -> Result<Zeroizing<Vec<u8>>> {
        let too_long = Error::because(Code::Parameter, "APDU data or Le does not fit its form");
        let mut out = Zeroizing::new(Vec::with_capacity(4 + 3 + self.data.len() + 3));
        out.extend_from_slice(&[self.cla, self.ins, self.p1, self.p2]);
        match form {
            Form::Short => {
                if !self.data.is_empty() {
                    out.push(u8::try_from(self.data.len()).map_err(|_| too_long)?);
                    out.extend_from_slice(&self.data);
                }
                match self.expected {
                    None => {}
                    Some(256) => out.push(0),
                    Some(n @ 1..=255) => out.push(u8::try_from(n).map_err(|_| too_long)?),
                    Some(_) => return Err(too_long),
                }
            }
            Form::Extended => {
                if !self.data.is_empty() {
                    out.push(0);
                    out.extend_from_slice(&u16::try_from(self.data.len()).map_err(|_| too_long)?.to_be_bytes());
                    out.extend_from_slice(&self.data);
                }
                if let Some(n) = self.expected {
                    if n == 0 || n > Self::ALL {
                        return Err(too_long);
                    }
                    if self.data.is_empty() {
                        out.push(0);
                    }
                    // 65 536 becomes 0000.
                    out.extend_from_slice(&n.to_be_bytes()[2..]);
                }
            }
        }
        Ok(out)
    }

    /// The `index`-th part of a command whose data does not fit one of its form, to be sent one after the other: all but the last
    /// with the chaining bit and without Le (ISO/IEC 7816-4 5.3.3). `None` for a command that fits, and behind the last part.
    #[cfg(feature = "full")]
    #[must_use]
    pub fn part(&self, form: Form, index: usize) -> Option<Self> {
        const MOST: usize = 255;
        const CHAINING: u8 = 0x10;
        if form == Form::Extended || self.data.len() <= MOST {
            return None;
        }
        let data = self.data.chunks(MOST).nth(index)?;
        let last = (index + 1) * MOST >= self.data.len();
        let cla = if last { self.cla } else { self.cla | CHAINING };
        let part = Self::new(cla, self.ins, self.p1, self.p2).with_data(&[data]);
        Some(Self { expected: self.expected.filter(|_| last), ..part })
    }

    /// Reads a command as a lock does, in either form.
    ///
    /// # Errors
    /// `BAD_FRAME` when the lengths inside do not add up to the bytes given.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Form)> {
        let broken = Error::because(Code::BadFrame, "not a command APDU");
        let Some((&[cla, ins, p1, p2], body)) = bytes.split_first_chunk::<4>() else { return Err(broken) };
        let header = Self::new(cla, ins, p1, p2);
        match *body {
            [] => Ok((header, Form::Short)),
            [le] => Ok((header.expecting(if le == 0 { 256 } else { le.into() }), Form::Short)),
            [0, hi, lo] => Ok((header.expecting(extended_le(hi, lo)), Form::Extended)),
            [0, hi, lo, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(u16::from_be_bytes([hi, lo]).into()).ok_or(broken)?;
                let command = header.with_data(&[data]);
                match *le {
                    [] if !data.is_empty() => Ok((command, Form::Extended)),
                    [hi, lo] if !data.is_empty() => Ok((command.expecting(extended_le(hi, lo)), Form::Extended)),
                    _ => Err(broken),
                }
            }
            [lc, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(lc.into()).ok_or(broken)?;
                let command = header.with_data(&[data]);
                match *le {
                    [] if !data.is_empty() => Ok((command, Form::Short)),
                    [le] if !data.is_empty() => {
                        Ok((command.expecting(if le == 0 { 256 } else { le.into() }), Form::Short))
                    }
                    _ => Err(broken),
                }
            }
        }
    }
}

fn extended_le(hi: u8, lo: u8) -> u32 {
    match u16::from_be_bytes([hi, lo]) {
        0 => Command::ALL,
        n => n.into(),
    }
}

impl core::fmt::Debug for Command {
    /// Header and lengths; never the data, which may be a PIN block.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:02X} {:02X} {:02X} {:02X}, {} bytes", self.cla, self.ins, self.p1, self.p2, self.data.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(command: &Command, form: Form) -> Vec<u8> {
        command.encode(form).unwrap().to_vec()
    }

    #[test]
    fn the_four_cases_in_both_forms() {
        let head = Command::new(0x80, 0x22, 1, 2);
        assert_eq!(bytes(&head, Form::Short), [0x80, 0x22, 1, 2]);
        assert_eq!(bytes(&head.clone().expecting(256), Form::Short), [0x80, 0x22, 1, 2, 0]);
        assert_eq!(bytes(&head.clone().expecting(Command::ALL), Form::Extended), [0x80, 0x22, 1, 2, 0, 0, 0]);
        let full = head.with_data(&[&[0xAA], &[0xBB]]);
        assert_eq!(bytes(&full, Form::Short), [0x80, 0x22, 1, 2, 2, 0xAA, 0xBB]);
        assert_eq!(bytes(&full.clone().expecting(10), Form::Extended), [0x80, 0x22, 1, 2, 0, 0, 2, 0xAA, 0xBB, 0, 10]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = Command::new(0, 0, 0, 0).with_data(&[&[0; 256]]);
        assert_eq!(long.encode(Form::Short).unwrap_err().code, Code::Parameter);
        assert!(long.encode(Form::Extended).is_ok());
        let longer = Command::new(0, 0, 0, 0).with_data(&[&[0; 0x1_0000]]);
        assert_eq!(longer.encode(Form::Extended).unwrap_err().code, Code::Parameter);
        for (le, form) in [(257, Form::Short), (0, Form::Short), (0, Form::Extended), (0x1_0001, Form::Extended)] {
            assert_eq!(Command::new(0, 0, 0, 0).expecting(le).encode(form).unwrap_err().code, Code::Parameter);
        }
    }

    #[test]
    fn debug_hides_the_data() {
        let command = Command::new(0x80, 0x18, 0, 1).with_data(&[b"secret"]);
        assert_eq!(format!("{command:?}"), "80 18 00 01, 6 bytes");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes: Vec<u8>) {
            let _ = Command::parse(&bytes);
        }

        #[test]
        fn what_is_written_is_read(head: [u8; 4], data in prop::collection::vec(any::<u8>(), 1..600), le in 1u32..=0x1_0000) {
            let command = Command::new(head[0], head[1], head[2], head[3]).with_data(&[&data]).expecting(le);
            let read = Command::parse(&command.encode(Form::Extended).unwrap()).unwrap();
            prop_assert_eq!(read, (command, Form::Extended));
        }
    }
}
