//! What is inside a virtual lock: anything that answers APDUs.

use super::{Card, LockFile, PivCard, Player};
use crate::apdu::Form;
use crate::error::Result;
use crate::frame::ccid::Level;
use crate::lock::Profile;
use crate::lock::profile;
use crate::script::Script;

/// The card's side of a cable.
pub trait Answering {
    /// Answers one command APDU with data and status word. No byte at all is no answer: the lock stays silent.
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8>;

    /// Forgets what was opened and proven, as a loss of power does.
    fn power_off(&mut self);

    /// What to call it in a list: the label that its maker gave it.
    fn title(&self) -> String;

    /// What tells it from others of its kind: its serial number, where it has one.
    fn serial(&self) -> Option<String> {
        None
    }

    /// PIN tries left, where it has a PIN.
    fn tries_left(&self) -> Option<u8> {
        None
    }

    /// Gives all PIN tries back, as the issuer's unlocking does.
    fn reset_tries(&mut self) {}

    /// Where in the answer to this command a certificate will begin, as a place in the data; `None` when none begins there.
    fn certificate_at(&self, _apdu: &[u8]) -> Option<usize> {
        None
    }
}

/// The kinds of contents.
pub enum Contents {
    /// A card that speaks GM/T 0017.
    Gmt0017(Card),
    /// A PIV card.
    Piv(PivCard),
    /// A script that is played.
    Script(Player),
}

impl Contents {
    /// The contents that a file describes, by its text: a lock file, or a script.
    ///
    /// # Errors
    /// `PARAMETER` when it is neither, or one that holds something unreadable. [`Script::parse`] tells where.
    pub fn read(text: &str) -> Result<Self> {
        if Script::is_begun_by(text) {
            return Player::new(Script::parse(text)?).map(Self::Script);
        }
        Self::new(&LockFile::from_json(text)?)
    }

    /// The contents that a lock file describes.
    ///
    /// # Errors
    /// `PARAMETER` when it holds something unreadable, or plays a profile that there is not.
    pub fn new(file: &LockFile) -> Result<Self> {
        match file.played()?.card {
            profile::Card::Gmt0017(_) => Card::new(file).map(Self::Gmt0017),
            profile::Card::Piv => PivCard::new(file).map(Self::Piv),
        }
    }

    /// Which lock they play.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        match self {
            Self::Gmt0017(card) => card.profile(),
            Self::Piv(card) => card.profile(),
            Self::Script(player) => player.profile(),
        }
    }

    /// What answers.
    #[must_use]
    pub fn card(&self) -> &dyn Answering {
        match self {
            Self::Gmt0017(card) => card,
            Self::Piv(card) => card,
            Self::Script(player) => player,
        }
    }

    /// What its reader exchanges: a card that only knows short APDUs has one that takes nothing else.
    pub(super) fn level(&self) -> Level {
        match self {
            Self::Gmt0017(_) => Level::ExtendedApdu,
            Self::Piv(_) => Level::ShortApdu,
            Self::Script(player) => match player.profile().form {
                Form::Extended => Level::ExtendedApdu,
                Form::Short => Level::ShortApdu,
            },
        }
    }

    /// The same to be asked.
    pub fn card_mut(&mut self) -> &mut dyn Answering {
        match self {
            Self::Gmt0017(card) => card,
            Self::Piv(card) => card,
            Self::Script(player) => player,
        }
    }
}
