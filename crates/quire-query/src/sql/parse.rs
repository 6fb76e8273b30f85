//! From text to one statement: tokens are read, counted and given their parameter numbers, then parsed.

use super::dialect::QuireDialect;
use super::error::sql_error;
use datafusion::sql::sqlparser::ast::Statement;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use quire_model::{Code, Error, Result};
use std::collections::HashSet;

/// The most bytes of one statement.
const SQL_BYTES_MAX: usize = 4 << 20;

/// The most tokens of one statement that can nest: operators, brackets and key words. A chain of operators
/// becomes a tree as deep as the chain is long, and what is done with trees takes stack. Literals, names and
/// the commas between them are not counted, so that lists can be long.
const NESTING_TOKENS_MAX: usize = 20_000;

/// How deep brackets and subqueries may nest.
const DEPTH_MAX: usize = 64;

/// What is mostly wrong where a minus surprises.
const DASH_HINT: &str = "; a name that contains '-' needs double quotes";

/// A statement that was read but not yet judged.
pub(super) struct Parsed {
    /// The one statement.
    pub(super) statement: Statement,
    /// Every name and key word in it: a field among them is asked for by name.
    pub(super) words: HashSet<String>,
    /// How many parameters it takes.
    pub(super) parameters: usize,
}

/// The tokens of a text.
pub(super) struct Tokens {
    list: Vec<TokenWithSpan>,
    /// How many of them can nest.
    pub(super) nesting: usize,
    parameters: usize,
}

/// Reads the tokens of a text.
///
/// # Errors
/// `invalid_sql` where it is too long or something is no token.
pub(super) fn tokenize(sql: &str) -> Result<Tokens> {
    if sql.len() > SQL_BYTES_MAX {
        return Err(sql_error(format!(
            "the statement has {} bytes, at most {SQL_BYTES_MAX} are allowed",
            sql.len()
        )));
    }
    let mut list = Tokenizer::new(&QuireDialect, sql)
        .tokenize_with_location()
        .map_err(|e| syntax_error(&ParserError::TokenizerError(e.to_string())))?;
    let nesting = check_size(&list)?;
    let parameters = number_parameters(&mut list)?;
    Ok(Tokens { list, nesting, parameters })
}

/// Reads one statement.
///
/// # Errors
/// `invalid_sql` where it is not SQL, is empty or more than one.
pub(super) fn parse(tokens: Tokens) -> Result<Parsed> {
    let Tokens { list, parameters, .. } = tokens;
    let word =
        |token: &TokenWithSpan| if let Token::Word(w) = &token.token { Some(w.value.clone()) } else { None };
    let words = list.iter().filter_map(word).collect();
    let mut parser =
        Parser::new(&QuireDialect).with_recursion_limit(DEPTH_MAX).with_tokens_with_locations(list);
    if skip_semicolons(&mut parser) {
        return Err(sql_error("the statement is empty"));
    }
    let statement = parser.parse_statement().map_err(|e| syntax_error(&e))?;
    let next = parser.peek_token_ref();
    if !matches!(next.token, Token::EOF | Token::SemiColon) {
        let place = at(next.span.start.line, next.span.start.column);
        let hint = if next.token == Token::Minus { DASH_HINT } else { "" };
        return Err(sql_error(format!("not valid SQL: the statement should end before {next}{place}{hint}")));
    }
    if !skip_semicolons(&mut parser) {
        return Err(sql_error("one statement at a time: there is more after the first"));
    }
    Ok(Parsed { statement, words, parameters })
}

/// Moves over semicolons; whether nothing follows.
fn skip_semicolons(parser: &mut Parser<'_>) -> bool {
    while parser.consume_token(&Token::SemiColon) {}
    parser.peek_token_ref().token == Token::EOF
}

fn check_size(tokens: &[TokenWithSpan]) -> Result<usize> {
    let nests = |token: &Token| match token {
        Token::Word(word) => word.quote_style.is_none() && word.keyword != Keyword::NoKeyword,
        Token::Comma | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) => false,
        Token::Whitespace(_) | Token::Period => false,
        _ => true,
    };
    let count = tokens.iter().filter(|t| nests(&t.token)).count();
    if count > NESTING_TOKENS_MAX {
        let detail = format!(
            "the statement is too complex: {count} operators and key words, {NESTING_TOKENS_MAX} are allowed"
        );
        return Err(sql_error(detail));
    }
    Ok(count)
}

/// Gives every `?` its number in the order of the text; how many parameters there are.
fn number_parameters(tokens: &mut [TokenWithSpan]) -> Result<usize> {
    let (mut marks, mut highest) = (0_usize, 0_usize);
    for token in tokens {
        let Token::Placeholder(name) = &mut token.token else { continue };
        if name == "?" {
            marks += 1;
            *name = format!("${marks}");
            continue;
        }
        let number =
            name.trim_start_matches(['$', '?']).parse::<usize>().ok().filter(|n| (1..=65_535).contains(n));
        let Some(number) = number else {
            return Err(sql_error(format!("a parameter is ?, $1, $2 and so on, not {name}")));
        };
        highest = highest.max(number);
        *name = format!("${number}");
    }
    if marks > 0 && highest > 0 {
        return Err(sql_error("parameters are either all ? or all numbered ($1, $2 …), not both"));
    }
    Ok(marks.max(highest))
}

/// The error for text that is not SQL.
fn syntax_error(error: &ParserError) -> Error {
    let detail = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => {
            return sql_error(format!("brackets and subqueries nest deeper than {DEPTH_MAX}"));
        }
    };
    let mut detail = detail.replace(" at Line: ", " at line ").replace(", Column: ", ", column ");
    if detail.contains("found: - ") {
        detail.push_str(DASH_HINT);
    }
    Error::new(Code::InvalidSql, format!("not valid SQL: {detail}"))
}

/// The words for a place in the text.
pub(super) fn at(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!(" at line {line}, column {column}") }
}
