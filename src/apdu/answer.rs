//! One question may take several exchanges: what to send next until the whole answer is there.
//!
//! Data that does not fit a short command goes in parts (ISO/IEC 7816-4 5.3.3). GM/T 0017 locks say 6A9E and want the identical
//! command again; ISO cards say 61xx and want GET RESPONSE, or 6Cxx and want the same command with another Le (reference:
//! token.md 1.1, 5.2).
//!
//! What must happen once is sent once, whatever a lock says. VerifyPIN and the signatures of GM/T 0017 are sent without Le, and 6A9E is
//! followed only for commands that have one; those of an ISO card bring data, and 6Cxx is followed only for commands without any.

use zeroize::Zeroizing;

use super::{Command, Form, Response, Status};
use crate::error::{Code, Error, Result};
use crate::prelude::*;

/// The most that one answer may grow to: four times the largest APDU. A lock that says "more" for ever is stopped here.
const LIMIT: usize = 0x4_0000;

/// The most exchanges for one answer; a lock that says "more" but adds nothing is stopped here.
const ROUNDS: u32 = 1024;

/// Collects the answer to one command.
pub struct Answer {
    command: Command,
    form: Form,
    data: Vec<u8>,
    rounds: u32,
    corrected: bool,
    /// Which part of a command in parts was sent last.
    #[cfg(feature = "full")]
    part: usize,
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
            part: 0,
        }
    }

    /// The bytes of the first exchange.
    ///
    /// # Errors
    /// `PARAMETER` when the command does not fit its form.
    pub fn first(&self) -> Result<Zeroizing<Vec<u8>>> {
        #[cfg(feature = "full")]
        if let Some(part) = self.command.part(self.form, 0) {
            return part.encode(self.form);
        }
        self.command.encode(self.form)
    }

    /// Takes one response and says what comes next.
    ///
    /// # Errors
    /// `BAD_REPLY` when the lock announces more data without end.
    pub fn feed(&mut self, mut response: Response) -> Result<Next> {
        // Each part is accepted before the next is sent; one that is refused ends the command.
        #[cfg(feature = "full")]
        if let (Status::OK, Some(next)) = (response.status, self.command.part(self.form, self.part + 1)) {
            self.part += 1;
            return Ok(Next::Send(next.encode(self.form)?));
        }
        self.data.append(&mut response.data);
        self.rounds += 1;
        if self.data.len() > LIMIT || self.rounds > ROUNDS {
            return Err(Error::because(Code::BadReply, "an answer without end"));
        }
        let wants_more = self.command.cla & 0x80 != 0 && self.command.expected().is_some();
        if wants_more && response.status == Status::MORE_DATA {
            return Ok(Next::Send(self.command.encode(self.form)?));
        }
        if let Some(waiting) = response.status.more_waiting() {
            let le = if waiting == 0 { 256 } else { waiting.into() };
            // GET RESPONSE keeps the logical channel and drops the chaining bit (ISO/IEC 7816-4 5.3.4).
            let get = Command::new(self.command.cla & 0x03, 0xC0, 0, 0).expecting(le);
            return Ok(Next::Send(get.encode(Form::Short)?));
        }
        let corrected = self.corrected || !self.command.data().is_empty();
        if let (Some(le), false) = (response.status.right_le(), corrected) {
            self.corrected = true;
            self.command = self.command.clone().expecting(if le == 0 { 256 } else { le.into() });
            return Ok(Next::Send(self.command.encode(self.form)?));
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
    fn long_data_in_parts_until_one_is_refused() {
        let command = || Command::new(0, 0x87, 7, 0x9C).with_data(&[&[0xAB; 600]]).expecting(256);
        let mut answer = Answer::to(command(), Form::Short);
        let parts = [
            answer.first().unwrap().to_vec(),
            sent(answer.feed(response(&[], 0x9000)).unwrap()),
            sent(answer.feed(response(&[], 0x9000)).unwrap()),
        ];
        assert_eq!(parts.each_ref().map(Vec::len), [260, 260, 5 + 90 + 1]);
        assert_eq!(parts.each_ref().map(|part| part[0]), [0x10, 0x10, 0x00]);
        assert_eq!(sent(answer.feed(response(&[1], 0x6102)).unwrap()), [0, 0xC0, 0, 0, 2]);
        assert_eq!(done(answer.feed(response(&[2, 3], 0x9000)).unwrap()), response(&[1, 2, 3], 0x9000));
        let mut answer = Answer::to(command(), Form::Short);
        let refused = done(answer.feed(response(&[], 0x6982)).unwrap());
        assert_eq!(refused.status, Status(0x6982));
    }

    #[test]
    fn the_right_le_on_6c_once() {
        let mut answer = Answer::to(Command::new(0, 0xB0, 0, 0).expecting(256), Form::Short);
        assert_eq!(sent(answer.feed(response(&[], 0x6C08)).unwrap()), [0, 0xB0, 0, 0, 8]);
        assert_eq!(done(answer.feed(response(&[], 0x6C07)).unwrap()).status, Status(0x6C07));
    }

    #[test]
    fn what_must_happen_once_is_never_sent_again() {
        let pin = Command::new(0x80, 0x18, 0, 1).with_data(&[&[0; 18]]);
        let signature = Command::new(0, 0x87, 0x11, 0x9A).with_data(&[&[0; 38]]).expecting(256);
        for (command, form) in [(pin, Form::Extended), (signature, Form::Short)] {
            for word in [0x6A9E, 0x6C10] {
                let mut answer = Answer::to(command.clone(), form);
                assert_eq!(done(answer.feed(response(&[], word)).unwrap()).status, Status(word));
            }
        }
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
