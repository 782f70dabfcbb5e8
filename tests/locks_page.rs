//! `docs/locks.md`: its tables and its policy are made from the data, and this fails when the page says something else.
//!
//! `cargo xtask docs`, or `UPDATE_DOCS=1 cargo test --test locks_page`, writes them again.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

use calock::lock::known::{KNOWN, Known, Reach, Shows, Source};
use calock::lock::policy::Policy;
use calock::lock::profile::{Card, Face, PROFILES, PinDialect, Profile};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/locks.md");

#[test]
fn the_page_says_what_the_data_says() {
    let page = std::fs::read_to_string(PATH).unwrap();
    let mut made = page.clone();
    for (name, text) in [("locks", locks()), ("profiles", profiles()), ("policy", policy())] {
        made = with_section(&made, name, &text);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PATH, &made).unwrap();
    } else {
        assert!(made == page, "docs/locks.md is stale: cargo xtask docs");
    }
}

/// The page with what stands between a section's marks replaced.
fn with_section(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end of {name} -->"));
    let parts =
        page.split_once(&begin).and_then(|(before, rest)| rest.split_once(&end).map(|(_, after)| (before, after)));
    let (before, after) = parts.unwrap_or_else(|| panic!("docs/locks.md has no section {name}"));
    format!("{before}{begin}\n{text}\n{end}{after}")
}

fn locks() -> String {
    let mut table = String::from(
        "| 锁 · lock | VID:PID | USB | 浏览器 · in an ordinary page | 依据 · known from |\n|---|---|---|---|---|\n",
    );
    // What works first, what nobody knows last; makers in their order within.
    for reach in Reach::ALL {
        for known in KNOWN.iter().filter(|known| known.reach() == reach) {
            let (zh, en) = known.maker;
            let maker = if zh == en { en.to_owned() } else { format!("{zh} {en}") };
            let model = if known.model.is_empty() { String::new() } else { format!(" {}", known.model) };
            let cells = [
                format!("{maker}{model}"),
                ids(known),
                shows(known.shows).into(),
                says(known),
                from(known.source).into(),
            ];
            table += &format!("| {} |\n", cells.join(" | "));
        }
    }
    table
}

fn ids(known: &Known) -> String {
    match known.products {
        [] => format!("{:04X}:*", known.vendor),
        products => {
            let products: Vec<String> = products.iter().map(|product| format!("{product:04X}")).collect();
            format!("{:04X}:{}", known.vendor, products.join(", "))
        }
    }
}

fn shows(shows: Shows) -> &'static str {
    match shows {
        Shows::LongmaiHid => "HID, usage page FFA0",
        Shows::Hid => "HID",
        Shows::Disc => "光盘 mass storage",
        Shows::Reader => "读卡器 CCID",
        Shows::VendorClass => "vendor class (FF)",
        Shows::VendorDriver => "厂商驱动 vendor's driver",
        Shows::Blocked => "FIDO, CCID",
        Shows::Unknown => "?",
    }
}

fn says(known: &Known) -> String {
    let profile = known.profile().map(|profile| format!(" (`{}`)", profile.name)).unwrap_or_default();
    let text = match known.reach() {
        Reach::Works => "**可用 works**",
        Reach::ReadOnly => "只读，不会向它发送密码 read only, never given a PIN",
        Reach::Unspoken => "暂不支持：协议未公开或未实现 not yet: its protocol is unknown or not spoken here",
        Reach::ProtectedDisc | Reach::ProtectedReader => "不可：浏览器禁止的设备类 no: a class that browsers protect",
        Reach::Driver => "实际不可：须更换系统驱动 practically no: the system's driver would have to be replaced",
        Reach::Hidden => "不可：浏览器隐藏此设备 no: browsers hide it",
        Reach::Unknown => "未知 unknown",
    };
    format!("{text}{profile}")
}

fn from(source: Source) -> &'static str {
    match source {
        Source::Read => "描述符、通信或厂商文档 descriptors, traffic, documents",
        Source::Named => "驱动或安装包中的名称 names in drivers and installers",
        Source::IdsOnly => "仅知标识 ids only",
    }
}

fn profiles() -> String {
    let mut table = String::from("| profile | VID:PID | USB | APDU | card |\n|---|---|---|---|---|\n");
    for profile in PROFILES {
        let Profile { name, vendor, product, face, form, .. } = profile;
        let product = product.map_or("*".to_owned(), |product| format!("{product:04X}"));
        let face = match face {
            Face::Hid { usage_page, usage } => format!("HID {usage_page:04X}:{usage:04X}, Longmai frames"),
            Face::Usb => "vendor class, CCID messages".to_owned(),
        };
        let card = match profile.card {
            Card::Gmt0017(rules) => {
                let dialect = match rules.pin {
                    Some(PinDialect::A) => "PIN dialect A",
                    Some(PinDialect::B) => "PIN dialect B",
                    None => "never given a PIN",
                };
                format!("GM/T 0017, {:?}-endian, {dialect}", rules.order)
                    .to_lowercase()
                    .replace("gm/t", "GM/T")
                    .replace("pin", "PIN")
            }
            Card::Piv => "PIV (SP 800-73-4): 9A, 9C; P-256, RSA-2048".to_owned(),
        };
        let form = format!("{form:?}").to_lowercase();
        table += &format!("| `{name}` | {vendor:04X}:{product} | {face} | {form} | {card} |\n");
    }
    table
}

fn policy() -> String {
    let policy = Policy { urls: &["https://portal.example.cn"], tests: false, only: true };
    format!("```json\n{}```\n", policy.json())
}
