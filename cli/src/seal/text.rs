//! The texts of a PDF with the place of each letter. Fonts, their encodings and the content of pages are read by hayro (Apache-2.0
//! or MIT), which draws nothing here; where a page begins and how it is turned is said by what will put the seal there.

mod device;
mod encoding;

use std::panic;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use calock::seal::Source;
use calock::seal::pdf::Page;
use calock::seal::placement::keyword::{self, Hit};
use calock::{Code, Error};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};
use unicode_normalization::UnicodeNormalization;

use self::device::Texts;
use self::encoding::Encodings;
use super::file::Document;

/// Reading takes a second for some hundred pages; a file that takes as long as this is made to.
const LONGEST: Duration = Duration::from_secs(120);
/// What forms within forms may need.
const STACK: usize = 256 << 20;

const UNREADABLE: Error = Error::because(Code::DocumentUnreadable, "the texts of its pages could not be read");
const TOO_LONG: Error = Error::because(Code::DocumentTooLarge, "reading the texts of its pages takes too long");

/// The places of a word. The file is in memory meanwhile.
///
/// What a hostile file does to its reader ends here: it runs in a thread of its own, with a bound on its time.
pub(super) fn find(document: &Document, pages: Vec<Page>, word: &str) -> Result<Vec<Hit>, Error> {
    let mut data = vec![0; usize::try_from(document.len()).map_err(|_| Code::DocumentTooLarge)?];
    document.read(0, &mut data)?;
    let word: String = word.nfkc().collect();
    let (send, receive) = mpsc::channel();
    // A panic is an answer here, and nothing that a person should read.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let started = thread::Builder::new().stack_size(STACK).spawn(move || {
        drop(send.send(search(data, &pages, &word)));
    });
    let found = match started.map(|_| receive.recv_timeout(LONGEST)) {
        Ok(Ok(found)) => found,
        Ok(Err(mpsc::RecvTimeoutError::Timeout)) => Err(TOO_LONG),
        Ok(Err(mpsc::RecvTimeoutError::Disconnected)) | Err(_) => Err(UNREADABLE),
    };
    panic::set_hook(hook);
    found
}

fn search(data: Vec<u8>, pages: &[Page], word: &str) -> Result<Vec<Hit>, Error> {
    let pdf = Pdf::new(data).map_err(|_| UNREADABLE)?;
    let read = pdf.pages();
    // What is found on a page must be on the page that will be sealed.
    if read.len() != pages.len() {
        return Err(UNREADABLE);
    }
    let encodings = Encodings::of(&pdf);
    let cache = InterpreterCache::new();
    let everywhere = Rect::new(-1e6, -1e6, 1e6, 1e6);
    let mut hits = Vec::new();
    for (index, (page, shown)) in read.iter().zip(pages).enumerate() {
        let mut texts = Texts::new(index, shown, &encodings);
        let mut context =
            Context::new(Affine::IDENTITY, everywhere, &cache, pdf.xref(), InterpreterSettings::default());
        interpret_page(page, &mut context, &mut texts);
        hits.extend(keyword::find(&texts.runs(), word));
    }
    Ok(hits)
}
