//! Names inside a package: absolute (`/Doc_0/…`) or relative to the file that says them (GB/T 33190).

use crate::prelude::*;
use crate::{Code, Error, Result};

const REFUSED: Error = Error::because(Code::DocumentNames, "a name is empty, leads out of the package or is no path");

/// The longest path.
const MOST: usize = 1024;

/// A name of the package's directory, which must be a plain relative path.
pub(super) fn check(name: &str) -> Result<String> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let odd = |letter: char| letter.is_control() || letter == '\\' || letter == ':';
    if name.len() > MOST || name.contains(odd) || !name.split('/').all(plain) {
        return Err(REFUSED);
    }
    Ok(name.into())
}

/// What `reference` means in the file `base`: a path from the root without a slash at its beginning.
pub(super) fn resolve(base: &str, reference: &str) -> Result<String> {
    let reference = reference.trim().replace('\\', "/");
    let mut parts: Vec<&str> = match reference.starts_with('/') {
        true => Vec::new(),
        false => folder(base).split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or(REFUSED)?),
            part => parts.push(part),
        }
    }
    check(&parts.join("/"))
}

/// The folder of a file, without a slash at its end; empty for the root.
pub(super) fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed() {
        for (base, reference, path) in [
            ("OFD.xml", "Doc_0/Document.xml", "Doc_0/Document.xml"),
            ("Doc_0/Document.xml", "/Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Signatures.xml"),
            ("Doc_0/Signs/Signatures.xml", "Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/Signature.xml"),
            ("Doc_0/Signs/Sign_0/Signature.xml", "../../Res/./a.png", "Doc_0/Res/a.png"),
            ("Doc_0/Document.xml", "Res\\这是一个中文目录\\数据文件.txt", "Doc_0/Res/这是一个中文目录/数据文件.txt"),
            ("OFD.xml", " /a.xml\n", "a.xml"),
        ] {
            assert_eq!(resolve(base, reference).unwrap(), path, "{reference} in {base}");
        }
        for (base, reference) in
            [("OFD.xml", ".."), ("Doc_0/a", "../../b"), ("OFD.xml", ""), ("OFD.xml", "/"), ("a", "c:/b")]
        {
            assert_eq!(resolve(base, reference).unwrap_err().code, Code::DocumentNames, "{reference} in {base}");
        }
    }

    #[test]
    fn names_of_the_directory_are_plain() {
        for name in ["", "/a", "a//b", "../a", "a/../b", "./a", "a\\b", "c:a", "a\0b"] {
            assert!(check(name).is_err(), "{name:?}");
        }
        assert!(check("Doc_0/Pages/Page_0/Content.xml").is_ok());
    }
}
