//! Scripts as locks, and recordings: the examples for testers, what a wrong play tells, and that nothing of a person is in a recording.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::future::pending;
use std::rc::Rc;

use base64ct::{Base64, Encoding as _};
use calock::apdu::Form;
use calock::certificate::{Certificate, PublicKey};
use calock::error::{Code, Result};
use calock::hash::{hex, hex_upper};
use calock::link::Link;
use calock::lock::profile;
use calock::recording::Recorder;
use calock::script::{Exchange, Pattern, Play, Script};
use calock::session::{LoginRequest, Session, Signed};
use calock::statement::Purpose;
use calock::virtual_lock::{
    Algorithm, Answering, Ca, Cable, Card, Contents, Description, HolderDescription, HolderKind, LockFile, Player,
    Plugged, Problem, issue,
};
use calock::wait::Flag;
use calock::{Phase, apdu};
use common::{Bench, Clock, NOW, TestEnvironment, Typist, enterprise, lock_file};
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");

fn request() -> LoginRequest<'static> {
    LoginRequest {
        purpose: Purpose::Login,
        origin: "https://portal.example.cn",
        nonce: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        time: "2026-06-01T00:00:00Z",
        account: None,
        payload: None,
        certificate: None,
    }
}

fn script(name: &str) -> Script {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.txt")).unwrap();
    Script::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A script as a lock, plugged in.
fn plugged(script: Script) -> Bench {
    let contents = Contents::Script(Player::new(script).unwrap());
    Bench::plug(Rc::new(RefCell::new(Plugged::new(contents, Cable::Hid))), Clock::default())
}

fn login(bench: &Bench, typist: &Typist) -> Result<Signed> {
    bench.run(bench.session.login(&request(), typist, &bench.port.abort))
}

fn verdict(bench: &Bench) -> std::result::Result<(), Problem> {
    match bench.lock.borrow().contents() {
        Contents::Script(player) => player.verdict(),
        _ => panic!("no script"),
    }
}

// ---- the examples ----------------------------------------------------------------------------------------------------------

#[test]
fn a_login_is_played_until_its_signature_is_checked() {
    let bench = plugged(script("gm3000-login"));
    let typist = Typist::typing("any PIN will do");
    let error = login(&bench, &typist).unwrap_err();
    // What is signed differs each time, so no script holds the right signature.
    assert_eq!((error.code, error.phase), (Code::SignFailed, Some(Phase::Verify)));
    let question = &typist.asked.borrow()[0];
    assert_eq!((question.tries_left, question.tries_max), (Some(6), Some(6)));
    let holder = calock::certificate::holder(&question.entry.certificate, calock::text::GBK);
    assert_eq!(holder.name, "示例建设有限公司");
    assert_eq!(bench.port.exchanges(), 11);
}

#[test]
fn a_wrong_pin_counts_down_until_the_lock_is_locked() {
    let bench = plugged(script("wrong-pin"));
    let typist = Typist::typing("12345678");
    typist.spend_last_try.set(true);
    for left in [2, 1] {
        let error = login(&bench, &typist).unwrap_err();
        assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(left)));
    }
    let error = login(&bench, &typist).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinLocked, Some(0)));
    assert!(typist.asked.borrow()[2].last_try);
    bench.run(bench.session.close());
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_that_falls_silent_while_it_signs() {
    let bench = plugged(script("silent-at-signing"));
    let error = login(&bench, &Typist::typing("12345678")).unwrap_err();
    assert_eq!((error.code, error.phase), (Code::Timeout, Some(Phase::Sign)));
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_that_refuses_to_sign() {
    let bench = plugged(script("refuses-to-sign"));
    let error = login(&bench, &Typist::typing("12345678")).unwrap_err();
    assert_eq!((error.code, error.status.map(u16::from)), (Code::LockStatus, Some(0x6982)));
    assert_eq!(verdict(&bench), Ok(()));
}

#[test]
fn a_lock_without_get_pin_info_asks_without_a_number() {
    let bench = plugged(script("no-pin-info"));
    let typist = Typist::typing("12345678");
    assert_eq!(login(&bench, &typist).unwrap_err().code, Code::SignFailed);
    assert_eq!(typist.asked.borrow()[0].tries_left, None);
}

#[test]
fn a_blank_lock() {
    let bench = plugged(script("blank-lock"));
    assert_eq!(login(&bench, &Typist::typing("12345678")).unwrap_err().code, Code::CertNotFound);
    let info = bench.run(bench.session.info(&bench.port.abort)).unwrap();
    assert_eq!(info.device.unwrap().label, "blank");
    assert_eq!(verdict(&bench), Ok(()));
}

/// Writes the examples anew: `UPDATE_SCRIPTS=1 cargo test --test scripts`. Otherwise sees that each is there and is played above.
#[test]
fn every_example_is_read() {
    if std::env::var_os("UPDATE_SCRIPTS").is_some() {
        examples::write();
    }
    let mut names: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let source = include_str!("scripts.rs");
    for name in &names {
        let script = script(name);
        assert!(Player::new(script.clone()).is_ok() && !script.exchanges.is_empty(), "{name}");
        assert!(source.contains(&format!("script(\"{name}\")")), "{name} is played by no test");
    }
    assert_eq!(names.len(), 6);
}

// ---- how a script is played ------------------------------------------------------------------------------------------------

const ASK: [u8; 7] = [0x80, 0x22, 0, 0, 0, 0, 0];
const RANDOM: [u8; 7] = [0x80, 0x50, 0, 0, 0, 0, 8];

fn player(body: &str) -> Player {
    Player::new(Script::parse(&format!("# calock-script:1\n{body}")).unwrap()).unwrap()
}

#[test]
fn a_wrong_command_is_told_with_its_line_and_what_was_expected() {
    let mut player = player("\n=> 80220000000000\n<= 41 0000 9000\n=> 80500000 0000 08\n<= ........ ........ 9000\n");
    assert_eq!(player.exchange(&ASK), [0x41, 0, 0, 0x90, 0]);
    let pin = [
        &[0x80, 0x18, 0, 1, 0, 0, 18, 0x10, 0][..],
        b"\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF\x00",
    ];
    assert_eq!(player.exchange(&pin.concat()), [0x6F, 0]);
    let told = player.verdict().unwrap_err().to_string();
    let masked = "..".repeat(16);
    let expected =
        format!("line 5: expected GenRandom 80500000000008, came VerifyPIN 801800010000121000{masked}; byte 2 differs");
    assert_eq!(told, expected, "what came is masked as a recording is");
    // After that nothing is answered: one mismatch is told, not its consequences.
    assert_eq!(player.exchange(&RANDOM), [0x6F, 0]);
    assert_eq!(player.verdict().unwrap_err().to_string(), told);
}

#[test]
fn what_was_not_asked_for_is_left_over() {
    let body = "=> 80220000000000\n<= 9000\n\n=> 80500000000008\n<= 9000\n=> 80500000000008\n<= 9000";
    let mut player = player(body);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 3 exchanges from line 2");
    player.exchange(&ASK);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 2 exchanges from line 5");
    player.exchange(&RANDOM);
    assert_eq!(player.verdict().unwrap_err().to_string(), "left over: 1 exchange, line 7");
    player.exchange(&RANDOM);
    assert_eq!(player.verdict(), Ok(()));
    player.exchange(&RANDOM);
    assert_eq!(player.verdict().unwrap_err().to_string(), "after the last line came GenRandom 80500000000008");
}

#[test]
fn losing_power_begins_anew_and_the_verdict_stays_until_then() {
    let mut player = player("=> 80220000000000\n<= 9000\n=> 80500000000008\n<= 9000");
    player.exchange(&ASK);
    player.power_off();
    let left = Problem::LeftOver { exchanges: 1, line: 4 };
    assert_eq!(player.verdict(), Err(left.clone()));
    player.power_off();
    assert_eq!(player.verdict(), Err(left), "nothing was played meanwhile");
    player.exchange(&ASK);
    player.exchange(&RANDOM);
    assert_eq!(player.verdict(), Ok(()));
}

#[test]
fn skipping_goes_past_what_was_not_asked_and_over_what_is_not_there() {
    let mut player = player(
        "# play: skipping\n=> 80220000000000\n<= 41 9000\n=> 80500000000008\n<= 42 9000\n=> 80220000000000\n<= 43 9000",
    );
    assert_eq!(player.exchange(&RANDOM), [0x42, 0x90, 0]);
    assert_eq!(player.exchange(&[0x80, 0x04, 0, 0, 0, 0, 0]), [0x6D, 0]);
    assert_eq!(player.exchange(&ASK), [0x43, 0x90, 0], "further down, not above");
    assert_eq!(player.verdict(), Ok(()));
}

#[test]
fn any_order_gives_the_answers_of_a_command_in_turn() {
    let mut player = player(
        "# play: any-order\n# masked: 5A\n=> 80220000000000\n<= 41 9000\n=> 80500000000008\n<= .. 9000\n=> 80220000000000\n<= 43 9000",
    );
    let answers: Vec<u8> = (0..5).map(|_| player.exchange(&ASK)[0]).collect();
    assert_eq!(answers, [0x41, 0x43, 0x41, 0x43, 0x41]);
    assert_eq!(player.verdict(), Err(Problem::LeftOver { exchanges: 1, line: 6 }));
    assert_eq!(player.exchange(&RANDOM), [0x5A, 0x90, 0]);
    assert_eq!(player.verdict(), Ok(()));
    assert_eq!(player.exchange(&[0x80, 0x04, 0, 0]), [0x6D, 0]);
    assert_eq!(player.verdict().unwrap_err().to_string(), "in no line: GetDevInfo 80040000");
}

#[test]
fn a_script_of_an_unknown_profile_is_refused() {
    let text = "# calock-script:1\n# profile: gm9000\n";
    assert_eq!(Contents::read(text).err().map(|error| error.code), Some(Code::Parameter));
    assert_eq!(Contents::read("# calock-script:1\n?").err().map(|error| error.code), Some(Code::Parameter));
    assert!(matches!(Contents::read("# calock-script:1\n"), Ok(Contents::Script(_))));
}

// ---- recordings --------------------------------------------------------------------------------------------------------------

/// A virtual lock without a cable, and all that was said to it.
struct Tap {
    card: RefCell<Contents>,
    said: RefCell<Vec<(Vec<u8>, Vec<u8>)>>,
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
fn recorded(contents: Contents, pin: &'static str) -> (Result<Signed>, Script, Vec<(Vec<u8>, Vec<u8>)>) {
    let tap = Tap::on(contents);
    let clock = Clock::default();
    let session = Session::new(Tapped(tap.clone()), TestEnvironment(clock.clone()), profile::named("gm3000").unwrap());
    session.start_recording();
    let never = Flag::default();
    let signed = clock.run(async {
        let _ = session.info(&never).await;
        let signed = session.login(&request(), &Typist::typing(pin), &never).await;
        session.close().await;
        signed
    });
    let text = session.stop_recording().unwrap().text();
    assert_eq!(session.stop_recording(), None);
    let said = tap.said.take();
    (signed, Script::parse(&text).unwrap(), said)
}

fn card(file: &LockFile) -> Contents {
    Contents::Gmt0017(Card::new(file).unwrap())
}

#[test]
fn a_recording_is_the_conversation_with_masks() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let (signed, script, said) = recorded(card(&lock_file(&enterprise(algorithm))), "12345678");
        signed.unwrap();
        assert_eq!(script.exchanges.len(), said.len());
        let mut masked = 0;
        for (exchange, (command, answer)) in script.exchanges.iter().zip(&said) {
            assert_eq!(exchange.command.difference(command), None, "{command:02X?}");
            let shown = exchange.answer.as_ref().unwrap();
            assert_eq!(shown.len(), answer.len());
            assert_eq!(shown.filled(0)[shown.len() - 2..], answer[answer.len() - 2..], "the status word");
            masked += usize::from(shown.has_masks() || shown.difference(answer).is_some());
        }
        // GetDevInfo, EnumContainer, the certificate's pieces, GenRandom, the signature.
        assert!(masked >= 6, "{masked}");
    }
}

