//! Operations on traits that need the value before: to add to a number, to change a list.
//!
//! A value is worked out from all that was told of it, in the order of its time and never in that
//! of arrival: from the newest value that was set, by the operations of that instant and later.

use std::{cmp::Ordering, collections::HashSet};

use serde_json::Value;

use crate::{MessageKey, Timestamp, limits};

mod amount;

pub use amount::Amount;

/// What an operation does with the value before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operator {
    /// Adds to a number; all else counts as 0.
    Add = 0,
    /// Puts items at the end of a list. What is no list becomes the first item of one.
    Append = 1,
    /// Puts items at the front.
    Prepend = 2,
    /// Puts items at the end that are not in the list.
    Union = 3,
    /// Puts items at the front that are not in the list.
    PreInsert = 4,
    /// Takes items out of a list, as often as they are in it. What is no list stays.
    Remove = 5,
}

/// One operation on one trait, with its place among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraitOperation {
    pub time: Timestamp,
    /// Index of the event in the body that it came in.
    pub index: u32,
    pub message: MessageKey,
    /// Which of the event's operations it is.
    pub place: u16,
    pub operator: Operator,
    /// JSON text: a number to add, else a list of items.
    pub operand: Box<str>,
    /// How many it stands for: one, or as many as were added up.
    pub count: u64,
}

/// A value that was set, or taken away, with its time: below zero where it was set once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set<'a> {
    pub time: Timestamp,
    pub value: Option<&'a str>,
}

/// What operations make of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// JSON text; none when there is still no value.
    pub value: Option<String>,
    /// How many operations counted.
    pub count: u64,
    /// The place of the newest of them, among those that were given.
    pub newest: usize,
}

impl Operator {
    pub const ALL: [Self; 6] = [
        Self::Add,
        Self::Append,
        Self::Prepend,
        Self::Union,
        Self::PreInsert,
        Self::Remove,
    ];

    /// The operator of a name, as libraries write it.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "$add" => Self::Add,
            "$append" => Self::Append,
            "$prepend" => Self::Prepend,
            "$union" | "$postInsert" => Self::Union,
            "$preInsert" => Self::PreInsert,
            "$remove" => Self::Remove,
            _ => return None,
        })
    }

    /// The name of an operator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "$add",
            Self::Append => "$append",
            Self::Prepend => "$prepend",
            Self::Union => "$union",
            Self::PreInsert => "$preInsert",
            Self::Remove => "$remove",
        }
    }

    /// The operator of a stored code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Whether the value is a list afterwards, whatever it was.
    pub fn makes_list(self) -> bool {
        !matches!(self, Self::Add | Self::Remove)
    }

    /// What it works with, in the one form that is kept; none where it says nothing or too much.
    pub fn operand(self, json: &str) -> Option<Box<str>> {
        if self == Self::Add {
            return Some(Amount::parse(json)?.to_string().into());
        }
        let items = match serde_json::from_str(json).ok()? {
            Value::Null => return None,
            Value::Array(items) => items,
            item => vec![item],
        };
        if items.is_empty() || items.len() > limits::TRAIT_LIST_ITEMS_MAX {
            return None;
        }
        let text = Value::Array(items).to_string();
        (text.len() <= limits::TRAIT_OPERAND_BYTES_MAX).then(|| text.into())
    }
}

impl TraitOperation {
    /// Order in which operations count. Of one instant, what is added counts before lists, then
    /// the order within a body decides, and then the id.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| {
            let is_list = it.operator != Operator::Add;
            (it.time, is_list, it.index, it.message, it.place)
        };
        key(self).cmp(&key(other))
    }
}

/// What a value becomes by operations that lie in their order; none where none of them counts.
///
/// A value that was set counts before operations of the same instant, and takes those before it
/// back. One that was set once counts only where there is no value at its time.
pub fn after(set: Option<Set<'_>>, operations: &[&TraitOperation]) -> Option<Outcome> {
    debug_assert!(operations.is_sorted_by(|a, b| a.order(b) != Ordering::Greater));
    let mut once = set.filter(|it| it.time.0 < 0);
    let base = set.filter(|it| it.time.0 >= 0);
    let from = base.map_or(i64::MIN, |it| it.time.0);
    let mut value = base
        .and_then(|it| it.value)
        .map_or(Shown::Missing, Shown::of);
    let mut count = 0;
    let mut newest = None;
    for (place, operation) in operations.iter().enumerate() {
        if operation.time.0 < from {
            continue;
        }
        if let Some(it) = once.take_if(|it| -it.time.0 <= operation.time.0) {
            value.set_once(it.value);
        }
        value.change(operation);
        count += operation.count;
        newest = Some(place);
    }
    if let Some(it) = once {
        value.set_once(it.value);
    }
    Some(Outcome {
        value: value.text(),
        count,
        newest: newest?,
    })
}

