//! `Quire-Min-Seq`: a read waits until the database is as new as somebody else's answer.

use super::Call;
use super::query_string::whole_number;
use crate::failure::Failure;
use quire_model::{Code, Error, Seq};
use quire_wire::header::MIN_SEQ;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The pauses between two looks: the first one, doubled each time up to the longest. Between two looks nothing is
/// held.
const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(64);

/// Waits until the newest commit of the request's database is at least the one wanted.
///
/// # Errors
/// `invalid_request` for what is no number, `database_not_found`, `timeout`, `shutting_down`.
pub(crate) async fn wait_for_seq(call: &Call, wanted: &str) -> Result<(), Failure> {
    let Some(wanted) = whole_number(wanted) else {
        let detail = format!("the header {MIN_SEQ}: it must be a whole number");
        return Err(Error::new(Code::InvalidRequest, detail).into());
    };
    let patience = call.app.limits().min_seq_timeout.min(call.session.limits().query_timeout);
    let end = Instant::now() + patience;
    let mut pause = PAUSE_MIN;
    let mut newest = call.run(|session| session.newest()).await?;
    while newest < wanted {
        if Instant::now() >= end {
            return Err(Failure { seq: Some(newest), ..Failure::from(too_old(newest, wanted, patience)) });
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = call.app.stopped() => {
                return Err(Error::new(Code::ShuttingDown, "the server stops; try again").into());
            }
        }
        pause = (pause * 2).min(PAUSE_MAX);
        let session = call.session.clone();
        newest = call.app.work().run_more(move || session.newest()).await?;
    }
    Ok(())
}

fn too_old(newest: Seq, wanted: Seq, patience: Duration) -> Error {
    let detail = format!(
        "the database is at sequence number {newest}, the request wants at least {wanted}, which did not come within \
         {} ms",
        patience.as_millis()
    );
    Error::new(Code::Timeout, detail)
}
