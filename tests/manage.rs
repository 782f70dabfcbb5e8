//! Lock management with virtual locks: reports, labels, PINs, and 证书制作 from the blank lock to the first login, with every fault
//! at every exchange.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that cannot go on fails its test

mod common;
#[path = "support/openssl.rs"]
mod openssl;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use calock::certificate::Certificate;
use calock::certificate::request::SubjectField;
use calock::error::{Code, Result};
use calock::lock::gmt0017::{Name, NewApplication};
use calock::secret::Pin;
use calock::session::{Content, Delivery, ManageStep, Manager, PinAnswer, PinChange, PinTries, Produced, Production};
use calock::virtual_lock::{Algorithm, Ca, Cable, Contents, Description, Fault, LockFile, Plugged, blank};
use calock::wait::Flag;
use calock::{Phase, signature};
use common::{Bench, NOW, Typist, enterprise, lock_file, request};
use openssl::{Folder, openssl};

const SUBJECT: &[(SubjectField, &str)] = &[
    (SubjectField::Country, "CN"),
    (SubjectField::Organisation, "测试样例建设有限公司"),
    (SubjectField::CommonName, "测试样例建设有限公司"),
];

const ORDER: Production<'_> = Production { subject: SUBJECT, resume: false, application: None };

/// Changes a delivery; the second one is what the CA delivers for another holder and the same request.
type Spoil = fn(&mut Delivery, &Delivery);

/// A counter clerk with a CA behind the counter.
struct Clerk {
    ca: Ca,
    pin: Cell<&'static str>,
    new_pin: Cell<&'static str>,
    spend_last_try: Cell<bool>,
    /// What the CA does instead of delivering.
    refusal: Cell<Option<Code>>,
    /// Spoils a delivery.
    spoil: Option<Spoil>,
    /// What the CA delivered for which request's key, as a CA that delivers the same again.
    delivered: RefCell<Vec<(Vec<u8>, Delivery)>>,
    requests: RefCell<Vec<Vec<u8>>>,
    asked: RefCell<Vec<PinTries>>,
    steps: RefCell<Vec<ManageStep>>,
}

