//! From a profile's rows to its conversions, each with the touches that led to it.
//!
//! Events of one instant may have happened in any order: a touch at the instant of a conversion
//! came before it, and touches of one instant are taken in the order of their labels.

use throughline_model::{
    Channel, Field, Matcher, TimeRange, Timestamp, Value,
    attribution::{AttributionReport, CreditModel, LookBack},
    limits,
};

use crate::{
    ask::{AskError, When},
    labels::{Label, Labels},
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, Place, ProfileRows},
    view::View,
    worth::Worths,
};

/// The definition made ready.
pub(super) struct Walker<'v> {
    pub(super) labels: Labels<'v>,
    range: TimeRange,
    now: i64,
    look_back_ms: i64,
    reuse: bool,
    filter: Condition,
    conversion: Condition,
    touch: Condition,
    direct: Condition,
    /// Per label whether it makes an event a touch.
    is_known: Vec<bool>,
    worths: Option<Worths>,
    /// Per code what its events are.
    parts: Vec<Role>,
    /// Events that are a touch or a conversion; none where that is so of most.
    pub(super) picks: Option<Picks>,
}

/// What names say of their events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Nothing,
    Touch {
        is_direct: bool,
    },
    Conversion,
    /// Each row has to be asked.
    Ask,
}

/// An event that can be credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Touch {
    pub(super) time: i64,
    pub(super) label: u32,
    pub(super) is_direct: bool,
}

/// What a profile shows.
pub(super) enum Seen<'a> {
    /// A touch in the range with this label, whatever came of it.
    Touch(u32),
    Conversion(Conversion<'a>),
    /// Touches in the range that led to no conversion. Open: they may still do so.
    Null {
        way: Way<'a>,
        is_open: bool,
    },
}

/// A conversion in the range.
pub(super) struct Conversion<'a> {
    pub(super) time: i64,
    /// What it is worth, in millionths; none when it does not say.
    pub(super) micros: Option<i64>,
    pub(super) way: Way<'a>,
}

/// Touches by time, no more than can be credited.
pub(super) struct Way<'a> {
    pub(super) touches: &'a [Touch],
    /// True when there were more.
    pub(super) is_cut: bool,
}

