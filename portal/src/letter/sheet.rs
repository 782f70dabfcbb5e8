//! Where the words of a letter stand: A4, in millimetres from the upper left corner. No file format.

use calock_font::{Font, Fonts, Missing, Strength};
use serde::{Deserialize, Serialize};

use super::content::{Content, Signatory};
use super::lines::{Line, lines};
use crate::rules::SealOf;

/// A4.
pub(crate) const WIDTH: f32 = 210.0;
/// A4.
pub(crate) const HEIGHT: f32 = 297.0;

const LEFT: f32 = 28.0;
const RIGHT: f32 = 26.0;
const TOP: f32 = 30.0;
const BOTTOM: f32 = 25.0;
const INNER: f32 = WIDTH - LEFT - RIGHT;

/// Millimetres of a point.
pub(super) const POINT: f32 = 25.4 / 72.0;
/// 小四.
const BODY: f32 = 12.0;
/// 二号.
const TITLE: f32 = 22.0;
/// 五号.
const CELL: f32 = 10.5;
/// Of a page's number.
const SMALL: f32 = 9.0;

const BODY_LINE: f32 = 7.8;
const CELL_LINE: f32 = 6.0;
const CELL_PADDING: f32 = 1.2;
const LABEL: f32 = 42.0;
/// Above the lines at the end: a seal reaches up that far.
const ABOVE: f32 = 18.0;
/// What a line at the end takes, and the first of two, so that their seals stand apart.
const SIGNED: f32 = 13.0;
const SIGNED_APART: f32 = 30.0;
/// Where the lines at the end begin, when they are short.
const SIGNED_AT: f32 = 100.0;
/// The word on which a seal is set.
const PLACE: &str = "盖章";

/// The fonts of a letter.
pub(super) struct Faces {
    pub(super) regular: Font,
    pub(super) bold: Font,
}

/// A line of text.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) bold: bool,
    /// In points.
    pub(super) size: f32,
    pub(super) x: f32,
    /// Of the baseline.
    pub(super) y: f32,
    /// After each character, so that lines end at the margin.
    pub(super) spacing: f32,
}

/// A straight line, from and to.
pub(super) type Stroke = [f32; 4];

/// One page.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) texts: Vec<Text>,
    pub(super) strokes: Vec<Stroke>,
}

/// Where a seal is suggested: the word 盖章, whose middle is the seal's.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Place {
    /// Whose.
    pub(crate) seal: SealOf,
    /// From 1.
    pub(crate) page: usize,
    /// Millimetres of the displayed page, to a hundredth.
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A letter on its pages.
pub(super) struct Laid {
    pub(super) sheets: Vec<Sheet>,
    pub(super) places: Vec<Place>,
}

impl Faces {
    /// Fonts that have all of a letter.
    pub(super) fn find(fonts: &Fonts, text: &str) -> Result<Self, Missing> {
        let text = format!("{text}第页共日期：0123456789");
        Ok(Self { regular: fonts.find(&text, Strength::Regular)?, bold: fonts.find(&text, Strength::Bold)? })
    }

    pub(super) fn of(&self, bold: bool) -> &Font {
        if bold { &self.bold } else { &self.regular }
    }

    /// In millimetres.
    fn advance(&self, letter: char, size: f32, bold: bool) -> f32 {
        self.of(bold).glyph(letter).map_or(1.0, |(_, advance)| advance) * size * POINT
    }

    fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        text.chars().map(|letter| self.advance(letter, size, bold)).sum()
    }
}

/// Lays a letter out.
pub(super) fn lay(content: &Content, day: &str, faces: &Faces) -> Laid {
    let mut writer = Writer { faces, sheets: vec![Sheet::default()], y: TOP, places: Vec::new() };
    writer.title(&content.title);
    for paragraph in content.paragraphs(day) {
        writer.paragraph(&paragraph);
    }
    writer.table(&content.data);
    writer.end(&content.signatories, day);
    writer.numbers();
    Laid { sheets: writer.sheets, places: writer.places }
}

struct Writer<'a> {
    faces: &'a Faces,
    sheets: Vec<Sheet>,
    y: f32,
    places: Vec<Place>,
}

