//! Paths at chosen occurrences of an event: at the n-th or the last one, and what led to each.
//!
//! With `from`, the path of a sequence begins at the chosen event and goes on as any other. Without it, the path ends at
//! the chosen event that fits `to`: it is all that came before in the sequence, or with `tail` the last few elements.

use throughline_model::report::Occurrence;

use super::{End, Open, Walker, fits};
use crate::{scan::ProfileRows, sequence::Item};

impl Walker<'_> {
    /// Shows the paths of a sequence whose ties are settled.
    pub(super) fn at_occurrences(
        &self,
        rows: &ProfileRows<'_>,
        sequence: &[Item],
        open: &mut Open,
        see: &mut impl FnMut(End, &[u32], i64),
    ) {
        let anchor = if self.from.is_some() {
            &self.from
        } else {
            &self.to
        };
        let mut found = (0..sequence.len()).filter(|it| fits(anchor, rows, &sequence[*it]));
        let chosen: &mut dyn Iterator<Item = usize> = match self.occurrence {
            Occurrence::Each => &mut found,
            Occurrence::Nth(nth) => &mut found.nth(nth as usize - 1).into_iter(),
            Occurrence::Last => &mut found.next_back().into_iter(),
        };
        let mut is_any = false;
        for at in chosen {
            is_any = true;
            match (&self.from, self.tail) {
                (Some(_), _) => self.on_from(rows, &sequence[at..], open, see),
                (None, true) => self.back_from(&sequence[..=at], open, see),
                (None, false) => self.up_to(&sequence[..=at], open, see),
            }
        }
        if !is_any && self.from.is_none() {
            see(End::Unfinished, &[], 0);
        }
    }

    /// The one path that begins with the first item.
    fn on_from(
        &self,
        rows: &ProfileRows<'_>,
        items: &[Item],
        open: &mut Open,
        see: &mut impl FnMut(End, &[u32], i64),
    ) {
        let is_whole = self.to.is_none();
        let end = |whole: End| if is_whole { whole } else { End::Unfinished };
        let begin = items[0].time;
        open.elements.clear();
        open.last = begin;
        for (index, item) in items.iter().enumerate() {
            if !self.takes(open, item.element) {
                open.last = item.time;
            } else if open.elements.len() == self.length_max {
                return see(end(End::Cut), &open.elements, open.last - begin);
            } else {
                open.elements.push(item.element);
                open.last = item.time;
            }
            if index > 0 && fits(&self.to, rows, item) {
                return see(End::Whole, &open.elements, open.last - begin);
            }
        }
        see(end(End::Whole), &open.elements, open.last - begin);
    }

    /// The path of all items, if it is not too long.
    fn up_to(&self, items: &[Item], open: &mut Open, see: &mut impl FnMut(End, &[u32], i64)) {
        open.elements.clear();
        for item in items {
            if self.takes(open, item.element) {
                open.elements.push(item.element);
            }
        }
        let end = match open.elements.len() > self.length_max {
            true => End::Unfinished,
            false => End::Whole,
        };
        let time = items[items.len() - 1].time - items[0].time;
        see(end, &open.elements, time);
    }

    /// The path of the last items, as many as make up the allowed length.
    fn back_from(&self, items: &[Item], open: &mut Open, see: &mut impl FnMut(End, &[u32], i64)) {
        let last = items[items.len() - 1].time;
        open.elements.clear();
        open.begin = last;
        for item in items.iter().rev() {
            if self.takes(open, item.element) {
                if open.elements.len() == self.length_max {
                    break;
                }
                open.elements.push(item.element);
            }
            open.begin = item.time;
        }
        open.elements.reverse();
        see(End::Whole, &open.elements, last - open.begin);
    }

    /// False for what is the same again and counts once.
    fn takes(&self, open: &Open, element: u32) -> bool {
        !self.collapse || open.elements.last() != Some(&element)
    }
}
