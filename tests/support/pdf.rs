//! PDF files of every structure, written by hand, and a seal's picture.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

use std::fmt::Write as _;

/// Objects from number 1, without their heads.
#[derive(Clone)]
pub struct Objects(pub Vec<Vec<u8>>);

/// Entries of a page's dictionary beside type, parent and content.
pub const A4: &str = "/MediaBox[0 0 595.27559 841.88976]";

/// Catalog 1, tree of pages 2, font 3, then page and content for each.
pub fn objects(pages: &[&str]) -> Objects {
    let kids: String = (0..pages.len()).map(|index| format!("{} 0 R ", 4 + 2 * index)).collect();
    let mut made = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).into_bytes(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec(),
    ];
    for (index, page) in pages.iter().enumerate() {
        let content = 5 + 2 * index;
        made.push(
            format!("<</Type/Page/Parent 2 0 R{page}/Contents {content} 0 R/Resources<</Font<</F 3 0 R>>>>>>")
                .into_bytes(),
        );
        made.push(stream("", format!("BT /F 24 Tf 72 700 Td (Page {}) Tj ET", index + 1).as_bytes()));
    }
    Objects(made)
}

pub fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Length {}>>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

impl Objects {
    /// The same with something else in place of an object.
    pub fn with(mut self, number: usize, object: &str) -> Self {
        self.0[number - 1] = object.into();
        self
    }

    pub fn and(mut self, object: &str) -> Self {
        self.0.push(object.into());
        self
    }

    fn body(&self, plain: impl Fn(usize) -> bool) -> (Vec<u8>, Vec<usize>) {
        let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut places = Vec::new();
        for (index, object) in self.0.iter().enumerate() {
            places.push(out.len());
            if plain(index + 1) {
                out.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
            }
        }
        (out, places)
    }

    /// With a cross-reference table.
    pub fn table(&self, trailer: &str) -> Vec<u8> {
        self.lines(trailer, " \n")
    }

    /// The same, with lines that end like this.
    pub fn lines(&self, trailer: &str, end: &str) -> Vec<u8> {
        let (mut out, places) = self.body(|_| true);
        let start = out.len();
        let size = places.len() + 1;
        let mut text = format!("xref\n0 {size}\n0000000000 65535 f{end}");
        places.iter().for_each(|place| write!(text, "{place:010} 00000 n{end}").unwrap());
        write!(text, "trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n").unwrap();
        out.extend(text.into_bytes());
        out
    }

    /// With a cross-reference stream, and all but streams and these numbers in an object stream.
    pub fn streams(&self, packed: bool, flate: bool) -> Vec<u8> {
        let is_packed = |number: usize| packed && !self.0[number - 1].ends_with(b"endstream");
        let (mut out, places) = self.body(|number| !is_packed(number));
        let (holder, own) = (self.0.len() + 1, self.0.len() + 2);
        let holder_at = out.len();
        let (mut head, mut inside) = (String::new(), Vec::new());
        let mut index = Vec::new();
        for number in (1..=self.0.len()).filter(|&number| is_packed(number)) {
            write!(head, "{number} {} ", inside.len()).unwrap();
            inside.extend([self.0[number - 1].as_slice(), b"\n"].concat());
            index.push(number);
        }
        if packed {
            let entries = format!("/Type/ObjStm/N {}/First {}", index.len(), head.len());
            let content = [head.as_bytes(), &inside].concat();
            let object = if flate { flated(&entries, &content, "") } else { stream(&entries, &content) };
            out.extend([format!("{holder} 0 obj\n").as_bytes(), &object, b"\nendobj\n"].concat());
        }
        let start = out.len();
        let mut rows = vec![[0, 0, 0, 0, 0xFF]];
        let mut row = |kind: u8, place: usize, more: u8| {
            let [.., a, b, c] = place.to_be_bytes();
            rows.push([kind, a, b, c, more]);
        };
        for number in 1..=self.0.len() {
            match index.iter().position(|&one| one == number) {
                Some(at) => row(2, holder, at.try_into().unwrap()),
                None => row(1, places[number - 1], 0),
            }
        }
        row(u8::from(packed), if packed { holder_at } else { 0 }, 0);
        row(1, start, 0);
        let entries = format!("/Type/XRef/W[1 3 1]/Size {}/Root 1 0 R", own + 1);
        let object = if flate {
            // PNG's "up" predictor, as most programs write it.
            let mut above = [0u8; 5];
            let mut filtered = Vec::new();
            for row in &rows {
                filtered.push(2);
                filtered.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
                above = *row;
            }
            flated(&entries, &filtered, "/DecodeParms<</Predictor 12/Columns 5>>")
        } else {
            stream(&entries, &rows.concat())
        };
        out.extend([format!("{own} 0 obj\n").as_bytes(), &object].concat());
        out.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
        out
    }

