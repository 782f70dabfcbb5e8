//! JSON, written by hand: a few dozen fields do not need a library that a page would have to load.

use crate::hash::decimal;

/// An object or array being written.
pub(super) struct Json(String);

impl Json {
    /// An object with the fields that `write` adds.
    pub(super) fn object(write: impl FnOnce(&mut Self)) -> String {
        let mut json = Self(String::from("{"));
        write(&mut json);
        json.0.push('}');
        json.0
    }

    /// An array of JSON values.
    pub(super) fn array(values: impl Iterator<Item = String>) -> String {
        let mut json = Self(String::from("["));
        for value in values {
            json.comma();
            json.0.push_str(&value);
        }
        json.0.push(']');
        json.0
    }

    /// Text as a JSON value (RFC 8259 7).
    pub(super) fn quoted(text: &str) -> String {
        let mut json = Self(String::new());
        json.quote(text);
        json.0
    }

    /// A field that is text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.quote(text);
    }

    /// A field that is text or null.
    pub(super) fn optional(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.raw(name, "null"),
        }
    }

    /// A field that is a number or null.
    pub(super) fn number(&mut self, name: &str, number: Option<usize>) {
        match number {
            Some(number) => self.raw(name, &decimal(number)),
            None => self.raw(name, "null"),
        }
    }

    /// A field that is true or false.
    pub(super) fn truth(&mut self, name: &str, truth: bool) {
        self.raw(name, if truth { "true" } else { "false" });
    }

    /// A field whose value is JSON already.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
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
