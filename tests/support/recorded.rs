//! What is said to a virtual lock, recorded and as it really was: for tests of scripts and of recordings.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test binary uses its own part

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use calock::error::Result;
use calock::link::Link;
use calock::script::Script;
use calock::session::{Session, Signed};
use calock::virtual_lock::{Cable, Contents, LockFile, Player, Plugged, Problem};
use calock::wait::Flag;

use crate::common::{Bench, Clock, TestEnvironment, Typist, request};

/// Where the examples are.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");

/// EnumApplication and GenRandom.
pub(crate) const ASK: [u8; 7] = [0x80, 0x22, 0, 0, 0, 0, 0];
pub(crate) const RANDOM: [u8; 7] = [0x80, 0x50, 0, 0, 0, 0, 8];

/// A command and its answer, as they were.
pub(crate) type Said = (Vec<u8>, Vec<u8>);

/// A virtual lock without a cable, and all that was said to it.
struct Tap {
    card: RefCell<Contents>,
    said: RefCell<Vec<Said>>,
}

impl Tap {
    fn on(contents: Contents) -> Rc<Self> {
        Rc::new(Self { card: RefCell::new(contents), said: RefCell::default() })
    }
}

struct Tapped(Rc<Tap>);

impl Link for Tapped {
    async fn enter(&self) -> Result<()> {
        Ok(())
    }

    fn leave(&self) {}

    async fn close(&self) {}

    fn abandon(&self, _apdu: Option<&[u8]>) {}

    async fn exchange(&self, apdu: &[u8]) -> Result<Vec<u8>> {
        let answer = self.0.card.borrow_mut().card_mut().exchange(apdu);
        self.0.said.borrow_mut().push((apdu.to_vec(), answer.clone()));
        if answer.is_empty() { pending().await } else { Ok(answer) }
    }
}

/// A session of info, login and closing, recorded: how the login went, the recording, and what was really said.
pub(crate) fn recorded(contents: Contents, pin: &'static str) -> (Result<Signed>, Script, Vec<Said>) {
    let profile = contents.profile();
    let tap = Tap::on(contents);
    let clock = Clock::default();
    let session = Session::new(Tapped(tap.clone()), TestEnvironment(clock.clone()), profile);
    session.start_recording();
    let never = Flag::default();
    let signed = clock.run(async {
        let _ = session.info(&never).await;
        let signed = session.login(&request(None), &Typist::typing(pin), &never).await;
        session.close().await;
        signed
    });
    let text = session.stop_recording().unwrap().text();
    assert_eq!(session.stop_recording(), None);
    let said = tap.said.take();
    (signed, Script::parse(&text).unwrap(), said)
}

/// The card that a file describes.
pub(crate) fn card(file: &LockFile) -> Contents {
    Contents::new(file).unwrap()
}

/// Bytes out of hexadecimal digits.
pub(crate) fn hex_bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect()
}

pub(crate) fn script(name: &str) -> Script {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.txt")).unwrap();
    Script::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A script as a lock, plugged in.
pub(crate) fn plugged(script: Script) -> Bench {
    let contents = Contents::Script(Player::new(script).unwrap());
    Bench::plug(Rc::new(RefCell::new(Plugged::new(contents, Cable::Hid))), Clock::default())
}

pub(crate) fn login(bench: &Bench, typist: &Typist) -> Result<Signed> {
    bench.run(bench.session.login(&request(None), typist, &bench.port.abort))
}

pub(crate) fn verdict(bench: &Bench) -> std::result::Result<(), Problem> {
    match bench.lock.borrow().contents() {
        Contents::Script(player) => player.verdict(),
        _ => panic!("no script"),
    }
}