#[test]
fn a_recording_is_played_until_masked_bytes_matter() {
    for algorithm in [Algorithm::Sm2, Algorithm::Rsa] {
        let (signed, script, _) = recorded(card(&lock_file(&enterprise(algorithm))), "12345678");
        let length = signed.unwrap().entry.certificate.der().len();
        let bench = plugged(script);
        let info = bench.run(bench.session.info(&bench.port.abort)).unwrap();
        assert_eq!((info.device.unwrap().manufacturer.as_str(), info.applications.len()), ("Longmai (virtual)", 1));
        let typist = Typist::typing("87654321");
        let error = login(&bench, &typist).unwrap_err();
        assert_eq!((error.code, error.phase), (Code::SignFailed, Some(Phase::Verify)), "{algorithm:?}");
        let asked = typist.asked.borrow();
        let certificate = &asked[0].entry.certificate;
        assert_eq!((asked[0].tries_left, certificate.der().len()), (Some(6), length));
        assert!(calock::certificate::holder(certificate, calock::text::GBK).name.chars().all(|c| c == 'X'));
        // What closing a lock after a signature says stands there still.
        let left = verdict(&bench).unwrap_err().to_string();
        assert!(left.starts_with("left over: 2 exchanges"), "{left}");
    }
}

#[test]
fn a_recording_shows_what_was_refused_and_what_was_never_answered() {
    let (signed, script, _) = recorded(card(&lock_file(&enterprise(Algorithm::Sm2))), "wrong");
    assert_eq!(signed.unwrap_err().code, Code::PinWrong);
    let text = script.to_string();
    assert!(text.contains(&format!("=> 801800010000121000{}\n<= 63C5\n", "..".repeat(16))), "{text}");

    let silent = Script { play: Play::AnyOrder, ..self::script("silent-at-signing") };
    let (signed, script, _) = recorded(Contents::Script(Player::new(silent).unwrap()), "12345678");
    assert_eq!(signed.unwrap_err().code, Code::Timeout);
    let text = script.to_string();
    assert!(text.contains(&format!("=> 8074020000002410003001{}\n<= silent\n", "..".repeat(32))), "{text}");
}

