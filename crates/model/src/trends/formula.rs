//! What is computed of series: letters, numbers, + - * / and parentheses.

use crate::limits;

/// An expression whose letters all name a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// Index of a series.
    Series(usize),
    Number(f64),
    Negative(Box<Node>),
    Of(Sign, Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
    Times,
    Over,
}

impl Formula {
    /// Reads an expression over so many series; the error says what is wrong, and where.
    pub fn parse(text: &str, series_count: usize) -> Result<Self, String> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > limits::TREND_FORMULA_CHARS_MAX {
            let most = limits::TREND_FORMULA_CHARS_MAX;
            return Err(format!("has at most {most} characters"));
        }
        let mut reader = Reader {
            chars: &chars,
            at: 0,
            depth: 0,
            series_count,
        };
        let node = reader.sum()?;
        match reader.peek() {
            None => Ok(Self(node)),
            Some(found) => Err(reader.unexpected(found, "an operator")),
        }
    }

    /// Its value, given those of the series; none where one that it needs has none, and where it divides by zero.
    pub fn value(&self, of: &impl Fn(usize) -> Option<f64>) -> Option<f64> {
        self.0.value(of).filter(|it| it.is_finite())
    }

    /// Indexes of the series that it is computed of, once each, sorted.
    pub fn series(&self) -> Vec<usize> {
        let mut all = Vec::new();
        self.0.visit(&mut |series| all.push(series));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The same in another notation, given how a series and a quotient are written there.
    pub fn written(
        &self,
        series: &impl Fn(usize) -> String,
        quotient: &impl Fn(&str, &str) -> String,
    ) -> String {
        self.0.written(series, quotient)
    }
}

impl Node {
    fn value(&self, of: &impl Fn(usize) -> Option<f64>) -> Option<f64> {
        Some(match self {
            Self::Series(index) => of(*index)?,
            Self::Number(number) => *number,
            Self::Negative(inner) => -inner.value(of)?,
            Self::Of(sign, left, right) => {
                let (left, right) = (left.value(of)?, right.value(of)?);
                match sign {
                    Sign::Plus => left + right,
                    Sign::Minus => left - right,
                    Sign::Times => left * right,
                    Sign::Over if right == 0.0 => return None,
                    Sign::Over => left / right,
                }
            }
        })
    }

    fn visit(&self, see: &mut impl FnMut(usize)) {
        match self {
            Self::Series(index) => see(*index),
            Self::Number(_) => {}
            Self::Negative(inner) => inner.visit(see),
            Self::Of(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
        }
    }

    fn written(
        &self,
        series: &impl Fn(usize) -> String,
        quotient: &impl Fn(&str, &str) -> String,
    ) -> String {
        match self {
            Self::Series(index) => series(*index),
            Self::Number(number) => format!("{number:?}"),
            Self::Negative(inner) => format!("(-{})", inner.written(series, quotient)),
            Self::Of(sign, left, right) => {
                let (left, right) = (
                    left.written(series, quotient),
                    right.written(series, quotient),
                );
                match sign {
                    Sign::Plus => format!("({left} + {right})"),
                    Sign::Minus => format!("({left} - {right})"),
                    Sign::Times => format!("({left} * {right})"),
                    Sign::Over => quotient(&left, &right),
                }
            }
        }
    }
}

/// Reads by descent: sums of products of what may be negative.
struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
    series_count: usize,
}

