//! `calock seal show` with documents.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Desk, SINGLE};
use crate::command::calock;

#[test]
fn a_document_shows_what_it_has_in_seals() {
    let desk = Desk::new();
    let across = [&SINGLE[..], &["--across", "right", "--offset", "100"]].concat();
    assert_eq!(desk.apply("plain.ofd", "once.ofd", &across, "654321").code, 0);
    assert_eq!(desk.apply("once.ofd", "twice.ofd", &SINGLE, "654321").code, 0);
    let seen = desk.good(&["seal", "show", "twice.ofd", "--json", "--picture", "out.png"]).json();
    assert_eq!(
        (&seen["kind"], &seen["pages"]),
        (&json!("ofd"), &json!([{ "first": 1, "last": 2, "size": "210 297" }]))
    );
    let signatures = seen["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 2);
    assert_eq!((&signatures[0]["seal"], &signatures[1]["seal"]), (&json!(1), &json!(1)), "one seal, used twice");
    assert_eq!(signatures[0]["stamps"][2], json!({ "page": 2, "boundary": "168 100 42 42", "clip": "21 0 21 42" }));
    assert_eq!(seen["seals"].as_array().unwrap().len(), 1);
    let seal = &seen["seals"][0];
    assert_eq!((&seal["name"], &seal["picture"]["width"]), (&json!("示例建设有限公司"), &json!(42)));
    desk.good(&["seal", "show", "seal.esl", "--picture", "own.png"]);
    assert_eq!(fs::read(desk.path("out.png")).unwrap(), fs::read(desk.path("own.png")).unwrap());
    assert!(!desk.path("out-2.png").exists());
    let text = desk.good(&["seal", "show", "twice.ofd"]).out;
    assert!(text.contains("1-2: 210 × 297 mm") && text.contains("示例建设有限公司"), "{text}");
    let plain = desk.good(&["seal", "show", "plain.ofd", "--json"]).json();
    assert_eq!((&plain["signatures"], &plain["seals"]), (&json!([]), &json!([])));
}

/// A PDF of the corpus: others' signatures have no seal, and a field waits for one.
#[test]
fn a_pdf_shows_signatures_of_others_and_empty_fields() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/pdf_corpus");
    let show = |name: &str| calock(["seal", "show", folder.join(name).to_str().unwrap(), "--json"]);
    let waiting = show("signed-empty-field.pdf").json();
    assert_eq!(
        waiting["emptyFields"],
        json!([{ "name": "Bidder", "page": 1, "boundary": "105.833 226.444 35.278 35.278" }])
    );
    let twice = show("signed-twice.pdf").json();
    assert_eq!((&twice["kind"], &twice["seals"]), (&json!("pdf"), &json!([])));
    let signers: Vec<_> = twice["signatures"].as_array().unwrap().iter().map(|one| &one["signer"]).collect();
    assert_eq!(signers, [&json!("signer"), &json!("curve")]);
    assert_eq!((&twice["signatures"][0]["kind"], &twice["signatures"][0]["seal"]), (&json!("sign"), &json!(null)));
    let mixed = show("reportlab-mixed-sizes.pdf").json();
    let sizes: Vec<_> = mixed["pages"].as_array().unwrap().iter().map(|run| run["size"].as_str().unwrap()).collect();
    assert_eq!(sizes, ["210 297", "420 297", "148.167 148.167", "297 210"]);
    let refused = show("qpdf-encrypted-aes-256.pdf");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("DOCUMENT_ENCRYPTED"), "{}", refused.err);
}
