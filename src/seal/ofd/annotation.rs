//! Handwritten signatures on pages: annotations (GB/T 33190, 15) that show a picture of the document's resources. Lists, annotations
//! and resources that are there already are kept as they are, with one more line.

use super::document::{Body, Page};
use super::package::Package;
use super::write::NewFile;
use super::{path, xml};
use crate::certificate::time::civil;
use crate::prelude::*;
use crate::seal::handwriting::Format;
use crate::seal::{Picture, Source};
use crate::{Code, Result};

/// The files that put pictures on pages: new ones, and those that are there with more in them.
pub(super) fn annotate<S: Source>(
    package: &Package<S>,
    body: &Body,
    pages: &[Page],
    pictures: &[Picture<'_>],
    time: u64,
) -> Result<Vec<NewFile>> {
    let root = &package.part(&body.root)?.name;
    let mut draft = Draft { package, root, files: Vec::new(), last: 0 };
    if pictures.is_empty() {
        return Ok(draft.files);
    }
    draft.last = draft.highest()?;
    // What comes behind them by the schema of Document.xml.
    let resources =
        draft.linked(Some("CommonData"), "DocumentRes", "DocumentRes.xml", &["TemplatePage", "DefaultCS"], "Res")?;
    let behind = ["CustomTags", "Attachments", "Extensions"];
    let list = draft.linked(None, "Annotations", "Annots/Annotations.xml", &behind, "Annotations")?;
    let mut known: Vec<(&[u8], u64)> = Vec::new();
    for picture in pictures {
        let resource = match known.iter().find(|one| one.0 == picture.data) {
            Some(one) => one.1,
            None => {
                let number = draft.resource(&resources, picture)?;
                known.push((picture.data, number));
                number
            }
        };
        let page = pages.get(picture.page).ok_or(Code::Internal)?;
        let annotations = draft.annotations(&list, page, picture.page)?;
        draft.annotation(&annotations, picture, resource, time)?;
    }
    draft.count()?;
    Ok(draft.files)
}

/// Files that are being written.
struct Draft<'a, S> {
    package: &'a Package<S>,
    /// Path of Document.xml.
    root: &'a str,
    files: Vec<NewFile>,
    /// The last ID.
    last: u64,
}

