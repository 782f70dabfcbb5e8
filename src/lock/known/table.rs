//! The rows (reference: token.md 3.1, 4.1, 4.2; the last ones from their makers' documents and the browsers' lists).

use super::Shows::{Blocked, Disc, Hid, LongmaiHid, Reader, Unknown, VendorClass, VendorDriver};
use super::Source::{IdsOnly, Named, Read};
use super::{Known, Shows, Source};

const fn row(
    maker: (&'static str, &'static str),
    model: &'static str,
    vendor: u16,
    products: &'static [u16],
    shows: Shows,
    source: Source,
) -> Known {
    Known { maker, model, vendor, products, shows, source }
}

const LONGMAI: (&str, &str) = ("龙脉", "Longmai");
const FEITIAN: (&str, &str) = ("飞天", "Feitian");
const WATCHDATA: (&str, &str) = ("握奇", "Watchdata");
const HDZB: (&str, &str) = ("华大", "HDZB");
const LINGUO: (&str, &str) = ("林果", "Linguo");
const ZTXA: (&str, &str) = ("中天信安", "ZTXA");
const MINGHUA: (&str, &str) = ("明华", "Minghua");
const HENGBAO: (&str, &str) = ("恒宝", "Hengbao");

/// All rows, by maker.
pub static KNOWN: &[Known] = &[
    row(LONGMAI, "GM3000 / mToken (HID)", 0x055C, &[0xE618], LongmaiHid, Read),
    row(LONGMAI, "other HID models", 0x055C, &[0xF603, 0x2205], LongmaiHid, Named),
    row(LONGMAI, "GM3000, old", 0x055C, &[0xDB08], Disc, Named),
    row(LONGMAI, "OTG, BLE and others", 0x055C, &[0xE508, 0xE917, 0xE425, 0xE623, 0x0223], Unknown, IdsOnly),
    row(FEITIAN, "FT3000GM HID", 0x096E, &[0x0317], Hid, Named),
    row(FEITIAN, "0302", 0x096E, &[0x0302], Hid, Named),
    row(FEITIAN, "ePass3000GM", 0x096E, &[0x0303], Reader, Named),
    row(FEITIAN, "ePass2003 / Auto", 0x096E, &[0x0807, 0x080A], Reader, Read),
    row(FEITIAN, "0321", 0x096E, &[0x0321], Disc, Named),
    row(
        FEITIAN,
        "FT3000GM, ePass3001GM, ePass3003 and others",
        0x096E,
        &[0x0309, 0x0312, 0x0313, 0x0314, 0x0316, 0x0319, 0x031E, 0x0702, 0x0703, 0x0811],
        Unknown,
        IdsOnly,
    ),
    row(
        FEITIAN,
        "U2F / FIDO",
        0x096E,
        &[0x0850, 0x0852, 0x0853, 0x0854, 0x0856, 0x0858, 0x085A, 0x085B, 0x0880],
        Blocked,
        Read,
    ),
    row(("海泰", "Haitai"), "HaiKey", 0x5448, &[0x0001, 0x0003, 0x0004, 0x0103], VendorDriver, Named),
    row(WATCHDATA, "WatchKey", 0x163C, &[0x0406, 0x0407, 0x0417, 0x0418], Reader, Read),
    row(WATCHDATA, "HID", 0x163C, &[0x0A12], Hid, Named),
    row(WATCHDATA, "GDCA", 0x163C, &[0x0401, 0x0415, 0x0423], Unknown, IdsOnly),
    row(WATCHDATA, "GDCA", 0x6513, &[0x0089], Unknown, IdsOnly),
    row(HENGBAO, "", 0x1677, &[0x0107], Disc, Read),
    row(HENGBAO, "", 0x14D6, &[0x3032], Disc, Read),
    row(HDZB, "uKeyCI800", 0x1677, &[0x0025], Reader, Read),
    row(HDZB, "SKF", 0x1677, &[0x0024], Unknown, IdsOnly),
    row(("天地融", "Tendyron"), "OnKey193A", 0x1780, &[0x0010], Unknown, IdsOnly),
    row(LINGUO, "OTG_HID", 0x6588, &[0x1513], Hid, Named),
    row(LINGUO, "LG3073 and others", 0x6588, &[0x1514, 0x1501, 0x1506, 0x1509, 0x1511], Unknown, IdsOnly),
    row(LINGUO, "3056", 0x2012, &[0x1020], Unknown, IdsOnly),
    row(("文鼎创", "Excelsecu"), "", 0x1EA8, &[0xC001, 0xC01B, 0xC02C, 0xC104, 0xC11B, 0xC140], Unknown, IdsOnly),
    row(("文鼎创", "Excelsecu"), "8013", 0x1EA8, &[0x8013], Reader, Read),
    row(("中孚", "Zhongfu"), "C3200", 0x465A, &[0x1053], Hid, Named),
    row(ZTXA, "", 0x22FB, &[0x1014, 0x1011, 0x1611], Unknown, IdsOnly),
    row(("XS", "XS"), "", 0x1D99, &[0x0001], Unknown, IdsOnly),
    row(MINGHUA, "", 0x1483, &[0x1200], Unknown, IdsOnly),
    row(MINGHUA, "", 0x04B4, &[0x1234], Unknown, IdsOnly),
    row(("华旭", "Huaxu"), "", 0x10C4, &[0x82CD], Unknown, IdsOnly),
    row(("大明五洲", "Daming Wuzhou"), "", 0x8829, &[0x0003], Unknown, IdsOnly),
    row(("纽创信安", "OSR"), "", 0x2FD0, &[0x1002], Disc, Read),
    row(("指纹锁", "fingerprint key"), "HS32U2", 0x5748, &[0x3916], Disc, Read),
    // Not CA locks; what a developer may have at hand instead.
    row(("CanoKey", "CanoKey"), "PIV over WebUSB control transfers", 0x20A0, &[0x42D4], VendorClass, Read),
    row(("Yubico", "Yubico"), "YubiKey", 0x1050, &[], Blocked, Read),
    row(("Nitrokey", "Nitrokey"), "FIDO U2F", 0x20A0, &[0x4287], Blocked, Read),
    row(("OnlyKey", "OnlyKey"), "", 0x1D50, &[0x60FC], Blocked, Read),
];