impl Clerk {
    fn new() -> Self {
        Self {
            ca: Ca::generate("calock test CA", NOW).unwrap(),
            pin: Cell::new("12345678"),
            new_pin: Cell::new("87654321"),
            spend_last_try: Cell::new(false),
            refusal: Cell::new(None),
            spoil: None,
            delivered: RefCell::default(),
            requests: RefCell::default(),
            asked: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    fn answer(&self) -> Result<PinAnswer> {
        Ok(PinAnswer { pin: Pin::new(self.pin.get().as_bytes())?, spend_last_try: self.spend_last_try.get() })
    }
}

impl Manager for Clerk {
    async fn pin(&self, tries: PinTries) -> Result<PinAnswer> {
        self.asked.borrow_mut().push(tries);
        self.answer()
    }

    async fn new_pin(&self, tries: PinTries) -> Result<PinChange> {
        self.asked.borrow_mut().push(tries);
        Ok(PinChange { old: self.answer()?, new: Pin::new(self.new_pin.get().as_bytes())? })
    }

    async fn certify(&self, request: &[u8]) -> Result<Delivery> {
        self.requests.borrow_mut().push(request.to_vec());
        if let Some(code) = self.refusal.get() {
            return Err(code.into());
        }
        let key = calock::certificate::request::Request::from_der(request)?.point().to_vec();
        if let Some((_, delivery)) = self.delivered.borrow().iter().find(|(one, _)| *one == key) {
            return Ok(delivery.clone());
        }
        let mut delivery = self.ca.certify(request, &enterprise(Algorithm::Sm2), NOW)?;
        if let Some(spoil) = self.spoil {
            let mut other = enterprise(Algorithm::Sm2);
            other.holder.name = "另一家样例有限公司".into();
            spoil(&mut delivery, &self.ca.certify(request, &other, NOW)?);
        }
        self.delivered.borrow_mut().push((key, delivery.clone()));
        Ok(delivery)
    }

    fn step(&self, step: ManageStep) {
        self.steps.borrow_mut().push(step);
    }
}

fn blank_lock() -> LockFile {
    blank(&Description::default()).unwrap()
}

fn produce(bench: &Bench, clerk: &Clerk, resume: bool) -> Result<Produced> {
    let order = Production { resume, ..ORDER };
    bench.run(bench.session.produce(&order, clerk, &bench.port.abort))
}

/// What is in the lock, by the lock itself.
fn inside(bench: &Bench) -> LockFile {
    let lock = bench.lock.borrow();
    match lock.contents() {
        Contents::Gmt0017(card) => card.to_file().unwrap(),
        _ => unreachable!("a GM/T 0017 card was plugged in"),
    }
}

fn login(bench: &Bench) -> Result<calock::session::Signed> {
    bench.run(bench.session.login(&request(None), &Typist::typing("12345678"), &Flag::default()))
}

#[test]
fn a_blank_lock_becomes_one_that_logs_in() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    let produced = produce(&bench, &clerk, false).unwrap();
    assert_eq!(
        *clerk.steps.borrow(),
        [
            ManageStep::Waiting,
            ManageStep::Opening,
            ManageStep::Reading,
            ManageStep::Pin,
            ManageStep::Generating,
            ManageStep::Signing,
            ManageStep::Certifying,
            ManageStep::Importing,
            ManageStep::Checking,
            ManageStep::Done
        ]
    );
    println!("证书制作: {} exchanges", bench.port.exchanges());
    assert_eq!((bench.port.count(0x18), bench.port.count(0x70), bench.port.count(0x1C)), (1, 1, 1));
    assert!(produced.container.text().starts_with("calock-"));
    assert_eq!(bench.port.entered.get(), 0, "the turn among pages was given back");
    let signed = login(&bench).unwrap();
    assert_eq!(signed.entry.certificate.der(), produced.signing.der());
    let holder = calock::certificate::holder(&signed.entry.certificate, calock::text::gbk);
    assert_eq!(holder.code.as_deref(), Some("91110000MA0CAL0C8K"));
    // What a person sees of it afterwards.
    let report = bench.run(bench.session.inspect(&Flag::default())).unwrap();
    let container = &report.applications[0].containers[0];
    assert!(matches!(&container.signing, Content::Certificate(one) if one.der() == produced.signing.der()));
    assert!(matches!(&container.encryption, Content::Certificate(one) if one.der() == produced.encryption.der()));
    assert!(!container.unfinished);
    // And it is no blank lock any more.
    assert_eq!(produce(&bench, &clerk, false).unwrap_err().code, Code::LockNotBlank);
    assert_eq!(produce(&bench, &clerk, true).unwrap_err().code, Code::LockNotBlank);
}

#[test]
fn a_lock_with_anything_in_it_is_refused_before_anything_is_changed() {
    let mut foreign = lock_file(&enterprise(Algorithm::Sm2));
    let with_both = foreign.clone();
    foreign.containers[0].signing = None;
    foreign.containers[0].encryption = None;
    for file in [with_both, foreign, lock_file(&enterprise(Algorithm::Rsa))] {
        let bench = Bench::new(&file);
        let clerk = Clerk::new();
        for resume in [false, true] {
            assert_eq!(produce(&bench, &clerk, resume).unwrap_err().code, Code::LockNotBlank);
        }
        assert!(clerk.asked.borrow().is_empty(), "the PIN was asked for nothing");
        assert_eq!(inside(&bench), file);
    }
}

#[test]
fn openssl_verifies_the_request_and_uses_the_delivered_key() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    let produced = produce(&bench, &clerk, false).unwrap();
    let folder = Folder::new();
    let request = folder.write("request.der", &clerk.requests.borrow()[0]);
    let verify =
        ["req", "-inform", "DER", "-in", &request, "-noout", "-verify", "-subject", "-nameopt", "utf8", "-vfyopt"];
    let said = openssl::remarks(&[&verify[..], &["distid:1234567812345678"]].concat());
    assert!(said.contains("verify OK") && said.contains("测试样例建设有限公司"), "{said}");
    // Another id gives another Z: the same request must then be refused, or the check above checks nothing.
    let said = openssl::remarks(&[&verify[..], &["distid:8765432187654321"]].concat());
    assert!(said.contains("verify failure"), "{said}");

