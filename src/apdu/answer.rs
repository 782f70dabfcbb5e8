//! One question may take several exchanges: what to send next until the whole answer is there.
//!
//! GM/T 0017 locks say 6A9E and want the identical command again; ISO cards say 61xx and want GET RESPONSE, or 6Cxx and
//! want the same command with another Le (reference: token.md 1.1, 5.2). What is too long for a short command goes as a chain
//! of them (ISO/IEC 7816-4 5.3.3; reference: token.md 5.3).

use zeroize::Zeroizing;

use super::{Command, Form, Response, Status};
use crate::error::{Code, Error, Result};

/// The most that one answer may grow to: four times the largest APDU. A lock that says "more" for ever is stopped here.
const LIMIT: usize = 0x4_0000;

/// The most exchanges for one answer; a lock that says "more" but adds nothing is stopped here.
const ROUNDS: u32 = 1024;

/// Data of one link of a chain.
#[cfg(feature = "full")]
const PART: usize = 255;
/// The class bit of every link but the last.
#[cfg(feature = "full")]
const CHAINED: u8 = 0x10;

/// Collects the answer to one command.
pub struct Answer {
    command: Command,
    form: Form,
    data: Vec<u8>,
    rounds: u32,
    corrected: bool,
    /// How much of the command's data has gone in parts.
    #[cfg(feature = "full")]
    gone: usize,
}

/// What to do after a response was fed.
#[derive(Debug)]
pub enum Next {
    /// Send these bytes and feed what comes back.
    Send(Zeroizing<Vec<u8>>),
    /// The answer is whole: all data, last status word.
    Done(Response),
}

impl Answer {
    /// Starts with the command whose answer is wanted; send [`Answer::first`].
    #[must_use]
    pub fn to(command: Command, form: Form) -> Self {
        Self {
            command,
            form,
            data: Vec::new(),
            rounds: 0,
            corrected: false,
            #[cfg(feature = "full")]
            gone: 0,
        }
    }

    /// The bytes of the first exchange.
    ///
    /// # Errors
    /// `PARAMETER` when the command does not fit its form.
    pub fn first(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.part()
    }

    #[cfg(not(feature = "full"))]
    fn part(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.command.encode(self.form)
    }

    /// What comes next of a command: all of it, or one link of a chain.
    #[cfg(feature = "full")]
    fn part(&self) -> Result<Zeroizing<Vec<u8>>> {
        let left = &self.command.data()[self.gone..];
        if self.gone == 0 && (self.form == Form::Extended || left.len() <= PART) {
            return self.command.encode(self.form);
        }
        let last = left.len() <= PART;
        let Command { cla, ins, p1, p2, .. } = self.command;
        let part = Command::new(if last { cla } else { cla | CHAINED }, ins, p1, p2)
            .with_data(&[&left[..left.len().min(PART)]]);
        match self.command.expected() {
            Some(le) if last => part.expecting(le).encode(Form::Short),
            _ => part.encode(Form::Short),
        }
    }

