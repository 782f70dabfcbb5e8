//! A conversation with a real lock, written down as it happens without what it says of anybody.
//!
//! A person at a portal has a lock that does not work; support has none like it. The recording is a [`Script`]: it can be read,
//! and played as a lock. It is masked while it is made: what is left out was never kept, so there is no unmasked recording to
//! lose. What may be shown is a list ([`mask`]); everything else, every command that is not on it too, keeps nothing but its
//! lengths and status words.

mod certificate;
pub mod mask;

use zeroize::Zeroizing;

use crate::apdu::{Instruction, Status};
use crate::script::{Exchange, Pattern, Script};

/// A finished recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    script: Script,
}

impl Recording {
    /// The recording as a script: what a person reads, saves and sends to support.
    #[must_use]
    pub fn text(&self) -> String {
        self.script.to_string()
    }

    /// The same to be played.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.script
    }
}

/// Takes down exchanges one by one.
pub struct Recorder {
    script: Script,
    most: usize,
    open: Option<Open>,
}

/// A question whose answer is not whole yet. The only place where anything stands unmasked, and only until it is whole: a
/// certificate comes in pieces, and no piece alone can be told from another.
struct Open {
    /// The commands of its exchanges: the same one again and again, or GET RESPONSE.
    commands: Vec<Zeroizing<Vec<u8>>>,
    /// Bytes of data and status word of the answers so far; one less than commands while one is waited for.
    answers: Vec<(usize, Status)>,
    data: Zeroizing<Vec<u8>>,
}

impl Recorder {
    /// A recording keeps no more exchanges than this, some forty logins; later ones are left out.
    pub const MOST: usize = 1000;

    /// Begins with a lock of this profile.
    #[must_use]
    pub fn new(profile: &str) -> Self {
        let script = Script { profile: Some(profile.to_owned()), ..Script::default() };
        Self { script, most: Self::MOST, open: None }
    }

    /// The same for exchanges that are known already, however many.
    #[must_use]
    pub fn unbounded(profile: &str) -> Self {
        Self { most: usize::MAX, ..Self::new(profile) }
    }

    /// A command goes out.
    pub fn sent(&mut self, apdu: &[u8]) {
        let apdu = Zeroizing::new(apdu.to_vec());
        match &mut self.open {
            Some(open) if open.is_continued_by(&apdu) => open.commands.push(apdu),
            _ => {
                self.flush();
                self.open = Some(Open { commands: vec![apdu], answers: Vec::new(), data: Zeroizing::default() });
            }
        }
    }

    /// Its answer came in. An answer of less than a status word counts as none.
    pub fn received(&mut self, answer: &[u8]) {
        let (Some(open), Some((data, sw))) = (&mut self.open, answer.split_last_chunk::<2>()) else { return };
        if open.answers.len() == open.commands.len() {
            return; // nobody asked
        }
        let status = Status(u16::from_be_bytes(*sw));
        open.answers.push((data.len(), status));
        // Grown by hand: a buffer that grows by itself leaves its old place unwiped.
        open.data = Zeroizing::new([&open.data[..], data].concat());
        if !mask::has_more(status) {
            self.flush();
        }
    }

    /// Ends.
    #[must_use]
    pub fn finish(mut self) -> Recording {
        self.flush();
        Recording { script: self.script }
    }

    fn flush(&mut self) {
        let Some(open) = self.open.take() else { return };
        let room = self.most.saturating_sub(self.script.exchanges.len());
        self.script.exchanges.extend(open.masked().into_iter().take(room));
    }
}

impl Open {
    /// Whether a command asks for the rest of this answer: the identical one after 6A9E, GET RESPONSE after 61xx.
    fn is_continued_by(&self, apdu: &[u8]) -> bool {
        let Some((_, last)) = self.answers.last().filter(|_| self.answers.len() == self.commands.len()) else {
            return false;
        };
        let first = self.commands.first();
        if last.more_waiting().is_some() {
            return apdu.get(1) == Some(&0xC0);
        }
        *last == Status::MORE_DATA && first.is_some_and(|first| first[..] == *apdu)
    }

    fn masked(self) -> Vec<Exchange> {
        let question = self.commands.first().map_or(&[][..], |first| &first[..]);
        let last = self.answers.last().map_or(Status::OK, |(_, status)| *status);
        let mut data = mask::answer(question, &self.data, last);
        let mut answers = self.answers.into_iter().map(|(length, status)| {
            let mut answer = data.take(length);
            answer.append(Pattern::known(&status.0.to_be_bytes()));
            answer
        });
        let exchange = |command: Zeroizing<Vec<u8>>| Exchange {
            line: 0,
            note: Instruction::of(&command).map_or("", |instruction| instruction.name).to_owned(),
            command: mask::command(&command),
            answer: answers.next(),
        };
        self.commands.into_iter().map(exchange).collect()
    }
}
