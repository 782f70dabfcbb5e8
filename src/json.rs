//! JSON, written by hand: a few dozen fields do not need a library that a page would have to load.

use crate::hash::decimal;
use crate::prelude::*;

/// An object or array being written.
#[derive(Debug)]
pub struct Json(String);

impl Json {
    /// An object with the fields that `write` adds.
    #[must_use]
    pub fn object(write: impl FnOnce(&mut Self)) -> String {
        let mut json = Self(String::from("{"));
        write(&mut json);
        json.0.push('}');
        json.0
    }

    /// An array of JSON values.
    #[must_use]
    pub fn array(values: impl Iterator<Item = String>) -> String {
        let mut json = Self(String::from("["));
        for value in values {
            json.comma();
            json.0.push_str(&value);
        }
        json.0.push(']');
        json.0
    }

    /// Text as a JSON value (RFC 8259 7).
    #[must_use]
    pub fn quoted(text: &str) -> String {
        let mut json = Self(String::new());
        json.quote(text);
        json.0
    }

    /// A field that is text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.quote(text);
    }

    /// A field that is text or null.
    pub fn optional(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.raw(name, "null"),
        }
    }

    /// A field that is a number or null.
    pub fn number(&mut self, name: &str, number: Option<usize>) {
        match number {
            Some(number) => self.raw(name, &decimal(number)),
            None => self.raw(name, "null"),
        }
    }

    /// A field that is true or false.
    pub fn truth(&mut self, name: &str, truth: bool) {
        self.raw(name, if truth { "true" } else { "false" });
    }

    /// A field whose value is JSON already.
    pub fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push_str(value);
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.quote(name);
        self.0.push(':');
    }

    fn comma(&mut self) {
        if !self.0.ends_with(['{', '[']) {
            self.0.push(',');
        }
    }

    fn quote(&mut self, text: &str) {
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(character);
                }
                '\u{0}'..='\u{1F}' => {
                    self.0.push_str("\\u00");
                    self.0.push_str(&crate::hash::hex(&[character as u8]));
                }
                _ => self.0.push(character),
            }
        }
        self.0.push('"');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_kind_of_value() {
        let written = Json::object(|json| {
            json.text("name", "甲\"乙\\\n\u{1}");
            json.optional("none", None);
            json.optional("some", Some(""));
            json.number("number", Some(2048));
            json.number("no number", None);
            json.truth("yes", true);
            json.raw("list", &Json::array(["{}".to_owned(), Json::quoted("[")].into_iter()));
            json.raw("empty", &Json::array(core::iter::empty()));
        });
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(
            read,
            json!({
                "name": "甲\"乙\\\n\u{1}", "none": null, "some": "", "number": 2048, "no number": null, "yes": true,
                "list": [{}, "["], "empty": [],
            })
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was(text: String) {
            let read: Value = serde_json::from_str(&Json::quoted(&text)).unwrap();
            prop_assert_eq!(read, Value::String(text));
        }
    }
}