    // What is encrypted to the encryption certificate is opened by the key that the lock took out of the envelope.
    let certificate = folder.write("encryption.der", produced.encryption.der());
    let file = inside(&bench);
    let entry = file.containers[0].encryption.as_ref().unwrap();
    let key = folder.write("key.der", &Base64::decode_vec(&entry.key).unwrap());
    let secret = folder.write("secret", b"only for the holder");
    let public = folder
        .write("public.pem", openssl(&["x509", "-inform", "DER", "-in", &certificate, "-pubkey", "-noout"]).as_bytes());
    let sealed = folder.path("sealed");
    openssl(&["pkeyutl", "-encrypt", "-pubin", "-inkey", &public, "-in", &secret, "-out", &sealed]);
    let opened = openssl(&["pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", &key, "-in", &sealed]);
    assert_eq!(opened, "only for the holder");
}

#[test]
fn openssl_opens_the_envelope_itself() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    produce(&bench, &clerk, false).unwrap();
    let folder = Folder::new();
    let blob = clerk.delivered.borrow()[0].1.enveloped_key.clone();
    let file = inside(&bench);
    let key_of =
        |entry: &Option<calock::virtual_lock::KeyEntry>| Base64::decode_vec(&entry.as_ref().unwrap().key).unwrap();
    let signing = folder.write("signing.der", &key_of(&file.containers[0].signing));
    // OpenSSL takes SM2 ciphertexts as SEQUENCE { x, y, hash, cipher }.
    let (x, y, hash, cipher) = (&blob[240..272], &blob[304..336], &blob[336..368], &blob[372..388]);
    let spec = format!(
        "asn1=SEQUENCE:all\n[all]\nx=INTEGER:0x{}\ny=INTEGER:0x{}\nhash=FORMAT:HEX,OCTETSTRING:{}\ncipher=FORMAT:HEX,OCTETSTRING:{}\n",
        calock::hash::hex(x),
        calock::hash::hex(y),
        calock::hash::hex(hash),
        calock::hash::hex(cipher)
    );
    let spec = folder.write("spec", spec.as_bytes());
    let sealed = folder.path("sealed.der");
    openssl(&["asn1parse", "-genconf", &spec, "-noout", "-out", &sealed]);
    let session = folder.path("session");
    openssl(&["pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", &signing, "-in", &sealed, "-out", &session]);
    let session = calock::hash::hex(&std::fs::read(session).unwrap());
    let encrypted = folder.write("encrypted", &blob[12..76]);
    let plain = folder.path("plain");
    openssl(&["enc", "-d", "-sm4-ecb", "-nopad", "-K", &session, "-in", &encrypted, "-out", &plain]);
    let plain = std::fs::read(plain).unwrap();
    assert_eq!(plain[..32], [0; 32]);
    let encryption = key_of(&file.containers[0].encryption);
    assert!(encryption.windows(32).any(|window| window == &plain[32..]), "the enveloped key is the lock's");
}

#[test]
fn what_does_not_belong_to_the_lock_is_refused_and_the_lock_left_blank() {
    let spoils: [(&str, Spoil); 6] = [
        ("another key's signing certificate", |delivery, _| {
            delivery.certificate.clone_from(&delivery.encryption_certificate);
        }),
        ("another key's encryption certificate", |delivery, other| {
            delivery.encryption_certificate.clone_from(&other.encryption_certificate);
        }),
        ("another holder's encryption pair", |delivery, other| {
            delivery.encryption_certificate.clone_from(&other.encryption_certificate);
            delivery.enveloped_key.clone_from(&other.enveloped_key);
        }),
        ("the signing certificate twice", |delivery, _| {
            delivery.encryption_certificate.clone_from(&delivery.certificate);
        }),
        ("no envelope", |delivery, _| delivery.enveloped_key.clear()),
        ("no certificate", |delivery, _| delivery.certificate.truncate(40)),
    ];
    for (name, spoil) in spoils {
        let bench = Bench::new(&blank_lock());
        let clerk = Clerk { spoil: Some(spoil), ..Clerk::new() };
        let before = inside(&bench);
        let error = produce(&bench, &clerk, false).expect_err(name);
        assert_eq!((error.code, error.phase), (Code::DeliveryInvalid, Some(Phase::Authority)), "{name}");
        assert_eq!(inside(&bench), before, "{name}: the lock is not blank");
    }
}

