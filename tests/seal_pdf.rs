//! PDF files: every structure, sealed and verified, and judged by other programs.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

#[path = "support/openssl.rs"]
mod openssl;
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/pdf_desk.rs"]
mod pdf_desk;

use calock::seal::placement::{Across, Edge, Mm, Placement};
use openssl::Algorithm;
use pdf::{A4, objects};
use pdf_desk::{at, desk, failures, reports};

/// Every structure that a file can have.
fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let plain = objects(&[A4, A4, A4]);
    vec![
        ("table", plain.table("")),
        ("xref stream", plain.streams(false, false)),
        ("object streams", plain.streams(true, false)),
        ("packed, predicted", plain.streams(true, true)),
        ("hybrid", plain.hybrid()),
        ("linearized", plain.linearized_like()),
        (
            "rotated",
            objects(&[
                "/MediaBox[0 0 595 842]/Rotate 90",
                "/MediaBox[0 0 595 842]/Rotate 180",
                "/MediaBox[0 0 595 842]/Rotate 270",
            ])
            .table(""),
        ),
        (
            "cropped",
            objects(&["/MediaBox[-10 -20 700 900]/CropBox[50 60 645 902]", A4, "/MediaBox[0 0 300 400]/UserUnit 2"])
                .table(""),
        ),
    ]
}

#[test]
fn every_structure_is_sealed_and_verified() {
    let out = std::env::var("CALOCK_OUT").ok();
    for algorithm in [Algorithm::Rsa, Algorithm::P256, Algorithm::Sm2] {
        let desk = desk(algorithm);
        for (name, file) in corpus() {
            let places = [at("1,3", "120.5", "90"), Placement::Across(Across::new(Edge::Right, Mm::whole(20)))];
            let sealed = desk.seal(&file, &places).unwrap_or_else(|error| panic!("{name}: {error}"));
            if let Some(out) = &out {
                std::fs::write(format!("{out}/{algorithm:?}-{}.pdf", name.replace(' ', "_")), &sealed).unwrap();
            }
            let found = reports(&sealed);
            assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[]], "{name}");
            println!("{name} {:?} {:?}", found[0].checks, found[0].stamps);
            let twice = desk.seal(&sealed, &[at("all", "10", "70")]).unwrap();
            if let Some(out) = &out {
                std::fs::write(format!("{out}/{algorithm:?}-{}-2.pdf", name.replace(' ', "_")), &twice).unwrap();
            }
            let found = reports(&twice);
            assert_eq!(found.iter().map(failures).collect::<Vec<_>>(), [&[], &[]], "{name} {:?}", found[0].added);
        }
    }
}
