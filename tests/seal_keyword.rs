//! Seals on a word: where it is found among texts in pieces, and where the seals then stand.

#![allow(clippy::unwrap_used, clippy::panic)] // a helper that cannot go on fails its test

use std::time::{Duration, Instant};

use calock::Code;
use calock::seal::placement::keyword::{Along, Hit, Run, Which, find, placements};
use calock::seal::placement::{Mm, Placement, Rect, Size, places};
use proptest::prelude::*;

const A4: Size = Size { width: Mm::whole(210), height: Mm::whole(297) };
const SEAL: Size = Size { width: Mm::whole(42), height: Mm::whole(42) };
/// Height and width of the letters, micrometres.
const EM: i64 = 4_000;

fn rect(x: i64, y: i64, width: i64, height: i64) -> Rect {
    let [x, y, width, height] = [x, y, width, height].map(Mm::micrometres);
    Rect { x, y, width, height }
}

fn run(page: usize, text: &str, boundary: Rect, along: Along) -> Run {
    Run { page, text: text.to_owned(), boundary, along }
}

/// A line of wide letters, one run each, `step` from one to the next.
fn letters(text: &str, x: i64, y: i64, step: i64) -> Vec<Run> {
    let place = |(index, letter): (usize, char)| {
        run(0, &letter.to_string(), rect(x + i64::try_from(index).unwrap() * step, y, EM, EM), Along::Right)
    };
    text.chars().enumerate().map(place).collect()
}

fn boxes(hits: &[Hit]) -> Vec<String> {
    hits.iter().map(|hit| format!("{}: {}", hit.page, hit.boundary)).collect()
}

#[test]
fn pieces_spaces_and_widths_do_not_matter() {
    let word = "投标人（盖章）";
    let whole = [run(0, "致：投标人（盖章）：", rect(20_000, 30_000, 10 * EM, EM), Along::Right)];
    assert_eq!(boxes(&find(&whole, word)), ["0: 28 30 28 4"]);
    // One letter each, in any order, spread out, with blanks among them and half-width forms.
    let mut single = letters("投 标　人(盖 章）", 28_000, 30_000, 7_000);
    single.reverse();
    assert_eq!(boxes(&find(&single, word)), ["0: 28 30 67 4"]);
    assert_eq!(find(&single, " 投标人 (盖章) "), find(&single, word));
    // Broken somewhere, the rest somewhat higher.
    let pieces = [
        run(0, "人（盖章）：", rect(28_000, 29_200, 6 * EM, EM), Along::Right),
        run(0, "投标", rect(20_000, 30_000, 2 * EM, EM), Along::Right),
    ];
    assert_eq!(boxes(&find(&pieces, word)), ["0: 20 29.2 28 4.8"]);
    assert_eq!(boxes(&find(&[run(0, "ＡＢ１２", rect(0, 0, 8_000, 4_000), Along::Right)], "B1")), ["0: 2 0 4 4"]);
    // Narrow letters take half as much of a run as wide ones.
    assert_eq!(boxes(&find(&[run(0, "ab甲", rect(0, 0, 8_000, 4_000), Along::Right)], "甲")), ["0: 4 0 4 4"]);
}

#[test]
fn lines_columns_and_pages_are_not_joined() {
    let mut runs = letters("投标", 20_000, 30_000, EM);
    runs.extend(letters("人", 20_000, 36_000, EM));
    // The next cell of a table, and the next page.
    runs.extend(letters("人", 100_000, 30_000, EM));
    runs.push(run(1, "人", rect(28_000, 30_000, EM, EM), Along::Right));
    assert_eq!(find(&runs, "投标人"), []);
    assert_eq!(boxes(&find(&runs, "人")), ["0: 100 30 4 4", "0: 20 36 4 4", "1: 28 30 4 4"]);
    assert_eq!((find(&runs, ""), find(&runs, " \u{3000}"), find(&[], "人")), (vec![], vec![], vec![]));
}

