//! Something for each label: found by its place where labels are few, as they mostly are.

use hashbrown::HashMap;

/// Labels below this have a place in a table.
const TABLE_LABELS_MAX: usize = 4_096;

/// Values in the order in which their labels came.
pub(super) struct ByLabel<T> {
    /// Per label one more than the index of its value, 0 for none.
    table: Vec<u32>,
    map: HashMap<u32, u32>,
    values: Vec<(u32, T)>,
}

impl<T> Default for ByLabel<T> {
    fn default() -> Self {
        Self {
            table: Vec::new(),
            map: HashMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T> ByLabel<T> {
    /// The value of a label, made when there is none.
    #[inline(always)]
    pub(super) fn get_or_make(&mut self, label: u32, make: impl FnOnce() -> T) -> &mut T {
        let index = match self.table.get(label as usize).copied() {
            Some(found) if found > 0 => found as usize - 1,
            _ => self.find_or_push(label, make),
        };
        &mut self.values[index].1
    }

    pub(super) fn has(&self, label: u32) -> bool {
        self.iter().any(|(it, _)| it == label)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.values.iter().map(|(label, value)| (*label, value))
    }

    pub(super) fn into_values(self) -> Vec<(u32, T)> {
        self.values
    }

    #[cold]
    fn find_or_push(&mut self, label: u32, make: impl FnOnce() -> T) -> usize {
        let place = label as usize;
        if place >= TABLE_LABELS_MAX
            && let Some(index) = self.map.get(&label)
        {
            return *index as usize;
        }
        let index = self.values.len();
        let number = u32::try_from(index).expect("fewer labels than 2^32");
        self.values.push((label, make()));
        if place >= TABLE_LABELS_MAX {
            self.map.insert(label, number);
        } else {
            self.table.resize(self.table.len().max(place + 1), 0);
            self.table[place] = number + 1;
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_label_has_one_value_however_large_it_is() {
        let mut all = ByLabel::default();
        for label in [3, 9_000, 0, 3, 9_000, 4_096, 4_095, 9_000] {
            *all.get_or_make(label, || 0) += 1;
        }
        assert!(all.has(9_000) && !all.has(1));
        let counts = [(3, 2), (9_000, 3), (0, 1), (4_096, 1), (4_095, 1)];
        assert_eq!(all.into_values(), counts);
    }
}
