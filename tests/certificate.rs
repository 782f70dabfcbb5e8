//! Reading certificates: the traps of genuine ones, identity values, holders, and bytes that want to do harm.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/issue.rs"]
mod issue;

use calock::Code;
use calock::certificate::identity::{mask, mask_text};
use calock::certificate::{Certificate, HolderKind, IdentityKind, PublicKey, SignatureAlgorithm, Usage, holder};
use calock::text::{GBK, none};
use calock::trust::TrustList;
use issue::*;
use proptest::prelude::*;

const COMPANY: &str = "示例建设工程有限公司";
/// 示例 in GBK.
const GBK_BYTES: &[u8] = &[0xCA, 0xBE, 0xC0, 0xFD];

fn ca() -> Ca {
    Ca::root(Key::sm2("ca"), "calock 测试根")
}

fn read(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

/// A certificate with this subject and these extensions.
fn with(subject: &[(&str, &str)], extensions: &[Vec<u8>]) -> Certificate {
    let ca = ca();
    let mut draft = ca.draft(name(subject), &Key::sm2("holder"));
    draft.extensions.extend_from_slice(extensions);
    read(&draft.issue(&ca.key))
}

#[test]
fn fields_of_a_certificate() {
    let ca = ca();
    let key = Key::sm2("holder");
    let der = ca.draft(name(&[(C, "CN"), (O, COMPANY), (CN, COMPANY)]), &key).issue(&ca.key);
    let certificate = read(&der);
    assert_eq!(certificate.der(), der);
    assert_eq!(certificate.serial(), "07");
    assert_eq!((certificate.not_before(), certificate.not_after()), (FROM, TO));
    assert_eq!(certificate.key(), &PublicKey::Sm2(key.point()));
    assert_eq!(certificate.spki(), key.spki());
    assert_eq!(certificate.usage(), Usage::Signing);
    assert_eq!(certificate.signature_algorithm(), &SignatureAlgorithm::Sm2Sm3);
    assert_eq!(certificate.authority_key_id(), Some(&ca.key.id()[..]));
    assert_eq!(certificate.digest(), calock::hash::sm3(&der));
    assert!(!certificate.is_ca() && certificate.version() == 3);
    let subject = certificate.subject().attributes(none);
    let shown: Vec<_> = subject.iter().map(|part| (part.name.as_str(), part.value.as_str())).collect();
    assert_eq!(shown, [("C", "CN"), ("O", COMPANY), ("CN", COMPANY)]);
    // Its signature is over the bytes that tbs() gives back.
    calock::signature::verify(read(&ca.der).key(), certificate.tbs(), certificate.signature()).unwrap();
}

#[test]
fn der_pem_and_base64() {
    use base64ct::{Base64, Encoding};
    let der = ca().der;
    let text = Base64::encode_string(&der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("a remark\n-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\n", lines.join("\r\n"));
    for bytes in [&der[..], text.as_bytes(), pem.as_bytes(), lines.join("\n").as_bytes()] {
        assert_eq!(Certificate::from_der_or_pem(bytes).unwrap().der(), der);
    }
    let mut list = TrustList::default();
    assert_eq!(list.add_pem(&pem.repeat(2)).unwrap(), 2);
    assert_eq!(list.len(), 1); // the same certificate
    for bytes in [&b""[..], b"-----BEGIN CERTIFICATE-----\nMA==", b"hello", &[0xFF; 40], &[&der[..], &[0]].concat()] {
        assert_eq!(Certificate::from_der_or_pem(bytes).unwrap_err().code, Code::CertUnreadable);
    }
}

/// All traits of the genuine leaf of portal practice at once: reverse order, two O, issuer C as UTF8String against
/// PrintableString, NULL parameters on one side only, AKI, keyUsage, private extensions as UTF8String, no
/// basicConstraints, UTCTime at Beijing midnight, an AIA with a scheme of its own.
#[test]
fn the_traits_of_a_genuine_leaf_chain() {
    let key = Key::sm2("ca");
    let printable = tlv(0x30, &[&rdn(C, PRINTABLE, b"CN"), &rdn(O, UTF8, b"Test  CA"), &rdn(CN, UTF8, b"Test SM2 CA")]);
    let utf8 = tlv(0x30, &[&rdn(C, UTF8, b"CN"), &rdn(O, UTF8, b"test ca "), &rdn(CN, PRINTABLE, b"Test SM2 CA")]);
    let mut root = Draft::new(printable.clone(), printable, &key)
        .with(basic_constraints(true, None))
        .with(key_usage(&[5, 6]))
        .with(subject_key(&key.id()));
    root.null = true;
    let root = root.issue(&key);
    let code = organisation("TEXT0001");
    let subject = name(&[(CN, COMPANY), (OU, "投标部"), (O, "BETA"), (O, "beta"), (C, "CN")]);
    let access = tlv(0x30, &[&tlv(0x30, &[&oid("1.3.6.1.5.5.7.48.1"), &tlv(0x86, &[b"OCSP://ocsp.example"])])]);
    let leaf = Draft::new(utf8, subject, &Key::sm2("holder"))
        .with(authority_key(&key.id()))
        .with(key_usage(&[0, 1]))
        .with(extension("1.3.6.1.5.5.7.1.1", false, &access))
        .with(utf8_extension("1.2.156.112562.2.1.1.1", &format!("JJ{code}")))
        .issue(&key);
    let leaf = utc_times(&leaf, &key);
    let (root, leaf) = (read(&root), read(&leaf));
    assert_ne!(root.subject(), leaf.issuer());
    let list = TrustList::new([root]);
    assert_eq!(list.chain(&leaf, 1_780_000_000).unwrap().len(), 2);
    let subject = leaf.subject().attributes(none);
    assert_eq!(subject.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["CN", "OU", "O", "O", "C"]);
    let holder = holder(&leaf, GBK);
    assert_eq!((holder.kind, holder.name.as_str()), (HolderKind::Enterprise, COMPANY));
    assert_eq!(holder.code, Some(code));
    assert_eq!(holder.evidence, ["organisation-value", "jj-prefix", "org-suffix"]);
}

/// The same certificate with its times as UTCTime 251231160000Z and 261231155959Z, signed again.
fn utc_times(der: &[u8], ca: &Key) -> Vec<u8> {
    let certificate = read(der);
    let validity = [tlv(0x17, &[b"251231160000Z"]), tlv(0x17, &[b"261231155959Z"])].concat();
    let general = [tlv(0x18, &[b"20260101000000Z"]), tlv(0x18, &[b"20270101000000Z"])].concat();
    let at = der.windows(general.len()).position(|window| window == general).unwrap();
    let (tbs_start, tbs_end) = (4, 4 + certificate.tbs().len());
    assert_eq!(&der[tbs_start..tbs_end], certificate.tbs());
    // The header of Validity stands two bytes before its content, that of tbs is four bytes long.
    let content = [&der[tbs_start + 4..at - 2], &tlv(0x30, &[&validity]), &der[at + general.len()..tbs_end]].concat();
    let tbs = tlv(0x30, &[&content]);
    let algorithm = tlv(0x30, &[&oid("1.2.156.10197.1.501")]);
    let signed = tlv(0x30, &[&tbs, &algorithm, &tlv(0x03, &[&[0], &ca.sign(&tbs)])]);
    assert_eq!((read(&signed).not_before(), read(&signed).not_after()), (1_767_196_800, 1_798_732_799));
    signed
}

#[test]
fn string_types() {
    let bmp: Vec<u8> = "示例𠀀".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let universal: Vec<u8> = "示例".chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect();
    let utf8 = "示例".as_bytes();
    for (tag, bytes, text, guessed) in [
        (0x0C, utf8, "示例", false),
        (0x1E, &bmp[..], "示例𠀀", false),
        (0x1C, &universal[..], "示例", false),
        (0x13, b"Example", "Example", false),
        (0x16, b"a@example.cn", "a@example.cn", false),
        (0x12, b"123", "123", false),
        (0x1A, b"abc", "abc", false),
        (0x14, b"abc", "abc", false),
        (0x14, utf8, "示例", true),
        (0x14, GBK_BYTES, "示例", true),
        (0x13, GBK_BYTES, "示例", true),
        (0x0C, GBK_BYTES, "示例", true),
        // No text: shown as the bytes they are.
        (0x1E, &[0xD8, 0x00], "d800", true),
        (0x1E, &[0x00], "00", true),
        (0x1C, &[0x00, 0x11, 0x00, 0x00], "00110000", true),
        (0x14, &[0xFF, 0xFF], "ffff", true),
        (0x02, &[0x05], "05", true),
    ] {
        let ca = ca();
        let subject = tlv(0x30, &[&rdn(CN, tag, bytes)]);
        let certificate = read(&ca.draft(subject, &Key::sm2("holder")).issue(&ca.key));
        let shown = &certificate.subject().attributes(GBK)[0];
        assert_eq!((shown.value.as_str(), shown.guessed), (text, guessed), "{tag:02X} {bytes:02X?}");
    }
}

#[test]
fn several_values_in_one_relative_name_and_unknown_identifiers() {
    let ca = ca();
    let value = |id, text: &[u8]| tlv(0x30, &[&oid(id), &tlv(UTF8, &[text])]);
    let set = tlv(0x31, &[&value(CN, b"one"), &value("1.2.156.112573.99", b"two")]);
    let certificate = read(&ca.draft(tlv(0x30, &[&set]), &Key::sm2("holder")).issue(&ca.key));
    let shown: Vec<_> = certificate.subject().attributes(none).into_iter().map(|one| (one.name, one.value)).collect();
    assert_eq!(shown, [("CN".into(), "one".into()), ("1.2.156.112573.99".into(), "two".into())]);
}

#[test]
fn usage_by_bits() {
    for (bits, usage, may_sign) in [
        (&[0u8][..], Usage::Signing, true),
        (&[1], Usage::Signing, true),
        (&[0, 1], Usage::Signing, true),
        (&[2, 3], Usage::Encryption, false),
        (&[4], Usage::Encryption, false),
        (&[3, 4, 8], Usage::Encryption, false),
        (&[0, 2], Usage::Both, true),
        (&[5, 6], Usage::Unspecified, false),
    ] {
        let ca = ca();
        let mut draft = ca.draft(name(&[(CN, "a")]), &Key::sm2("holder"));
        draft.extensions[0] = key_usage(bits);
        let certificate = read(&draft.issue(&ca.key));
        assert_eq!((certificate.usage(), certificate.check_usage().is_ok()), (usage, may_sign), "{bits:?}");
    }
    let ca = ca();
    let bare = Draft::new(ca.name.clone(), name(&[(CN, "a")]), &Key::sm2("holder")).issue(&ca.key);
    assert_eq!(read(&bare).usage(), Usage::Unspecified);
    assert!(read(&bare).check_usage().is_ok());
}

#[test]
fn identity_values_are_found_in_every_wrapping() {
    let code = uscc("TEXT0001");
    let text = code.as_bytes();
    let utf8 = tlv(UTF8, &[text]);
    let bmp: Vec<u8> = code.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for value in [
        utf8.clone(),
        tlv(PRINTABLE, &[text]),
        tlv(0x16, &[text]),
        tlv(0x1E, &[&bmp]),
        tlv(0x04, &[&utf8]),
        tlv(0x04, &[text]),
        tlv(0x30, &[&utf8]),
        tlv(0x31, &[&tlv(PRINTABLE, &[text])]),
        tlv(0xA0, &[&utf8]),
        tlv(0x80, &[text]),
        tlv(0x30, &[&oid("1.2.3"), &tlv(0xA1, &[&tlv(0x30, &[&utf8])])]),
        text.to_vec(),
        tlv(UTF8, &[text.to_ascii_lowercase().as_slice(), b" "]),
    ] {
        for id in ["1.2.156.10260.4.1.4", "1.2.3.4.5"] {
            let identities = holder(&with(&[(CN, "a")], &[extension(id, false, &value)]), GBK).identities;
            assert_eq!(identities.len(), 1, "{id} {value:02X?}");
            assert_eq!((identities[0].kind, &identities[0].value), (IdentityKind::Uscc, &code));
            assert_eq!((identities[0].oid.as_str(), identities[0].checked), (id, true));
        }
    }
}

#[test]
fn values_are_classified_by_themselves() {
    let (uscc, id, org) = (uscc("TEXT0001"), person("19900101"), organisation("TEXT0001"));
    let hyphen = format!("{}-{}", &org[..8], &org[8..]);
    let mut early = uscc.clone().into_bytes();
    early[17] = if early[17] == b'2' { b'3' } else { b'2' };
    let early = String::from_utf8(early).unwrap();
    let old_id = "999999900101001";
    let own = "1.2.156.112562.2.1.1.1";
    use IdentityKind::*;
    for (oid, text, kind, value, checked) in [
        // The two arcs that exchange .3 and .4 do not confuse anything.
        ("1.2.156.10260.4.1.3", &uscc, Uscc, &uscc, true),
        ("1.2.86.11.7.3", &uscc, Uscc, &uscc, true),
        ("1.2.86.11.7.4", &org, Organisation, &org, true),
        ("1.2.86.11.7.3", &hyphen, Organisation, &org, true),
        ("1.2.156.10260.4.1.4", &early, Uscc, &early, false),
        ("1.2.156.10260.4.1.1", &id, Person, &id, true),
        ("1.2.156.10260.4.1.1", &id.to_lowercase(), Person, &id, true),
        ("1.2.86.11.7.1", &old_id.to_string(), Person, &old_id.to_string(), false),
        (own, &format!("SF{id}"), Person, &id, true),
        (own, &format!("JJ{org}"), Organisation, &org, true),
        ("1.2.156.112562.2.1.1.24", &format!("1@5009JJ0{org}"), Organisation, &org, true),
        ("1.2.156.112562.2.1.1.24", &format!("1@5009SF0{id}"), Person, &id, true),
        ("1.2.156.10260.4.1.3", &"999999000000012".to_string(), Licence, &"999999000000012".to_string(), false),
        ("1.2.156.10260.4.1.5", &"T-1".to_string(), Other, &"T-1".to_string(), false),
        ("1.2.3.4", &id, Person, &id, true),
    ] {
        let identities = holder(&with(&[(CN, "a")], &[utf8_extension(oid, text)]), GBK).identities;
        let found: Vec<_> = identities.iter().map(|one| (one.kind, &one.value, one.checked)).collect();
        assert_eq!(found, [(kind, value, checked)], "{oid} {text}");
    }
    // Under an identifier nobody knows, a shape alone is nothing.
    for text in [&early, &org, &"123456789012345".to_string(), &"hello".to_string()] {
        assert!(holder(&with(&[(CN, "a")], &[utf8_extension("1.2.3.4", text)]), GBK).identities.is_empty(), "{text}");
    }
}

#[test]
fn holders() {
    let (code, id) = (uscc("TEXT0001"), person("19900101"));
    let company = utf8_extension("1.2.156.10260.4.1.4", &code);
    let human = utf8_extension("1.2.156.10260.4.1.1", &id);
    use HolderKind::*;
    type Case<'a> = (Vec<(&'a str, &'a str)>, Vec<Vec<u8>>, HolderKind, &'a str, Option<&'a str>);
    let cases: Vec<Case<'_>> = vec![
        (vec![(O, COMPANY), (CN, COMPANY)], vec![company.clone()], Enterprise, COMPANY, None),
        (vec![(CN, COMPANY)], vec![], Enterprise, COMPANY, None),
        (vec![(O, "示例科技"), (CN, "示例科技")], vec![company.clone()], Enterprise, "示例科技", None),
        // The legal person's id beside the company's code.
        (vec![(O, COMPANY), (CN, COMPANY)], vec![company.clone(), human.clone()], Enterprise, COMPANY, None),
        // The unit's name must not be a person's.
        (vec![(O, COMPANY), (CN, "测试员")], vec![company.clone()], Employee, COMPANY, Some("测试员")),
        (vec![(CN, "测试员"), (O, COMPANY)], vec![company.clone(), human.clone()], Employee, COMPANY, Some("测试员")),
        (vec![(O, COMPANY), (CN, "测试员")], vec![], Employee, COMPANY, Some("测试员")),
        (vec![(CN, "测试员")], vec![human.clone()], Person, "测试员", Some("测试员")),
        (vec![(CN, "测试员")], vec![], Person, "测试员", Some("测试员")),
        (vec![(CN, "阿卜杜拉·测试江")], vec![], Person, "阿卜杜拉·测试江", Some("阿卜杜拉·测试江")),
        // O is the CA's own organisation.
        (vec![(O, "calock 测试"), (CN, "测试员")], vec![human.clone()], Person, "测试员", Some("测试员")),
        (vec![(CN, "user0001")], vec![human.clone()], Person, "user0001", Some("user0001")),
        (vec![(CN, "Example Ltd")], vec![company.clone()], Enterprise, "Example Ltd", None),
        (vec![(CN, "测试员")], vec![company.clone()], Unknown, "测试员", None),
        (vec![(CN, "user0001")], vec![], Unknown, "user0001", None),
        (vec![("2.5.4.42", COMPANY)], vec![], Enterprise, COMPANY, None),
        (vec![], vec![], Unknown, "", None),
    ];
    for (subject, extensions, kind, shown, person) in cases {
        let holder = holder(&with(&subject, &extensions), GBK);
        assert_eq!((holder.kind, holder.name.as_str(), holder.person.as_deref()), (kind, shown, person), "{subject:?}");
    }
    // An early code: genuine, but its check digit fails.
    let early = utf8_extension(
        "1.2.156.10260.4.1.4",
        &format!("{}{}", &code[..17], if code.ends_with('2') { '3' } else { '2' }),
    );
    let found = holder(&with(&[(CN, "Example Ltd")], &[early]), GBK);
    assert_eq!((found.kind, found.evidence), (Enterprise, vec!["uscc-unchecked"]));
    let cfca = format!("041@0{id}@测试员@00000001");
    let found = holder(&with(&[(CN, &cfca)], &[]), GBK);
    assert_eq!((found.kind, found.name.as_str()), (Person, "测试员"));
    assert_eq!(found.identities[0].value, id);
    let cfca = format!("041@N{code}@{COMPANY}@00000001");
    let found = holder(&with(&[(CN, &cfca)], &[]), GBK);
    assert_eq!((found.kind, found.name.as_str(), found.code), (Enterprise, COMPANY, Some(code)));
}

#[test]
fn persons_are_masked() {
    let id = person("19900101");
    let hidden = format!("999*************{}", &id[16..]);
    assert_eq!(mask(&id), hidden);
    assert_eq!(mask("123456"), "******");
    assert_eq!(mask_text(&format!("041@0{id}@测试员")), format!("041@0{hidden}@测试员"));
    assert_eq!(mask_text(&format!("SF{}", id.to_lowercase())), format!("SF{}", mask(&id.to_lowercase())));
    let code = uscc("TEXT0001");
    assert_eq!(mask_text(&code), code);
    let certificate = with(&[(CN, "测试员"), ("2.5.4.5", &id)], &[utf8_extension("1.2.156.10260.4.1.1", &id)]);
    assert_eq!(certificate.subject().attributes(none)[1].masked(), hidden);
    assert!(holder(&certificate, GBK).identities.iter().all(|one| one.masked() == hidden));
}

fn is_refused(der: &[u8]) {
    assert_eq!(Certificate::from_der(der).unwrap_err().code, Code::CertUnreadable);
}

#[test]
fn broken_ones_are_refused() {
    let good = ca().der;
    for end in 0..good.len() {
        is_refused(&good[..end]);
    }
    is_refused(&[&good[..], &[0]].concat());
    is_refused(&vec![0x30; 70_000]);
    is_refused(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]);
    is_refused(&[0x30, 0x80, 0, 0]);
    // The two signature algorithms differ; a standard extension stands there twice; too many attributes.
    let ca = ca();
    let subject = name(&[(CN, "a")]);
    is_refused(&ca.draft(subject, &ca.key).with(key_usage(&[2])).issue(&ca.key));
    is_refused(&ca.draft(name(&[(CN, "a"); 200]), &ca.key).issue(&ca.key));
    let null = [0x30, 0x0C, 6, 8, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75, 5, 0];
    assert!(!good.windows(null.len()).any(|window| window == null));
    let mut other = good.clone();
    let at = other.windows(8).rposition(|window| window == [0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75]).unwrap();
    other[at + 7] = 0x74;
    is_refused(&other);
}

