//! The SQL dialect: DataFusion's, with `->` as the JSON operator.

use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect, Precedence};
use std::any::TypeId;

/// The generic dialect without lambda functions, which would take `a -> 'b'` for one, and without the words
/// of other systems that no query here means.
#[derive(Debug)]
pub(super) struct QuireDialect;

macro_rules! supported {
    ($($name:ident)*) => { $( fn $name(&self) -> bool { true } )* };
}

impl Dialect for QuireDialect {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch != '#' && GenericDialect.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch != '#' && GenericDialect.is_identifier_part(ch)
    }

    /// `->` and `->>` bind more closely than arithmetic and comparison: `a ->> 'b' = 'c'` compares what is at
    /// `b`.
    fn prec_value(&self, precedence: Precedence) -> u8 {
        match precedence {
            Precedence::PgOther => 45,
            other => GenericDialect.prec_value(other),
        }
    }

    supported! {
        supports_unicode_string_literal
        supports_partition_by_after_order_by
        supports_group_by_expr
        supports_group_by_with_modifier
        supports_left_associative_joins_without_parens
        supports_pipe_operator
        supports_window_function_null_treatment_arg
        supports_dictionary_syntax
        supports_window_clause_named_window_reference
        supports_select_wildcard_except
        support_map_literal_syntax
        allow_extract_custom
        allow_extract_single_quotes
        supports_extract_comma_syntax
        supports_parens_around_table_factor
        supports_values_as_table_factor
        supports_explain_with_utility_options
        supports_limit_comma
        supports_from_first_select
        supports_projection_trailing_commas
        supports_bitwise_shift_operators
        supports_struct_literal
        supports_nested_comments
        supports_string_escape_constant
        supports_array_typedef_with_brackets
        supports_filter_during_aggregation
        supports_select_wildcard_exclude
        supports_select_wildcard_replace
        supports_select_wildcard_ilike
        supports_select_wildcard_rename
        supports_interval_options
        supports_comma_separated_trim
    }
}