/// A recorder is told of commands only; what it is told wrong does no harm.
#[test]
fn a_recorder_keeps_order_and_bounds() {
    let mut recorder = Recorder::new("gm3000");
    recorder.received(&[0x90, 0]);
    recorder.sent(&RANDOM);
    recorder.sent(&ASK);
    recorder.received(&[7]);
    recorder.received(&[b'A', 0, 0, 0x90, 0]);
    recorder.received(&[0x90, 0]);
    let script = recorder.finish().script().clone();
    let lines: Vec<_> = script.exchanges.iter().map(|one| one.answer.as_ref().map(ToString::to_string)).collect();
    assert_eq!(lines, [None, Some("4100009000".to_owned())]);

    let mut recorder = Recorder::new("gm3000");
    for _ in 0..Recorder::MOST + 5 {
        recorder.sent(&RANDOM);
        recorder.received(&[0x6D, 0]);
    }
    assert_eq!(recorder.finish().script().exchanges.len(), Recorder::MOST);
}

/// A certificate that is cut off in the middle cannot be told apart, so nothing of it is shown.
#[test]
fn half_a_certificate_is_masked_whole() {
    let file = lock_file(&enterprise(Algorithm::Sm2));
    let der = Base64::decode_vec(&file.containers[0].signing.as_ref().unwrap().certificate).unwrap();
    let mut answer = u32::try_from(der.len()).unwrap().to_be_bytes().to_vec();
    answer.extend(&der[..300]);
    answer.extend([0x6A, 0x9E]);
    let mut recorder = Recorder::new("gm3000");
    recorder.sent(&[0x80, 0x4E, 1, 0, 0, 0, 4, 0x10, 0, 0x30, 1, 0, 0]);
    recorder.received(&answer);
    recorder.sent(&RANDOM);
    let script = recorder.finish().script().clone();
    let shown = script.exchanges[0].answer.as_ref().unwrap().to_string();
    assert_eq!(shown, format!("{}6A9E", "..".repeat(304)));
}

