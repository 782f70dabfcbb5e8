//! `PATCH /api/uploads/{upload}`: the next bytes of a file. They are kept as they come: what breaks off is not lost.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use calock::Code;
use http_body_util::BodyExt;

use super::{EXPIRES, OFFSET, date, find, number};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::session::User;
use crate::store::{PART, Upload};

/// Bytes that are written in one step.
const STEP: usize = 4 * PART;

/// Bytes of a refused piece that are read all the same. A browser that is still sending when the connection closes is told of a broken
/// connection, and never of the refusal.
const UNREAD: usize = 16 << 20;
const UNREAD_WAIT: Duration = Duration::from_secs(10);

/// Takes the next bytes in.
pub(super) async fn receive(
    State(portal): State<Portal>,
    user: User,
    Path(upload): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let upload = match expected(&portal, &user, &upload, &headers).await {
        Ok(upload) => upload,
        Err(refusal) => {
            discard(body).await;
            return Err(refusal);
        }
    };
    // In a task of its own: when the connection breaks off, what has come is still written.
    let receiving = tokio::spawn(Receiving { portal, upload, held: Vec::new() }.run(body));
    let upload = receiving.await.map_err(|_| Code::Internal)??;
    let headers = [(OFFSET, upload.received.into()), (EXPIRES, date(upload.expires_at)?)];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// The upload that these bytes go on with.
async fn expected(portal: &Portal, user: &User, upload: &str, headers: &HeaderMap) -> Result<Upload, Refusal> {
    let media = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if media != Some(b"application/offset+octet-stream") {
        return Err(Refusal::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let offset = number(headers, OFFSET).ok_or(Code::BadRequest)?;
    let upload = find(portal, user, upload).await?;
    if offset != upload.received {
        return Err(Refusal::conflict("offset").with("offset", upload.received));
    }
    // A body that is too long is not begun.
    let announced = number(headers, header::CONTENT_LENGTH).unwrap_or(0);
    if announced > upload.size - upload.received {
        return Err(Code::TooLarge.into());
    }
    portal.limit("piece", &upload.account, portal.limits().rates.piece).await?;
    Ok(upload)
}

async fn discard(body: Body) {
    let reading = async {
        let (mut body, mut left) = (body, UNREAD);
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            if length > left {
                return;
            }
            left -= length;
        }
    };
    // Whoever is slower is cut off.
    let _ = tokio::time::timeout(UNREAD_WAIT, reading).await;
}

struct Receiving {
    portal: Portal,
    upload: Upload,
    /// What has come and is not written yet.
    held: Vec<u8>,
}

impl Receiving {
    async fn run(mut self, mut body: Body) -> Result<Upload, Refusal> {
        let wait = self.portal.limits().attachment_wait;
        let ended = match tokio::time::timeout(wait, self.read(&mut body)).await {
            Ok(ended) => ended,
            Err(_) => Err(Refusal::bad_request(StatusCode::REQUEST_TIMEOUT)),
        };
        // However it ended: what has come stays.
        let written = self.write(self.held.len()).await;
        let outcome = ended.and(written);
        if outcome.is_err() {
            discard(body).await;
        }
        outcome.map(|()| self.upload)
    }

    async fn read(&mut self, body: &mut Body) -> Result<(), Refusal> {
        let left = |upload: &Upload, held: &[u8]| upload.size - upload.received - held.len() as u64;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Code::BadRequest)?;
            let Some(bytes) = frame.data_ref() else { continue };
            if bytes.len() as u64 > left(&self.upload, &self.held) {
                return Err(Code::TooLarge.into());
            }
            self.held.extend_from_slice(bytes);
            // Up to the end of a part, so that none is written twice.
            let step = STEP - usize::try_from(self.upload.received % PART as u64).unwrap_or(0);
            while self.held.len() >= step {
                self.write(step).await?;
            }
        }
        Ok(())
    }

    /// Writes the first of the bytes that are held.
    async fn write(&mut self, length: usize) -> Result<(), Refusal> {
        if length == 0 {
            return Ok(());
        }
        let rest = self.held.split_off(length);
        let bytes = std::mem::replace(&mut self.held, rest);
        let (store, now) = (self.portal.store(), self.portal.now());
        let until = now.saturating_add(self.portal.limits().upload_kept.as_secs());
        let mut changes = store.begin().await?;
        if !changes.append(&self.upload.upload, self.upload.received, &bytes, now, until).await? {
            // Somebody else goes on with it, or it was ended.
            self.held.clear();
            return Err(Refusal::conflict("offset"));
        }
        changes.commit().await?;
        self.upload.received += bytes.len() as u64;
        self.upload.expires_at = until;
        Ok(())
    }
}
