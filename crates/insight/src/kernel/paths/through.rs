//! The people behind one place or band of a drawing, in which listed paths are laid over each other.

use throughline_model::{ProfileId, report::Paths};

use super::{End, Walker};
use crate::{
    ask::AskError,
    select::ways::{Among, BandLook, PathsAlign, PathsBand, Through},
    view::View,
};

pub(super) fn people(
    walker: &Walker<'_>,
    view: &View<'_>,
    paths: &Paths,
    through: &Through,
) -> Result<Vec<ProfileId>, AskError> {
    let place = Place::of(walker, paths, through)?;
    let tally = walker.tally(view)?;
    // Ways that are not listed are not drawn.
    let unlisted = tally.unlisted(paths.top);
    walker.people(view, |end, path| {
        end != End::Unfinished && place.fits(path) && !unlisted.contains(path)
    })
}

/// A place made ready.
struct Place {
    align: PathsAlign,
    place: usize,
    at: Elements,
    band: Option<Band>,
    /// A path of this many elements may have been cut.
    open_at: usize,
}

enum Band {
    To(Elements, BandLook),
    Ended,
    Open,
    Earlier,
}

/// Some elements, by their indexes.
struct Elements {
    listed: Vec<u32>,
    is_listed: bool,
}

impl Place {
    fn of(walker: &Walker<'_>, paths: &Paths, through: &Through) -> Result<Self, AskError> {
        Ok(Self {
            align: through.align,
            place: through.place,
            at: Elements::of(walker, &through.at)?,
            band: match &through.band {
                None => None,
                Some(PathsBand::To { at, look }) => {
                    Some(Band::To(Elements::of(walker, at)?, *look))
                }
                Some(PathsBand::Ended) => Some(Band::Ended),
                Some(PathsBand::Open) => Some(Band::Open),
                Some(PathsBand::Earlier) => Some(Band::Earlier),
            },
            open_at: match &paths.to {
                Some(_) => usize::MAX,
                None => paths.length_max,
            },
        })
    }

    fn fits(&self, path: &[u32]) -> bool {
        let index = match self.align {
            PathsAlign::Start => Some(self.place),
            PathsAlign::End => path.len().checked_sub(self.place + 1),
        };
        let Some(index) = index.filter(|it| *it < path.len()) else {
            return false;
        };
        let next = index + 1;
        self.at.has(path[index])
            && match &self.band {
                None => true,
                Some(Band::To(elements, look)) => {
                    next < path.len() && elements.has(path[next]) && look_of(path, next) == *look
                }
                Some(Band::Ended) => next == path.len() && path.len() < self.open_at,
                Some(Band::Open) => next < path.len() || path.len() >= self.open_at,
                Some(Band::Earlier) => index > 0,
            }
    }
}

impl Elements {
    fn of(walker: &Walker<'_>, among: &Among) -> Result<Self, AskError> {
        let (ids, is_listed) = match among {
            Among::Is(ids) => (ids, true),
            Among::IsNot(ids) => (ids, false),
        };
        let found: Option<Vec<u32>> = (ids.iter())
            .map(|id| walker.sequences.elements.index(id))
            .collect();
        let unknown = || AskError::fault("select", "names an element that is not in the report");
        Ok(Self {
            listed: found.ok_or_else(unknown)?,
            is_listed,
        })
    }

    fn has(&self, element: u32) -> bool {
        self.listed.contains(&element) == self.is_listed
    }
}

/// How a path comes to one of its places.
fn look_of(path: &[u32], place: usize) -> BandLook {
    if path[place - 1] == path[place] {
        BandLook::Loop
    } else if path[..place].contains(&path[place]) {
        BandLook::Return
    } else {
        BandLook::Forward
    }
}

#[cfg(test)]
mod tests;