// ---- nothing of a person -----------------------------------------------------------------------------------------------------

/// What may be found in no recording.
struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    fn of(file: &LockFile, description: &Description, said: &[(Vec<u8>, Vec<u8>)]) -> Self {
        let mut secrets = Self(Vec::new());
        secrets.add("PIN", file.pin.as_bytes());
        secrets.add("label", file.label.as_bytes());
        secrets.add("serial", file.serial.as_bytes());
        secrets.add("container", file.containers[0].name.as_bytes());
        let HolderDescription { name, organisation, uscc, person_id, province, city } = &description.holder;
        for text in
            [Some(name), organisation.as_ref(), uscc.as_ref(), person_id.as_ref(), province.as_ref(), city.as_ref()]
        {
            let Some(text) = text else { continue };
            secrets.add("holder", text.as_bytes());
            secrets.add("holder in UTF-16", &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
        }
        let container = &file.containers[0];
        for entry in [&container.signing, &container.encryption].into_iter().flatten() {
            let certificate = Certificate::from_der(&Base64::decode_vec(&entry.certificate).unwrap()).unwrap();
            match certificate.key() {
                PublicKey::Sm2(point) => {
                    secrets.add("X", &point[1..33]);
                    secrets.add("Y", &point[33..]);
                }
                PublicKey::Rsa { modulus, .. } => secrets.add("modulus", modulus),
                _ => panic!("no such lock"),
            }
            secrets.add("certificate's serial number", &hex_bytes(&certificate.serial()));
            // DER of r and s, whose lengths are shown.
            let [_, _, _, length, numbers @ ..] = certificate.signature() else { panic!("no signature") };
            let (r, s) = numbers.split_at(usize::from(*length));
            secrets.add("CA's signature", &r[1..]);
            secrets.add("CA's signature", &s[3..]);
            secrets.add("key identifier", certificate.subject_key_id().unwrap());
            secrets.add("fingerprint", certificate.fingerprint().as_bytes());
        }
        for file in &file.files {
            secrets.add("file", &Base64::decode_vec(&file.content).unwrap());
            secrets.add("file name", file.name.as_bytes());
        }
        for (command, answer) in said {
            match command[1] {
                0x18 | 0x16 => secrets.add("PIN block", &command[9..]),
                0x50 => secrets.add("challenge", &answer[..8]),
                0x74 | 0x58 => {
                    secrets.add("digest", &command[11..43]);
                    secrets.add("signature", &answer[4..answer.len() - 2]);
                }
                _ => {}
            }
        }
        secrets
    }

    fn add(&mut self, what: &str, value: &[u8]) {
        self.0.push((what.to_owned(), value.to_vec()));
    }

    /// What of it stands in a script: as text, as hexadecimal digits, or with any five of its bytes among those that are shown.
    fn found_in(&self, script: &Script) -> Vec<&str> {
        const WINDOW: usize = 5;
        let text = script.to_string();
        let mut shown: Vec<Vec<u8>> = vec![Vec::new()];
        for exchange in &script.exchanges {
            for pattern in [Some(&exchange.command), exchange.answer.as_ref()].into_iter().flatten() {
                for byte in pattern.bytes() {
                    match byte {
                        Some(byte) => shown.last_mut().unwrap().push(byte),
                        None => shown.push(Vec::new()),
                    }
                }
                shown.push(Vec::new());
            }
        }
        let windows: HashSet<&[u8]> = shown.iter().flat_map(|run| run.windows(WINDOW)).collect();
        let stands = |value: &[u8]| {
            assert!(value.len() >= WINDOW, "too short to look for");
            let forms = [hex(value), hex_upper(value), String::from_utf8_lossy(value).into_owned()];
            forms.iter().any(|form| text.contains(form)) || value.windows(WINDOW).any(|part| windows.contains(part))
        };
        self.0.iter().filter(|(_, value)| stands(value)).map(|(what, _)| what.as_str()).collect()
    }
}

