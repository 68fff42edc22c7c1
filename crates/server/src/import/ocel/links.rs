//! Which objects of a log go when events go: those that nothing leads to any more.

use std::collections::HashMap;

/// Who names whom, in a log that is read.
#[derive(Default)]
pub struct Links {
    numbers: HashMap<String, usize>,
    objects: Vec<Object>,
    /// Pairs of objects of which one names the other.
    pairs: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Default)]
struct Object {
    /// Named by an event that stays.
    is_held: bool,
    /// Named by an event that goes.
    is_let_go: bool,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Goes,
    /// It stays, and what goes is tied to it.
    IsShared,
    Stays,
}

/// What becomes of the objects that anything names.
pub struct Ends {
    numbers: HashMap<String, usize>,
    ends: Vec<End>,
}

impl Links {
    /// An event that stays or goes names an object.
    pub fn event_names(&mut self, object: &str, goes: bool) {
        let number = self.number(object);
        let object = &mut self.objects[number];
        match goes {
            true => object.is_let_go = true,
            false => object.is_held = true,
        }
    }

    /// An object names another.
    pub fn object_names(&mut self, object: &str, other: &str) {
        let pair = (self.number(object), self.number(other));
        self.pairs.push(pair);
    }

    /// What becomes of all: an object goes that events named and none names any more, and with it those that no
    /// event ever named and that are tied to nothing that stays.
    pub fn ends(self) -> Ends {
        let of_events = |it: &Object| it.is_held || it.is_let_go;
        let mut groups = Groups((0..self.objects.len()).collect());
        for &(one, other) in &self.pairs {
            if !of_events(&self.objects[one]) && !of_events(&self.objects[other]) {
                groups.join(one, other);
            }
        }
        let firsts = groups.firsts();
        // What a group of objects without events is tied to.
        let mut ties = self.objects.clone();
        for &(one, other) in &self.pairs {
            for (free, tied) in [(one, other), (other, one)] {
                let tied = self.objects[tied];
                if of_events(&self.objects[free]) || !of_events(&tied) {
                    continue;
                }
                let group = &mut ties[firsts[free]];
                group.is_held |= tied.is_held;
                group.is_let_go |= tied.is_let_go;
            }
        }
        let end = |number: usize| match ties[firsts[number]] {
            Object {
                is_let_go: false, ..
            } => End::Stays,
            Object { is_held: true, .. } => End::IsShared,
            Object { .. } => End::Goes,
        };
        Ends {
            ends: (0..self.objects.len()).map(end).collect(),
            numbers: self.numbers,
        }
    }

    fn number(&mut self, object: &str) -> usize {
        if let Some(known) = self.numbers.get(object) {
            return *known;
        }
        let number = self.objects.len();
        self.numbers.insert(object.to_owned(), number);
        self.objects.push(Object::default());
        number
    }
}

impl Ends {
    pub fn of(&self, object: &str) -> End {
        let number = self.numbers.get(object);
        number.map_or(End::Stays, |number| self.ends[*number])
    }
}

/// Groups of numbers: each has one that is smaller and of the same group, the smallest itself.
struct Groups(Vec<usize>);

impl Groups {
    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }

    /// The smallest of a group. The way to it becomes shorter.
    fn first(&mut self, number: usize) -> usize {
        let mut first = number;
        while self.0[first] != first {
            first = self.0[first];
        }
        let mut at = number;
        while self.0[at] != at {
            at = std::mem::replace(&mut self.0[at], first);
        }
        first
    }

    /// The smallest of the group of each.
    fn firsts(mut self) -> Vec<usize> {
        for number in 0..self.0.len() {
            self.0[number] = self.0[self.0[number]];
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events as `-ab` and `+bc`, which go and stay, pairs of objects as `bx`; tells the objects by their ends.
    fn check(events: &str, pairs: &str, expected: &str) {
        let mut links = Links::default();
        for event in events.split_whitespace() {
            for object in event[1..].chars() {
                links.event_names(&object.to_string(), event.starts_with('-'));
            }
        }
        for pair in pairs.split_whitespace() {
            links.object_names(&pair[..1], &pair[1..]);
        }
        let ends = links.ends();
        let of = |end| {
            ('a'..='z')
                .filter(|it| ends.of(&it.to_string()) == end)
                .collect::<String>()
        };
        let told = format!("{} {}", of(End::Goes), of(End::IsShared));
        assert_eq!(told.trim(), expected, "{events} {pairs}");
    }

    #[test]
    fn an_object_goes_with_its_last_event() {
        check("-ab +b +c", "", "a b");
        check("+ab", "ax", "");
    }

    #[test]
    fn what_no_event_names_goes_with_what_it_is_tied_to() {
        check("-a +b", "ax xy by", "a xy");
        check("-a +b", "ax xy bz", "axy");
        check("-a -c +b", "xa yx cy", "acxy");
        // A shared object holds what is tied to it.
        check("-a +a", "ax", "ax");
    }
}
