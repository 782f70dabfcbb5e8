//! A script as a virtual lock: it asks for the commands it was written with and gives their answers.
//!
//! A time of being plugged in is one play: losing power begins the script anew. A command that is not the script's is answered 6F00,
//! and so is everything after it: one mismatch is told, not its consequences.

use core::fmt;

use super::Answering;
use crate::apdu::{Instruction, Response, Status};
use crate::error::{Code, Error};
use crate::lock::{Profile, profile};
use crate::recording::mask;
use crate::script::{Exchange, Pattern, Play, Script};

/// What a lock says to a command that its script does not know: no diagnosis.
const REFUSED: Status = Status(0x6F00);

/// A script and where it is.
pub struct Player {
    script: Script,
    profile: &'static Profile,
    /// The next exchange; the number of all of them at the end.
    next: usize,
    /// How often each exchange was played.
    played: Vec<u32>,
    wrong: Option<Problem>,
    /// How the play before the last loss of power ended.
    before: Option<Result<(), Problem>>,
}

/// Why a play was not the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Another command came than the script's next one.
    Wrong {
        /// The line of the command that was expected.
        line: usize,
        /// That command.
        expected: Pattern,
        /// What came, masked as a recording is.
        came: Pattern,
        /// The first byte that differs, from 0.
        at: usize,
    },
    /// A command came after the last one.
    Ended {
        /// What came, masked.
        came: Pattern,
    },
    /// A command came that stands nowhere in a script that is played in any order.
    Unknown {
        /// What came, masked.
        came: Pattern,
    },
    /// The play ended before the script did.
    LeftOver {
        /// How many exchanges were not asked for.
        exchanges: usize,
        /// The line of the first of them.
        line: usize,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong { line, expected, came, at } => {
                let (wanted, got) = (Named(expected), Named(came));
                write!(f, "line {line}: expected {wanted}, came {got}; byte {} differs", at + 1)
            }
            Self::Ended { came } => write!(f, "after the last line came {}", Named(came)),
            Self::Unknown { came } => write!(f, "in no line: {}", Named(came)),
            Self::LeftOver { exchanges: 1, line } => write!(f, "left over: 1 exchange, line {line}"),
            Self::LeftOver { exchanges, line } => write!(f, "left over: {exchanges} exchanges from line {line}"),
        }
    }
}

impl core::error::Error for Problem {}

/// A command with its name before it.
struct Named<'a>(&'a Pattern);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(instruction) = Instruction::of(&self.0.filled(0)) {
            write!(f, "{} ", instruction.name)?;
        }
        self.0.fmt(f)
    }
}

impl Player {
    /// Whose lock a script plays that does not say.
    const PROFILE: &str = "gm3000";

    /// A script, to be played from its first line.
    ///
    /// # Errors
    /// `PARAMETER` when it names a profile that there is not.
    pub fn new(script: Script) -> crate::Result<Self> {
        let unknown = Error::because(Code::Parameter, "the script names an unknown profile");
        let profile = profile::named(script.profile.as_deref().unwrap_or(Self::PROFILE)).ok_or(unknown)?;
        let played = vec![0; script.exchanges.len()];
        Ok(Self { script, profile, next: 0, played, wrong: None, before: None })
    }

    /// Whose lock it plays.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// The script.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// How the play went: the one under way, or the last one when none has begun since.
    ///
    /// # Errors
    /// The first command that was not the script's; otherwise what was not asked for.
    pub fn verdict(&self) -> Result<(), Problem> {
        match &self.before {
            Some(before) if !self.has_begun() => before.clone(),
            _ => self.judge(),
        }
    }

    fn has_begun(&self) -> bool {
        self.wrong.is_some() || self.played.iter().any(|&times| times > 0)
    }

    fn judge(&self) -> Result<(), Problem> {
        if let Some(problem) = &self.wrong {
            return Err(problem.clone());
        }
        // Exchanges that a skipping play went past are not left over: that is what it is for.
        let unread = |index: usize| match self.script.play {
            Play::AnyOrder => self.played[index] == 0,
            Play::InOrder | Play::Skipping => index >= self.next,
        };
        let mut left = self.script.exchanges.iter().enumerate().filter(|(index, _)| unread(*index));
        match left.next() {
            None => Ok(()),
            Some((_, first)) => Err(Problem::LeftOver { exchanges: 1 + left.count(), line: first.line }),
        }
    }

    /// The exchange that a command is answered by, or the status word that refuses it.
    fn find(&mut self, apdu: &[u8]) -> Result<usize, Status> {
        let exchanges = &self.script.exchanges;
        let fits = |exchange: &Exchange| exchange.command.difference(apdu).is_none();
        let rest = exchanges.get(self.next..).unwrap_or_default();
        let came = || mask::command(apdu);
        match self.script.play {
            Play::InOrder => {
                let problem = match rest.first() {
                    None => Problem::Ended { came: came() },
                    Some(next) => match next.command.difference(apdu) {
                        None => return Ok(self.next),
                        Some(at) => {
                            Problem::Wrong { line: next.line, expected: next.command.clone(), came: came(), at }
                        }
                    },
                };
                self.wrong = Some(problem);
                Err(REFUSED)
            }
            Play::Skipping => rest.iter().position(fits).map(|skipped| self.next + skipped).ok_or(Status::INS_UNKNOWN),
            Play::AnyOrder => {
                // The first of those that were played least: in turn, and round again.
                let fitting = exchanges.iter().enumerate().filter(|(_, exchange)| fits(exchange));
                let least = fitting.min_by_key(|(index, _)| self.played[*index]).map(|(index, _)| index);
                least.ok_or_else(|| {
                    self.wrong.get_or_insert(Problem::Unknown { came: came() });
                    Status::INS_UNKNOWN
                })
            }
        }
    }
}

impl Answering for Player {
    /// An answer without any byte stands for none: the lock is silent.
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8> {
        let refused = |status| Response { data: Vec::new(), status }.encode();
        if self.wrong.is_some() && self.script.play == Play::InOrder {
            return refused(REFUSED);
        }
        match self.find(apdu) {
            Err(status) => refused(status),
            Ok(index) => {
                self.next = index + 1;
                self.played[index] += 1;
                let answer = &self.script.exchanges[index].answer;
                answer.as_ref().map(|answer| answer.filled(self.script.masked)).unwrap_or_default()
            }
        }
    }

    fn power_off(&mut self) {
        if self.has_begun() {
            self.before = Some(self.judge());
        }
        self.next = 0;
        self.played.fill(0);
        self.wrong = None;
    }

    fn title(&self) -> String {
        format!("script, {} exchanges", self.script.exchanges.len())
    }
}