fn hex_bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect()
}

/// Commands that a login does not send, and one that no list knows; recorded as a session records.
fn also_recorded(card: &mut Contents, said: &mut Vec<(Vec<u8>, Vec<u8>)>) -> Script {
    let command = |ins: u8, p: [u8; 2], parts: &[&[u8]]| {
        let command = apdu::Command::new(0x80, ins, p[0], p[1]).with_data(parts).expecting(apdu::Command::ALL);
        command.encode(Form::Extended).unwrap().to_vec()
    };
    let name = b"seal.esl";
    let mut recorder = Recorder::new("gm3000");
    for apdu in [
        command(0x26, [0, 0], &[b"calock-Application"]),
        command(0x34, [0x10, 0], &[]),
        command(0x36, [0x10, 0], &[name]),
        command(0x38, [0, 0], &[&[0x10, 0, 0, 0, 0, 8], name]),
        command(0x88, [1, 0], &[&[0x10, 0, 0x30, 1]]),
        command(
            0x16,
            [0, 1],
            &[&[0x10, 0], b"\x01\x23\x45\x67\x89\xAB\xCD\xEF\x10\x32\x54\x76\x98\xBA\xDC\xFE\xAA\xBB\xCC\xDD"],
        ),
        command(0xD7, [0, 0], &[name, b"seal.esl of somebody"]),
    ] {
        let answer = card.card_mut().exchange(&apdu);
        recorder.sent(&apdu);
        recorder.received(&answer);
        said.push((apdu, answer));
    }
    recorder.finish().script().clone()
}

