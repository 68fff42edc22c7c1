//! Where quotes stand when the text of their note has changed.

use super::Quote;

/// What became of a quote in another text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Its words stand there, here.
    To(Quote),
    /// Its words are gone.
    Lost,
}

/// Finds the words of a quote in another text: where they stand nearest to where they stood.
pub fn move_to(quote: &Quote, text: &str) -> Moved {
    let mut nearest: Option<usize> = None;
    let (mut byte, mut start) = (0, 0);
    for found in places_of(&quote.words, text) {
        start += text[byte..found].chars().count();
        byte = found;
        let distance = start.abs_diff(quote.start);
        if nearest.is_some_and(|it| it.abs_diff(quote.start) <= distance) {
            // From here on they stand farther and farther away.
            break;
        }
        nearest = Some(start);
    }
    nearest.map_or(Moved::Lost, |start| {
        Moved::To(Quote {
            start,
            end: start + quote.words.chars().count(),
            ..quote.clone()
        })
    })
}

/// Every byte at which some words begin, also where they overlap.
fn places_of(words: &str, text: &str) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let found = from + text.get(from..)?.find(words)?;
        from = found + text[found..].chars().next()?.len_utf8();
        Some(found)
    })
}