#[test]
fn places_come_in_reading_order_and_none_twice() {
    let mut runs = Vec::new();
    for (x, y) in [(120_000, 80_000), (20_000, 80_300), (20_000, 40_000)] {
        runs.extend(letters("盖章", x, y, EM));
    }
    assert_eq!(boxes(&find(&runs, "盖章")), ["0: 20 40 8 4", "0: 20 80.3 8 4", "0: 120 80 8 4"]);
    // Overlapping places count once.
    assert_eq!(find(&letters("章章章章章", 0, 0, EM), "章章").len(), 2);
    // Letters drawn twice, a little apart, to look bold.
    let mut bold = letters("盖章处", 20_000, 40_000, EM);
    bold.extend(letters("盖章处", 20_150, 40_000, EM));
    assert_eq!(boxes(&find(&bold, "盖章处")), ["0: 20 40 12 4"]);
}

#[test]
fn text_is_read_as_it_is_turned() {
    // The same sheet turned by quarters: the word runs from the letter 甲 to 方.
    let down = [run(0, "甲方盖章", rect(50_000, 20_000, EM, 4 * EM), Along::Down)];
    assert_eq!(boxes(&find(&down, "甲方")), ["0: 50 20 4 8"]);
    let up = [run(0, "甲方盖章", rect(50_000, 20_000, EM, 4 * EM), Along::Up)];
    assert_eq!(boxes(&find(&up, "甲方")), ["0: 50 28 4 8"]);
    let left = [run(0, "甲方盖章", rect(50_000, 20_000, 4 * EM, EM), Along::Left)];
    assert_eq!(boxes(&find(&left, "甲方")), ["0: 58 20 8 4"]);
    // An upright column in single letters, beside a line that crosses it.
    let mut column: Vec<_> = "购买方"
        .chars()
        .zip([20_000, 26_350, 32_700])
        .map(|(letter, y)| run(0, &letter.to_string(), rect(50_000, y, EM, EM), Along::Down))
        .collect();
    column.extend(letters("金额买", 40_000, 26_350, EM));
    assert_eq!(boxes(&find(&column, "购买方")), ["0: 50 20 4 16.7"]);
}

#[test]
fn a_watermark_over_the_text_does_not_break_it() {
    let mut runs = letters("投标文件专用章", 60_000, 100_000, EM);
    for (index, letter) in "机密文件".chars().enumerate() {
        let x = 50_000 + i64::try_from(index).unwrap() * 20_000;
        runs.push(run(0, &letter.to_string(), rect(x, 90_000, 24_000, 24_000), Along::Right));
    }
    assert_eq!(boxes(&find(&runs, "文件专用章")), ["0: 68 100 20 4"]);
    assert_eq!(find(&runs, "机密文件").len(), 1);
}

#[test]
fn the_seal_s_middle_is_the_word_s_and_the_offset() {
    let hits = [
        Hit { page: 0, boundary: rect(60_001, 100_000, 12_000, 4_000) },
        Hit { page: 1, boundary: rect(90_000, 150_000, 12_000, 4_000) },
        Hit { page: 1, boundary: rect(2_000, 150_000, 12_000, 4_000) },
    ];
    let mm = |text: &str| text.parse::<Mm>().unwrap();
    let at = |which, offset| placements(&hits, which, SEAL, offset, &[A4; 2]);
    let shown = |placed: Vec<Placement>| -> Vec<_> {
        let places = places(&placed, SEAL, &[A4; 2]).unwrap();
        places.iter().map(|place| format!("{}: {}", place.page, place.boundary)).collect()
    };
    let none = (Mm::ZERO, Mm::ZERO);
    assert_eq!(shown(at(Which::Nth(1), none).unwrap()), ["0: 45.001 81 42 42"]);
    assert_eq!(shown(at(Which::Nth(2), (mm("10"), mm("-7.5"))).unwrap()), ["1: 85 123.5 42 42"]);
    // The last one is at the edge: the seal does not fit without an offset.
    assert_eq!(at(Which::Last, none).unwrap_err().code, Code::PlacementInvalid);
    assert_eq!(at(Which::All, none).unwrap_err().code, Code::PlacementInvalid);
    assert_eq!(shown(at(Which::All, (mm("13"), mm("0"))).unwrap()).len(), 3);
    for which in [Which::Nth(0), Which::Nth(4), Which::Nth(usize::MAX)] {
        assert_eq!(at(which, none).unwrap_err().code, Code::KeywordNotFound, "{which:?}");
    }
    for which in [Which::All, Which::Last] {
        assert_eq!(placements(&[], which, SEAL, none, &[A4]).unwrap_err().code, Code::KeywordNotFound);
    }
    let beyond = placements(&hits, Which::Last, SEAL, (mm("60"), mm("0")), &[A4]);
    assert_eq!(beyond.unwrap_err().code, Code::PlacementInvalid, "a page that is not there");
}