/// A value that is being worked out.
enum Shown {
    Missing,
    Number(Amount),
    List(Vec<Item>),
    /// Any other, as JSON text.
    Other(String),
}

/// An item of a list, with what makes it equal to another.
#[derive(Clone)]
struct Item {
    key: String,
    value: Value,
}

impl Shown {
    fn of(json: &str) -> Self {
        match serde_json::from_str(json) {
            Ok(Value::Array(items)) => Self::List(items.into_iter().map(Item::of).collect()),
            _ => match Amount::parse(json) {
                Some(amount) => Self::Number(amount),
                None => Self::Other(json.to_owned()),
            },
        }
    }

    fn set_once(&mut self, value: Option<&str>) {
        if matches!(self, Self::Missing)
            && let Some(value) = value
        {
            *self = Self::of(value);
        }
    }

    fn change(&mut self, operation: &TraitOperation) {
        let operator = operation.operator;
        if operator == Operator::Add {
            let amount = Amount::parse(&operation.operand).unwrap_or_default();
            match self {
                Self::Number(number) => *number = number.plus(amount),
                Self::Other(json) if is_number(json) => {}
                _ => *self = Self::Number(amount),
            }
            return;
        }
        let items = match serde_json::from_str(&operation.operand) {
            Ok(Value::Array(items)) => items.into_iter().map(Item::of).collect(),
            _ => Vec::new(),
        };
        if operator == Operator::Remove {
            if let Self::List(list) = self {
                let gone: HashSet<&str> = items.iter().map(|it| it.key.as_str()).collect();
                list.retain(|it| !gone.contains(it.key.as_str()));
            }
            return;
        }
        let mut list = match std::mem::replace(self, Self::Missing) {
            Self::List(list) => list,
            Self::Missing => Vec::new(),
            other => {
                let text = other.text().unwrap_or_default();
                let value = serde_json::from_str(&text).ok();
                value.map(Item::of).into_iter().collect()
            }
        };
        let is_unique = matches!(operator, Operator::Union | Operator::PreInsert);
        let items = match is_unique {
            true => new_ones(&list, items),
            false => items,
        };
        // Past the limits, those at the other end go.
        match operator {
            Operator::Prepend | Operator::PreInsert => {
                drop(list.splice(..0, items));
                list.truncate(fitting(list.iter()));
            }
            _ => {
                list.extend(items);
                let fitting = fitting(list.iter().rev());
                list.drain(..list.len() - fitting);
            }
        }
        *self = Self::List(list);
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Number(number) => Some(number.clamped().to_string()),
            Self::List(list) => {
                let list = list.into_iter().map(|it| it.value);
                Some(Value::Array(list.collect()).to_string())
            }
            Self::Other(json) => Some(json),
        }
    }
}

/// How many items fit into a list.
fn fitting<'a>(items: impl Iterator<Item = &'a Item>) -> usize {
    let mut bytes = 0;
    let fitting = items.take_while(|it| {
        bytes += it.key.len() + 1;
        bytes <= limits::TRAIT_LIST_BYTES_MAX
    });
    fitting.take(limits::TRAIT_LIST_ITEMS_MAX).count()
}

/// Items that a list does not hold, each once.
fn new_ones(list: &[Item], items: Vec<Item>) -> Vec<Item> {
    let mut known: HashSet<&str> = list.iter().map(|it| it.key.as_str()).collect();
    let is_new: Vec<bool> = items.iter().map(|it| known.insert(&it.key)).collect();
    let marked = items.into_iter().zip(is_new);
    marked
        .filter_map(|(item, is_new)| is_new.then_some(item))
        .collect()
}

impl Item {
    fn of(value: Value) -> Self {
        let key = match &value {
            // 1 and 1.0 are one number.
            Value::Number(number) => {
                let amount = Amount::parse(&number.to_string());
                amount.map_or_else(|| number.to_string(), |it| it.to_string())
            }
            value => value.to_string(),
        };
        Self { key, value }
    }
}

/// True for a number; one that is no amount is too large to be added to.
pub fn is_number(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests;
