//! The list of signatures, and what each of them says (GB/T 33190, 18; reference seal.md 2.1).

use base64ct::{Base64, Encoding};
use roxmltree::Node;

use super::{path, xml};
use crate::prelude::*;
use crate::seal::Kind;
use crate::seal::placement::Rect;
use crate::{Code, Error, Result};

/// `Signatures.xml`.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) signatures: Vec<Listed>,
    /// Every `MaxSignId`; one program writes several.
    pub(super) highest: Vec<String>,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) kind: Kind,
    /// Path of Signature.xml.
    pub(super) path: String,
}

/// Signatures of one list. Each costs reading its file and looking every part up.
const MOST_SIGNATURES: usize = 1000;

impl List {
    /// Reads the list that lies at `at`.
    pub(super) fn read(text: &str, at: &str) -> Result<Self> {
        let tree = xml::parse(text, "Signatures")?;
        let root = tree.root_element();
        if xml::children(root, "Signature").nth(MOST_SIGNATURES).is_some() {
            return Err(Error::because(Code::DocumentTooLarge, "too many signatures"));
        }
        let signatures = xml::children(root, "Signature").map(|line| {
            let place = xml::attribute(line, "BaseLoc").ok_or(missing("a signature without BaseLoc"))?;
            Ok(Listed {
                id: xml::attribute(line, "ID").unwrap_or_default(),
                kind: match xml::attribute(line, "Type").as_deref() {
                    Some("Sign") => Kind::Sign,
                    _ => Kind::Seal, // the default, and what tax invoices leave out
                },
                path: path::resolve(at, &place)?,
            })
        });
        Ok(Self {
            signatures: signatures.collect::<Result<_>>()?,
            highest: xml::children(root, "MaxSignId").filter_map(xml::content).collect(),
        })
    }
}

/// `Signature.xml`.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    /// Path of SignedValue.dat.
    pub(super) value: String,
    /// Path of Seal.esl.
    pub(super) seal: Option<String>,
    pub(super) method: Method,
    pub(super) references: Vec<Reference>,
    pub(super) stamps: Vec<StampAnnot>,
}

/// The hash that the references are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Sm3,
    /// MD5 (also when nothing is said), SHA-1, or unknown.
    Weak,
}

/// A part and its digest.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) path: String,
    /// Empty when it is no base64.
    pub(super) digest: Vec<u8>,
}

/// Where the seal stands.
#[derive(Clone, Debug)]
pub(super) struct StampAnnot {
    pub(super) id: String,
    /// The page's ID, not its number.
    pub(super) page: String,
    pub(super) boundary: Rect,
    pub(super) clip: Option<Rect>,
}

impl Signature {
    /// Reads the Signature.xml that lies at `at`; children in any order.
    pub(super) fn read(text: &str, at: &str) -> Result<Self> {
        let tree = xml::parse(text, "Signature")?;
        let root = tree.root_element();
        let info = xml::child(root, "SignedInfo").ok_or(missing("no SignedInfo"))?;
        let value = xml::child_text(root, "SignedValue").ok_or(missing("no SignedValue"))?;
        let seal = xml::child(info, "Seal").and_then(|seal| xml::child_text(seal, "BaseLoc"));
        let list = xml::child(info, "References").ok_or(missing("no References"))?;
        let references = xml::children(list, "Reference").map(|reference| {
            let file = xml::attribute(reference, "FileRef").ok_or(missing("a Reference without FileRef"))?;
            let digest = xml::child_text(reference, "CheckValue").unwrap_or_default();
            let packed: String = digest.split_ascii_whitespace().collect();
            Ok(Reference { path: path::resolve(at, &file)?, digest: Base64::decode_vec(&packed).unwrap_or_default() })
        });
        Ok(Self {
            value: path::resolve(at, &value)?,
            seal: seal.map(|place| path::resolve(at, &place)).transpose()?,
            method: Method::of(xml::attribute(list, "CheckMethod").as_deref()),
            references: references.collect::<Result<_>>()?,
            stamps: xml::children(info, "StampAnnot").filter_map(stamp).collect(),
        })
    }
}

impl Method {
    /// The spellings that were met (reference seal.md 2.1).
    fn of(name: Option<&str>) -> Self {
        match name.map(str::to_ascii_lowercase).as_deref() {
            Some("1.2.156.10197.1.401" | "1.2.156.10197.1.401.2" | "sm3") => Self::Sm3,
            _ => Self::Weak,
        }
    }
}

fn stamp(node: Node<'_, '_>) -> Option<StampAnnot> {
    Some(StampAnnot {
        id: xml::attribute(node, "ID").unwrap_or_default(),
        page: xml::attribute(node, "PageRef")?,
        boundary: xml::attribute(node, "Boundary")?.parse().ok()?,
        clip: xml::attribute(node, "Clip").and_then(|clip| clip.parse().ok()),
    })
}

fn missing(what: &'static str) -> Error {
    Error::because(Code::DocumentUnreadable, what)
}
