//! Which steps the events of one instant can serve together, each event one step.

/// Events of one instant, as masks of the steps they fit.
///
/// More copies of a mask than there are steps change nothing and are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Instant {
    masks: Vec<u32>,
    /// Per event the step that it serves.
    serves: Vec<Option<usize>>,
    seen: Vec<bool>,
}

impl Instant {
    /// Takes the masks of an instant's events; those that fit no step are left out.
    pub(super) fn fill(&mut self, masks: impl Iterator<Item = u32>, steps_count: usize) {
        self.masks.clear();
        for mask in masks.filter(|mask| *mask != 0) {
            if self.masks.iter().filter(|it| **it == mask).count() < steps_count {
                self.masks.push(mask);
            }
        }
        self.forget();
    }

    /// Frees all events.
    pub(super) fn forget(&mut self) {
        self.serves.clear();
        self.serves.resize(self.masks.len(), None);
    }

    /// Finds an event for one more step, moving others to other events where needed.
    ///
    /// When there is none, everything stays as it was.
    pub(super) fn add(&mut self, step: usize) -> bool {
        self.seen.clear();
        self.seen.resize(self.masks.len(), false);
        self.place(step)
    }

    /// True when some event fits the step, whatever it serves.
    pub(super) fn fits(&self, step: usize) -> bool {
        self.masks.iter().any(|mask| mask >> step & 1 == 1)
    }

    /// Count of events that serve a step.
    pub(super) fn serving_count(&self) -> usize {
        self.serves.iter().flatten().count()
    }

    fn place(&mut self, step: usize) -> bool {
        for event in 0..self.masks.len() {
            if self.masks[event] >> step & 1 == 0 || self.seen[event] {
                continue;
            }
            self.seen[event] = true;
            let is_free = match self.serves[event] {
                None => true,
                Some(other) => self.place(other),
            };
            if is_free {
                self.serves[event] = Some(step);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(masks: &[u32], steps: &[usize]) -> bool {
        let mut instant = Instant::default();
        instant.fill(masks.iter().copied(), 4);
        steps.iter().all(|step| instant.add(*step))
    }

    #[test]
    fn events_move_aside_for_each_other() {
        assert!(served(&[0b11, 0b01], &[0, 1]));
        assert!(served(&[0b011, 0b110, 0b001], &[1, 0, 2]));
        assert!(!served(&[0b11], &[0, 1]));
        assert!(!served(&[0b11, 0b11, 0b100], &[0, 1, 1]));
    }

    #[test]
    fn many_copies_are_as_good_as_there_are_steps() {
        let masks = vec![0b1; 1000];
        assert!(served(&masks, &[0, 0, 0, 0]));
        let mut instant = Instant::default();
        instant.fill(masks.into_iter(), 4);
        assert_eq!(instant.masks.len(), 4);
    }
}
