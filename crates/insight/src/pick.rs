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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_events_are_picked_in_order_and_room_is_used_again() {
        let mut picker = Picker::default();
        assert_eq!(picker.pick(&[3, 1, 3, 3], |event| event == 3), [0, 2, 3]);
        assert_eq!(picker.pick(&[1, 3], |event| event == 1), [0]);
        assert_eq!(picker.pick(&[], |_| true), [] as [u32; 0]);
    }
}