impl<S: Source> Draft<'_, S> {
    /// The highest number that is an ID anywhere; what the document says of it (`MaxUnitID`) is not always true, or not there.
    fn highest(&self) -> Result<u64> {
        let mut highest = 0;
        for entry in self.package.files().filter(|entry| entry.name.to_ascii_lowercase().ends_with(".xml")) {
            let bytes = self.package.read(entry)?;
            let text = core::str::from_utf8(&bytes).unwrap_or_default();
            for behind in text.split("ID=").skip(1).chain(text.split("MaxUnitID>").skip(1)) {
                let number = behind.trim_start_matches(['"', '\'']);
                let end = number.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0);
                let number = number.get(..end).and_then(|digits| digits.parse::<u32>().ok());
                highest = highest.max(number.unwrap_or(0).into());
            }
        }
        Ok(highest)
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// The text of a file as it will be.
    fn text(&self, name: &str) -> Result<String> {
        let bytes = match self.files.iter().find(|file| file.name == name) {
            Some(file) => file.content.clone(),
            None => self.package.read(self.package.part(name)?)?,
        };
        xml::text(&bytes).map(ToOwned::to_owned)
    }

    /// The file that another one names, as the package spells it.
    fn named(&self, base: &str, reference: &str) -> Result<String> {
        let path = path::resolve(base, reference)?;
        let is_new = self.files.iter().any(|file| file.name == path);
        if is_new { Ok(path) } else { self.package.part(&path).map(|entry| entry.name.clone()) }
    }

    fn put(&mut self, name: &str, content: Vec<u8>) {
        match self.files.iter_mut().find(|file| file.name == name) {
            Some(file) => file.content = content,
            None => self.files.push(NewFile { name: name.into(), content }),
        }
    }

    /// A name that no file has: this one, or with a number.
    fn free(&self, folder: &str, stem: &str, ending: &str) -> String {
        let taken = |name: &String| {
            let path = inside(folder, name);
            self.package.find(&path).is_some() || self.files.iter().any(|file| file.name == path)
        };
        let names = (0_u32..).map(|number| match number {
            0 => format!("{stem}{ending}"),
            _ => format!("{stem}_{number}{ending}"),
        });
        names.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }

    /// Puts one more child into a file's element of a name, or into its root: `make` is told the prefix, and whether that element is
    /// there.
    fn grow(
        &mut self,
        name: &str,
        root: &str,
        within: Option<&'static str>,
        before: &[&str],
        make: &dyn Fn(&str, bool) -> String,
    ) -> Result<()> {
        let text = self.text(name)?;
        let tree = xml::parse(&text, root)?;
        let found = within.and_then(|name| xml::child(tree.root_element(), name));
        let node = found.unwrap_or(tree.root_element());
        let grown = xml::grown(&text, node, before, &make(xml::prefix(&text, node), found.is_some()));
        self.put(name, grown.into_bytes());
        Ok(())
    }

    /// The file that Document.xml names in an element, or a new one that it names from now on.
    fn linked(
        &mut self,
        within: Option<&'static str>,
        element: &'static str,
        usual: &str,
        before: &[&str],
        root: &str,
    ) -> Result<String> {
        let text = self.text(self.root)?;
        let tree = xml::parse(&text, "Document")?;
        let top = tree.root_element();
        let place = within.and_then(|name| xml::child(top, name)).unwrap_or(top);
        if let Some(there) = xml::child_text(place, element) {
            return self.named(self.root, &there);
        }
        let (stem, ending) = usual.split_at(usual.len() - ".xml".len());
        let name = self.free(path::folder(self.root), stem, ending);
        let path = inside(path::folder(self.root), &name);
        self.grow(self.root, "Document", within, before, &|prefix, _| {
            format!("<{prefix}{element}>{name}</{prefix}{element}>")
        })?;
        self.put(&path, xml::empty(root).into_bytes());
        Ok(path)
    }

    /// Puts a picture's file beside the document's other ones and into the list of resources. Returns its ID.
    fn resource(&mut self, list: &str, picture: &Picture<'_>) -> Result<u64> {
        let (format, ending) = match picture.format()? {
            Format::Png => ("PNG", ".png"),
            Format::Jpeg => ("JPEG", ".jpg"),
        };
        let text = self.text(list)?;
        let base = xml::attribute(xml::parse(&text, "Res")?.root_element(), "BaseLoc").unwrap_or_default();
        let base = if base.is_empty() { "." } else { &base };
        // The folder's path, by that of a file in it.
        let folder = path::resolve(list, &format!("{base}/file"))?;
        let folder = path::folder(&folder);
        let name = self.free(folder, "Handwriting", ending);
        self.put(&inside(folder, &name), picture.data.to_vec());
        let id = self.next();
        self.grow(list, "Res", Some("MultiMedias"), &[], &|p, listed| {
            let one = format!(
                "<{p}MultiMedia ID=\"{id}\" Type=\"Image\" Format=\"{format}\"><{p}MediaFile>{name}</{p}MediaFile></{p}MultiMedia>"
            );
            if listed { one } else { format!("<{p}MultiMedias>{one}</{p}MultiMedias>") }
        })?;
        Ok(id)
    }

    /// The file of a page's annotations, or a new one that the list names from now on.
    fn annotations(&mut self, list: &str, page: &Page, index: usize) -> Result<String> {
        let text = self.text(list)?;
        let tree = xml::parse(&text, "Annotations")?;
        let own = |line: &roxmltree::Node<'_, '_>| xml::attribute(*line, "PageID").as_deref() == Some(&page.id);
        let line = xml::children(tree.root_element(), "Page").find(own);
        if let Some(there) = line.and_then(|line| xml::child_text(line, "FileLoc")) {
            return self.named(list, &there);
        }
        let folder = path::folder(list);
        let name = self.free(folder, &format!("Page_{index}/Annotation"), ".xml");
        let id = xml::escape(&page.id);
        self.grow(list, "Annotations", None, &[], &|p, _| {
            format!("<{p}Page PageID=\"{id}\"><{p}FileLoc>{name}</{p}FileLoc></{p}Page>")
        })?;
        let path = inside(folder, &name);
        self.put(&path, xml::empty("PageAnnot").into_bytes());
        Ok(path)
    }

    fn annotation(&mut self, file: &str, picture: &Picture<'_>, resource: u64, time: u64) -> Result<()> {
        let (id, object) = (self.next(), self.next());
        let [year, month, day, ..] = civil(time);
        let boundary = picture.boundary;
        let (width, height) = (boundary.width, boundary.height);
        self.grow(file, "PageAnnot", None, &[], &|p, _| {
            format!(
                "<{p}Annot ID=\"{id}\" Type=\"Stamp\" Subtype=\"Handwriting\" Creator=\"calock\" \
                 LastModDate=\"{year:04}-{month:02}-{day:02}\"><{p}Appearance Boundary=\"{boundary}\">\
                 <{p}ImageObject ID=\"{object}\" Boundary=\"0 0 {width} {height}\" CTM=\"{width} 0 0 {height} 0 0\" \
                 ResourceID=\"{resource}\"/></{p}Appearance></{p}Annot>"
            )
        })
    }

    /// Says the last ID where the document does.
    fn count(&mut self) -> Result<()> {
        let mut text = self.text(self.root)?;
        let tree = xml::parse(&text, "Document")?;
        let common = xml::child(tree.root_element(), "CommonData");
        let number = common.and_then(|common| xml::child(common, "MaxUnitID")).and_then(|most| most.first_child());
        if let Some(range) = number.map(|number| number.range()) {
            text.replace_range(range, &format!("{}", self.last));
            self.put(self.root, text.into_bytes());
        }
        Ok(())
    }
}

/// A file in a folder, which may be the root.
fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.into() } else { format!("{folder}/{name}") }
}
