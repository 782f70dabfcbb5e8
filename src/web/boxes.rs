//! Sizes and places of documents as JSON, in millimetres.

use crate::json::Json;
use crate::prelude::*;
#[cfg(feature = "view")]
use crate::seal::placement::keyword::Hit;
use crate::seal::placement::{Rect, Size};

/// Sizes of pages.
pub(super) fn sizes(sizes: impl Iterator<Item = Option<Size>>) -> String {
    Json::array(sizes.map(|size| match size {
        Some(size) => Json::object(|json| {
            json.raw("width", &size.width.text());
            json.raw("height", &size.height.text());
        }),
        None => "null".to_owned(),
    }))
}

/// The places of a word: pages from 1.
#[cfg(feature = "view")]
pub(super) fn hits(hits: &[Hit]) -> String {
    Json::array(hits.iter().map(|hit| {
        Json::object(|json| {
            json.number("page", Some(hit.page + 1));
            rect(json, &hit.boundary);
        })
    }))
}

/// A box.
pub(super) fn rect(json: &mut Json, rect: &Rect) {
    for (name, length) in [("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height)] {
        json.raw(name, &length.text());
    }
}
