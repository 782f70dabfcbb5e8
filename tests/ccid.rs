//! Sessions with virtual locks on USB: whole logins in CCID messages, and what a reader can do wrong.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use calock::apdu::Form;
use calock::error::{Code, Result};
use calock::frame::ccid::{Chain, HEADER, Kind, Level, Message, Reader};
use calock::link::{CcidLink, Link as _, Pipes, Transfer};
use calock::session::Signed;
use calock::signature;
use calock::virtual_lock::Algorithm;
use calock::wait::Flag;
use common::{Bench, Typist, enterprise, lock_file, request};

fn login(bench: &Bench) -> Result<Signed> {
    bench.run(bench.session.login(&request(None), &Typist::typing("12345678"), &bench.port.abort))
}

fn assert_valid(signed: &Signed) {
    let text = signed.statement.text().unwrap();
    signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();
}

/// The messages that were sent, one after the other.
fn sent(bench: &Bench) -> Vec<Message> {
    let wire = bench.port.wire.borrow();
    let mut rest = &wire[..];
    let mut messages = Vec::new();
    while let Some((header, _)) = rest.split_first_chunk::<HEADER>() {
        let length = u32::from_le_bytes([header[1], header[2], header[3], header[4]]);
        let (message, after) = rest.split_at(HEADER + usize::try_from(length).unwrap());
        messages.push(Message::decode(message).unwrap());
        rest = after;
    }
    messages
}

#[test]
fn an_sm2_lock_logs_in_over_usb_with_the_same_exchanges() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    assert_valid(&login(&bench).unwrap());
    let first = bench.port.exchanges();
    assert_valid(&login(&bench).unwrap());
    let second = bench.port.exchanges() - first;
    let messages = sent(&bench);
    println!("SM2 over USB: first login {first} exchanges, second {second}, {} messages in all", messages.len());
    assert!(first <= 12 && second <= 4, "{}", bench.session.journal().text());
    assert_eq!(messages.iter().filter(|message| message.kind == Kind::PowerOn).count(), 1, "the card has power once");
    let certificate_parts = messages.iter().filter(|message| message.specific[1] == Chain::GoOn as u8).count();
    assert!(certificate_parts > 0, "the certificate came in parts");
    assert!(messages.iter().enumerate().all(|(at, message)| usize::from(message.sequence) == at), "{messages:?}");
    assert_eq!(bench.port.entered.get(), 0, "the turn among pages was given back");
}

/// The virtual card asks for time before it signs with RSA.
#[test]
fn an_rsa_lock_that_asks_for_time_is_asked_once() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Rsa)));
    let signed = login(&bench).unwrap();
    assert_eq!(signed.algorithm, "RS256");
    assert_valid(&signed);
    assert_eq!(bench.port.count(0x58), 1);
}

#[test]
fn a_stall_is_cleared_once_and_no_command_is_sent_again() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    bench.port.stalls.set(1);
    assert_valid(&login(&bench).unwrap());
    assert_eq!(bench.port.cleared.get(), 1);

    bench.port.stalls.set(2);
    let before = sent(&bench).len();
    assert_eq!(login(&bench).unwrap_err().code, Code::BadFrame);
    assert_eq!((bench.port.cleared.get(), sent(&bench).len() - before), (2, 1));
    assert_eq!(bench.port.entered.get(), 0);
    assert_valid(&login(&bench).unwrap());
}

#[test]
fn an_answer_to_an_older_message_is_read_past() {
    for command in ["GetPINInfo", "VerifyPIN", "ECCSignData"] {
        let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
        bench.lock.borrow_mut().inject(format!("stale-reply@{command}").parse().unwrap());
        assert_valid(&login(&bench).unwrap());
        assert_eq!((bench.port.count(0x18), bench.port.count(0x74)), (1, 1), "{command}");
    }
}

/// What Chromium leaves a reader in when the tab that had it goes away: without power.
#[test]
fn a_card_without_power_is_told_and_the_next_login_gives_it_power() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    assert_valid(&login(&bench).unwrap());
    let off = Message::new(Kind::PowerOff, 0, &[]).encode();
    bench.lock.borrow_mut().send(&off);
    assert_eq!(login(&bench).unwrap_err().code, Code::Timeout);
    assert_valid(&login(&bench).unwrap());
    let on = sent(&bench).iter().filter(|message| message.kind == Kind::PowerOn).count();
    assert_eq!(on, 2);
}

#[test]
fn a_page_that_goes_away_takes_the_cards_power() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    assert_valid(&login(&bench).unwrap());
    bench.session.abandon();
    assert!(bench.port.closed.get());
    // The card has forgotten the PIN: signing is refused, and nothing is left open.
    let answer = bench.lock.borrow_mut().send(&Message::new(Kind::Transfer, 9, &[0x80, 0x22, 0, 0, 0, 0, 0]).encode());
    let calock::virtual_lock::Event::Deliver(bytes) = &answer[0] else { unreachable!("{answer:?}") };
    assert_eq!(bytes[7] & 0x41, 0x41, "{bytes:02X?}: without power, and failed");
}