    /// Takes one response and says what comes next.
    ///
    /// # Errors
    /// `BAD_REPLY` when the lock announces more data without end.
    pub fn feed(&mut self, mut response: Response) -> Result<Next> {
        self.data.append(&mut response.data);
        self.rounds += 1;
        if self.data.len() > LIMIT || self.rounds > ROUNDS {
            return Err(Error::because(Code::BadReply, "an answer without end"));
        }
        #[cfg(feature = "full")]
        if self.form == Form::Short && self.command.data().len() > self.gone + PART {
            // A link that is refused ends the chain; the last one is answered as any command.
            if response.status == Status::OK {
                self.gone += PART;
                return Ok(Next::Send(self.part()?));
            }
            return Ok(Next::Done(Response { data: core::mem::take(&mut self.data), status: response.status }));
        }
        // A command that wants no data has none left to come. VerifyPIN and the signatures are such: whatever a lock says, they
        // are sent once.
        let again = self.command.expected().is_some();
        if again && response.status == Status::MORE_DATA {
            return Ok(Next::Send(self.part()?));
        }
        if let Some(waiting) = response.status.more_waiting() {
            let le = if waiting == 0 { 256 } else { waiting.into() };
            // GET RESPONSE keeps the logical channel and drops the chaining bit (ISO/IEC 7816-4 5.3.4).
            let get = Command::new(self.command.cla & 0x03, 0xC0, 0, 0).expecting(le);
            return Ok(Next::Send(get.encode(Form::Short)?));
        }
        if let (Some(le), true, false) = (response.status.right_le(), again, self.corrected) {
            self.corrected = true;
            self.command = self.command.clone().expecting(if le == 0 { 256 } else { le.into() });
            return Ok(Next::Send(self.part()?));
        }
        Ok(Next::Done(Response { data: core::mem::take(&mut self.data), status: response.status }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(data: &[u8], sw: u16) -> Response {
        Response { data: data.to_vec(), status: Status(sw) }
    }

    fn sent(next: Next) -> Vec<u8> {
        match next {
            Next::Send(bytes) => bytes.to_vec(),
            Next::Done(done) => panic!("done too early: {done:?}"),
        }
    }

    fn done(next: Next) -> Response {
        match next {
            Next::Done(done) => done,
            Next::Send(_) => panic!("not done"),
        }
    }

    #[test]
    fn the_identical_command_again_on_6a9e() {
        let command = Command::new(0x80, 0x4E, 1, 0).with_data(&[&[0x10, 0, 0x30, 1]]).expecting(Command::ALL);
        let mut answer = Answer::to(command, Form::Extended);
        let first = answer.first().unwrap().to_vec();
        assert_eq!(sent(answer.feed(response(&[1, 2], 0x6A9E)).unwrap()), first);
        assert_eq!(done(answer.feed(response(&[3], 0x9000)).unwrap()), response(&[1, 2, 3], 0x9000));
    }

    #[test]
    fn get_response_on_61() {
        let mut answer = Answer::to(Command::new(0x10, 0xCB, 0x3F, 0xFF).with_data(&[&[0x5C]]), Form::Short);
        assert_eq!(sent(answer.feed(response(&[9], 0x6105)).unwrap()), [0x00, 0xC0, 0, 0, 5]);
        assert_eq!(sent(answer.feed(response(&[], 0x6100)).unwrap()), [0x00, 0xC0, 0, 0, 0]);
        assert_eq!(done(answer.feed(response(&[8], 0x9000)).unwrap()).data, [9, 8]);
    }

    #[test]
    fn the_right_le_on_6c_once() {
        let mut answer = Answer::to(Command::new(0, 0xB0, 0, 0).expecting(256), Form::Short);
        assert_eq!(sent(answer.feed(response(&[], 0x6C08)).unwrap()), [0, 0xB0, 0, 0, 8]);
        assert_eq!(done(answer.feed(response(&[], 0x6C07)).unwrap()).status, Status(0x6C07));
    }

    #[test]
    fn a_command_that_wants_no_data_is_never_sent_again() {
        for word in [0x6A9E, 0x6C10] {
            let mut answer = Answer::to(Command::new(0x80, 0x18, 0, 1).with_data(&[&[0; 18]]), Form::Extended);
            assert_eq!(done(answer.feed(response(&[], word)).unwrap()).status, Status(word));
        }
    }

    #[test]
    fn what_is_too_long_for_a_short_command_goes_as_a_chain() {
        let data: Vec<u8> = (0..=255).cycle().take(600).collect();
        let command = Command::new(0, 0x87, 0x07, 0x9A).with_data(&[&data]).expecting(256);
        let mut answer = Answer::to(command.clone(), Form::Short);
        let mut parts = vec![answer.first().unwrap().to_vec()];
        parts.push(sent(answer.feed(response(&[], 0x9000)).unwrap()));
        parts.push(sent(answer.feed(response(&[], 0x9000)).unwrap()));
        assert_eq!(parts.iter().map(|part| part[0]).collect::<Vec<_>>(), [0x10, 0x10, 0x00]);
        let joined: Vec<u8> = parts.iter().flat_map(|part| Command::parse(part).unwrap().0.data().to_vec()).collect();
        assert_eq!(joined, data);
        assert_eq!(Command::parse(&parts[2]).unwrap().0.expected(), Some(256));
        // The last link is answered as any command, here with more to fetch.
        assert_eq!(sent(answer.feed(response(&[1], 0x6102)).unwrap()), [0x00, 0xC0, 0, 0, 2]);
        assert_eq!(done(answer.feed(response(&[2, 3], 0x9000)).unwrap()).data, [1, 2, 3]);

        let mut refused = Answer::to(command, Form::Short);
        refused.first().unwrap();
        assert_eq!(done(refused.feed(response(&[], 0x6883)).unwrap()).status, Status(0x6883));
    }

    #[test]
    fn a_lock_that_never_ends_is_stopped() {
        let mut answer = Answer::to(Command::new(0x80, 0x4E, 1, 0).expecting(Command::ALL), Form::Extended);
        let ended = (0..5000).find_map(|_| answer.feed(response(&[], 0x6A9E)).err());
        assert_eq!(ended.unwrap().code, Code::BadReply);
        let mut answer = Answer::to(Command::new(0x80, 0x4E, 1, 0).expecting(Command::ALL), Form::Extended);
        let ended = (0..5000).find_map(|_| answer.feed(response(&[0; 60_000], 0x6A9E)).err());
        assert_eq!(ended.unwrap().code, Code::BadReply);
    }
}
