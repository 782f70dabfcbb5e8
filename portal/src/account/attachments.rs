//! `PUT`, `GET`, `DELETE /api/account/attachments/{key}`: files of an account, and what others need to take files for what is theirs.

use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use calock::Code;
use calock::certificate::time::rfc3339;
use calock::hash::hex;
use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::edit::{audit, current};
use crate::portal::Portal;
use crate::random;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{Attachment, PART};

/// A file, as lists have it.
#[derive(Serialize)]
pub(crate) struct Shown {
    key: String,
    name: String,
    #[serde(rename = "type")]
    media: String,
    size: u64,
    at: String,
}

impl Shown {
    pub(crate) fn of(file: Attachment) -> Self {
        Self { key: file.key, name: file.name, media: file.media, size: file.size, at: rfc3339(file.at) }
    }
}

/// Takes a file that the profile asks for.
pub(crate) async fn put(
    State(portal): State<Portal>,
    user: User,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<axum::Json<Shown>, Refusal> {
    wanted(&portal, &user, &key)?;
    user.account.editable(portal.rules())?;
    let file = receive(&portal, &user.account.account, &key, &headers, body).await?;
    let mut changes = portal.store().begin().await?;
    let account = current(&mut changes, &user, None).await?;
    account.editable(portal.rules())?;
    changes.attach(&file).await?;
    audit(&portal, &mut changes, &account, "attach", None).await?;
    changes.commit().await?;
    Ok(axum::Json(Shown::of(file)))
}

/// Hands a file out.
pub(crate) async fn get(
    State(portal): State<Portal>,
    user: User,
    Path(key): Path<String>,
) -> Result<Response, Refusal> {
    send(&portal, &user.account.account, &key).await
}

/// Takes a file away.
pub(crate) async fn delete(
    State(portal): State<Portal>,
    user: User,
    Path(key): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut changes = portal.store().begin().await?;
    let account = current(&mut changes, &user, None).await?;
    account.editable(portal.rules())?;
    if !changes.detach(&account.account, &key).await? {
        return Err(Code::NotFound.into());
    }
    audit(&portal, &mut changes, &account, "detach", None).await?;
    changes.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wanted(portal: &Portal, user: &User, key: &str) -> Result<(), Refusal> {
    let kind = user.account.data_kind()?;
    let mut files = portal.rules().registration.attachments.iter();
    let found = files.any(|file| file.key == key && file.only.is_none_or(|only| only == kind));
    if found { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// Takes a file in for somebody or something (`owner`), part by part. It is nobody's until [`crate::store::Changes::attach`] is
/// told of it; what is not attached is swept away.
///
/// # Errors
/// `RATE_LIMITED`; `TOO_LARGE`; `FORM_INVALID` for `key` (`type`, or `required` for an empty file); `BAD_REQUEST`, `STORE_UNAVAILABLE`.
pub(crate) async fn receive(
    portal: &Portal,
    owner: &str,
    key: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Attachment, Refusal> {
    portal.limit("upload", owner, portal.limits().rates.upload).await?;
    let name = file_name(headers).unwrap_or_else(|| key.into());
    let limits = portal.limits();
    let receiving = receive_parts(portal, key, body.into_data_stream());
    let Ok(received) = tokio::time::timeout(limits.attachment_wait, receiving).await else {
        return Err(Refusal::bad_request(StatusCode::REQUEST_TIMEOUT));
    };
    let received = received?;
    Ok(Attachment {
        attachment: received.attachment,
        owner: owner.into(),
        key: key.into(),
        name,
        media: received.media.into(),
        size: received.size,
        sha256: hex(&received.sha256.finalize()),
        at: portal.now(),
    })
}

struct Received {
    attachment: String,
    media: &'static str,
    size: u64,
    sha256: Sha256,
}

async fn receive_parts(portal: &Portal, key: &str, body: BodyDataStream) -> Result<Received, Refusal> {
    let mut received = Received { attachment: random::token()?, media: "", size: 0, sha256: Sha256::new() };
    let (mut body, mut held, mut parts) = (Body::from_stream(body), Vec::new(), 0);
    loop {
        let frame = body.frame().await.transpose().map_err(|_| Code::BadRequest)?;
        let bytes = frame.as_ref().and_then(|frame| frame.data_ref());
        if let Some(bytes) = bytes {
            received.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if received.size > portal.limits().attachment {
                return Err(Code::TooLarge.into());
            }
            held.extend_from_slice(bytes);
        }
        let last = frame.is_none();
        while held.len() >= PART || last && !held.is_empty() {
            if parts == 0 {
                received.media = media(&held).ok_or_else(|| Refusal::form(key, "type"))?;
            }
            let rest = held.split_off(held.len().min(PART));
            received.sha256.update(&held);
            portal.store().insert_part(&received.attachment, parts, &held, portal.now()).await?;
            (held, parts) = (rest, parts + 1);
        }
        match last {
            true if parts == 0 => return Err(Refusal::form(key, "required")),
            true => return Ok(received),
            false => (),
        }
    }
}

/// Sends a file of somebody or something, as a download: never shown within the portal's own origin.
///
/// # Errors
/// `NOT_FOUND`, `STORE_UNAVAILABLE`.
pub(crate) async fn send(portal: &Portal, owner: &str, key: &str) -> Result<Response, Refusal> {
    let file = portal.store().find_attachment(owner, key).await?.ok_or(Code::NotFound)?;
    let name: String = file.name.bytes().map(percent).collect();
    let headers = [
        (header::CONTENT_TYPE, file.media.clone()),
        (header::CONTENT_LENGTH, file.size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    let (mut sender, body) = Channel::<axum::body::Bytes, sqlx::Error>::new(2);
    let portal = portal.clone();
    tokio::spawn(async move {
        for part in 0.. {
            match portal.store().find_part(&file.attachment, part).await {
                Ok(Some(bytes)) => {
                    // Whoever asked has gone.
                    if sender.send_data(bytes.into()).await.is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => return sender.abort(error),
            }
        }
    });
    Ok((headers, Body::new(body)).into_response())
}

/// What a file is by its first bytes: what it is called proves nothing, and what browsers would run is none of these.
fn media(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 4] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"PK\x03\x04", "application/ofd"),
    ];
    KNOWN.iter().find(|(first, _)| bytes.starts_with(first)).map(|(_, media)| *media)
}

/// The name that a page gives.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-calock-name")?.to_str().ok()?;
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    only_a_name(&String::from_utf8(bytes).ok()?)
}

/// A file's name, without anything that a file system or a header could take for more than a name; none where nothing is left.
pub(crate) fn only_a_name(name: &str) -> Option<String> {
    let name: String =
        name.chars().filter(|letter| !letter.is_control() && !r#"/\:*?"<>|"#.contains(*letter)).collect();
    let name: String = name.trim().trim_start_matches('.').chars().take(100).collect();
    (!name.is_empty()).then_some(name)
}

/// RFC 8187: what is not `attr-char` in `%XX`.
fn percent(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_only_a_name() {
        let of =
            |text: &str| file_name(&HeaderMap::from_iter([("x-calock-name".parse().unwrap(), text.parse().unwrap())]));
        assert_eq!(of("%E6%89%A7%E7%85%A7.pdf").as_deref(), Some("执照.pdf"));
        assert_eq!(of("../..%2Fetc%2Fpasswd").as_deref(), Some("etcpasswd"));
        assert_eq!(of("a%0D%0Ab%22.pdf").as_deref(), Some("ab.pdf"));
        for none in ["", "%", "%zz", "%FF", "..", "%2e"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn what_a_file_is_is_in_its_bytes() {
        assert_eq!(media(b"%PDF-1.7\n"), Some("application/pdf"));
        for none in [&b"<html>"[..], b"<svg ", b"", b"%PD", b"GIF89a"] {
            assert_eq!(media(none), None);
        }
    }
}
