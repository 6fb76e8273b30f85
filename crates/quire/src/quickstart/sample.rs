//! The sample data set that the program carries with it: see `samples/README.md`.

use quire_client::Database;

use crate::args::OnError;
use crate::commands::Desk;
use crate::failure::{Exit, Failure};
use crate::import::{self, Plan, Source};

/// The collections of the sample: name, documents, file.
const SAMPLE: &[(&str, u64, &[u8])] = &[
    ("browsers", 17, include_bytes!("../../../../samples/browsers.ndjson.gz")),
    ("features", 4_687, include_bytes!("../../../../samples/features.ndjson.gz")),
];

/// What is in a folder.
pub(super) enum Found {
    /// Nothing, or a part of the sample only.
    Nothing,
    /// All of the sample, perhaps with more.
    Sample,
    /// Something else.
    Other,
}

/// Looks what is there.
pub(super) async fn look(database: &Database) -> Result<Found, Failure> {
    let mut others = 0;
    let mut complete = 0;
    for collection in database.collections().await? {
        let documents = database.collection(collection.name.as_str()).info().await?.documents;
        match SAMPLE.iter().find(|(name, ..)| *name == collection.name) {
            Some((_, wanted, _)) => complete += usize::from(documents >= *wanted),
            None => others += documents,
        }
    }
    // An import that was cut off is begun again: the same documents replace themselves.
    Ok(match (complete == SAMPLE.len(), others) {
        (true, _) => Found::Sample,
        (false, 0) => Found::Nothing,
        (false, _) => Found::Other,
    })
}

/// Imports the sample.
pub(super) async fn import(desk: &Desk, database: &Database) -> Result<(), Failure> {
    for (name, wanted, bytes) in SAMPLE {
        let source = Source::inside(name, bytes)
            .map_err(|error| Failure::internal(format!("the sample `{name}` cannot be read: {error}")))?;
        let collection = database.collection(*name);
        let plan = Plan { collection, on_error: OnError::Stop, replace: true, notes: desk.notes };
        let done = import::run(&plan, source).await?;
        if done.refused > 0 {
            return Err(Failure::Told(Exit::Refused));
        }
        if done.documents != *wanted {
            let detail = format!("the sample `{name}` has {} documents instead of {wanted}", done.documents);
            return Err(Failure::internal(detail));
        }
        desk.notes.say(format_args!("imported {} documents into {name}", done.documents));
    }
    Ok(())
}
