//! Subresource integrity: one hash a file, for a portal that serves the module from elsewhere.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding};
use serde_json::{Map, Value};
use sha2::{Digest, Sha384};

/// Its name below pkg/dist; it does not list itself.
pub(super) const FILE: &str = "sri.json";

/// Writes `{"PATH": "sha384-…"}` for the given files, as an `integrity` attribute takes it.
pub(super) fn write<'a>(folder: &Path, paths: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut list = Map::new();
    for path in paths {
        let bytes = fs::read(folder.join(path)).with_context(|| format!("cannot read {path}"))?;
        list.insert(path.to_owned(), Value::String(attribute(&bytes)));
    }
    let text = format!("{:#}\n", Value::Object(list));
    let file = folder.join(FILE);
    if fs::read_to_string(&file).is_ok_and(|present| present == text) {
        return Ok(());
    }
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn attribute(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value was made by `openssl dgst -sha384 -binary | openssl base64 -A`, the way W3C SRI 3.5 shows it.
    #[test]
    fn the_attribute_is_that_of_the_w3c_example() {
        assert_eq!(
            attribute(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }
}
