//! XML as OFD uses it. Names are compared without their namespace: vendors write `http://www.ofdspec.org`, other prefixes, or none.

use roxmltree::{Document, Node, ParsingOptions};

use crate::prelude::*;
use crate::{Code, Error, Result};

/// Elements, attributes and texts of one file.
const MOST_NODES: u32 = 2_000_000;

/// The text of an XML file: UTF-8, as the standard wants it.
pub(super) fn text(bytes: &[u8]) -> Result<&str> {
    core::str::from_utf8(bytes).map_err(|_| Error::because(Code::DocumentUnreadable, "XML that is not UTF-8"))
}

/// Reads a file whose root element has this name. A document type is refused: no entity is ever expanded.
pub(super) fn parse<'a>(text: &'a str, root: &str) -> Result<Document<'a>> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) if document.root_element().tag_name().name() == root => Ok(document),
        Ok(_) => Err(Error::because(Code::DocumentUnreadable, "another root element than expected")),
        Err(_) => Err(Error::because(Code::DocumentUnreadable, "XML that is not well-formed")),
    }
}

/// The child elements of this name.
pub(super) fn children<'a, 'd>(node: Node<'a, 'd>, name: &'static str) -> impl Iterator<Item = Node<'a, 'd>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child element of this name.
pub(super) fn child<'a, 'd>(node: Node<'a, 'd>, name: &'static str) -> Option<Node<'a, 'd>> {
    children(node, name).next()
}

/// The text of an element without the white space around it; `None` when there is none.
pub(super) fn content(node: Node<'_, '_>) -> Option<String> {
    let text: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

/// The text of a child element.
pub(super) fn child_text(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    child(node, name).and_then(content)
}

/// An attribute without a namespace of its own.
pub(super) fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(|value| value.trim().into())
}

/// The name that an element is written with.
fn name<'d>(text: &'d str, node: Node<'_, '_>) -> &'d str {
    let tag = text.get(node.range().start + 1..).unwrap_or_default();
    let end = tag.find(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '>')).unwrap_or(0);
    tag.get(..end).unwrap_or_default()
}

/// The prefix that an element is written with, with its colon; empty when it has none.
pub(super) fn prefix<'d>(text: &'d str, node: Node<'_, '_>) -> &'d str {
    let name = name(text, node);
    name.find(':').and_then(|colon| name.get(..=colon)).unwrap_or_default()
}

/// The text with one more child in an element: before the first child of these names, or else at its end. Everything else is as it was.
pub(super) fn grown(text: &str, node: Node<'_, '_>, before: &[&str], child: &str) -> String {
    let range = node.range();
    let first = node.children().find(|one| one.is_element() && before.contains(&one.tag_name().name()));
    let end = text.get(range.clone()).and_then(|all| all.rfind("</")).map(|end| range.start + end);
    match first.map(|one| one.range().start).or(end) {
        Some(at) => [&text[..at], child, &text[at..]].concat(),
        // `<a/>` gets an end.
        None => [&text[..range.end - 2], ">", child, "</", name(text, node), ">", &text[range.end..]].concat(),
    }
}

/// The standard's namespace.
pub(super) const NAMESPACE: &str = "http://www.ofdspec.org/2016";
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A file with nothing but its root.
pub(super) fn empty(root: &str) -> String {
    format!("{HEAD}<ofd:{root} xmlns:ofd=\"{NAMESPACE}\"></ofd:{root}>")
}

/// Text for an attribute or an element.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}
