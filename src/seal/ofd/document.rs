//! What of a document matters for seals: its bodies, and the names and sizes of its pages.

use super::package::{Entry, Package};
use super::{path, xml};
use crate::prelude::*;
use crate::seal::Source;
use crate::seal::placement::{Rect, Size};
use crate::{Code, Error, Result};

/// `OFD.xml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its bodies; nearly every file has one.
    pub bodies: Vec<Body>,
}

/// One document of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Path of its root, `Doc_0/Document.xml`.
    pub root: String,
    /// Path of its list of signatures.
    pub signatures: Option<String>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its ID, by which stamps name it.
    pub id: String,
    /// Path of its content.
    pub content: String,
    /// Its displayed size; `None` when the document does not say.
    pub size: Option<Size>,
    /// Paths of what is drawn, in this order: its content, and the templates below and above; whether it is its content.
    pub parts: Vec<(String, bool)>,
    /// Paths of the files that say where the document's pictures are.
    pub resources: Vec<String>,
}

/// A template that pages use: its ID and the path of its content.
struct Template {
    id: String,
    content: String,
}

/// Templates of a document that are looked at, and of a page. Most documents have one.
const MOST_TEMPLATES: usize = 1000;
/// The name that is fixed.
pub(super) const ENTRANCE: &str = "OFD.xml";

impl<S: Source> Package<S> {
    /// Reads `OFD.xml`.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE` when it is not there, `DOCUMENT_UNREADABLE`, `DOCUMENT_NAMES`.
    pub fn document(&self) -> Result<Document> {
        let bytes = self.read(self.entrance()?)?;
        let text = xml::text(&bytes)?;
        let tree = xml::parse(text, "OFD")?;
        let bodies = xml::children(tree.root_element(), "DocBody").map(|body| {
            let root =
                xml::child_text(body, "DocRoot").ok_or(Error::because(Code::DocumentUnreadable, "no DocRoot"))?;
            let signatures = xml::child_text(body, "Signatures");
            Ok(Body {
                root: path::resolve(ENTRANCE, &root)?,
                signatures: signatures.map(|path| path::resolve(ENTRANCE, &path)).transpose()?,
            })
        });
        let bodies: Vec<_> = bodies.collect::<Result<_>>()?;
        if bodies.is_empty() {
            return Err(Error::because(Code::DocumentUnreadable, "no DocBody"));
        }
        Ok(Document { bodies })
    }

    /// The entry of `OFD.xml`.
    pub(super) fn entrance(&self) -> Result<&Entry> {
        // A package without it is no OFD, however good a ZIP it is.
        self.find(ENTRANCE).ok_or(Error::because(Code::DocumentUnreadable, "no OFD.xml in the package"))
    }

    /// A file that the document names.
    pub(super) fn part(&self, name: &str) -> Result<&Entry> {
        self.find(name).ok_or(Error::because(Code::DocumentIncomplete, "a part that the document names"))
    }

    /// The pages of a body in their order. A page has its own size, or that of the document.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`, `DOCUMENT_NAMES`.
    pub fn pages(&self, body: &Body) -> Result<Vec<Page>> {
        let bytes = self.read(self.part(&body.root)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Document")?;
        let common = xml::child(tree.root_element(), "CommonData");
        let usual = common.and_then(|common| xml::child(common, "PageArea")).and_then(physical);
        let named = |name| common.into_iter().flat_map(move |common| xml::children(common, name));
        // What a preview lacks is no reason to refuse the document: a name that leads nowhere is passed over.
        let template = |node| {
            let content = path::resolve(&body.root, &xml::attribute(node, "BaseLoc")?).ok()?;
            Some(Template { id: xml::attribute(node, "ID")?, content })
        };
        let templates: Vec<_> = named("TemplatePage").filter_map(template).take(MOST_TEMPLATES).collect();
        let resources: Vec<_> = named("PublicRes")
            .chain(named("DocumentRes"))
            .filter_map(|node| path::resolve(&body.root, &xml::content(node)?).ok())
            .collect();
        let list = xml::child(tree.root_element(), "Pages");
        let pages = list.into_iter().flat_map(|list| xml::children(list, "Page"));
        pages
            .map(|page| {
                let missing = Error::because(Code::DocumentUnreadable, "a page without ID or BaseLoc");
                let id = xml::attribute(page, "ID").ok_or(missing)?;
                let content = path::resolve(&body.root, &xml::attribute(page, "BaseLoc").ok_or(missing)?)?;
                let resources = resources.clone();
                let mut page = Page { id, content, size: usual, parts: Vec::new(), resources };
                self.look_into(&mut page, &templates)?;
                Ok(page)
            })
            .collect()
    }

    /// What a page's content says of itself: its size, and the templates that it uses (GB/T 33190 7.7).
    fn look_into(&self, page: &mut Page, templates: &[Template]) -> Result<()> {
        let bytes = self.read(self.part(&page.content)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Page")?;
        page.size = xml::child(tree.root_element(), "Area").and_then(physical).or(page.size);
        page.parts.push((page.content.clone(), true));
        for node in xml::children(tree.root_element(), "Template").take(MOST_TEMPLATES) {
            let id = node.attribute("TemplateID");
            let Some(template) = templates.iter().find(|one| Some(one.id.as_str()) == id) else { continue };
            let above = node.attribute("ZOrder") == Some("Foreground");
            // Above is behind all; below is before its own content, behind what is there already.
            let own = page.parts.iter().position(|(_, own)| *own).unwrap_or(0);
            page.parts.insert(if above { page.parts.len() } else { own }, (template.content.clone(), false));
        }
        Ok(())
    }
}

/// The page's paper. Its upper left corner is the origin of the page's coordinates, wherever the box says it is.
fn physical(area: roxmltree::Node<'_, '_>) -> Option<Size> {
    let numbers: Rect = xml::child_text(area, "PhysicalBox")?.parse().ok()?;
    Some(Size { width: numbers.width, height: numbers.height })
}
