//! Nothing of a person is in a recording: not of their names, codes and keys, not of their lock, not of what they signed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

mod common;
#[path = "support/recorded.rs"]
mod support;

use std::collections::{HashMap, HashSet};

use base64ct::{Base64, Encoding as _};
use calock::apdu;
use calock::apdu::Form;
use calock::certificate::{Certificate, PublicKey};
use calock::hash::{hex, hex_upper};
use calock::recording::Recorder;
use calock::script::{Exchange, Pattern, Script};
use calock::virtual_lock::{Algorithm, Ca, Contents, Description, HolderDescription, HolderKind, LockFile, issue};
use common::{NOW, lock_file};
use proptest::prelude::*;

use support::*;

/// What may be found in no recording.
struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    fn of(file: &LockFile, description: &Description, said: &[Said]) -> Self {
        let mut secrets = Self(Vec::new());
        secrets.add("PIN", file.pin.as_bytes());
        secrets.add("label", file.label.as_bytes());
        secrets.add("serial", file.serial.as_bytes());
        if description.profile.as_deref() != Some("piv") {
            // There it is the number of a slot.
            secrets.add("container", file.containers[0].name.as_bytes());
        }
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
                PublicKey::Sm2(point) | PublicKey::P256(point) => {
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
            match (command[0], command[1]) {
                (0x80, 0x18 | 0x16) => secrets.add("PIN block", &command[9..]),
                (0x80, 0x50) => secrets.add("challenge", &answer[..8]),
                (0x80, 0x74 | 0x58) => {
                    secrets.add("digest", &command[11..43]);
                    secrets.add("signature", &answer[4..answer.len() - 2]);
                }
                // PIV sends the PIN itself, padded; the digest stands before Le, and s at the answer's end.
                (0x00, 0x20) if command.len() > 5 => secrets.add("PIN block", &command[5..]),
                (0x00, 0x87) => {
                    secrets.add("digest", &command[command.len() - 33..command.len() - 1]);
                    secrets.add("signature", &answer[answer.len() - 34..answer.len() - 2]);
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

/// Commands that a login does not send, and one that no list knows; recorded as a session records.
fn also_recorded(card: &mut Contents, said: &mut Vec<Said>) -> Script {
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

/// The same person with a lock of another model.
fn played(mut description: Description, profile: &str) -> Description {
    description.profile = Some(profile.to_owned());
    if profile == "piv" {
        description.algorithm = Algorithm::P256;
        description.container = Some("9C".into());
        description.pin = description.holder.person_id.as_ref().map(|digits| digits[..8].to_owned());
    }
    description
}

/// Records all there is to record of a lock.
fn recordings(file: &LockFile) -> ([Script; 2], Vec<Said>) {
    let pin: &'static str = file.pin.clone().leak();
    let (signed, login, mut said) = recorded(card(file), pin);
    signed.unwrap();
    let others = also_recorded(&mut card(file), &mut said);
    ([login, others], said)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

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
        profile in prop::sample::select(&["gm3000", "gmt0017-little", "gmt0017-ccid", "piv"][..]),
    ) {
        let values = [name, organisation, uscc, person_id, pin, label, serial, container];
        let description = played(person(&values), profile);
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
    // A PIN is never sent by GM/T 0017, and a fingerprint is worked out.
    let everywhere = ["holder", "X", "Y", "certificate's serial number", "CA's signature", "key identifier"];
    let sent = ["PIN block", "digest", "signature"];
    let gm3000 = ["label", "serial", "container", "file", "file name", "challenge"];
    for (profile, own) in [("gm3000", &gm3000[..]), ("piv", &["PIN"])] {
        let description = played(person(&values.map(str::to_owned)), profile);
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
        for what in everywhere.iter().chain(&sent).chain(own) {
            assert!(found.contains(what), "{profile}: {what} was not found: {found:?}");
        }
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
