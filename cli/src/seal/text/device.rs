//! What hayro shows of a page, of which only the letters are kept.

use calock::seal::pdf::Page;
use calock::seal::placement::Rect;
use calock::seal::placement::keyword::{Along, Run};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::{self, Dict};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Vec2};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use unicode_normalization::UnicodeNormalization;

use super::encoding::Encodings;

/// Letters of one page that are searched.
const MOST: usize = 1_000_000;
/// How far letters reach below and above the base line, in thousandths of their size: as in the usual Chinese fonts.
const BELOW: f64 = -140.0;
const ABOVE: f64 = 860.0;

/// The letters of one page.
pub(super) struct Texts<'p> {
    page: usize,
    shown: &'p Page,
    encodings: &'p Encodings<'p>,
    runs: Vec<Run>,
    /// For each marked content that is open: what it stands for (`ActualText`), and which run is its first.
    marks: Vec<Option<(String, usize)>>,
}

impl<'p> Texts<'p> {
    pub(super) fn new(page: usize, shown: &'p Page, encodings: &'p Encodings<'p>) -> Self {
        Self { page, shown, encodings, runs: Vec::new(), marks: Vec::new() }
    }

    pub(super) fn runs(self) -> Vec<Run> {
        self.runs
    }

    /// One letter: the box of its advance, and which way it is read.
    fn letter(&mut self, text: &str, corners: [Point; 4], reading: Vec2) {
        let Some(along) = along(self.shown.turns, reading) else { return };
        let bounds = |of: fn(&Point) -> f64| {
            let numbers = corners.iter().map(of);
            (numbers.clone().fold(f64::INFINITY, f64::min), numbers.fold(f64::NEG_INFINITY, f64::max))
        };
        let ((left, right), (low, high)) = (bounds(|point| point.x), bounds(|point| point.y));
        let Some(boundary) = self.shown.displayed([left, low, right, high]) else { return };
        if self.runs.len() < MOST {
            self.runs.push(Run { page: self.page, text: text.nfkc().collect(), boundary, along });
        }
    }
}

/// The direction on the displayed page of one in the page's own coordinates; `None` for a tilted one.
fn along(turns: u8, Vec2 { x, y }: Vec2) -> Option<Along> {
    let (right, down) = match turns {
        0 => (x, -y),
        1 => (y, x),
        2 => (-x, y),
        _ => (-y, -x),
    };
    Along::of(right, down)
}

impl<'a> Device<'a> for Texts<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let vertical = run.writing_mode() == WritingMode::Vertical;
        let place = |index: usize| run.glyphs().get(index).map(|glyph| props.transform * glyph.transform());
        for (index, glyph) in run.glyphs().iter().enumerate() {
            let Some(matrix) = place(index) else { continue };
            let text = match glyph.as_unicode() {
                Some(BfString::Char(letter)) => letter.to_string(),
                Some(BfString::String(text)) => text,
                None => self.encodings.text(glyph).unwrap_or_default(),
            };
            let wide = match &**glyph {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let ([right, up], from) = (axes(matrix), Point::ORIGIN);
            let from = matrix * from;
            let own = if vertical { right.hypot() } else { f64::from(wide.unwrap_or(1000.0)) / 1000.0 * up.hypot() };
            // Not over the next letter.
            let room = place(index + 1).map_or(0.0, |next| (next * Point::ORIGIN - from).dot(unit(right)));
            let own = if !vertical && room > 0.0 { own.min(room) } else { own };
            let (across, low, high) = (unit(right) * own, up * (BELOW / 1000.0), up * (ABOVE / 1000.0));
            let corners = [from + low, from + low + across, from + high, from + high + across];
            self.letter(&text, corners, if vertical { -up } else { right });
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let actual = properties.and_then(|list| list.get::<object::String<'_>>(b"ActualText"));
        self.marks.push(actual.map(|text| (decoded(text.as_bytes()), self.runs.len())));
    }

    fn end_marked_content(&mut self) {
        let Some(Some((text, first))) = self.marks.pop() else { return };
        let Some(boundary) = around(self.runs.get(first..).unwrap_or_default()) else { return };
        self.runs.truncate(first + 1);
        if let Some(run) = self.runs.last_mut() {
            (run.text, run.boundary) = (text.nfkc().collect(), boundary);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Where a letter's right and up are, as long as its size.
fn axes(matrix: Affine) -> [Vec2; 2] {
    let [a, b, c, d, _, _] = matrix.as_coeffs();
    [Vec2::new(a, b) * 1000.0, Vec2::new(c, d) * 1000.0]
}

fn unit(vector: Vec2) -> Vec2 {
    let length = vector.hypot();
    if length > 0.0 { vector / length } else { vector }
}

fn around(runs: &[Run]) -> Option<Rect> {
    let (first, rest) = runs.split_first()?;
    let mut all = first.boundary;
    for Rect { x, y, width, height } in rest.iter().map(|run| run.boundary) {
        let (right, bottom) = ((all.x + all.width).max(x + width), (all.y + all.height).max(y + height));
        (all.x, all.y) = (all.x.min(x), all.y.min(y));
        (all.width, all.height) = (right - all.x, bottom - all.y);
    }
    Some(all)
}

/// A text string (ISO 32000-1, 7.9.2.2).
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).filter_map(Result::ok).collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