#[test]
fn a_refusing_ca_leaves_the_lock_blank_and_a_silent_one_unfinished() {
    for (code, stays) in [
        (Code::AuthorisationUnknown, false),
        (Code::AuthorisationUsed, false),
        (Code::AuthorisationExpired, false),
        (Code::RequestInvalid, false),
        (Code::KeyCertified, false),
        (Code::AuthorityFailed, true),
    ] {
        let bench = Bench::new(&blank_lock());
        let clerk = Clerk::new();
        clerk.refusal.set(Some(code));
        let error = produce(&bench, &clerk, false).unwrap_err();
        assert_eq!((error.code, error.phase), (code, Some(Phase::Authority)));
        assert_eq!(inside(&bench).containers.len(), usize::from(stays), "{code}");
        clerk.refusal.set(None);
        if stays {
            assert_eq!(produce(&bench, &clerk, false).unwrap_err().code, Code::LockUnfinished);
        }
        produce(&bench, &clerk, stays).unwrap();
        assert_eq!(login(&bench).map(drop), Ok(()));
    }
}

#[test]
fn what_was_left_unfinished_can_be_cleared_away() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    clerk.refusal.set(Some(Code::AuthorityFailed));
    produce(&bench, &clerk, false).unwrap_err();
    let report = bench.run(bench.session.inspect(&Flag::default())).unwrap();
    let container = &report.applications[0].containers[0];
    assert!(container.unfinished);
    assert!(matches!((&container.signing, &container.encryption), (Content::Key, Content::Empty)));
    bench.run(bench.session.clear_unfinished(&clerk, &Flag::default())).unwrap();
    assert_eq!(inside(&bench), LockFile { serial: inside(&bench).serial, ..blank_lock() });
    // Nothing to clear: nothing is asked.
    let asked = clerk.asked.borrow().len();
    bench.run(bench.session.clear_unfinished(&clerk, &Flag::default())).unwrap();
    assert_eq!(clerk.asked.borrow().len(), asked);
    // A lock in use is never cleared.
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let error = bench.run(bench.session.clear_unfinished(&clerk, &Flag::default())).unwrap_err();
    assert_eq!(error.code, Code::LockNotBlank);
}

/// What strikes each exchange of a production.
const FAULTS: &[&str] = &[
    "unplug-before",
    "unplug-while",
    "unplug-after",
    "silent",
    "send-hangs",
    "send-stalls",
    "garbled",
    "truncated",
    "overlong",
    "wrong-sequence",
    "stale-reply",
    "report-dropped",
    "report-duplicated",
    "status=6F00",
    "slow=400",
    "slow=90000",
    "garbage-certificate",
];

