//! Which files an ES module loads, read from its text: `import`, `export … from`, `import("…")` and `new URL("…", …)`.

/// The relative specifiers in a script, in order. Only literal ones can be seen.
pub(crate) fn specifiers(script: &str) -> Vec<String> {
    let mut scanner = Scanner { rest: script, before: String::new(), found: Vec::new() };
    while scanner.token() {}
    scanner.found
}

/// Splits a script as far as needed to tell strings from comments, templates and regular expressions.
struct Scanner<'a> {
    rest: &'a str,
    /// The code just before, without white space and comments: enough of it to tell what a string is for.
    before: String,
    found: Vec<String>,
}

impl Scanner<'_> {
    /// Takes one token; false at the end.
    fn token(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if self.rest.starts_with("/*") {
            self.rest = self.rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else if first == '"' || first == '\'' {
            if let Some(text) = self.quoted(first)
                && self.loads()
                && (text.starts_with("./") || text.starts_with("../") || self.before.ends_with("URL("))
            {
                self.found.push(text);
            }
            self.remember("\"\"");
        } else if first == '`' {
            self.quoted('`');
            self.remember("``");
        } else if first == '/' && self.expression_may_start() {
            self.expression();
        } else {
            let end = self
                .rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                .map(char::len_utf8)
                .sum();
            let end = if end == 0 { first.len_utf8() } else { end };
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            if !first.is_whitespace() {
                self.remember(word);
            }
        }
        true
    }

    /// Whether a string that stands here names a module or a file.
    fn loads(&self) -> bool {
        ["from", "import", "import(", "URL("].iter().any(|end| self.before.ends_with(end))
    }

    /// Takes a quoted text and returns what stands between the quotes; nothing when the second one is missing.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.rest = &self.rest[at + c.len_utf8()..];
                return Some(text);
            }
            if c == '\\' {
                chars.next();
            } else {
                text.push(c);
            }
        }
        self.rest = "";
        None
    }

    /// A slash after a value divides; elsewhere it starts a regular expression.
    fn expression_may_start(&self) -> bool {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let last = self.before.chars().next_back();
        self.before.ends_with("return") || last.is_none_or(|c| !word(c) && !matches!(c, ')' | ']' | '}' | '"' | '`'))
    }

    fn expression(&mut self) {
        let mut class = false;
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    self.rest = &self.rest[at + 1..];
                    return self.remember("``");
                }
                _ => {}
            }
        }
        self.rest = "";
    }

    fn remember(&mut self, token: &str) {
        if self.before.len() > 64 {
            self.before.clear();
        }
        self.before.push_str(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_load_a_file_is_seen() {
        let script = r#"
            import { a } from "./a.js";
            import './b.js';
            export * from "../c.js";
            const d = await import("./d.js");
            module_or_path = new URL('wasm_bg.wasm', import.meta.url);
        "#;
        assert_eq!(specifiers(script), ["./a.js", "./b.js", "../c.js", "./d.js", "wasm_bg.wasm"]);
    }

    #[test]
    fn comments_texts_templates_and_expressions_are_not_imports() {
        let script = r#"
            // import "./comment.js"
            /* export * from './block.js' */
            const text = 'import "./text.js"', other = `import("./template.js")`;
            const quote = /["'\/]/g, half = 1 / 2, more = list[0] / "./x.js";
            import bare from "bare";
            import { real } from './real.js';
        "#;
        assert_eq!(specifiers(script), ["./real.js"]);
    }

    #[test]
    fn unfinished_scripts_end() {
        for script in ["'", "`a", "/*", "/[", "import '", "import './a\\"] {
            assert!(specifiers(script).is_empty(), "{script}");
        }
    }
}