impl Reader<'_> {
    fn sum(&mut self) -> Result<Node, String> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(&[('+', Sign::Plus), ('-', Sign::Minus)]) {
            left = Node::Of(sign, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, String> {
        let mut left = self.factor()?;
        while let Some(sign) = self.sign(&[('*', Sign::Times), ('/', Sign::Over)]) {
            left = Node::Of(sign, Box::new(left), Box::new(self.factor()?));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Node, String> {
        const WANTED: &str = "a series, a number or `(`";
        let Some(first) = self.peek() else {
            return Err(format!("ends where {WANTED} is expected"));
        };
        match first {
            '(' => self.nested(|it| {
                let inner = it.sum()?;
                match it.peek() {
                    Some(')') => it.at += 1,
                    Some(found) => return Err(it.unexpected(found, "an operator or `)`")),
                    None => return Err("has a `(` that is not closed".to_owned()),
                }
                Ok(inner)
            }),
            '-' => self.nested(|it| Ok(Node::Negative(Box::new(it.factor()?)))),
            it if it.is_ascii_alphabetic() => self.letter(it),
            it if it.is_ascii_digit() || it == '.' => self.number(),
            found => Err(self.unexpected(found, WANTED)),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Node, String>,
    ) -> Result<Node, String> {
        self.at += 1;
        self.depth += 1;
        if self.depth > limits::TREND_FORMULA_DEPTH_MAX {
            let most = limits::TREND_FORMULA_DEPTH_MAX;
            return Err(format!("nests deeper than {most} levels"));
        }
        let node = read(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn letter(&mut self, letter: char) -> Result<Node, String> {
        let letter = letter.to_ascii_uppercase();
        let index = (letter as usize) - ('A' as usize);
        if self
            .chars
            .get(self.at + 1)
            .is_some_and(char::is_ascii_alphanumeric)
        {
            let place = self.at + 2;
            return Err(format!(
                "has `{}` at character {place} where an operator is expected",
                self.chars[self.at + 1]
            ));
        }
        if index >= self.series_count {
            return Err(format!("names the series {letter}, which does not exist"));
        }
        self.at += 1;
        Ok(Node::Series(index))
    }

    fn number(&mut self) -> Result<Node, String> {
        let start = self.at;
        let is_part = |it: &char| it.is_ascii_digit() || *it == '.';
        while self.chars.get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        text.parse().map(Node::Number).map_err(|_| {
            format!(
                "has `{text}` at character {}, which is no number",
                start + 1
            )
        })
    }

    fn sign(&mut self, signs: &[(char, Sign)]) -> Option<Sign> {
        let found = self.peek()?;
        let (_, sign) = signs.iter().find(|(it, _)| *it == found)?;
        self.at += 1;
        Some(*sign)
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|it| it.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    fn unexpected(&self, found: char, wanted: &str) -> String {
        format!(
            "has `{found}` at character {} where {wanted} is expected",
            self.at + 1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        let series = [Some(6.0), Some(3.0), Some(0.0), None];
        let formula = Formula::parse(text, series.len()).expect(text);
        formula.value(&|index| series[index])
    }

    #[test]
    fn products_bind_more_than_sums_and_equals_go_from_the_left() {
        for (text, expected) in [
            ("A/B", 2.0),
            ("A - B - 1", 2.0),
            ("A + B * 2", 12.0),
            ("(A + B) * 2", 18.0),
            ("A / B / 2", 1.0),
            ("-A + b", -3.0),
            ("--A", 6.0),
            ("2 * -(A - B)", -6.0),
            (" .5 * a ", 3.0),
            ("100 * A / (A + B)", 200.0 / 3.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_computed_has_no_value_and_is_not_zero() {
        for text in ["A / C", "0 / C", "A / (B - 3)", "D + 1", "D * 0", "-D"] {
            assert_eq!(value(text), None, "{text}");
        }
        assert_eq!(value("C / A"), Some(0.0));
    }

    #[test]
    fn what_is_no_formula_says_where() {
        for (text, expected) in [
            ("", "ends where a series, a number or `(` is expected"),
            ("A +", "ends where a series, a number or `(` is expected"),
            (
                "A B",
                "has `B` at character 3 where an operator is expected",
            ),
            ("AB", "has `B` at character 2 where an operator is expected"),
            ("(A", "has a `(` that is not closed"),
            ("A)", "has `)` at character 2 where an operator is expected"),
            (
                "A ^ 2",
                "has `^` at character 3 where an operator is expected",
            ),
            (
                "* A",
                "has `*` at character 1 where a series, a number or `(` is expected",
            ),
            ("1.2.3", "has `1.2.3` at character 1, which is no number"),
            ("C", "names the series C, which does not exist"),
        ] {
            assert_eq!(Formula::parse(text, 2), Err(expected.to_owned()), "{text}");
        }
        let deep = format!("{}A{}", "(".repeat(60), ")".repeat(60));
        assert!(
            Formula::parse(&deep, 1)
                .expect_err("deep")
                .contains("nests")
        );
        let long = "A+".repeat(200);
        assert!(
            Formula::parse(&long, 1)
                .expect_err("long")
                .contains("at most")
        );
    }

    #[test]
    fn a_formula_says_what_it_is_made_of() {
        let formula = Formula::parse("(B - A) / B", 3).expect("sound");
        assert_eq!(formula.series(), [0, 1]);
        let written = formula.written(&|index| format!("s{index}"), &|a, b| {
            format!("{a} over {b}")
        });
        assert_eq!(written, "(s1 - s0) over s1");
    }
}
