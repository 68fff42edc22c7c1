//! The one gate in front of the engine: a statement reads our tables and does nothing else, or does not run.
//!
//! It is a list of what is allowed. What a later version of the parser learns is refused until it is listed here.

use std::{collections::BTreeSet, ops::ControlFlow};

use datafusion::sql::sqlparser::{
    ast::{
        DescribeAlias, Expr, ObjectName, Query, Select, SetExpr, Statement, TableFactor, Value,
        ValueWithSpan, Visit, Visitor,
    },
    dialect::GenericDialect,
    parser::{Parser, ParserError},
    tokenizer::{Token, Tokenizer, Whitespace},
};
use throughline_model::{limits, sql::TABLES};

/// Functions that may stand where a table does: they make rows and read nothing.
const ROW_FUNCTIONS: &[&str] = &["generate_series", "range"];

/// Why a statement does not run, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// Lets a statement through, parsed, or says why not.
///
/// The engine is given what was parsed here, so nothing can mean one thing to the gate and another behind it.
pub fn pass(sql: &str) -> Result<Statement, Refused> {
    let tokens = words(sql)?;
    let dialect = GenericDialect {};
    let parser = Parser::new(&dialect).with_recursion_limit(limits::SQL_DEPTH_MAX * 4);
    let statements = parser.with_tokens(tokens).parse_statements();
    let mut statements = statements.map_err(unreadable)?;
    let statement = statements.pop();
    let (Some(statement), true) = (statement, statements.is_empty()) else {
        return refuse("it holds several statements; send them one by one");
    };
    let queries = match &statement {
        Statement::Query(_) => 1,
        Statement::Explain {
            describe_alias: DescribeAlias::Explain,
            statement,
            ..
        } if matches!(**statement, Statement::Query(_)) => 2,
        _ => {
            return refuse("it does more than read; begin it with SELECT, WITH or EXPLAIN SELECT");
        }
    };
    let mut check = Check {
        statements_left: queries,
        nodes: 0,
        queries: 0,
        places: 0,
        known: TABLES.iter().map(|it| it.name.to_owned()).collect(),
    };
    match statement.visit(&mut check) {
        ControlFlow::Continue(()) => Ok(statement),
        ControlFlow::Break(refused) => Err(refused),
    }
}

/// Cuts the text into words and signs, and counts them before anything walks over them recursively.
fn words(sql: &str) -> Result<Vec<Token>, Refused> {
    if sql.len() > limits::SQL_BYTES_MAX {
        return refuse(format!(
            "it is longer than {} KiB; shorten it",
            limits::SQL_BYTES_MAX >> 10
        ));
    }
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, sql)
        .tokenize()
        .map_err(|error| Refused(format!("it cannot be read: {error}")))?;
    let tokens: Vec<Token> = (tokens.into_iter())
        .filter(|it| {
            let is_space = matches!(
                it,
                Token::Whitespace(Whitespace::Space | Whitespace::Newline | Whitespace::Tab)
            );
            !is_space
        })
        .collect();
    if tokens.len() > limits::SQL_TOKENS_MAX {
        return refuse(format!(
            "it has more than {} words and signs; put long lists of values into fewer conditions",
            limits::SQL_TOKENS_MAX
        ));
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    for token in &tokens {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            // A choice within a choice nests as brackets do.
            Token::Word(word) if word.value.eq_ignore_ascii_case("case") => depth += 1,
            Token::Word(word) if word.value.eq_ignore_ascii_case("end") => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > limits::SQL_DEPTH_MAX {
        return refuse(too_deep());
    }
    let unions = tokens.iter().filter(|it| {
        let joins = ["UNION", "EXCEPT", "INTERSECT"];
        matches!(it, Token::Word(word) if joins.iter().any(|it| word.value.eq_ignore_ascii_case(it)))
    });
    if unions.count() > limits::SQL_PLACES_MAX {
        return refuse(format!(
            "it joins more than {} queries; ask in several steps",
            limits::SQL_PLACES_MAX
        ));
    }
    if tokens
        .iter()
        .all(|it| matches!(it, Token::Whitespace(_) | Token::SemiColon | Token::EOF))
    {
        return refuse("it is empty; begin it with SELECT");
    }
    Ok(tokens)
}

fn unreadable(error: ParserError) -> Refused {
    Refused(match error {
        ParserError::RecursionLimitExceeded => too_deep(),
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            format!("it cannot be read: {message}")
        }
    })
}

