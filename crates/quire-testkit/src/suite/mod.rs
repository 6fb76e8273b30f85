//! The contract of [`Store`](quire_model::Store) as named cases, the same for every backend.
//!
//! 1. A backend's integration test calls [`contract_suite!`](crate::contract_suite) with an expression that makes a
//!    fresh [`Backend`]: every case becomes a test.
//! 2. A case gets a [`Fixture`] over it, works with the store, and may open it again.
//!
//! A case holds for every backend whatever layers, files and threads it has: it says nothing about them.

#![allow(clippy::unwrap_used, reason = "a case fails as a test does")]

mod batches;
mod collections;
mod commits;
mod concurrent;
mod databases;
mod errors;
mod figures;
mod filters;
mod reopen;
mod scans;
mod sizes;
mod snapshots;
mod texts;

use crate::{Backend, Fixture};

/// A promise, and how it is tried.
pub struct Case {
    /// What is promised.
    pub name: &'static str,
    /// Tries it on a fresh backend.
    pub run: fn(&mut Fixture),
}

/// Every case.
pub const CASES: &[Case] = contract_suite!(@list);

/// Runs one case on a fresh backend.
///
/// # Panics
/// Where the promise does not hold, and where there is no such case.
pub fn run(case: &str, backend: impl Backend + 'static) {
    let found = CASES.iter().find(|known| known.name == case);
    let Some(found) = found else { panic!("there is no case {case}") };
    (found.run)(&mut Fixture::new(backend));
}

/// Makes a test of every case of the suite: `contract_suite!(MyBackend::new())`.
#[macro_export]
macro_rules! contract_suite {
    (@list) => { $crate::contract_suite! { @each list () } };
    (@each $what:ident $pass:tt) => {
        $crate::contract_suite! { @$what $pass [
            commits::every_expectation_meets_every_state
            commits::a_commit_takes_the_next_number
            commits::a_batch_with_nothing_to_do_takes_no_number
            commits::the_next_snapshot_sees_the_write
            batches::a_refused_batch_leaves_nothing
            batches::a_later_operation_sees_the_earlier_ones
            batches::the_first_refusal_is_the_one_that_is_named
            batches::a_batch_over_many_collections_is_seen_whole
            collections::a_collection_is_made_and_dropped
            collections::a_collection_is_dropped_and_made_again_in_one_batch
            collections::a_collection_is_dropped_and_made_again_over_commits
            collections::an_empty_collection_stays
            collections::many_collections_are_listed_in_order
            snapshots::a_snapshot_never_changes
            snapshots::a_snapshot_outlives_its_collection
            snapshots::a_scan_that_began_is_not_disturbed
            snapshots::every_commit_can_be_read_at_its_own_number
            scans::rows_come_in_order_of_id
            scans::after_and_limit_cut_the_same_rows_everywhere
            scans::a_long_scan_comes_in_batches
            scans::a_get_answers_in_the_order_asked
            filters::a_filter_finds_what_the_evaluator_finds
            filters::a_filtered_scan_keeps_to_after_and_limit
            sizes::documents_of_every_size_come_back
            sizes::ids_of_every_length_and_letter_come_back
            sizes::a_batch_of_a_hundred_thousand_operations
            sizes::a_commit_over_the_limit_is_refused
            texts::numbers_and_key_order_are_kept_byte_for_byte
            texts::irregular_documents_come_back
            databases::databases_are_apart
            databases::a_database_is_dropped_while_a_snapshot_is_open
            databases::a_database_made_again_is_another_one
            databases::many_databases_come_back
            concurrent::no_update_is_lost
            concurrent::one_of_many_inserts_wins
            concurrent::a_reader_never_sees_half_a_batch
            errors::what_is_absent_has_its_code
            errors::a_refused_operation_names_its_place
            figures::statistics_count_what_a_scan_finds
            figures::a_checkpoint_reaches_the_newest_commit
            reopen::everything_answered_is_there_again
            reopen::what_was_removed_does_not_come_back
            reopen::a_removal_holds_over_older_and_larger_files
            reopen::numbers_go_on_after_a_restart
            reopen::twenty_lives_each_add_something
        ] }
    };
    (@list () [$($room:ident::$case:ident)*]) => {
        &[$($crate::suite::Case { name: stringify!($case), run: $room::$case }),*]
    };
    (@tests ($backend:expr) [$($room:ident::$case:ident)*]) => {
        $(#[test]
        fn $case() {
            $crate::suite::run(stringify!($case), $backend);
        })*
    };
    ($backend:expr) => { $crate::contract_suite! { @each tests ($backend) } };
}
use contract_suite;