/// Everything that can be asked of a certificate.
fn ask(certificate: &Certificate) {
    let _ = (certificate.fingerprint(), certificate.serial(), certificate.usage(), certificate.is_self_issued());
    let _ = certificate.issuer().attributes(GBK);
    let _ = holder(certificate, GBK);
    let mut list = TrustList::default();
    list.add(certificate.clone());
    let _ = list.chain(certificate, FROM);
}

fn rich() -> Vec<u8> {
    let ca = ca();
    let cfca = format!("041@0{}@测试员@00000001", person("19900101"));
    ca.draft(name(&[(C, "CN"), (O, COMPANY), (CN, &cfca)]), &Key::sm2("holder"))
        .with(utf8_extension("1.2.156.10260.4.1.4", &uscc("TEXT0001")))
        .with(extension("1.2.156.112562.2.1.1.24", false, &tlv(0x04, &[&tlv(0x30, &[&tlv(0x1E, &[&[0, 65]])])])))
        .with(basic_constraints(true, Some(3)))
        .issue(&ca.key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Err(error) = Certificate::from_der(&bytes) {
            prop_assert_eq!(error.code, Code::CertUnreadable);
        }
        let _ = Certificate::from_der_or_pem(&bytes);
    }

    #[test]
    fn mutations_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut der = rich();
        for (at, byte) in &changes {
            let at = at.index(der.len());
            der[at] = *byte;
        }
        match Certificate::from_der(&der) {
            Ok(certificate) => ask(&certificate),
            Err(error) => prop_assert_eq!(error.code, Code::CertUnreadable),
        }
    }

    #[test]
    fn hostile_extension_values_never_panic(value in proptest::collection::vec(any::<u8>(), 0..200), deep in 0..60usize) {
        let mut value = value;
        for _ in 0..deep {
            value = tlv(0x30, &[&value]);
        }
        let ca = ca();
        let key = Key::sm2("holder");
        let der = ca.draft(tlv(0x30, &[&rdn(CN, 0x14, &value)]), &key)
            .with(extension("1.2.156.10260.4.1.4", false, &value))
            .issue(&ca.key);
        ask(&read(&der));
    }
}
