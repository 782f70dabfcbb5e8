//! ZIP packages written by hand, with every fault one wants in them.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

/// One stored entry; the fields that lie are changed after [`Entry::new`].
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    /// The name in the local header.
    pub local_name: Vec<u8>,
    pub content: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    /// What both headers say it unpacks to.
    pub size: u32,
    /// Where the directory says it is; where it is when absent.
    pub place: Option<u32>,
}

impl Entry {
    pub fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref().to_vec();
        Self {
            name: name.into(),
            local_name: name.into(),
            size: u32::try_from(content.len()).unwrap(),
            content,
            flags: 1 << 11,
            method: 0,
            place: None,
        }
    }
}

/// The package with these entries.
pub fn package(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let put = |to: &mut Vec<u8>, short: &[u16]| short.iter().for_each(|number| to.extend(number.to_le_bytes()));
    for entry in entries {
        let start = u32::try_from(out.len()).unwrap();
        let packed = u32::try_from(entry.content.len()).unwrap();
        let mut shared = Vec::new();
        put(&mut shared, &[20, entry.flags, entry.method, 0, 0x21]);
        for long in [crc32(&entry.content), packed, entry.size] {
            shared.extend(long.to_le_bytes());
        }
        out.extend(b"PK\x03\x04");
        out.extend(&shared);
        put(&mut out, &[u16::try_from(entry.local_name.len()).unwrap(), 0]);
        out.extend(&entry.local_name);
        out.extend(&entry.content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        put(&mut directory, &[u16::try_from(entry.name.len()).unwrap(), 0, 0, 0, 0, 0, 0]);
        directory.extend(entry.place.unwrap_or(start).to_le_bytes());
        directory.extend(&entry.name);
    }
    let (start, size) = (u32::try_from(out.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    let count = u16::try_from(entries.len()).unwrap();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    put(&mut out, &[count, count]);
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

const OFD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;

/// The entries of a document of A4 pages with nothing on them.
pub fn document(pages: usize) -> Vec<Entry> {
    let listed: String = (1..=pages)
        .map(|page| format!("<ofd:Page ID=\"{}\" BaseLoc=\"Pages/Page_{page}/Content.xml\"/>", page * 10))
        .collect();
    let root = format!(
        "<ofd:Document xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297\
         </ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    );
    let mut entries =
        vec![Entry::new("OFD.xml", OFD), Entry::new("Doc_0/", ""), Entry::new("Doc_0/Document.xml", root)];
    for page in 1..=pages {
        let content = "<ofd:Page xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Content/></ofd:Page>";
        entries.push(Entry::new(&format!("Doc_0/Pages/Page_{page}/Content.xml"), content));
    }
    entries.push(Entry::new("Doc_0/Res/印章 & <图>.txt", "a name that needs care"));
    entries
}
