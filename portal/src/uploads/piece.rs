//! `PATCH /api/uploads/{upload}`: the next bytes of a file. They are kept as they come: what breaks off is not lost.

use axum::body::Body;
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

/// Takes the next bytes in.
pub(super) async fn receive(
    State(portal): State<Portal>,
    user: User,
    Path(upload): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let media = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if media != Some(b"application/offset+octet-stream") {
        return Err(Refusal::bad_request(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let offset = number(&headers, OFFSET).ok_or(Code::BadRequest)?;
    let upload = find(&portal, &user, &upload).await?;
    if offset != upload.received {
        return Err(Refusal::conflict("offset").with("offset", upload.received));
    }
    // A body that is too long is not begun.
    let announced = number(&headers, header::CONTENT_LENGTH).unwrap_or(0);
    if announced > upload.size - upload.received {
        return Err(Code::TooLarge.into());
    }
    portal.limit("piece", &upload.account, portal.limits().rates.piece).await?;
    // In a task of its own: when the connection breaks off, what has come is still written.
    let receiving = tokio::spawn(Receiving { portal, upload, held: Vec::new() }.run(body));
    let upload = receiving.await.map_err(|_| Code::Internal)??;
    let headers = [(OFFSET, upload.received.into()), (EXPIRES, date(upload.expires_at)?)];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

struct Receiving {
    portal: Portal,
    upload: Upload,
    /// What has come and is not written yet.
    held: Vec<u8>,
}

impl Receiving {
    async fn run(mut self, body: Body) -> Result<Upload, Refusal> {
        let wait = self.portal.limits().attachment_wait;
        let ended = match tokio::time::timeout(wait, self.read(body)).await {
            Ok(ended) => ended,
            Err(_) => Err(Refusal::bad_request(StatusCode::REQUEST_TIMEOUT)),
        };
        // However it ended: what has come stays.
        let written = self.write(self.held.len()).await;
        ended.and(written).map(|()| self.upload)
    }

    async fn read(&mut self, mut body: Body) -> Result<(), Refusal> {
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