fn person(values: &[String; 8]) -> Description {
    let [name, organisation, uscc, person_id, pin, label, serial, container] = values.clone();
    Description {
        holder: HolderDescription {
            organisation: Some(organisation),
            uscc: Some(uscc),
            person_id: Some(person_id),
            province: Some(format!("{name}省")),
            city: Some(format!("{name}市")),
            name,
        },
        kind: HolderKind::Employee,
        pin: Some(pin),
        label: Some(label),
        serial: Some(serial),
        container: Some(container),
        seal: Some(Base64::encode_string(b"a seal that names its enterprise and its lawyer")),
        ..Description::default()
    }
}

/// Records all there is to record of a lock.
fn recordings(file: &LockFile) -> ([Script; 2], Vec<(Vec<u8>, Vec<u8>)>) {
    let pin: &'static str = file.pin.clone().leak();
    let (signed, login, mut said) = recorded(card(file), pin);
    signed.unwrap();
    let others = also_recorded(&mut card(file), &mut said);
    ([login, others], said)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whoever holds the lock, nothing of them, of their lock, of their keys or of what they signed is in a recording.
    #[test]
    fn nothing_of_a_person_is_in_a_recording(
        name in "[\u{4E00}-\u{9FA5}]{3,16}",
        organisation in "[\u{4E00}-\u{9FA5}]{4,30}",
        uscc in "[1-9A-HJ-NP-RTUWY]{18}",
        person_id in "[1-9]{18}",
        pin in "[1-9a-z]{6,16}",
        label in "[1-9a-zA-W ]{6,32}",
        serial in "[1-9A-F]{8,32}",
        container in "[1-9a-zA-W]{6,40}",
    ) {
        let description = person(&[name, organisation, uscc, person_id, pin, label, serial, container]);
        let file = lock_file(&description);
        let (scripts, said) = recordings(&file);
        let secrets = Secrets::of(&file, &description, &said);
        for script in &scripts {
            prop_assert_eq!(secrets.found_in(script), Vec::<&str>::new());
        }
    }
}