/// Memory that is used again for each profile.
#[derive(Default)]
pub(super) struct Room {
    touches: Vec<Touch>,
    /// Times and places.
    conversions: Vec<(i64, Place)>,
}

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &AttributionReport,
        when: &When,
    ) -> Result<Self, AskError> {
        let labels = Labels::of(view, &report.by)?;
        let other = Label::Value(Value::Text(Channel::Other.name().to_owned()));
        let is_known = (0..).take(labels.count());
        let is_known = is_known.map(|label| match (&report.touch, &report.by) {
            (Some(_), _) => true,
            (None, Field::Channel) => label != 0 && labels.value(label) != other,
            (None, _) => label != 0,
        });
        let is_known = is_known.collect();
        let (filter, conversion) = (
            view.rule(report.filter.as_ref())?,
            view.matcher(&report.conversion)?,
        );
        let touch = view.matcher(report.touch.as_ref().unwrap_or(&Matcher::default()))?;
        // Only one model asks which touches are direct, and rows mostly decide that.
        let direct = match report.models.contains(&CreditModel::LastNonDirect) {
            true => view.matcher(&report.direct)?,
            false => Condition::constant(view, false),
        };
        let count = view.snapshot.names.len();
        let role = |code| role(&filter, &conversion, &touch, &direct, code);
        let parts: Vec<Role> = (0..count)
            .map(|code| role(u16::try_from(code).expect("codes have 16 bits")))
            .collect();
        let is_wanted = |code: u16| parts[usize::from(code)] != Role::Nothing;
        // Without a choice of touches most events are one, and looking for them would be in vain.
        let picks = report.touch.is_some().then(|| Picks {
            wanted: Wanted::of(count, is_wanted),
            needed: Wanted::of(count, is_wanted),
        });
        Ok(Self {
            labels,
            range: when.range,
            now: when.now.0,
            look_back_ms: match report.look_back {
                LookBack::Within(span) => span.0,
                LookBack::Unlimited => i64::MAX,
            },
            reuse: report.reuse,
            filter,
            conversion,
            touch,
            direct,
            is_known,
            worths: (report.value.as_ref())
                .map(|field| Worths::of(view, field))
                .transpose()?,
            parts,
            picks,
        })
    }

    /// Shows the touches of a profile, its conversions by time, and the paths to none.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        picked: Option<&[Found]>,
        room: &mut Room,
        see: &mut impl FnMut(Seen<'_>),
    ) {
        room.touches.clear();
        room.conversions.clear();
        match picked {
            Some(picked) => self.collect(rows, picked.iter().map(|it| it.row as usize), room),
            None => self.collect(rows, 0..rows.len(), room),
        }
        let Room {
            touches,
            conversions,
        } = room;
        for touch in within(touches, self.range) {
            see(Seen::Touch(touch.label));
        }
        let before = |time: i64| touches.partition_point(|it| it.time < time);
        let until = |time: i64| touches.partition_point(|it| it.time <= time);
        // How many of the touches a conversion was reached from, or could not be any more.
        let mut settled = 0;
        // Touches up to the last conversion at an earlier instant.
        let mut spent = 0;
        for (index, (time, place)) in conversions.iter().enumerate() {
            if let Some((earlier, _)) = index.checked_sub(1).map(|it| conversions[it])
                && earlier < *time
                && !self.reuse
            {
                spent = until(earlier);
            }
            let way = before(time.saturating_sub(self.look_back_ms)).max(spent)..until(*time);
            if settled < way.start {
                self.show_nulls(&touches[settled..way.start], see);
            }
            settled = settled.max(way.end);
            if self.range.contains(Timestamp(*time)) {
                see(Seen::Conversion(Conversion {
                    time: *time,
                    micros: (self.worths.as_ref()).and_then(|it| it.micros(*place)),
                    way: Way::latest(&touches[way]),
                }));
            }
        }
        self.show_nulls(&touches[settled..], see);
    }

    /// Cuts touches that led nowhere into paths as long as one that leads to a conversion can be.
    fn show_nulls(&self, touches: &[Touch], see: &mut impl FnMut(Seen<'_>)) {
        let mut rest = within(touches, self.range);
        while let Some(first) = rest.first() {
            // Each touch is looked at once; a search for the end would look from afar again and again.
            let is_within = |it: &&Touch| it.time.saturating_sub(first.time) <= self.look_back_ms;
            let count = rest.iter().take_while(is_within).count();
            let last = rest[count - 1];
            see(Seen::Null {
                way: Way::latest(&rest[..count]),
                is_open: last.time.saturating_add(self.look_back_ms) > self.now,
            });
            rest = &rest[count..];
        }
    }

    fn collect(
        &self,
        rows: &ProfileRows<'_>,
        indexes: impl Iterator<Item = usize>,
        room: &mut Room,
    ) {
        let mut is_tied = false;
        let mut last = i64::MIN;
        for index in indexes {
            let event = rows.event[index];
            let role = self.parts.get(usize::from(event)).copied();
            let role = match role.unwrap_or(Role::Nothing) {
                Role::Ask => self.ask(event, rows.place(index)),
                known => known,
            };
            match role {
                Role::Touch { is_direct } => {
                    let label = self.labels.label(rows, index);
                    if self.is_known[label as usize] {
                        let time = rows.time[index];
                        is_tied |= std::mem::replace(&mut last, time) == time;
                        room.touches.push(Touch {
                            time,
                            label,
                            is_direct,
                        });
                    }
                }
                Role::Conversion => {
                    let conversion = (rows.time[index], rows.place(index));
                    room.conversions.push(conversion);
                }
                Role::Nothing | Role::Ask => {}
            }
        }
        if is_tied {
            room.touches
                .chunk_by_mut(|before, after| before.time == after.time)
                .for_each(<[Touch]>::sort_unstable);
        }
    }

    fn ask(&self, event: u16, place: Place) -> Role {
        let passes = || self.filter.holds(event, place);
        if self.conversion.holds(event, place) {
            return if passes() {
                Role::Conversion
            } else {
                Role::Nothing
            };
        }
        if !self.touch.holds(event, place) || !passes() {
            return Role::Nothing;
        }
        Role::Touch {
            is_direct: self.direct.holds(event, place),
        }
    }
}

impl<'a> Way<'a> {
    fn latest(touches: &'a [Touch]) -> Self {
        let over = touches.len().saturating_sub(limits::PATH_TOUCHES_MAX);
        Self {
            touches: &touches[over..],
            is_cut: over > 0,
        }
    }
}

/// What every event of one name is, as far as its name tells.
fn role(
    filter: &Condition,
    conversion: &Condition,
    touch: &Condition,
    direct: &Condition,
    code: u16,
) -> Role {
    let of = [conversion, touch, filter, direct].map(|it| it.verdict(code));
    match of {
        [_, _, Verdict::No, _] | [Verdict::No, Verdict::No, ..] => Role::Nothing,
        [Verdict::Yes, _, Verdict::Yes, _] => Role::Conversion,
        [Verdict::No, Verdict::Yes, Verdict::Yes, Verdict::Yes] => Role::Touch { is_direct: true },
        [Verdict::No, Verdict::Yes, Verdict::Yes, Verdict::No] => Role::Touch { is_direct: false },
        _ => Role::Ask,
    }
}

fn within(touches: &[Touch], range: TimeRange) -> &[Touch] {
    let start = touches.partition_point(|it| it.time < range.from.0);
    let end = touches.partition_point(|it| it.time < range.to.0);
    &touches[start..end.max(start)]
}
