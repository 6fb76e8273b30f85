//! Points in time as RFC 3339.

use datafusion::arrow::datatypes::DataType;
use std::borrow::Cow;

/// How far Arrow's text of a point in time is from RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// It is the same: a time, a date, or a timestamp with its offset.
    Plain,
    /// A timestamp without a zone is one in UTC: nothing else is said anywhere.
    Utc,
    /// A date that carries a time.
    DateOnly,
}

impl Style {
    /// The style of a type.
    pub(super) fn of(data_type: &DataType) -> Style {
        match data_type {
            DataType::Timestamp(_, None) => Style::Utc,
            DataType::Date64 => Style::DateOnly,
            _ => Style::Plain,
        }
    }

    /// The text by RFC 3339.
    pub(super) fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Style::Plain => text.into(),
            Style::Utc => format!("{text}Z").into(),
            Style::DateOnly => text.get(..10).unwrap_or(text).into(),
        }
    }
}
