//! Revoked holders are kept out, and new lists are read while the portal runs.

use calock_portal::revocation::RevocationFolder;

use crate::site::{PEOPLE, Setup, signed};

#[test]
fn a_new_list_keeps_a_revoked_holder_out_and_nobody_else() {
    let (folder, lists) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let known = RevocationFolder::open(lists.path()).unwrap();
    let mut setup = Setup::in_folder(folder.path());
    setup.revocations = Some(known.clone());
    setup.require_status = true;
    let site = setup.start();
    let answer = |signer| {
        let answer = site.post("/api/login", &signed(signer, &site.origin, &site.challenge()));
        (answer.status, if answer.status == 200 { String::new() } else { answer.code() })
    };
    assert_eq!(answer(&PEOPLE.sm2), (503, "STATUS_UNKNOWN".into()), "nothing is known yet");

    std::fs::write(lists.path().join("root.crl"), PEOPLE.root.revocation_list(&[&PEOPLE.sm2])).unwrap();
    known.refresh().unwrap();
    assert_eq!(answer(&PEOPLE.sm2), (403, "CERT_REVOKED".into()));
    assert_eq!(answer(&PEOPLE.rsa), (200, String::new()));

    // Half a file, as a broken download leaves it: the list from before goes on.
    std::fs::write(lists.path().join("more.crl"), [0x30, 0x82]).unwrap();
    let complaint = known.refresh().unwrap_err().to_string();
    assert!(complaint.contains("more.crl") && complaint.contains("STATUS_UNREADABLE"), "{complaint}");
    assert_eq!(answer(&PEOPLE.sm2).0, 403);
}