    /// A table for old readers, and behind `XRefStm` the objects that they shall not see: the last one.
    pub fn hybrid(&self) -> Vec<u8> {
        let count = self.0.len();
        let (mut out, places) = self.body(|number| number != count);
        let head = format!("{count} 0 ");
        let content = [head.as_bytes(), &self.0[count - 1]].concat();
        let holder_at = out.len();
        let holder = stream(&format!("/Type/ObjStm/N 1/First {}", head.len()), &content);
        out.extend([format!("{} 0 obj\n", count + 1).as_bytes(), &holder, b"\nendobj\n"].concat());
        let hidden = out.len();
        let rows = [[2, 0, (count + 1) as u8, 0].as_slice(), &[1, (holder_at >> 8) as u8, holder_at as u8, 0]].concat();
        let entries = format!("/Type/XRef/W[1 2 1]/Index[{count} 2]/Size {}/Root 1 0 R", count + 2);
        out.extend([format!("{} 0 obj\n", count + 2).as_bytes(), &stream(&entries, &rows), b"\nendobj\n"].concat());
        let start = out.len();
        let mut text = format!("xref\n0 {}\n0000000000 65535 f \n", count + 1);
        places[..count - 1].iter().for_each(|place| write!(text, "{place:010} 00000 n \n").unwrap());
        write!(text, "0000000000 00000 f \ntrailer\n<</Size {}/Root 1 0 R/XRefStm {hidden}>>\n", count + 3).unwrap();
        write!(text, "startxref\n{start}\n%%EOF\n").unwrap();
        out.extend(text.into_bytes());
        out
    }

    /// Two sections as in a linearized file: the first one in the file is the newest and names the other by `Prev`.
    pub fn linearized_like(&self) -> Vec<u8> {
        let count = self.0.len();
        let mut out = format!("%PDF-1.7\n{} 0 obj\n<</Linearized 1/L 1/H[1 1]/O 4/E 1/N 3/T 1>>\nendobj\n", count + 1)
            .into_bytes();
        let head = out.len();
        // Both sections have fixed lengths, so places are known beforehand.
        let first = format!(
            "xref\n{count} 2\n{:010} 00000 n \n0000000009 00000 n \ntrailer\n<</Size {}/Root 1 0 R/Prev {:010}>>\nstartxref\n0\n%%EOF\n",
            0,
            count + 2,
            0
        );
        let mut at = head + first.len();
        let mut places = Vec::new();
        let mut body = Vec::new();
        for (index, object) in self.0.iter().enumerate() {
            places.push(at + body.len());
            body.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
        }
        at += body.len();
        let first = format!(
            "xref\n{count} 2\n{:010} 00000 n \n0000000009 00000 n \ntrailer\n<</Size {}/Root 1 0 R/Prev {at:010}>>\nstartxref\n0\n%%EOF\n",
            places[count - 1],
            count + 2
        );
        out.extend(first.into_bytes());
        out.extend(body);
        let mut text = format!("xref\n0 {count}\n0000000000 65535 f \n");
        places[..count - 1].iter().for_each(|place| write!(text, "{place:010} 00000 n \n").unwrap());
        write!(text, "trailer\n<</Size {count}>>\nstartxref\n{head}\n%%EOF\n").unwrap();
        out.extend(text.into_bytes());
        out
    }
}

/// An update of a file with a table: objects with their numbers.
pub fn updated<T: AsRef<[u8]>>(original: &[u8], objects: &[(usize, T)], size: usize) -> Vec<u8> {
    let mut out = original.to_vec();
    let mut text = String::from("xref\n");
    for (number, object) in objects {
        write!(text, "{number} 1\n{:010} 00000 n \n", out.len()).unwrap();
        out.extend([format!("{number} 0 obj\n").as_bytes(), object.as_ref(), b"\nendobj\n"].concat());
    }
    let start = out.len();
    write!(text, "trailer\n<</Size {size}/Root 1 0 R/Prev {}>>\nstartxref\n{start}\n%%EOF\n", start_of(original))
        .unwrap();
    out.extend(text.into_bytes());
    out
}

/// A text of the file is another one.
pub fn replaced(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = file.windows(from.len()).rposition(|bytes| bytes == from.as_bytes()).expect("it is there");
    [&file[..at], to.as_bytes(), &file[at + from.len()..]].concat()
}

/// What the last `startxref` says.
pub fn start_of(file: &[u8]) -> usize {
    let at = file.windows(9).rposition(|bytes| bytes == b"startxref").unwrap();
    String::from_utf8_lossy(&file[at + 9..]).split_whitespace().next().unwrap().parse().unwrap()
}

/// zlib data that is not packed (RFC 1951, 3.2.4).
pub fn stored(plain: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = plain.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        out.push(u8::from(blocks.peek().is_none()));
        out.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        out.extend_from_slice(block);
    }
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in plain {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    out.extend((high << 16 | low).to_be_bytes());
    out
}

fn flated(entries: &str, content: &[u8], more: &str) -> Vec<u8> {
    stream(&format!("{entries}/Filter/FlateDecode{more}"), &stored(content))
}

/// What a picture's pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pixels {
    Rgba,
    Rgb,
    /// With one transparent entry.
    Palette,
    GreyAlpha,
}