/// The same search finds each of them in an unmasked recording: it is no search that finds nothing.
#[test]
fn the_search_finds_what_is_not_masked() {
    let values = [
        "王小明样例",
        "示例集团有限公司",
        "911101050000000514",
        "110101199003070015",
        "8a6b4c2d",
        "the label",
        "5E71A1",
        "personalCert77",
    ];
    let description = person(&values.map(str::to_owned));
    let file = lock_file(&description);
    let (_, said) = recordings(&file);
    let exchanges = said.iter().map(|(command, answer)| Exchange {
        line: 0,
        note: String::new(),
        command: Pattern::known(command),
        answer: Some(Pattern::known(answer)),
    });
    let unmasked = Script { exchanges: exchanges.collect(), ..Script::default() };
    let secrets = Secrets::of(&file, &description, &said);
    let found = secrets.found_in(&unmasked);
    // A PIN is never sent, a fingerprint is worked out, and the CA's strings are UTF-8.
    let expected = [
        "label",
        "serial",
        "container",
        "holder",
        "X",
        "Y",
        "certificate's serial number",
        "CA's signature",
        "key identifier",
        "file",
        "file name",
        "challenge",
        "PIN block",
        "digest",
        "signature",
        "PIN block",
    ];
    for what in expected {
        assert!(found.contains(&what), "{what} was not found: {found:?}");
    }
}

/// Two people whose names and codes are as long as each other's leave the same recording, to the byte. What differs between locks of
/// one shape are the lengths of the random numbers in their certificates, so many are made and those of one shape compared.
#[test]
fn recordings_of_two_people_do_not_differ() {
    let mut ca = Ca::generate("calock test CA", NOW).unwrap();
    let mut by_shape: HashMap<Vec<usize>, String> = HashMap::new();
    let mut compared = 0;
    for number in 1..=24u32 {
        let digit = char::from(b'a' + u8::try_from(number).unwrap());
        let wide = char::from_u32(0x4E00 + number * 97).unwrap();
        let repeat = |character: char, times: usize| String::from_iter(std::iter::repeat_n(character, times));
        let values = [
            repeat(wide, 4),
            repeat(wide, 9),
            repeat(digit, 18),
            repeat(digit, 18),
            repeat(digit, 8),
            repeat(digit, 10),
            repeat(digit, 16),
            repeat(digit, 14),
        ];
        let file = issue(&person(&values), &mut ca, NOW).unwrap();
        let ([login, others], _) = recordings(&file);
        let lengths = |exchange: &Exchange| [exchange.command.len(), exchange.answer.as_ref().map_or(0, Pattern::len)];
        let shape: Vec<usize> = login.exchanges.iter().chain(&others.exchanges).flat_map(lengths).collect();
        let text = format!("{login}{others}");
        let der = Base64::decode_vec(&file.containers[0].signing.as_ref().unwrap().certificate).unwrap();
        // The same total may be made of other parts: r and s of the CA's signature, the serial number.
        let parts = [der.len(), Certificate::from_der(&der).unwrap().serial().len(), signature_split(&der)];
        let shape = [shape, parts.to_vec()].concat();
        match by_shape.get(&shape) {
            Some(other) => {
                assert_eq!(&text, other);
                compared += 1;
            }
            None => drop(by_shape.insert(shape, text)),
        }
    }
    println!("{compared} pairs of recordings compared, {} shapes", by_shape.len());
    assert!(compared >= 8, "{compared}");
}

/// Bytes of r in the CA's signature.
fn signature_split(der: &[u8]) -> usize {
    let certificate = Certificate::from_der(der).unwrap();
    usize::from(certificate.signature()[3])
}

// ---- making the examples -----------------------------------------------------------------------------------------------------

mod examples {
    use super::*;

