//! The message catalogue as a script: a page that forbids everything but `script-src 'self'` can still import it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// `messages.js` from `messages.json`: the same data, as the export `messages` and as the default export.
pub(super) fn script(source: &Path) -> Result<Vec<u8>> {
    let text = fs::read_to_string(source).with_context(|| format!("cannot read {}", source.display()))?;
    let catalogue: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", source.display()))?;
    for part in ["codes", "ui"] {
        ensure!(catalogue[part].is_object(), "{} has no object \"{part}\"", source.display());
    }
    Ok(format!(
        "// Made from www/messages.json by cargo xtask build.\nexport const messages = {catalogue};\nexport default messages;\n"
    )
    .into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_holds_the_data_and_other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("messages.json");
        fs::write(&file, r#"{ "codes": {}, "ui": {"login": {"zh": "登录"}} }"#).unwrap();
        let made = String::from_utf8(script(&file).unwrap()).unwrap();
        assert!(made.contains(r#"export const messages = {"codes":{},"ui":{"login":{"zh":"登录"}}};"#), "{made}");

        fs::write(&file, r#"{ "ui": {} }"#).unwrap();
        assert!(script(&file).unwrap_err().to_string().contains("codes"));
    }
}