/// Whatever goes wrong while the card gets its power: an error, the turn given back, and a login afterwards.
#[test]
fn a_reader_that_cannot_start_keeps_nobody_out() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    bench.lock.borrow_mut().inject("open-fails@open".parse().unwrap());
    assert_eq!(login(&bench).unwrap_err().code, Code::OpenFailed);
    bench.port.stalls.set(2);
    assert_eq!(login(&bench).unwrap_err().code, Code::BadFrame);
    assert_eq!(bench.port.entered.get(), 0);
    assert_valid(&login(&bench).unwrap());
}

#[test]
fn closing_leaves_the_lock_as_it_was_found() {
    let bench = Bench::on_usb(&lock_file(&enterprise(Algorithm::Sm2)));
    assert_valid(&login(&bench).unwrap());
    bench.run(bench.session.close());
    assert!(bench.port.closed.get());
    assert_eq!(bench.port.count(0x1C), 1, "ClearSecureState");
    assert_eq!(login(&bench).unwrap_err().code, Code::LockClosed);
    // Another session with the same lock starts anew.
    let again = Bench::plug_as(bench.session.profile(), Rc::<RefCell<_>>::clone(&bench.lock), bench.clock.clone());
    assert_valid(&login(&again).unwrap());
    assert!(!again.run(again.session.info(&Flag::default())).unwrap().applications.is_empty());
}

/// A reader that gives its answers in turn and keeps what it was sent.
struct Scripted {
    reader: Reader,
    answers: RefCell<Vec<(u8, Vec<u8>)>>,
    sent: RefCell<Vec<Message>>,
    entered: Cell<u32>,
}

impl Scripted {
    /// `answers`: status byte and data of each, in order.
    fn new(level: Level, answers: &[(u8, &[u8])]) -> Self {
        Self {
            reader: Reader { level, most: 261, automatic_voltage: false, protocols: 3 },
            answers: RefCell::new(answers.iter().rev().map(|(status, data)| (*status, data.to_vec())).collect()),
            sent: RefCell::default(),
            entered: Cell::new(0),
        }
    }
}

impl Pipes for Scripted {
    async fn enter(&self) -> Result<()> {
        self.entered.set(self.entered.get() + 1);
        Ok(())
    }

    fn leave(&self) {
        self.entered.set(self.entered.get() - 1);
    }

    async fn close(&self) {}

    fn abandon(&self, _: Option<&[u8]>) {}

    async fn reader(&self) -> Result<Reader> {
        Ok(self.reader)
    }

    async fn send(&self, message: &[u8]) -> Result<()> {
        self.sent.borrow_mut().push(Message::decode(message)?);
        Ok(())
    }

    async fn receive(&self, _: usize) -> Result<Transfer> {
        let (status, data) = self.answers.borrow_mut().pop().ok_or(Code::Timeout)?;
        let (kind, sequence) = self.sent.borrow().last().map(|last| (last.kind.reply(), last.sequence)).unwrap();
        Ok(Transfer::Data(Message::new(kind, sequence, &data).with([status, 0xFE, 0]).encode()))
    }

    async fn clear_stall(&self) -> Result<()> {
        Ok(())
    }

    fn drain(&self) {}
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a scripted reader answers at once"),
    }
}

/// An ATR without interface bytes: the card speaks T=0.
const T0: &[u8] = &[0x3B, 0x02, 0x14, 0x50];
/// One that offers T=1 first.
const T1: &[u8] = &[0x3B, 0x80, 0x01];

#[test]
fn a_reader_of_t0_cards_gets_tpdus_and_tries_each_voltage() {
    let link = CcidLink::new(Scripted::new(Level::Tpdu, &[(0x41, &[]), (0, T0), (0, &[0x61, 0x10])]), Form::Short);
    now(link.enter()).unwrap();
    // Case 4: T=0 has no Le behind data; what there is to say waits for GET RESPONSE, which Answer asks for.
    let answer = now(link.exchange(&[0, 0xA4, 4, 0, 2, 0xA0, 0, 0])).unwrap();
    assert_eq!(answer, [0x61, 0x10]);
    let sent = link.pipes().sent.borrow();
    let voltages: Vec<u8> = sent.iter().filter(|one| one.kind == Kind::PowerOn).map(|one| one.specific[0]).collect();
    assert_eq!(voltages, [1, 2], "5 V was refused, 3 V was not");
    assert_eq!(*sent[2].data, [0, 0xA4, 4, 0, 2, 0xA0, 0]);
}

#[test]
fn a_reader_that_does_not_take_the_locks_apdus_is_refused_before_any() {
    for (level, atr, form) in [
        (Level::ShortApdu, T1, Form::Extended),
        (Level::Tpdu, T1, Form::Short),
        (Level::Tpdu, T0, Form::Extended),
        (Level::Character, T0, Form::Short),
    ] {
        let link = CcidLink::new(Scripted::new(level, &[(0, atr)]), form);
        assert_eq!(now(link.enter()).unwrap_err().code, Code::LockUnknown, "{level:?} {form:?}");
        assert_eq!(
            (link.pipes().entered.get(), link.pipes().sent.borrow().len()),
            (0, 1),
            "only its power was asked for"
        );
    }
}

#[test]
fn no_card_is_told_as_no_lock() {
    let link =
        CcidLink::new(Scripted::new(Level::ExtendedApdu, &[(0x42, &[]), (0x42, &[]), (0x42, &[])]), Form::Extended);
    assert_eq!(now(link.enter()).unwrap_err().code, Code::LockNotFound);
    assert_eq!(link.pipes().entered.get(), 0);
}