/// A red square frame on nothing (white where there is no transparency), one sixth of the size thick; its upper left corner is filled.
pub fn picture(size: usize, pixels: Pixels) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..size {
        rows.push(0);
        for x in 0..size {
            let edge = size / 6;
            let inked = x.min(y) < edge || x.max(y) >= size - edge || (x < size / 2 && y < size / 2);
            match (pixels, inked) {
                (Pixels::Rgba, true) => rows.extend([255, 0, 0, 255]),
                (Pixels::Rgba, false) => rows.extend([1, 2, 3, 0]),
                (Pixels::Rgb, true) => rows.extend([255, 0, 0]),
                (Pixels::Rgb, false) => rows.extend([255, 255, 255]),
                (Pixels::Palette, inked) => rows.push(u8::from(inked)),
                (Pixels::GreyAlpha, inked) => rows.extend([0, if inked { 255 } else { 0 }]),
            }
        }
    }
    let (kind, more): (u8, &[(&[u8; 4], &[u8])]) = match pixels {
        Pixels::Rgba => (6, &[]),
        Pixels::Rgb => (2, &[]),
        Pixels::Palette => (3, &[(b"PLTE", &[255, 255, 255, 255, 0, 0]), (b"tRNS", &[0])]),
        Pixels::GreyAlpha => (4, &[]),
    };
    let side = u32::try_from(size).unwrap().to_be_bytes();
    let header = [&side[..], &side, &[8, kind, 0, 0, 0]].concat();
    let mut out = b"\x89PNG\r\n\x1A\n".to_vec();
    let packed = stored(&rows);
    let chunks = [&[(b"IHDR", header.as_slice())], more, &[(b"IDAT", &packed), (b"IEND", &[])]].concat();
    for (name, content) in chunks {
        let body = [&name[..], content].concat();
        out.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        out.extend(&body);
        out.extend(crc32(&body).to_be_bytes());
    }
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Every structure that a file can have, three pages each.
pub fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let plain = objects(&[A4, A4, A4]);
    let turned = ["90", "180", "270"].map(|degrees| format!("/MediaBox[0 0 595 842]/Rotate {degrees}"));
    let turned: Vec<_> = turned.iter().map(String::as_str).collect();
    let cropped = "/MediaBox[-10 -20 700 900]/CropBox[50 60 645 902]";
    let inherited =
        plain.clone().with(2, "<</Type/Pages/Count 3/Kids[10 0 R 8 0 R]/MediaBox[0 0 842 595]/Rotate 270>>");
    let inherited = inherited.with(4, "<</Type/Page/Parent 10 0 R/Contents 5 0 R>>");
    let inherited = inherited.with(6, "<</Type/Page/Parent 10 0 R/Contents 7 0 R/Rotate 0/CropBox[10 10 400 500]>>");
    let inherited = inherited.and("<</Type/Pages/Parent 2 0 R/Count 2/Kids[4 0 R 6 0 R]/CropBox[5 5 800 590]>>");
    vec![
        ("table", plain.table("")),
        ("xref stream", plain.streams(false, false)),
        ("object streams", plain.streams(true, false)),
        ("packed and predicted", plain.streams(true, true)),
        ("hybrid", plain.clone().and("<</Type/ExtGState>>").hybrid()),
        ("linearized", plain.linearized_like()),
        ("updated", updated(&plain.table(""), &[(3, b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>")], 10)),
        ("rotated", objects(&turned).table("")),
        (
            "cropped",
            objects(&[cropped, &format!("{cropped}/Rotate 90"), "/MediaBox[0 0 300 400]/UserUnit 2"]).table(""),
        ),
        ("inherited", inherited.table("/Info 3 0 R/ID[(a\\)b)<0102>]")),
    ]
}

/// An object stream of some kilobytes that unpacks to a hundred megabytes: a block of fixed codes (RFC 1951, 3.2.6), all of them a
/// repetition of 258 zeros.
pub fn bomb() -> Vec<u8> {
    let (mut packed, mut bits, mut count) = (vec![0x78, 0x01], 0u64, 0);
    let mut put = |value: u64, width: u32| {
        bits |= value << count;
        count += width;
        while count >= 8 {
            packed.push(bits as u8);
            bits >>= 8;
            count -= 8;
        }
    };
    put(0b011, 3);
    put(0b0000_1100, 8); // a zero: 00110000 from its highest bit
    for _ in 0..400_000 {
        put(0b1010_0011, 8); // 285: 11000101
        put(0, 5);
    }
    put(0, 16);
    let entries = "/Type/ObjStm/N 1/First 4/Filter/FlateDecode";
    let plain = objects(&[A4]).streams(true, false);
    let at = plain.windows(6).position(|bytes| bytes == b"ObjStm").unwrap();
    let from = plain[..at].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
    let to = at + plain[at..].windows(9).position(|bytes| bytes == b"endstream").unwrap() + 9;
    let mut made = plain.clone();
    made.splice(from..to, stream(entries, &packed));
    // The cross-reference stream stands further back by as much as was put in.
    let grown = made.len() - plain.len();
    let start = start_of(&plain);
    let tail = made.windows(9).rposition(|bytes| bytes == b"startxref").unwrap();
    made.truncate(tail);
    made.extend(format!("startxref\n{}\n%%EOF\n", start + grown).into_bytes());
    made
}