/// Every fault at every exchange of a production: it ends in time, with a code if it fails, spends at most one PIN try, makes at
/// most one key, and afterwards the same lock is finished, or begun anew, or found to be complete.
#[test]
fn after_every_fault_at_every_exchange_the_lock_can_be_finished() {
    let whole = Bench::new(&blank_lock());
    produce(&whole, &Clerk::new(), false).unwrap();
    let (mut combinations, mut unharmed, mut finished, mut anew, mut complete) = (0, 0, 0, 0, 0);
    for exchange in 1..=whole.port.exchanges() {
        for kind in FAULTS {
            combinations += 1;
            let name = format!("{kind}@#{exchange}");
            let bench = Bench::new(&blank_lock());
            bench.lock.borrow_mut().inject(name.parse::<Fault>().unwrap());
            let clerk = Clerk::new();
            let outcome = produce(&bench, &clerk, false);
            assert!(bench.clock.elapsed() <= Duration::from_secs(95), "{name}: {:?}", bench.clock.elapsed());
            assert!(bench.port.count(0x18) <= 1, "{name}: the PIN was sent twice");
            assert!(bench.port.count(0x70) <= 1, "{name}: two keys were made");
            assert!(bench.port.count(0x74) <= 2, "{name}: a signature was asked for twice");
            assert_eq!(bench.port.entered.get(), 0, "{name}: the turn was kept");

            // A fault that found nothing to strike must not wait for the next work.
            bench.lock.borrow_mut().clear_faults();
            bench.lock.borrow_mut().unplug();
            let again = Bench::plug(bench.lock.clone(), bench.clock.clone());
            if let Err(error) = &outcome {
                assert!(error.phase.is_some(), "{name}: {error}");
                match produce(&again, &clerk, false) {
                    Ok(_) => anew += 1,
                    Err(error) if error.code == Code::LockUnfinished => {
                        produce(&again, &clerk, true).expect(&name);
                        finished += 1;
                    }
                    Err(error) => {
                        assert_eq!(error.code, Code::LockNotBlank, "{name}");
                        complete += 1;
                    }
                }
            } else {
                unharmed += 1;
            }
            login(&again).expect(&name);
            assert!(clerk.delivered.borrow().len() <= 1, "{name}: the CA had to deliver for a second key");
            assert_eq!(again.tries_left(), Some(6), "{name}: no try was lost");
        }
    }
    println!(
        "{combinations} combinations: {unharmed} unharmed, {anew} begun anew, {finished} finished, {complete} complete already"
    );
    assert!(finished > 30 && anew > 30 && complete > 30);
}

#[test]
fn a_wrong_initial_pin_changes_nothing_in_the_lock() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    clerk.pin.set("00000000");
    let error = produce(&bench, &clerk, false).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(5)));
    assert!(inside(&bench).containers.is_empty());
    let mut last = blank_lock();
    last.tries_left = 1;
    let bench = Bench::new(&last);
    assert_eq!(produce(&bench, &clerk, false).unwrap_err().code, Code::PinLastTry);
    assert_eq!(bench.port.count(0x18), 0);
    last.tries_left = 0;
    let bench = Bench::new(&last);
    assert_eq!(produce(&bench, &clerk, false).unwrap_err().code, Code::PinLocked);
}

#[test]
fn a_gm3000s_pin_is_not_changed_because_its_mac_is_not_known() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let clerk = Clerk::new();
    let error = bench.run(bench.session.change_pin(&clerk, &Flag::default())).unwrap_err();
    assert_eq!(error.code, Code::OperationUnproven);
    assert_eq!((bench.port.exchanges(), clerk.asked.borrow().len()), (0, 0));
    // Nor is an application made on one that has none.
    let bench = Bench::new(&LockFile { application: String::new(), ..blank_lock() });
    let error = produce(&bench, &clerk, false).unwrap_err();
    assert_eq!(error.code, Code::OperationUnproven);
    let lock = bench.lock.borrow();
    assert!(lock.log().iter().all(|one| one.instruction == 0x22), "only reading commands were sent");
}

#[test]
fn a_recording_of_a_production_holds_no_secret_and_no_name() {
    let bench = little(&LockFile { application: String::new(), ..blank_lock() });
    let application = NewApplication {
        name: Name::from(&b"calock-Application"[..]),
        admin_pin: Pin::new(b"administrator").unwrap(),
        admin_tries: 10,
        user_tries: 10,
    };
    let clerk = Clerk::new();
    bench.session.start_recording();
    let order = Production { application: Some((&application, None)), ..ORDER };
    bench.run(bench.session.produce(&order, &clerk, &bench.port.abort)).unwrap();
    let exchanges = bench.port.exchanges();
    change(&bench, &clerk).unwrap();
    let text = bench.session.stop_recording().unwrap().text();
    assert_eq!(text.matches("\n<= ").count(), usize::try_from(bench.port.exchanges()).unwrap());
    assert!(bench.port.exchanges() > exchanges);
    let delivery = &clerk.delivered.borrow()[0].1;
    let certificate = Certificate::from_der(&delivery.certificate).unwrap();
    let secrets: [&[u8]; 7] = [
        b"12345678",
        b"87654321",
        b"administrator",
        "测试样例".as_bytes(),
        b"91110000MA0CAL0C8K",
        &delivery.enveloped_key[12..44],
        &certificate.signature()[8..24],
    ];
    for secret in secrets {
        let hex = calock::hash::hex_upper(secret);
        assert!(!text.to_uppercase().replace(' ', "").contains(&hex), "{hex} is in the recording");
    }
}

