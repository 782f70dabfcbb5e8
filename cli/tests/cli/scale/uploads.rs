//! An upload whose portal is killed in the middle, again and again: it goes on at another process with every byte that was written, and
//! nothing is written twice or torn.

use base64ct::{Base64, Encoding};

use super::House;
use crate::scale::unit::{Session, Unit};

const SIZE: usize = 32 << 20;
const KILLS: usize = 3;
/// Bytes that have arrived before the next kill, at least.
const SOME: usize = 1 << 20;

#[test]
fn an_upload_goes_on_wherever_its_portal_is_killed() {
    let Some(mut house) = House::new() else { return };
    let survivor = house.portal();
    let folder = house.folder().to_owned();
    let unit = Unit::new(&mut house.ca, &folder, 0, 1);
    let session = unit.register(&survivor);
    let bytes: Vec<u8> =
        (0..u32::try_from(SIZE).unwrap()).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let length = SIZE.to_string();
    let announced = session.tus("POST", &survivor.url("/api/uploads"), &[("upload-length", &length)], b"");
    let (status, place, _) = announced.expect("an answer");
    assert_eq!(status, 201);

    let mut at = 0;
    for _ in 0..KILLS {
        let mut killed = house.portal();
        let url = killed.url(&place);
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| piece(&session, &url, at, &bytes));
            house.until(|| received(&house, &place) > at + SOME, "a part of it is written");
            killed.kill();
            assert_eq!(sending.join().unwrap(), None, "the kill came too late");
        });
        house.until(|| super::ledger::idle(&house.postgres), "the database has noticed");
        let (received, written) = kept(&house, &place);
        assert!(received > at && received < SIZE, "{received} after {at}");
        assert!(written == bytes[..received], "what is kept is the beginning of the file");
        let told = session.tus("HEAD", &survivor.url(&place), &[], b"").expect("an answer");
        assert_eq!((told.0, told.2), (200, Some(received)));
        at = received;
    }
    assert_eq!(piece(&session, &survivor.url(&place), at, &bytes), Some((204, Some(SIZE))));
    let (received, written) = kept(&house, &place);
    assert_eq!(received, SIZE);
    assert!(written == bytes);
}

/// Sends everything from here: status and where it ends then; none without an answer.
fn piece(session: &Session<'_>, url: &str, at: usize, bytes: &[u8]) -> Option<(u16, Option<usize>)> {
    let offset = at.to_string();
    let headers = [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
    session.tus("PATCH", url, &headers, &bytes[at..]).map(|(status, _, offset)| (status, offset))
}

/// How much has arrived, as the database says.
fn received(house: &House, place: &str) -> usize {
    let sql = format!("SELECT received FROM uploads WHERE upload = '{}'", name(place));
    house.postgres.ask(&sql)[0].parse().unwrap()
}

/// The same, and what is there.
fn kept(house: &House, place: &str) -> (usize, Vec<u8>) {
    let sql = format!("SELECT bytes FROM attachment_parts WHERE attachment = '{}' ORDER BY part", name(place));
    let parts = house.postgres.ask(&sql);
    (received(house, place), parts.iter().flat_map(|part| Base64::decode_vec(part).unwrap()).collect())
}

fn name(place: &str) -> &str {
    place.strip_prefix("/api/uploads/").unwrap()
}
