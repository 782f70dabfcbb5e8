//! What a session signs for sealed documents: one PIN for several messages, nothing but DER, and the files of a lock.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;

use std::cell::RefCell;

use base64ct::{Base64, Encoding as _};
use calock::certificate::Certificate;
use calock::error::{Code, Result};
use calock::session::{LoginRequest, Person, PinAnswer, PinQuestion, Sealer, Step};
use calock::signature;
use calock::statement::Purpose;
use calock::virtual_lock::{Algorithm, DataFile};
use common::{Bench, Typist, enterprise, lock_file, request};

/// VerifyPIN and ECCSignData.
const VERIFY: u8 = 0x18;
const SIGN: u8 = 0x74;

/// Gives these messages, and keeps what it is given.
struct Documents {
    typist: Typist,
    messages: RefCell<Vec<Vec<u8>>>,
    given: RefCell<Vec<Vec<u8>>>,
}

impl Documents {
    fn new(pin: &'static str, messages: &[&[u8]]) -> Self {
        let messages = messages.iter().rev().map(|message| message.to_vec()).collect();
        Self { typist: Typist::typing(pin), messages: RefCell::new(messages), given: RefCell::default() }
    }
}

impl Person for Documents {
    async fn pin(&self, question: PinQuestion) -> Result<PinAnswer> {
        self.typist.pin(question).await
    }

    fn step(&self, step: Step<'_>) {
        self.typist.step(step);
    }
}

impl Sealer for Documents {
    async fn next(&self, last: &[u8]) -> Result<Vec<u8>> {
        self.given.borrow_mut().push(last.to_vec());
        Ok(self.messages.borrow_mut().pop().unwrap_or_default())
    }
}

fn fingerprint(bench: &Bench) -> String {
    let read = bench.run(bench.session.certificates(&bench.port.abort, &|_| {})).unwrap();
    read[0].certificate.fingerprint()
}

#[test]
fn one_pin_signs_all_and_the_lock_forgets_it() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let name = fingerprint(&bench);
    let messages: [&[u8]; 2] = [b"\x30\x03\x02\x01\x05", b"\x31\x03\x02\x01\x06"];
    let documents = Documents::new("12345678", &messages);
    assert_eq!(bench.run(bench.session.seal(&name, &documents, &bench.port.abort)).unwrap(), 2);
    assert_eq!((bench.port.count(VERIFY), bench.port.count(SIGN)), (1, 2));
    let given = documents.given.take();
    let certificate = Certificate::from_der(&given[0]).unwrap();
    for (message, signature) in messages.iter().zip(&given[1..]) {
        signature::verify(certificate.key(), message, signature).unwrap();
    }
    // Without a PIN nothing more is signed.
    let wrong = Documents::new("87654321", &messages);
    let error = bench.run(bench.session.seal(&name, &wrong, &bench.port.abort)).unwrap_err();
    assert_eq!((error.code, bench.port.count(VERIFY), bench.port.count(SIGN)), (Code::PinWrong, 2, 2));
}

#[test]
fn a_statement_is_signed_with_the_same_pin_where_it_is_kept_and_with_no_other() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let name = fingerprint(&bench);
    let documents = || Documents::new("12345678", &[b"\x30\x03\x02\x01\x05"]);
    let typist = Typist::typing("12345678");
    let state = || {
        let request = LoginRequest { purpose: Purpose::Seal, payload: Some([7; 32]), ..request(Some(&name)) };
        bench.run(bench.session.login(&request, &typist, &bench.port.abort)).unwrap()
    };
    bench.session.keep_pin(true);
    bench.run(bench.session.seal(&name, &documents(), &bench.port.abort)).unwrap();
    let signed = state();
    bench.session.keep_pin(false);
    assert_eq!((bench.port.count(VERIFY), bench.port.count(SIGN), typist.asked.borrow().len()), (1, 2, 0));
    let text = signed.statement.text().unwrap();
    assert!(
        text.starts_with("CALOCK1\npurpose=seal\n") && text.contains(&format!("payload={}", "07".repeat(32))),
        "{text}"
    );
    signature::verify(signed.entry.certificate.key(), text.as_bytes(), &signed.signature).unwrap();

    // Not after a turn that went wrong, nor when nothing was said.
    bench.session.keep_pin(true);
    let wrong = Documents::new("12345678", &[b"\x30\x03\x02\x01\x05", b"CALOCK1\n"]);
    bench.run(bench.session.seal(&name, &wrong, &bench.port.abort)).unwrap_err();
    state();
    bench.session.keep_pin(false);
    bench.run(bench.session.seal(&name, &documents(), &bench.port.abort)).unwrap();
    state();
    assert_eq!(typist.asked.borrow().len(), 2);
}

#[test]
fn a_login_statement_is_not_signed_as_a_document() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let name = fingerprint(&bench);
    for message in
        [&b"CALOCK1\npurpose=login\n"[..], b"\x30\x03\x02\x01\x05\x00", b"\x30\x04\x02\x01\x05", b"\x04\x01\x05"]
    {
        let documents = Documents::new("12345678", &[message]);
        let error = bench.run(bench.session.seal(&name, &documents, &bench.port.abort)).unwrap_err();
        assert_eq!(error.code, Code::Parameter, "{message:x?}");
    }
    assert_eq!((bench.port.count(VERIFY), bench.port.count(SIGN)), (0, 0), "no PIN was asked for any of them");
}

#[test]
fn a_file_is_read_in_parts() {
    let mut file = lock_file(&enterprise(Algorithm::Sm2));
    let content: Vec<u8> = (0..5000_u32).map(|number| number.to_le_bytes()[0]).collect();
    file.files.push(DataFile { name: "seal.esl".into(), content: Base64::encode_string(&content) });
    let bench = Bench::new(&file);
    assert_eq!(bench.run(bench.session.read_file("seal.esl", &bench.port.abort)).unwrap(), content);
    let none = bench.run(bench.session.read_file("none", &bench.port.abort)).unwrap_err();
    assert_eq!(none.code, Code::LockStatus);
}