/// Millions of letters and long words, in the arrangements that are worst for what looks back.
#[test]
fn hostile_texts_take_time_in_proportion() {
    let count = 300_000_i64;
    let text: String = "章".repeat(usize::try_from(count).unwrap());
    let one_line = vec![run(0, &text, rect(0, 0, 10_000_000, 4_000), Along::Right)];
    let heap: Vec<_> = (0..count).map(|_| run(0, "章", rect(0, 0, 4_000, 4_000), Along::Right)).collect();
    let steps: Vec<_> = (0..count).map(|y| run(0, "章", rect(-y, y, y, 4_000 + y), Along::Up)).collect();
    let word = "章".repeat(100_000) + "投";
    let started = Instant::now();
    for runs in [one_line, heap, steps] {
        assert_eq!(find(&runs, &word), []);
        assert_eq!(find(&runs, "投"), []);
    }
    // Quadratic, this would be hours.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// A word cut into pieces at random, among other words.
fn pieces() -> impl Strategy<Value = (String, Vec<bool>, i64, i64)> {
    ("[甲乙丙a1（]{1,8}", prop::collection::vec(any::<bool>(), 8), 0..150_000_i64, 0..250_000_i64)
}

proptest! {
    #[test]
    fn a_word_is_found_however_it_is_cut((word, cuts, x, y) in pieces(), order in any::<bool>()) {
        // Wide letters throughout, so that the box is known.
        let word: String = word.replace('a', "ａ").replace('1', "１");
        let mut runs: Vec<Run> = Vec::new();
        for (index, letter) in word.chars().enumerate() {
            let at = x + i64::try_from(index).unwrap() * EM;
            match runs.last_mut() {
                Some(last) if !cuts[index] => {
                    last.text.push(letter);
                    last.boundary.width = last.boundary.width + Mm::micrometres(EM);
                }
                _ => runs.push(run(0, &letter.to_string(), rect(at, y, EM, EM), Along::Right)),
            }
        }
        if order {
            runs.reverse();
        }
        let hits = find(&runs, &word);
        prop_assert_eq!(hits.len(), 1);
        let length = i64::try_from(word.chars().count()).unwrap();
        prop_assert_eq!(hits[0].boundary, rect(x, y, length * EM, EM));
    }

    /// Against a search that goes letter by letter, on single lines.
    #[test]
    fn as_many_as_a_plain_search_finds(text in "[章处]{0,40}", word in "[章处]{1,4}") {
        let runs = [run(3, &text, rect(1_000, 2_000, 40_000, EM), Along::Right)];
        let hits = find(&runs, &word);
        prop_assert_eq!(hits.len(), text.matches(&word).count());
        prop_assert!(hits.windows(2).all(|pair| pair[0].boundary.x + pair[0].boundary.width <= pair[1].boundary.x + Mm::micrometres(1)));
        prop_assert!(hits.iter().all(|hit| hit.page == 3));
    }

    #[test]
    fn nothing_is_too_odd(
        runs in prop::collection::vec((any::<usize>(), "\\PC{0,6}", any::<[i64; 4]>(), 0..4_usize), 0..40),
        word in "\\PC{0,3}",
    ) {
        let runs: Vec<_> = runs
            .into_iter()
            .map(|(page, text, [x, y, width, height], along)| {
                let along = [Along::Right, Along::Down, Along::Left, Along::Up][along];
                run(page, &text, rect(x, y, width, height), along)
            })
            .collect();
        let hits = find(&runs, &word);
        let _ = placements(&hits, Which::All, SEAL, (Mm::ZERO, Mm::ZERO), &[A4]);
    }
}
