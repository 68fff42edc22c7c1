//! What the lines of a report are told apart by: a field of events, or what is known of who did them.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Field, account::account_type, limits};

/// What lines are told apart by.
///
/// Written as a path: that of a field, `traits.plan`, or `accounts.company.plan`. A name of a trait may have dots;
/// in a type of accounts `\` stands before a dot and before itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum By {
    /// A value of each event.
    Field(Field),
    /// What is known of the profile now; each has one value, or none.
    Trait(String),
    /// What is known now of the account of a type that the profile was seen with last, of those that have the trait.
    Account { account_type: String, name: String },
}

impl By {
    /// Reads a path; the error says which paths there are.
    pub fn parse(path: &str) -> Result<Self, String> {
        if let Some(name) = path.strip_prefix("traits.") {
            return Ok(Self::Trait(trait_name(path, name)?));
        }
        if let Some(rest) = path.strip_prefix("accounts.") {
            let (its_type, name) = split(rest).ok_or_else(|| {
                format!("`{path}` is no trait of accounts; use accounts.<type>.<name>")
            })?;
            if account_type(&its_type).as_ref() != Some(&its_type) {
                let most = limits::ACCOUNT_TYPE_CHARS_MAX;
                return Err(format!(
                    "the type of accounts in `{path}` has 1 to {most} characters and no blank around them"
                ));
            }
            return Ok(Self::Account {
                account_type: its_type,
                name: trait_name(path, name)?,
            });
        }
        let field = Field::parse(path).map_err(|error| {
            format!("{error}; or, for lines, traits.<name> or accounts.<type>.<name>")
        })?;
        Ok(Self::Field(field))
    }

    /// The field, where it is one.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Trait(_) | Self::Account { .. } => None,
        }
    }
}

fn trait_name(path: &str, name: &str) -> Result<String, String> {
    let most = limits::TRAIT_NAME_CHARS_MAX;
    match (1..=most).contains(&name.chars().count()) {
        true => Ok(name.to_owned()),
        false => Err(format!(
            "the name of the trait in `{path}` has 1 to {most} characters"
        )),
    }
}

/// Parts at the first dot that stands for itself.
fn split(rest: &str) -> Option<(String, &str)> {
    let mut before = String::new();
    let mut chars = rest.char_indices();
    while let Some((index, char)) = chars.next() {
        match char {
            '.' => return Some((before, &rest[index + 1..])),
            '\\' => {
                let (_, next) = chars.next().filter(|it| matches!(it.1, '.' | '\\'))?;
                before.push(next);
            }
            char => before.push(char),
        }
    }
    None
}

impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(formatter),
            Self::Trait(name) => write!(formatter, "traits.{name}"),
            Self::Account { account_type, name } => {
                let account_type = account_type.replace('\\', "\\\\").replace('.', "\\.");
                write!(formatter, "accounts.{account_type}.{name}")
            }
        }
    }
}

impl From<Field> for By {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl TryFrom<String> for By {
    type Error = String;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        Self::parse(&path)
    }
}

impl From<By> for String {
    fn from(by: By) -> Self {
        by.to_string()
    }
}

impl utoipa::PartialSchema for By {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl ToSchema for By {}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_account(account_type: &str, name: &str) -> By {
        By::Account {
            account_type: account_type.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn every_path_is_written_as_it_is_read() {
        for (path, by) in [
            ("channel", By::Field(Field::Channel)),
            ("traits.plan", By::Trait("plan".to_owned())),
            ("traits.a.b \"; --", By::Trait("a.b \"; --".to_owned())),
            ("accounts.company.plan", of_account("company", "plan")),
            ("accounts.a\\.b\\\\c.d.e", of_account("a.b\\c", "d.e")),
            ("accounts.公司.\\", of_account("公司", "\\")),
        ] {
            assert_eq!(By::parse(path), Ok(by.clone()), "{path}");
            assert_eq!(by.to_string(), path);
            let json = serde_json::to_string(&by).expect("text");
            assert_eq!(serde_json::from_str::<By>(&json).expect("read"), by);
        }
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_there_is() {
        for path in [
            "plan",
            "traits",
            "traits.",
            "accounts.company",
            "accounts.company.",
            "accounts..plan",
            "accounts. company.plan",
            "accounts.a\\b.plan",
            "accounts.a\\",
        ] {
            let error = By::parse(path).expect_err(path);
            assert!(error.contains(&format!("`{path}`")), "{error}");
        }
        let long = format!("traits.{}", "x".repeat(limits::TRAIT_NAME_CHARS_MAX + 1));
        assert!(By::parse(&long).is_err());
        let error = By::parse("plan").expect_err("no path");
        assert!(error.contains("traits.<name>") && error.contains("properties.<name>"));
    }
}
