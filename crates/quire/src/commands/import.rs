//! `import`.

use quire_client::Collection;

use super::Desk;
use crate::args;
use crate::failure::{Exit, Failure};
use crate::import::{self, Plan, Source};

pub(super) async fn run(desk: &Desk, collection: Collection, args: args::Import) -> Result<(), Failure> {
    let source = Source::open(&args.file)?;
    let plan = Plan { collection, on_error: args.on_error, replace: args.replace, notes: desk.notes };
    let done = import::run(&plan, source).await?;
    let refused = match done.refused {
        0 => String::new(),
        refused => format!(", refused {refused}"),
    };
    desk.notes.say(format_args!("imported {} documents{refused}", done.documents));
    match done.refused {
        0 => Ok(()),
        _ => Err(Failure::Told(Exit::Refused)),
    }
}
