//! Pictures (GB/T 33190 clause 10): an object names a resource (7.9), the resource a file.

use super::{Object, ObjectKind};
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

    /// Says of each picture which file it is: `pictures` are the ID of a resource and the place among the objects.
    pub(super) fn place_pictures<'a>(
        &self,
        resources: impl Iterator<Item = &'a String>,
        pictures: Vec<(String, usize)>,
        objects: &mut [Object],
    ) {
        let pictures = sorted(pictures);
        if pictures.is_empty() {
            return;
        }
        for name in resources {
            // A list that cannot be read leaves frames without a picture.
            let _ = self.look_up(name, &pictures, objects);
        }
    }

    fn look_up(&self, resources: &str, pictures: &[(String, usize)], objects: &mut [Object]) -> Result<()> {
        let bytes = self.read(self.part(resources)?)?;
        let tree = xml::parse(xml::text(&bytes)?, "Res")?;
        let folder = xml::attribute(tree.root_element(), "BaseLoc").unwrap_or_default();
        for node in tree.root_element().descendants().filter(|node| node.tag_name().name() == "MultiMedia") {
            let (Some(id), Some(file)) = (xml::attribute(node, "ID"), xml::child_text(node, "MediaFile")) else {
                continue;
            };
            let first = pictures.partition_point(|(one, _)| *one < id);
            let users = pictures.get(first..).unwrap_or_default().iter().take_while(|(one, _)| *one == id);
            // The first to name it is believed.
            let open = |(_, index): &(String, usize)| {
                matches!(objects.get(*index), Some(Object { kind: ObjectKind::Picture { file: None }, .. }))
            };
            if !users.clone().next().is_some_and(open) {
                continue;
            }
            let below = |file: &str| Some(self.find(&path::resolve(resources, file).ok()?)?.name.clone());
            // Some name the file from where the list is.
            let found = if file.starts_with('/') { None } else { below(&format!("{folder}/{file}")) };
            let Some(found) = found.or_else(|| below(&file)) else { continue };
            for (_, index) in users {
                if let Some(Object { kind: ObjectKind::Picture { file }, .. }) = objects.get_mut(*index) {
                    *file = Some(found.clone());
                }
            }
        }
        Ok(())
    }
}