    /// Makes a lock of somebody invented, asks it as a login does, and varies what it said.
    pub(super) fn write() {
        let description = Description {
            holder: HolderDescription {
                name: "示例建设有限公司".into(),
                uscc: Some("911101050000000514".into()),
                province: Some("北京市".into()),
                ..HolderDescription::default()
            },
            not_before: Some("2026-01-01T00:00:00Z".into()),
            not_after: Some("2049-12-31T23:59:59Z".into()),
            encryption_pair: Some(false),
            label: Some("example".into()),
            serial: Some("0000000000000042".into()),
            tries_max: Some(6),
            ..Description::default()
        };
        let (signed, _, said) = recorded(card(&lock_file(&description)), "12345678");
        signed.unwrap();
        // GetDevInfo and the first EnumApplication are of reading the lock's label.
        let login = &said[2..];
        let all: Vec<Exchange> = login.iter().map(exchange).collect();
        let place = |ins: u8| login.iter().position(|(command, _)| command[1] == ins).unwrap();
        let (pin_info, verify, sign) = (place(0x14), place(0x18), place(0x74));
        let answering = |at: usize, answer: Option<&str>| {
            let mut exchanges = all[..=at].to_vec();
            exchanges[at].answer = answer.map(|answer| Pattern::known(&hex_bytes(answer)));
            exchanges
        };
        save(
            "gm3000-login",
            "一次登录 · one login, to the signature and until the lock is closed",
            Play::InOrder,
            all.clone(),
        );
        let silent = "签名时无响应 · the lock falls silent while it signs";
        save("silent-at-signing", silent, Play::InOrder, answering(sign, None));
        save(
            "refuses-to-sign",
            "拒绝签名 · the lock refuses to sign: 6982",
            Play::InOrder,
            answering(sign, Some("6982")),
        );

        let mut unknown = all.clone();
        unknown[pin_info].answer = Some(Pattern::known(&[0x6D, 0]));
        save(
            "no-pin-info",
            "不支持查询次数 · a lock without GetPINInfo: the tries left are not known",
            Play::InOrder,
            unknown,
        );

        let mut wrong = all[..verify].to_vec();
        let (info, tried) = (all[pin_info].clone(), all[verify].clone());
        let with = |exchange: &Exchange, answer: &str| Exchange {
            answer: Some(Pattern::known(&hex_bytes(answer))),
            ..exchange.clone()
        };
        wrong[pin_info] = with(&info, "0603009000");
        wrong.extend([with(&tried, "63C2"), with(&info, "0602009000"), with(&tried, "63C1")]);
        wrong.extend([with(&info, "0601009000"), with(&tried, "6983")]);
        wrong.push(all[place(0x44)].clone());
        save("wrong-pin", "密码错误，直到锁死 · any PIN is wrong, three tries are left", Play::AnyOrder, wrong);

        let mut blank: Vec<Exchange> = said[..2].iter().map(exchange).collect();
        let mut info = blank[0].answer.take().unwrap().filled(0);
        info[132..164].fill(0);
        info[132..137].copy_from_slice(b"blank");
        blank[0].answer = Some(Pattern::known(&info));
        blank.extend(all[1..3].iter().cloned());
        blank[3].answer = Some(Pattern::known(&[0, 0, 0x90, 0]));
        save("blank-lock", "空锁 · an application without containers", Play::AnyOrder, blank);
    }

    /// Any PIN and any digest will do.
    fn exchange((command, answer): &(Vec<u8>, Vec<u8>)) -> Exchange {
        let mut shown = Pattern::known(command);
        let masked = match command[1] {
            0x18 => 9,
            0x74 => 11,
            _ => command.len(),
        };
        let mut pattern = shown.take(masked);
        pattern.append(Pattern::masked(command.len() - masked));
        let note = apdu::Instruction::of(command).unwrap().name.to_owned();
        Exchange { line: 0, note, command: pattern, answer: Some(Pattern::known(answer)) }
    }

    fn save(name: &str, title: &str, play: Play, exchanges: Vec<Exchange>) {
        let script = Script { profile: Some("gm3000".into()), play, exchanges, ..Script::default() };
        let text = script.to_string();
        let (format, rest) = text.split_once('\n').unwrap();
        std::fs::write(format!("{FOLDER}/{name}.txt"), format!("{format}\n# {title}\n{rest}")).unwrap();
    }
}