#[test]
fn a_label_is_set() {
    let bench = Bench::new(&lock_file(&enterprise(Algorithm::Sm2)));
    let never = Flag::default();
    bench.run(bench.session.set_label("投标专用", &never)).unwrap();
    let report = bench.run(bench.session.inspect(&never)).unwrap();
    let device = report.device.unwrap();
    assert_eq!((&*device.label, &*device.manufacturer), ("投标专用", "Longmai (virtual)"));
    assert!(device.free_space < device.total_space);
    for bad in ["", "a\nb", "三十二个字节以内的标签才能写进锁里"] {
        let error = bench.run(bench.session.set_label(bad, &never)).unwrap_err();
        assert_eq!(error.code, Code::Parameter, "{bad}");
    }
}

#[test]
fn a_report_shows_both_certificates_and_files_and_leaves_logins_alone() {
    let mut description = enterprise(Algorithm::Sm2);
    description.seal = Some(Base64::encode_string(b"a seal"));
    let bench = Bench::new(&lock_file(&description));
    login(&bench).unwrap();
    let report = bench.run(bench.session.inspect(&Flag::default())).unwrap();
    let application = &report.applications[0];
    assert_eq!(application.pin.unwrap().left, 6);
    let file = &application.files[0];
    assert_eq!((file.name.text(), file.info.unwrap().size), ("seal.esl".into(), 6));
    let container = &application.containers[0];
    for (place, usage) in [(&container.signing, "signing"), (&container.encryption, "encryption")] {
        assert!(matches!(place, Content::Certificate(one) if one.usage().as_str() == usage));
    }
    login(&bench).unwrap();
}

#[test]
fn the_signing_certificate_is_the_cas() {
    let bench = Bench::new(&blank_lock());
    let clerk = Clerk::new();
    let produced = produce(&bench, &clerk, false).unwrap();
    let root = Certificate::from_der(&clerk.ca.roots().unwrap()[0]).unwrap();
    for certificate in [&produced.signing, &produced.encryption] {
        signature::verify_issued(certificate, root.key()).unwrap();
    }
}

/// A lock of the little-endian dialect, and a session that knows it.
fn little(file: &LockFile) -> Bench {
    let file = LockFile { profile: "gmt0017-little".into(), ..file.clone() };
    let profile = calock::lock::profile::named("gmt0017-little").unwrap();
    let contents = Contents::new(&file).unwrap();
    let lock = std::rc::Rc::new(RefCell::new(Plugged::new(contents, Cable::Hid)));
    Bench::plug_as(profile, lock, common::Clock::default())
}

fn change(bench: &Bench, clerk: &Clerk) -> Result<()> {
    bench.run(bench.session.change_pin(clerk, &bench.port.abort))
}

#[test]
fn a_pin_is_changed_where_the_way_is_known() {
    let bench = little(&lock_file(&enterprise(Algorithm::Sm2)));
    let clerk = Clerk::new();
    change(&bench, &clerk).unwrap();
    assert_eq!((bench.port.count(0x18), bench.port.count(0x16), bench.port.count(0x1C)), (1, 1, 1));
    assert_eq!(inside(&bench).pin, "87654321");
    let wire = bench.port.wire.borrow().clone();
    for pin in [&b"12345678"[..], b"87654321"] {
        assert!(!wire.windows(8).any(|window| window == pin), "a PIN crossed the wire");
    }
    // The old one is wrong from now on, the new one is right.
    let error = change(&bench, &clerk).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::PinWrong, Some(5)));
    clerk.pin.set("87654321");
    clerk.new_pin.set("另一个密码");
    change(&bench, &clerk).unwrap();
    assert_eq!(inside(&bench).pin, "另一个密码");
}

