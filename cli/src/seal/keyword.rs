//! `--keyword TEXT [--nth N|last|all] [--offset-x MM] [--offset-y MM]`: seals whose middle is a word's.

use std::path::Path;
use std::str::FromStr;

use calock::seal::placement::keyword::{Hit, Which, placements};
use calock::seal::placement::{Mm, Placement, Size};
use calock::seal::{Seal, ofd, pdf};
use calock::{Code, Error};
use clap::Args;

use super::file::{Document, unusable};
use super::text;
use crate::outcome::Failure;
use crate::verify::reason;

#[derive(Args)]
pub(super) struct Keyword {
    /// 关键字定位 · the seal's middle stands on the middle of this word
    #[arg(long, value_name = "TEXT")]
    keyword: Option<String>,
    /// 第几处 · which of its places: 1 (the first, the usual), 2 …, last or all
    #[arg(long, value_name = "N", requires = "keyword", default_value = "1")]
    nth: Nth,
    /// 向右偏移 · millimetres from the word's middle to the right
    #[arg(long, value_name = "MM", requires = "keyword", allow_hyphen_values = true, default_value = "0", value_parser = super::apply::parse::<Mm>)]
    offset_x: Mm,
    /// 向下偏移 · millimetres from the word's middle downwards
    #[arg(long, value_name = "MM", requires = "keyword", allow_hyphen_values = true, default_value = "0", value_parser = super::apply::parse::<Mm>)]
    offset_y: Mm,
}

#[derive(Clone, Copy, Debug)]
struct Nth(Which);

impl FromStr for Nth {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text {
            "all" => Which::All,
            "last" => Which::Last,
            number => {
                let number = number.parse().ok().filter(|number| *number > 0);
                Which::Nth(number.ok_or("写作 1、2 …、last 或 all · 1, 2 …, last or all")?)
            }
        }))
    }
}

impl Keyword {
    pub(super) fn is_some(&self) -> bool {
        self.keyword.is_some()
    }

    /// Where the seals stand: nowhere when no word is given.
    pub(super) fn placements(&self, path: &Path, document: &Document, seal: &Seal) -> Result<Vec<Placement>, Failure> {
        let Some(word) = &self.keyword else { return Ok(Vec::new()) };
        let (hits, sizes) = find(document, word).map_err(|error| unusable(path, error))?;
        let place = |hits: &[Hit], which| placements(hits, which, seal.size(), (self.offset_x, self.offset_y), &sizes);
        place(&hits, self.nth.0).map_err(|error| match error.code {
            Code::KeywordNotFound => {
                Failure::unusable(path.display(), format!("{} ({word} × {})", reason(error.code), hits.len()))
            }
            // Which one it is, where several were asked for.
            _ => match (1..)
                .zip(&hits)
                .find(|(_, hit)| self.is_meant(hit, &hits) && place(&[**hit], Which::All).is_err())
            {
                Some((number, hit)) => Failure::unusable(
                    path.display(),
                    format!(
                        "{} ({word}: 第 {number} 处，第 {} 页 · place {number}, page {})",
                        reason(error.code),
                        hit.page + 1,
                        hit.page + 1
                    ),
                ),
                None => unusable(path, error),
            },
        })
    }

    fn is_meant(&self, hit: &Hit, hits: &[Hit]) -> bool {
        match self.nth.0 {
            Which::All => true,
            Which::Last => hits.last() == Some(hit),
            Which::Nth(number) => hits.get(number - 1) == Some(hit),
        }
    }
}

/// The places of a word, and the sizes of the pages.
fn find(document: &Document, word: &str) -> Result<(Vec<Hit>, Vec<Size>), Error> {
    if pdf::is_pdf(document) {
        let pages = pdf::Pdf::open(document)?.pages()?;
        let sizes = pages.iter().map(|page| page.size).collect();
        return Ok((text::find(document, pages, word)?, sizes));
    }
    let package = ofd::Package::open(document)?;
    let body = package.document()?.bodies.into_iter().next().ok_or(Code::DocumentUnreadable)?;
    let pages = package.pages(&body)?;
    Ok((ofd::find_word(&package, &pages, word)?, ofd::sizes(&pages)?))
}