impl Writer<'_> {
    /// Makes sure that something of this height stands on one page.
    fn keep(&mut self, height: f32) {
        if self.y + height > HEIGHT - BOTTOM {
            self.sheets.push(Sheet::default());
            self.y = TOP;
        }
    }

    fn sheet(&mut self) -> Option<&mut Sheet> {
        self.sheets.last_mut()
    }

    /// Writes a line whose box begins at the present height.
    fn write(&mut self, text: &str, x: f32, line: f32, size: f32, bold: bool, spacing: f32) {
        let y = self.y + baseline(line, size);
        let text = Text { text: text.into(), bold, size, x, y, spacing };
        if let Some(sheet) = self.sheet() {
            sheet.texts.push(text);
        }
    }

    fn title(&mut self, title: &str) {
        const LINE: f32 = 12.0;
        let faces = self.faces;
        for line in lines(title, INNER, 0.0, |letter| faces.advance(letter, TITLE, true)) {
            let line = &title[line];
            let x = LEFT + (INNER - faces.width(line, TITLE, true)) / 2.0;
            self.write(line, x, LINE, TITLE, true, 0.0);
            self.y += LINE;
        }
        self.y += 6.0;
    }

    fn paragraph(&mut self, text: &str) {
        let faces = self.faces;
        // Two characters; a salutation has none.
        let indent = if text.starts_with('致') { 0.0 } else { 2.0 * BODY * POINT };
        let broken = lines(text, INNER, indent, |letter| faces.advance(letter, BODY, false));
        let count = broken.len();
        for (at, line) in broken.into_iter().enumerate() {
            self.keep(BODY_LINE);
            let line = &text[line];
            let x = if at == 0 { indent } else { 0.0 };
            let free = INNER - x - faces.width(line, BODY, false);
            let gaps = line.chars().count().saturating_sub(1);
            let full = at + 1 < count && gaps > 0;
            #[allow(clippy::cast_precision_loss)]
            let spacing = if full { free / gaps as f32 } else { 0.0 };
            self.write(line, LEFT + x, BODY_LINE, BODY, false, spacing);
            self.y += BODY_LINE;
        }
    }

    fn table(&mut self, data: &[(String, String)]) {
        let faces = self.faces;
        self.y += 4.0;
        for (label, value) in data {
            let cell = |text: &str, width: f32, bold: bool| {
                lines(text, width - 6.0, 0.0, |letter| faces.advance(letter, CELL, bold))
            };
            let (labels, values) = (cell(label, LABEL, true), cell(value, INNER - LABEL, false));
            #[allow(clippy::cast_precision_loss)]
            let height = labels.len().max(values.len()).max(1) as f32 * CELL_LINE + 2.0 * CELL_PADDING;
            self.keep(height);
            let top = self.y;
            for (of, text, x, bold) in [(labels, label, LEFT, true), (values, value, LEFT + LABEL, false)] {
                self.y = top + CELL_PADDING;
                for line in of {
                    self.write(&text[line], x + 3.0, CELL_LINE, CELL, bold, 0.0);
                    self.y += CELL_LINE;
                }
            }
            let (right, bottom) = (WIDTH - RIGHT, top + height);
            if let Some(sheet) = self.sheet() {
                sheet.strokes.extend([
                    [LEFT, top, right, top],
                    [LEFT, bottom, right, bottom],
                    [LEFT, top, LEFT, bottom],
                    [LEFT + LABEL, top, LEFT + LABEL, bottom],
                    [right, top, right, bottom],
                ]);
            }
            self.y = bottom;
        }
    }

    /// Who signs, and the day: on one page, with room for the seals.
    fn end(&mut self, signatories: &[Signatory], day: &str) {
        let faces = self.faces;
        let dated = format!("日期：{day}");
        let widths =
            signatories.iter().map(|one| faces.width(one.label, BODY, false) + faces.width(&one.name, BODY, false));
        let widest = widths.fold(faces.width(&dated, BODY, false), f32::max);
        let x = (WIDTH - RIGHT - widest).clamp(LEFT, SIGNED_AT);
        let named: Vec<(f32, Vec<Line>)> = signatories
            .iter()
            .map(|one| {
                let indent = faces.width(one.label, BODY, false);
                let room = WIDTH - RIGHT - x - indent;
                (indent, lines(&one.name, room, 0.0, |letter| faces.advance(letter, BODY, false)))
            })
            .collect();
        #[allow(clippy::cast_precision_loss)]
        let heights: Vec<f32> = (1..=named.len())
            .zip(&named)
            .map(|(number, (_, lines))| {
                let least = if number < named.len() { SIGNED_APART } else { SIGNED };
                least.max(lines.len() as f32 * BODY_LINE + 4.0)
            })
            .collect();
        // Half a seal reaches down from its word, further than the day does.
        self.keep(ABOVE + heights.iter().sum::<f32>() + SIGNED);
        self.y += ABOVE;
        for ((one, (indent, lines)), height) in signatories.iter().zip(named).zip(heights) {
            let top = self.y;
            self.write(one.label, x, BODY_LINE, BODY, false, 0.0);
            self.place(one, x);
            for line in lines {
                self.write(&one.name[line], x + indent, BODY_LINE, BODY, false, 0.0);
                self.y += BODY_LINE;
            }
            self.y = top + height;
        }
        self.write(&dated, x, BODY_LINE, BODY, false, 0.0);
    }

    /// The place on the word in a signatory's label, at the present height.
    fn place(&mut self, one: &Signatory, x: f32) {
        let Some((before, _)) = one.label.split_once(PLACE) else { return };
        let hundredths = |mm: f32| (f64::from(mm) * 100.0).round() / 100.0;
        let em = BODY * POINT;
        self.places.push(Place {
            seal: one.seal,
            page: self.sheets.len(),
            x: hundredths(x + self.faces.width(before, BODY, false)),
            y: hundredths(self.y + (BODY_LINE - em) / 2.0),
            width: hundredths(self.faces.width(PLACE, BODY, false)),
            height: hundredths(em),
        });
    }

    /// 第 1 页 共 2 页, when there is more than one.
    fn numbers(&mut self) {
        const LINE: f32 = 5.0;
        let (count, faces) = (self.sheets.len(), self.faces);
        if count < 2 {
            return;
        }
        for (at, sheet) in self.sheets.iter_mut().enumerate() {
            let text = format!("第 {} 页 共 {count} 页", at + 1);
            let x = (WIDTH - faces.width(&text, SMALL, false)) / 2.0;
            let y = HEIGHT - 18.0 + baseline(LINE, SMALL);
            sheet.texts.push(Text { text, bold: false, size: SMALL, x, y, spacing: 0.0 });
        }
    }
}

/// From the top of a line to its baseline: the middle of the em box, of which 0.88 stand above the baseline, is the line's middle.
fn baseline(line: f32, size: f32) -> f32 {
    let em = size * POINT;
    (line - em) / 2.0 + 0.88 * em
}
