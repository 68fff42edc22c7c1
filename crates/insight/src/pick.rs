//! The few rows among many that a kernel has to look at.

/// Room for indexes of rows, kept between profiles.
#[derive(Default)]
pub(crate) struct Picker {
    room: Vec<u32>,
}

impl Picker {
    /// Indexes of the events that are wanted, found without a branch for the processor to guess.
    pub(crate) fn pick(&mut self, events: &[u16], is_wanted: impl Fn(u16) -> bool) -> &[u32] {
        if self.room.len() < events.len() {
            self.room.resize(events.len(), 0);
        }
        let room = &mut self.room[..events.len()];
        let mut count = 0;
        for (index, event) in events.iter().enumerate() {
            // The count never runs ahead of the index.
            room[count] = index as u32;
            count += usize::from(is_wanted(*event));
        }
        &self.room[..count]
    }
}

/// Entries for every code that 16 bits can hold, so that looking one up needs no check.
const CODES: usize = 1 << 16;
/// Codes that are compared one by one, many events at once; more are looked up event by event.
const COMPARED_MAX: usize = 8;
const WORD: usize = u64::BITS as usize;

/// Event codes that a kernel looks at.
pub(crate) struct Wanted {
    codes: Vec<u16>,
    is_wanted: Box<[bool; CODES]>,
}

impl Wanted {
    /// Takes the codes below `count` that are wanted.
    pub(crate) fn of(count: usize, is_wanted: impl Fn(u16) -> bool) -> Self {
        let codes: Vec<u16> = (0..count)
            .map(|code| u16::try_from(code).expect("codes have 16 bits"))
            .filter(|code| is_wanted(*code))
            .collect();
        let mut table: Box<[bool; CODES]> = vec![false; CODES]
            .into_boxed_slice()
            .try_into()
            .expect("as many as codes");
        for code in &codes {
            table[usize::from(*code)] = true;
        }
        Self {
            codes,
            is_wanted: table,
        }
    }

    /// True when the same codes are wanted.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.codes == other.codes
    }

    /// Sets the bit of each event that is wanted, from the lowest bit of the first word on.
    pub(crate) fn mark(&self, events: &[u16], marks: &mut Vec<u64>) {
        marks.clear();
        let (words, rest) = events.as_chunks::<WORD>();
        match self.codes.len() {
            0 => marks.resize(words.len(), 0),
            1 => self.compare::<1>(words, marks),
            2 => self.compare::<2>(words, marks),
            3..=4 => self.compare::<4>(words, marks),
            5 => self.compare::<5>(words, marks),
            6..=COMPARED_MAX => self.compare::<COMPARED_MAX>(words, marks),
            _ => marks.extend(words.iter().map(|events| self.look_up(events))),
        }
        marks.push(self.look_up(rest));
    }

    /// The last code fills the places that are too many.
    fn compare<const N: usize>(&self, words: &[[u16; WORD]], marks: &mut Vec<u64>) {
        let last = self.codes.len() - 1;
        let codes: [u16; N] = std::array::from_fn(|index| self.codes[index.min(last)]);
        marks.extend(words.iter().map(|events| {
            let found = events.map(|event| {
                let is_one = |found, code: &u16| found | u8::from(event == *code);
                codes.iter().fold(0, is_one)
            });
            packed(&found)
        }));
    }

    fn look_up(&self, events: &[u16]) -> u64 {
        (events.iter().enumerate()).fold(0, |word, (index, event)| {
            word | u64::from(self.is_wanted[usize::from(*event)]) << index
        })
    }
}

/// The lowest bit of each byte side by side: the product moves those of eight bytes into its top byte.
fn packed(bytes: &[u8; WORD]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    (eights.iter().enumerate()).fold(0, |word, (index, eight)| {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | bits << (8 * index)
    })
}

/// True when a bit from one index up to but not including another is set.
pub(crate) fn has_mark(marks: &[u64], from: usize, to: usize) -> bool {
    words(marks, from, to).any(|(_, word)| word != 0)
}

/// Shows the indexes of the bits that are set, from one index up to but not including another.
#[inline(always)]
pub(crate) fn marked(marks: &[u64], from: usize, to: usize, mut see: impl FnMut(usize)) {
    for (start, mut word) in words(marks, from, to) {
        while word != 0 {
            see(start + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}

/// The words that hold a range of bits, each with the index of its lowest bit; bits outside the range are cleared.
#[inline(always)]
fn words(marks: &[u64], from: usize, to: usize) -> impl Iterator<Item = (usize, u64)> + '_ {
    let (first, last) = (from / WORD, to.saturating_sub(1) / WORD);
    let range = if from < to { first..last + 1 } else { 0..0 };
    range.map(move |index| {
        let mut word = marks[index];
        if index == first {
            word &= u64::MAX << (from % WORD);
        }
        if index == last {
            word &= u64::MAX >> (WORD - 1 - (to - 1) % WORD);
        }
        (index * WORD, word)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wanted_events_are_picked_in_order_and_room_is_used_again() {
        let mut picker = Picker::default();
        assert_eq!(picker.pick(&[3, 1, 3, 3], |event| event == 3), [0, 2, 3]);
        assert_eq!(picker.pick(&[1, 3], |event| event == 1), [0]);
        assert_eq!(picker.pick(&[], |_| true), [] as [u32; 0]);
    }

    proptest! {
        #[test]
        fn marks_say_which_events_are_wanted(
            events in prop::collection::vec(0..20_u16, 0..400),
            wanted in prop::collection::btree_set(0..20_u16, 0..14),
            ends in (0..400_usize, 0..400_usize),
        ) {
            let mut marks = vec![u64::MAX; 3];
            Wanted::of(20, |code| wanted.contains(&code)).mark(&events, &mut marks);
            let to = ends.1.min(events.len());
            let from = ends.0.min(to);
            let expected: Vec<usize> =
                (from..to).filter(|index| wanted.contains(&events[*index])).collect();
            let mut found = Vec::new();
            marked(&marks, from, to, |index| found.push(index));
            prop_assert_eq!(has_mark(&marks, from, to), !expected.is_empty());
            prop_assert_eq!(found, expected);
        }
    }
}
