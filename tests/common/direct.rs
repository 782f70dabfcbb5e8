//! A lock without a cable: APDUs go straight into what answers them, which can be exchanged for another lock in the middle.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use calock::link::Link;
use calock::session::Session;
use calock::virtual_lock::{Contents, LockFile};

use super::{Clock, TestEnvironment};

/// Where a lock stands that sessions talk to.
pub struct Place {
    contents: RefCell<Contents>,
    /// The APDUs that were sent, answers' status words behind them.
    pub sent: RefCell<Vec<(Vec<u8>, u16)>>,
    /// Before the exchange of this number, counted from 1, this lock takes the other's place, and nobody says so.
    pub swap: RefCell<Option<(usize, Contents)>>,
    /// What the link says at the beginning of the next workflow.
    pub disturbed: Cell<bool>,
    pub closed: Cell<bool>,
}

/// A session with a lock that stands there.
pub struct Direct {
    pub clock: Clock,
    pub place: Rc<Place>,
    pub session: Session<Way, TestEnvironment>,
}

/// The way to it.
pub struct Way(Rc<Place>);

impl Direct {
    pub fn new(file: &LockFile) -> Self {
        Self::with(Contents::new(file).unwrap())
    }

    pub fn with(contents: Contents) -> Self {
        let profile = contents.profile();
        let place = Rc::new(Place {
            contents: RefCell::new(contents),
            sent: RefCell::default(),
            swap: RefCell::default(),
            disturbed: Cell::default(),
            closed: Cell::default(),
        });
        let clock = Clock::default();
        let session = Session::new(Way(place.clone()), TestEnvironment(clock.clone()), profile);
        Self { clock, place, session }
    }

    pub fn exchanges(&self) -> usize {
        self.place.sent.borrow().len()
    }

    /// How often an instruction was sent.
    pub fn count(&self, instruction: u8) -> usize {
        self.place.sent.borrow().iter().filter(|(apdu, _)| apdu[1] == instruction).count()
    }

    /// Asks the lock behind the session's back.
    pub fn ask(&self, apdu: &[u8]) -> Vec<u8> {
        self.place.exchange(apdu)
    }

    pub fn tries_left(&self) -> Option<u8> {
        self.place.contents.borrow().card().tries_left()
    }

    /// Another lock takes its place, now.
    pub fn exchange_for(&self, contents: Contents) -> Contents {
        self.place.contents.replace(contents)
    }
}

impl Place {
    fn exchange(&self, apdu: &[u8]) -> Vec<u8> {
        self.contents.borrow_mut().card_mut().exchange(apdu)
    }
}

impl Link for Way {
    async fn enter(&self) -> calock::Result<()> {
        Ok(())
    }

    fn leave(&self) {}

    async fn close(&self) {
        self.0.closed.set(true);
    }

    fn abandon(&self, apdu: Option<&[u8]>) {
        if let Some(apdu) = apdu {
            self.0.exchange(apdu);
        }
        self.0.closed.set(true);
    }

    async fn exchange(&self, apdu: &[u8]) -> calock::Result<Vec<u8>> {
        let number = self.0.sent.borrow().len() + 1;
        let mut swap = self.0.swap.borrow_mut();
        if let Some((_, other)) = swap.take_if(|(at, _)| *at == number) {
            self.0.contents.replace(other);
        }
        let answer = self.0.exchange(apdu);
        let status = answer.last_chunk::<2>().map_or(0, |word| u16::from_be_bytes(*word));
        self.0.sent.borrow_mut().push((apdu.to_vec(), status));
        Ok(answer)
    }

    fn disturbed(&self) -> bool {
        self.0.disturbed.take()
    }
}