fn too_deep() -> String {
    format!(
        "it nests deeper than {} levels; give inner queries a name with WITH",
        limits::SQL_DEPTH_MAX
    )
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

/// What has been seen of a statement on the walk over it.
struct Check {
    /// The statement itself and the one that it explains; any other stands where a query should.
    statements_left: usize,
    nodes: usize,
    queries: usize,
    places: usize,
    /// Names that may stand where a table does.
    known: BTreeSet<String>,
}

impl Check {
    fn stop(why: impl Into<String>) -> ControlFlow<Refused> {
        ControlFlow::Break(Refused(why.into()))
    }

    /// Chains of joins and unions nest as deep as they are long.
    fn enter_place(&mut self) -> ControlFlow<Refused> {
        self.places += 1;
        if self.places > 2 * limits::SQL_PLACES_MAX {
            return Self::stop(format!(
                "it names tables or joins queries at more than {} places; ask in several steps",
                limits::SQL_PLACES_MAX
            ));
        }
        ControlFlow::Continue(())
    }
}

impl Visitor for Check {
    type Break = Refused;

    fn pre_visit_statement(&mut self, _statement: &Statement) -> ControlFlow<Refused> {
        if self.statements_left == 0 {
            return Self::stop("it writes inside of a query; only reading is possible");
        }
        self.statements_left -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refused> {
        self.queries += 1;
        if self.queries > limits::SQL_DEPTH_MAX {
            return Self::stop(too_deep());
        }
        if !query.locks.is_empty() {
            return Self::stop("it locks rows; leave FOR UPDATE and FOR SHARE out");
        }
        if query.settings.is_some() || query.for_clause.is_some() || query.format_clause.is_some() {
            return Self::stop(
                "it changes settings; leave SETTINGS, FORMAT and FOR XML or JSON out",
            );
        }
        if !query.pipe_operators.is_empty() {
            return Self::stop("it uses |>; write it with SELECT");
        }
        if let SetExpr::Table(_) = *query.body {
            return Self::stop("it uses TABLE; write SELECT * FROM the table");
        }
        for named in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.known.insert(normal(&named.alias.name));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<Refused> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Refused> {
        self.enter_place()?;
        match select.into {
            Some(_) => {
                Self::stop("it makes a table; leave INTO out, and export the result instead")
            }
            None => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<Refused> {
        let name = match relation.0.as_slice() {
            [only] => only.as_ident().map(normal),
            _ => None,
        };
        match name {
            Some(name) if self.known.contains(&name) => ControlFlow::Continue(()),
            // What makes rows is judged as a whole below.
            Some(name) if ROW_FUNCTIONS.contains(&name.as_str()) => ControlFlow::Continue(()),
            _ => {
                let tables: Vec<&str> = TABLES.iter().map(|it| it.name).collect();
                Self::stop(format!(
                    "there is no table {relation}; there are {}, and what the statement names with WITH",
                    tables.join(", ")
                ))
            }
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Refused> {
        self.enter_place()?;
        match factor {
            TableFactor::Table { name, args, .. } => {
                let is_row_function = matches!(name.0.as_slice(), [only]
                    if only.as_ident().is_some_and(|it| ROW_FUNCTIONS.contains(&normal(it).as_str())));
                match (args, is_row_function) {
                    (Some(_), true) => ControlFlow::Continue(()),
                    (None, true) => Self::stop(format!("{name} is a function; give it arguments")),
                    (None, false) => ControlFlow::Continue(()),
                    (Some(_), false) => Self::stop(format!(
                        "{name} cannot stand where a table does; of functions only generate_series and range can"
                    )),
                }
            }
            TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. }
            | TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
            _ => Self::stop(
                "it reads from something that is no table; name a table or write a query in brackets",
            ),
        }
    }

    fn pre_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<Refused> {
        self.nodes += 1;
        if self.nodes > limits::SQL_NODES_MAX {
            return Self::stop(format!(
                "it has more than {} parts of expressions; write long lists as IN (...) over fewer values",
                limits::SQL_NODES_MAX
            ));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<Refused> {
        match &value.value {
            Value::Placeholder(name) => {
                Self::stop(format!("{name} has no value; write the value itself"))
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// A name as the engine compares it: in small letters, unless it stands in quotes.
fn normal(name: &datafusion::sql::sqlparser::ast::Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}

#[cfg(test)]
mod tests;
