//! Functions that count in calendar units of a zone, as the reports do.
//!
//! `period_number(time, 'week', 'Europe/Berlin')` grows by one from each week to the next, so that a
//! difference of two of them is a count of weeks; `period_start` is the first instant of the same week.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, Int64Array, TimestampMillisecondArray},
        compute::cast,
        datatypes::{DataType, TimeUnit},
    },
    common::{Result, ScalarValue, cast::as_timestamp_millisecond_array, exec_err, plan_err},
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};
use throughline_model::{Timestamp, Zone, sql::Period};

/// Every function of this file.
pub fn functions() -> Vec<ScalarUDF> {
    [
        Wanted::Number,
        Wanted::Start,
        Wanted::Epoch,
        Wanted::Instant,
    ]
    .map(|wanted| {
        ScalarUDF::new_from_impl(CalendarFunction {
            wanted,
            signature: Signature::variadic_any(Volatility::Immutable),
        })
    })
    .into()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Number,
    Start,
    Epoch,
    Instant,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CalendarFunction {
    wanted: Wanted,
    signature: Signature,
}

/// The type of instants in our tables.
pub fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

impl ScalarUDFImpl for CalendarFunction {
    fn name(&self) -> &str {
        match self.wanted {
            Wanted::Number => "period_number",
            Wanted::Start => "period_start",
            Wanted::Epoch => "epoch_ms",
            Wanted::Instant => "instant",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let is_time = |it: &DataType| {
            matches!(
                it,
                DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null
            )
        };
        let sound = match self.wanted {
            Wanted::Epoch => types.len() == 1 && is_time(&types[0]),
            Wanted::Instant => types.len() == 1 && (types[0].is_integer() || types[0].is_null()),
            Wanted::Number | Wanted::Start => types.len() == 3 && is_time(&types[0]),
        };
        if !sound {
            return match self.wanted {
                Wanted::Epoch => plan_err!("epoch_ms takes an instant, like epoch_ms(time)"),
                Wanted::Instant => plan_err!("instant takes milliseconds, like instant(0)"),
                Wanted::Number | Wanted::Start => plan_err!(
                    "{} takes an instant, a unit and a zone, like {}(time, 'week', 'Europe/Berlin')",
                    self.name(),
                    self.name()
                ),
            };
        }
        Ok(match self.wanted {
            Wanted::Number | Wanted::Epoch => DataType::Int64,
            Wanted::Start | Wanted::Instant => instant_type(),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (times, is_one) = match &args.args[0] {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        let times = match self.wanted {
            // Other numbers are no milliseconds to a cast.
            Wanted::Instant => cast(&cast(&times, &DataType::Int64)?, &instant_type())?,
            _ => cast(&times, &instant_type())?,
        };
        let times = as_timestamp_millisecond_array(&times)?;
        let out: ArrayRef = match self.wanted {
            Wanted::Epoch => Arc::new(times.iter().collect::<Int64Array>()),
            Wanted::Instant => Arc::new(times.clone()),
            Wanted::Number | Wanted::Start => {
                let (period, zone) = (period_of(&args.args[1])?, zone_of(&args.args[2])?);
                let each = |time: i64| match self.wanted {
                    Wanted::Start => period.start(Timestamp(time), &zone).0,
                    _ => period.number(Timestamp(time), &zone),
                };
                let values = times.iter().map(|it| it.map(each));
                match self.wanted {
                    Wanted::Start => Arc::new(
                        values
                            .collect::<TimestampMillisecondArray>()
                            .with_timezone("UTC"),
                    ),
                    _ => Arc::new(values.collect::<Int64Array>()),
                }
            }
        };
        if is_one {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&out, 0)?));
        }
        Ok(ColumnarValue::Array(out))
    }
}

fn period_of(value: &ColumnarValue) -> Result<Period> {
    let text = text_of(value);
    match text.as_deref().and_then(Period::parse) {
        Some(period) => Ok(period),
        None => exec_err!("a unit is 'hour', 'day', 'week', 'sunday_week' or 'month'"),
    }
}

fn zone_of(value: &ColumnarValue) -> Result<Zone> {
    let text = text_of(value);
    match text.as_deref().and_then(Zone::parse) {
        Some(zone) => Ok(zone),
        None => exec_err!("a zone has a name like 'UTC' or 'Europe/Berlin'"),
    }
}

/// A constant text; anything else is none.
fn text_of(value: &ColumnarValue) -> Option<String> {
    match value {
        ColumnarValue::Scalar(scalar) => scalar.try_as_str().flatten().map(str::to_owned),
        ColumnarValue::Array(_) => None,
    }
}
