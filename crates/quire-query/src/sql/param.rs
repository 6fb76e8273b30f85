//! Values of parameters.

use quire_model::json::{Json, Kind};
use quire_model::{Code, Error, Result};

/// The value of a parameter `$1`, `$2` … or `?`: a JSON scalar.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// Null, of any type.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A number that a double holds with all its digits.
    Float(f64),
    /// A number that neither of the two holds, by its digits.
    Number(String),
    /// A string.
    Text(String),
}

impl Param {
    /// The parameter that the text of a checked JSON scalar means.
    ///
    /// # Errors
    /// `invalid_sql` for an object or an array.
    pub fn from_json(text: &str) -> Result<Param> {
        let value = Json::new(text.trim());
        if let Some(number) = value.as_number() {
            return Ok(match number.to_i64() {
                Some(integer) => Param::Int(integer),
                None if number.fits_f64() => Param::Float(number.to_f64()),
                None => Param::Number(number.text().to_owned()),
            });
        }
        match value.kind() {
            Kind::Object | Kind::Array => Err(Error::new(
                Code::InvalidSql,
                "a parameter is null, true, false, a number or a string, not an object or an array",
            )),
            Kind::Bool => Ok(Param::Bool(value.as_bool() == Some(true))),
            _ => Ok(value.as_str().map_or(Param::Null, |text| Param::Text(text.into_owned()))),
        }
    }
}

impl From<bool> for Param {
    fn from(value: bool) -> Param {
        Param::Bool(value)
    }
}

impl From<i64> for Param {
    fn from(value: i64) -> Param {
        Param::Int(value)
    }
}

impl From<f64> for Param {
    fn from(value: f64) -> Param {
        Param::Float(value)
    }
}

impl From<&str> for Param {
    fn from(value: &str) -> Param {
        Param::Text(value.to_owned())
    }
}

impl From<String> for Param {
    fn from(value: String) -> Param {
        Param::Text(value)
    }
}
