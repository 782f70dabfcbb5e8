//! Resources (GB/T 33190 7.9): an object names one by its number, and a list says what it is: a picture's file (clause 10), a font.

use roxmltree::Node;

use super::{Font, Object, ObjectKind};
use crate::Result;
use crate::prelude::*;
use crate::seal::ofd::package::Package;
use crate::seal::ofd::{path, xml};
use crate::seal::{Source, sorted};

impl<S: Source> Package<S> {
    /// The content of a picture's file.
    ///
    /// # Errors
    /// `DOCUMENT_INCOMPLETE`, `DOCUMENT_UNREADABLE`; `DOCUMENT_TOO_LARGE` over 32 MiB; what the source says.
    pub fn picture(&self, file: &str) -> Result<Vec<u8>> {
        self.read(self.part(file)?)
    }

    /// Gives objects what they name: `users` are the ID of a resource and the place among the objects.
    pub(super) fn hand_out<'a>(
        &self,
        resources: impl Iterator<Item = &'a String>,
        users: Vec<(String, usize)>,
        objects: &mut [Object],
    ) {
        let users = sorted(users);
        if users.is_empty() {
            return;
        }
        for name in resources {
            // A list that cannot be read leaves frames without a picture, and texts in the usual font.
            let _ = self.look_up(name, &users, objects);
        }
    }

    fn look_up(&self, resources: &str, users: &[(String, usize)], objects: &mut [Object]) -> Result<()> {
        let bytes = self.read(self.part(resources)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Res")?;
        let folder = xml::attribute(tree.root_element(), "BaseLoc").unwrap_or_default();
        for node in tree.root_element().descendants().filter(|node| node.has_attribute("ID")) {
            let Some(id) = xml::attribute(node, "ID") else { continue };
            let first = users.partition_point(|(one, _)| *one < id);
            let users = users.get(first..).unwrap_or_default().iter().take_while(|(one, _)| *one == id);
            let mut found = None;
            for (_, index) in users {
                // The first list to name it is believed.
                match objects.get_mut(*index).map(|object| &mut object.kind) {
                    Some(ObjectKind::Picture { file: file @ None }) if node.tag_name().name() == "MultiMedia" => {
                        found = found.or_else(|| self.media(node, resources, &folder));
                        file.clone_from(&found);
                    }
                    Some(ObjectKind::Text(text)) if text.font.is_none() && node.tag_name().name() == "Font" => {
                        text.font = Some(Font::read(node));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The file of a picture that a list at `resources` names.
    fn media(&self, node: Node<'_, '_>, resources: &str, folder: &str) -> Option<String> {
        let file = xml::child_text(node, "MediaFile")?;
        let below = |file: &str| Some(self.find(&path::resolve(resources, file).ok()?)?.name.clone());
        // Some name the file from where the list is.
        let found = if file.starts_with('/') { None } else { below(&format!("{folder}/{file}")) };
        found.or_else(|| below(&file))
    }
}
