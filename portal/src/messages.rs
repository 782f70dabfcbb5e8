//! The catalogue of messages, the same file that the browser module is built with.

use std::collections::HashMap;
use std::sync::LazyLock;

use calock::Code;
use serde::{Deserialize, Serialize};

/// A message in the two languages of the house.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

#[derive(Deserialize)]
struct Catalogue {
    codes: HashMap<String, Entry>,
    more: More,
}

/// What a page fetches only when it is needed.
#[derive(Deserialize)]
struct More {
    codes: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    zh: Sentences,
    en: Sentences,
}

#[derive(Deserialize)]
struct Sentences {
    what: String,
    #[serde(default)]
    todo: String,
}

static CATALOGUE: LazyLock<HashMap<String, Message>> = LazyLock::new(|| {
    // A catalogue that cannot be read leaves the codes themselves, which a page can still choose by; a test reads it.
    let Ok(catalogue) = serde_json::from_str::<Catalogue>(include_str!("../../www/messages.json")) else {
        return HashMap::new();
    };
    let joined = |entry: Entry| Message {
        zh: format!("{}{}", entry.zh.what, entry.zh.todo),
        en: format!("{} {}", entry.en.what, entry.en.todo).trim().into(),
    };
    catalogue.codes.into_iter().chain(catalogue.more.codes).map(|(code, entry)| (code, joined(entry))).collect()
});

/// What happened and what to do, as the catalogue says it.
#[must_use]
pub fn message(code: Code) -> Message {
    let bare = || Message { zh: code.as_str().into(), en: code.as_str().into() };
    CATALOGUE.get(code.as_str()).cloned().unwrap_or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_sentences() {
        for code in Code::ALL {
            let found = CATALOGUE.get(code.as_str()).unwrap_or_else(|| panic!("{code} is not in the catalogue"));
            assert!(!found.zh.is_empty() && !found.en.is_empty(), "{code} says nothing");
        }
    }
}