#[test]
fn a_new_pin_that_cannot_be_used_spends_no_try() {
    for (new, code) in [("12345", Code::PinNew), ("12345678", Code::PinNew), ("12345678901234567", Code::PinLength)] {
        let bench = little(&lock_file(&enterprise(Algorithm::Sm2)));
        let clerk = Clerk::new();
        clerk.new_pin.set(new);
        assert_eq!(change(&bench, &clerk).unwrap_err().code, code);
        assert_eq!((bench.port.count(0x18), bench.port.count(0x16)), (0, 0), "{new}");
    }
}

#[test]
fn the_last_try_is_spent_on_a_change_only_after_a_yes() {
    let file = LockFile { tries_left: 1, ..lock_file(&enterprise(Algorithm::Sm2)) };
    let bench = little(&file);
    let clerk = Clerk::new();
    assert_eq!(change(&bench, &clerk).unwrap_err().code, Code::PinLastTry);
    assert!(clerk.asked.borrow()[0].last);
    assert_eq!(bench.port.count(0x18), 0);
    clerk.spend_last_try.set(true);
    change(&bench, &clerk).unwrap();
    assert_eq!(bench.tries_left(), Some(6));
    let bench = little(&LockFile { tries_left: 0, ..file });
    assert_eq!(change(&bench, &clerk).unwrap_err().code, Code::PinLocked);
}

/// Every fault at every exchange of a change of PIN: afterwards the lock takes the old PIN or the new one, and no PIN command was
/// sent twice.
#[test]
fn after_every_fault_the_lock_has_the_old_pin_or_the_new_one() {
    let file = lock_file(&enterprise(Algorithm::Sm2));
    let whole = little(&file);
    change(&whole, &Clerk::new()).unwrap();
    let mut combinations = 0;
    for exchange in 1..=whole.port.exchanges() {
        for kind in FAULTS {
            combinations += 1;
            let name = format!("{kind}@#{exchange}");
            let bench = little(&file);
            bench.lock.borrow_mut().inject(name.parse::<Fault>().unwrap());
            let clerk = Clerk::new();
            let outcome = change(&bench, &clerk);
            assert!(bench.port.count(0x18) <= 1 && bench.port.count(0x16) <= 1, "{name}: a PIN command was repeated");
            assert!(outcome.as_ref().map_or_else(|error| error.phase.is_some(), |()| true), "{name}: {outcome:?}");
            let pin = inside(&bench).pin;
            assert!(["12345678", "87654321"].contains(&&*pin), "{name}: {pin}");
            assert!(outcome.is_err() || pin == "87654321", "{name}: it said that the PIN was changed");
        }
    }
    println!("change of PIN: {combinations} combinations");
}

#[test]
fn a_lock_without_an_application_gets_one() {
    let file = LockFile { application: String::new(), ..blank_lock() };
    let application = NewApplication {
        name: Name::from(&b"calock-Application"[..]),
        admin_pin: Pin::new(b"administrator").unwrap(),
        admin_tries: 10,
        user_tries: 8,
    };
    let bench = little(&file);
    let clerk = Clerk::new();
    // Nothing is known of what shall be made: nothing is made.
    assert_eq!(produce(&bench, &clerk, false).unwrap_err().code, Code::OperationUnproven);
    let order = Production { application: Some((&application, None)), ..ORDER };
    bench.run(bench.session.produce(&order, &clerk, &bench.port.abort)).unwrap();
    let made = inside(&bench);
    assert_eq!((&*made.application, &*made.pin, made.tries_max), ("calock-Application", "12345678", 8));
    assert_eq!(made.admin_pin.as_deref(), Some("administrator"));
    login(&bench).unwrap();

    // With a device key of its own it takes no other, and says so without touching the PIN's words.
    let bench = little(&LockFile { device_key: Some("0123456789ABCDEF".into()), ..file });
    let error = bench.run(bench.session.produce(&order, &clerk, &bench.port.abort)).unwrap_err();
    assert_eq!((error.code, error.tries_left), (Code::LockStatus, None));
    assert!(inside(&bench).application.is_empty());
    let order = Production { application: Some((&application, Some(b"0123456789ABCDEF"))), ..ORDER };
    bench.run(bench.session.produce(&order, &clerk, &bench.port.abort)).unwrap();
}
