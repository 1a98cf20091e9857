//! What every engine must do: the same tests run unchanged against each.

mod chains;
mod checks;
mod history;
mod limits;
mod linear;
mod model;
mod reads;
mod restart;
mod scans;
mod snapshots;
mod support;

/// Makes one test an engine of each `async fn(Store)` named.
macro_rules! on_every_engine {
    ($($module:ident :: $test:ident,)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $test() {
                crate::$module::$test(store::Store::memory()).await;
            })*
        }

        mod embedded {
            $(#[tokio::test]
            async fn $test() {
                let folder = tempfile::tempdir().expect("a temporary folder");
                crate::$module::$test(crate::support::open(folder.path())).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                crate::$module::$test(crate::support::Place::postgres().open().await).await;
            })*
        }

        mod sharded {
            $(#[tokio::test]
            async fn $test() {
                crate::$module::$test(crate::support::Place::sharded().open().await).await;
            })*
        }
    };
}

/// Makes one test an engine of each `async fn(Place)` named, for the engines whose stores outlive the process.
macro_rules! on_every_engine_that_lasts {
    ($($module:ident :: $test:ident,)*) => {
        mod lasting {
            mod embedded {
                $(#[tokio::test]
                async fn $test() {
                    crate::$module::$test(crate::support::Place::embedded()).await;
                })*
            }

            mod postgres {
                $(#[tokio::test]
                async fn $test() {
                    crate::$module::$test(crate::support::Place::postgres()).await;
                })*
            }

            mod sharded {
                $(#[tokio::test]
                async fn $test() {
                    crate::$module::$test(crate::support::Place::sharded()).await;
                })*
            }
        }
    };
}

on_every_engine_that_lasts! {
    restart::everything_is_there_after_a_restart,
    restart::checks_hold_over_a_restart,
    restart::what_was_taken_is_written_before_closing,
}

on_every_engine! {
    linear::some_order_explains_every_history,
    checks::absent_holds_only_for_an_absent_key,
    checks::version_holds_only_for_that_version,
    checks::a_failed_check_writes_nothing_of_its_batch,
    checks::checks_see_earlier_batches_not_yet_durable,
    checks::checks_without_writes_are_decided,
    checks::an_empty_batch_resolves_after_those_before_it,
    checks::of_many_rivals_one_wins,
    reads::what_is_committed_is_read_back,
    reads::get_many_keeps_the_order_and_the_gaps,
    reads::a_later_put_of_a_batch_wins,
    reads::a_put_wins_over_a_delete_in_its_batch,
    reads::deletes_remove_and_absent_ones_are_no_error,
    reads::empty_and_binary_keys_and_values_are_kept,
    reads::batches_apply_in_the_order_they_were_enqueued,
    reads::a_dropped_commit_is_written_all_the_same,
    reads::visible_once_resolved,
    reads::closed_stores_take_nothing,
    scans::walks_in_key_order_both_ways,
    scans::bounds_are_inclusive_in_the_direction_of_the_walk,
    scans::prefixes_do_not_leak,
    scans::prefix_of_ff_bytes_ends_with_its_owner,
    scans::owners_are_apart,
    scans::pages_join_without_gap_or_overlap,
    scans::byte_limit_ends_a_page_after_the_item_that_passes_it,
    scans::a_page_is_one_moment,
    scans::delete_prefix_removes_exactly_the_prefix,
    scans::long_scans_work_from_any_thread,
    snapshots::a_new_store_has_none_of_the_engines_own,
    snapshots::every_record_comes_once_in_the_order_of_keys,
    snapshots::empty_and_binary_keys_are_in_it,
    snapshots::a_snapshot_is_one_instant,
    snapshots::two_snapshots_know_nothing_of_each_other,
    snapshots::snapshots_are_counted,
    snapshots::a_snapshot_of_a_closed_store_is_lost,
    chains::a_failed_batch_takes_its_successors_along,
    chains::another_chain_is_not_touched,
    chains::a_batch_of_two_chains_breaks_both,
    chains::a_new_chain_starts_afresh,
    chains::a_broken_chain_writes_nothing,
    chains::a_failure_is_told_after_what_came_before_is_visible,
    limits::sizes_at_the_bound_are_taken,
    limits::sizes_over_the_bound_are_refused,
    limits::reads_over_the_bound_are_refused,
    history::concurrent_counters_lose_nothing,
    history::transfers_keep_their_sum,
    model::random_operations_agree_with_a_map,
}
