//! A picture measured in millimetres.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Shader, Stroke, Transform};

/// Pixels of a millimetre: 305 to the inch, as fine as what is printed.
const PIXELS: u8 = 12;
pub(super) const DENSITY: f32 = PIXELS as f32;

/// The red of seal paste.
const RED: (u8, u8, u8) = (0xD9, 0x1E, 0x18);

pub(super) struct Canvas {
    picture: Pixmap,
    /// Millimetres.
    pub(super) width: f32,
    /// Millimetres.
    pub(super) height: f32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Option<Self> {
        // At most 80 mm.
        #[allow(clippy::cast_precision_loss)]
        let (w, h) = (width as f32, height as f32);
        let pixels = u32::from(PIXELS);
        Some(Self { picture: Pixmap::new(width * pixels, height * pixels)?, width: w, height: h })
    }

    /// Fills a path that is moved and turned within the picture, in millimetres.
    pub(super) fn fill(&mut self, path: &Path, within: Transform) {
        self.picture.fill_path(path, &ink(), FillRule::Winding, within.post_scale(DENSITY, DENSITY), None);
    }

    /// An ellipse's line that touches the picture's edges from inside.
    pub(super) fn ring(&mut self, line: f32) {
        if let Some(path) = inset(self.width, self.height, line / 2.0).and_then(PathBuilder::from_oval) {
            self.stroke(&path, line);
        }
    }

    /// The same as a frame.
    pub(super) fn frame(&mut self, line: f32) {
        if let Some(bounds) = inset(self.width, self.height, line / 2.0) {
            self.stroke(&PathBuilder::from_rect(bounds), line);
        }
    }

    fn stroke(&mut self, path: &Path, width: f32) {
        let stroke = Stroke { width, ..Stroke::default() };
        self.picture.stroke_path(path, &ink(), &stroke, Transform::from_scale(DENSITY, DENSITY), None);
    }

    pub(super) fn png(&self) -> Result<Vec<u8>, String> {
        self.picture.encode_png().map_err(|error| error.to_string())
    }
}

fn ink() -> Paint<'static> {
    let (red, green, blue) = RED;
    Paint {
        shader: Shader::SolidColor(Color::from_rgba8(red, green, blue, 0xFF)),
        anti_alias: true,
        ..Paint::default()
    }
}

fn inset(width: f32, height: f32, by: f32) -> Option<Rect> {
    Rect::from_ltrb(by, by, width - by, height - by)
}
