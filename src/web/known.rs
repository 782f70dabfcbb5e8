//! The known locks for a page that explains why one cannot be used.

#![allow(unreachable_pub)] // exports are reached from JavaScript

use wasm_bindgen::prelude::*;

use crate::json::Json;
use crate::lock::Profile;
use crate::lock::known::{KNOWN, Known, Shows, Source};

/// Every known lock, as JSON: `{maker: {zh, en}, model, vendorId, productIds, shows, source, reach, profile}[]`; no product ids
/// means all of the vendor's that no other entry names. The words of `reach` are those of [`crate::lock::known::Reach`].
#[wasm_bindgen]
#[must_use]
pub fn known_locks() -> String {
    Json::array(KNOWN.iter().map(entry))
}

fn entry(known: &Known) -> String {
    let (zh, en) = known.maker;
    let maker = Json::object(|json| {
        json.text("zh", zh);
        json.text("en", en);
    });
    let products = Json::array(known.products.iter().map(|&product| crate::hash::decimal(product.into())));
    Json::object(|json| {
        json.raw("maker", &maker);
        json.text("model", known.model);
        json.number("vendorId", Some(known.vendor.into()));
        json.raw("productIds", &products);
        json.text("shows", shows(known.shows));
        json.text("source", source(known.source));
        json.text("reach", known.reach().as_str());
        json.optional("profile", known.profile().map(|profile: &Profile| profile.name));
    })
}

fn shows(shows: Shows) -> &'static str {
    match shows {
        Shows::LongmaiHid | Shows::Hid => "hid",
        Shows::Disc => "disc",
        Shows::Reader => "reader",
        Shows::VendorClass => "vendor-class",
        Shows::VendorDriver => "vendor-driver",
        Shows::Blocked => "blocked",
        Shows::Unknown => "unknown",
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Read => "read",
        Source::Named => "named",
        Source::IdsOnly => "ids-only",
    }
}
