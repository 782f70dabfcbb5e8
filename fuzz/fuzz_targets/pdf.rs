//! A PDF from outside: refused with a code of documents, or verified; and where it can be sealed, what is appended makes a file that
//! is read again and has one more signature. The first byte says whether the rest is a whole file or one object of a good one,
//! since few inputs of a fuzzer have a cross-reference table that fits.
#![no_main]

use calock::certificate::Certificate;
use calock::seal::pdf::{Order, Pdf, Style, prepare, verify};
use calock::seal::placement::{Across, Edge, Mm, PageList, Placement, Rect};
use calock::seal::{Basis, Picture, Seal};
use calock::{Code, Error};
use libfuzzer_sys::fuzz_target;

/// A seal and the certificate that it names, with their test key thrown away.
const SEAL: &[u8] = include_bytes!("../seeds/ses/seal_v4");

const OBJECTS: [&[u8]; 8] = [
    b"<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>",
    b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[5 0 R]>>",
    b"<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<3000>>>",
    b"<</FT/Sig/T(A)/Subtype/Widget/Rect[0 0 1 1]/P 3 0 R/V 4 0 R>>",
    b"<</Fields[5 0 R 8 0 R]/SigFlags 3>>",
    b"<</Type/ObjStm/N 1/First 4/Length 6>>\nstream\n9 0 17\nendstream",
    b"<</FT/Sig/T(B)/Subtype/Widget/Rect[20 20 320 320]/P 3 0 R/SV<</Ff 1/Filter/Adobe.PPKLite>>/Lock<</Action/All>>>>",
];

fuzz_target!(|data: &[u8]| {
    let Some((&what, rest)) = data.split_first() else { return };
    match usize::from(what) % 9 {
        0 => look(rest),
        other => {
            let mut objects = OBJECTS;
            objects[other - 1] = rest;
            look(&table(&objects));
        }
    }
});

fn look(bytes: &[u8]) {
    let file = bytes.to_vec();
    let pdf = match Pdf::open(&file) {
        Err(error) => return of_documents(&error),
        Ok(pdf) => pdf,
    };
    let basis = Basis { trust: None, revocations: None, at: None, now: u64::MAX };
    if let Err(error) = verify(&pdf, &basis) {
        of_documents(&error);
    }
    let Ok(seal) = Seal::from_der(SEAL) else { return };
    let calock::seal::ses::Signers::Certificates(signers) = seal.signers() else { return };
    let Some(Ok(certificate)) = signers.first().map(|der| Certificate::from_der(der)) else { return };
    let placements = [
        Placement::Pages { pages: PageList::all(), x: Mm::ZERO, y: Mm::ZERO },
        Placement::Across(Across::new(Edge::Left, Mm::ZERO)),
    ];
    let picture = include_bytes!("../seeds/pdf/picture.png");
    let boundary = Rect { x: Mm::ZERO, y: Mm::ZERO, width: Mm::whole(9), height: Mm::whole(9) };
    let pictures = [Picture { data: picture, page: 0, boundary }];
    let fields = pdf.empty_fields().unwrap_or_default();
    let field = fields.first().map(|field| field.name.as_str());
    let orders: [(&[Placement], Option<&str>, &[Picture<'_>]); 3] =
        [(&placements[..1], None, &pictures), (&placements[1..], None, &[]), (&[], field, &[])];
    for (placements, field, pictures) in orders {
        let style = Style::usual(certificate.key());
        let (seal, certificate, picture) = (&seal, &certificate, Some(&picture[..]));
        let (time, lock) = (seal.created, false);
        let order = Order { seal, certificate, time, field, placements, pictures, lock, style, picture };
        match prepare(&pdf, &order) {
            Err(error) => of_documents(&error),
            Ok(prepared) => {
                assert!(!prepared.places().is_empty());
                assert_eq!(prepared.finish(&[1; 64]).err().map(|error| error.code), Some(Code::SignFailed));
            }
        }
    }
}

fn of_documents(error: &Error) {
    assert!(
        matches!(
            error.code,
            Code::DocumentUnreadable
                | Code::DocumentTooLarge
                | Code::DocumentEncrypted
                | Code::DocumentLocked
                | Code::PlacementInvalid
                | Code::FieldRefused
        ),
        "{error}"
    );
}

/// A file with a cross-reference table.
fn table(objects: &[&[u8]]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut lines = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        lines += &format!("{:010} 00000 n \n", out.len());
        out.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out.extend(
        format!("xref\n0 {size}\n{lines}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")
            .into_bytes(),
    );
    out
}
