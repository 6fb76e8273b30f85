//! `quickstart`: a real data set, a tour through it, and a server over it.
//!
//! 1. The folder is opened in this process (`host.rs`), as `serve` does.
//! 2. `sample.rs` imports the data set, unless it is there.
//! 3. `tour.rs` runs commands as a user would type them, and shows each before its answer.
//! 4. The folder is served until a signal comes.

mod sample;
mod tour;

use crate::args::{Format, Quickstart};
use crate::commands::Desk;
use crate::failure::Failure;
use crate::host::Host;
use crate::notes::warn;
use crate::output::Output;
use crate::serve::{self, Listening};
use crate::settings::{Listen, Settings};
use sample::Found;

/// The folder where none is named. It is not the default of other commands, so that the tour never meets real data.
pub(crate) const DATA_DEFAULT: &str = "./quire-quickstart";

pub(crate) async fn run(mut desk: Desk, args: Quickstart) -> Result<(), Failure> {
    if desk.url.is_some() {
        return Err(Failure::usage("quickstart works on a folder of its own; leave --url and QUIRE_URL out"));
    }
    // The tour is for people, wherever it is printed, unless they ask for something else.
    desk.output = Output::new(Some(desk.format.unwrap_or(Format::Table)));
    // The port is taken before the long part, so that a port in use is known at once.
    let listening = if args.no_serve { None } else { Some(listen(&desk, args.listen.is_some()).await?) };
    let host = Host::open(&desk.settings, true).await?;
    let outcome = first(&desk, &host).await;
    match (outcome, listening) {
        (Ok(()), Some(listening)) => {
            serve::until_signal(&desk, host, listening, |at| next_steps(&desk.settings, at)).await
        }
        (outcome, _) => {
            let closed = host.close().await;
            outcome.and(closed)
        }
    }
}

/// Imports the sample and shows it, or says why not.
async fn first(desk: &Desk, host: &Host) -> Result<(), Failure> {
    let client = host.client().await?;
    let database = client.database(&desk.settings.db);
    let folder = desk.settings.data.display();
    match sample::look(&database).await? {
        Found::Sample => {
            desk.notes
                .say(format_args!("{folder} holds the sample already; remove it to take the tour again"));
            Ok(())
        }
        Found::Other => {
            desk.notes
                .say(format_args!("{folder} holds other data; it stays as it is, and nothing is imported"));
            Ok(())
        }
        Found::Nothing => {
            desk.notes.say(format_args!("importing the sample into {folder}"));
            sample::import(desk, &database).await?;
            tour::run(desk, &database).await
        }
    }
}

async fn listen(desk: &Desk, is_asked_for: bool) -> Result<Listening, Failure> {
    let first = Listening::open(&desk.settings).await;
    match (first, &desk.settings.listen) {
        // Only a port that nobody asked for may be exchanged for another.
        (Err(failure), Listen::Address { host, .. }) if !is_asked_for && failure.code().is_some() => {
            let mut settings = desk.settings.clone();
            settings.listen = Listen::Address { host: host.clone(), port: 0 };
            let listening = Listening::open(&settings).await?;
            desk.notes.say(format_args!("{} is taken; a free port takes its place", desk.settings.listen));
            Ok(listening)
        }
        (outcome, _) => outcome,
    }
}

/// What to type next.
fn next_steps(settings: &Settings, address: Option<&str>) {
    let data = settings.data.display();
    let mut text = String::from("\nThe server runs until Ctrl-C. In another terminal:\n");
    if let Some(address) = address {
        let base = format!("{address}/v1/databases/{}", settings.db);
        text.push_str(&format!(
            "  curl {base}/collections/features/documents/css.properties.grid\n  \
             curl {base}/sql -H 'content-type: application/json' \\\n    \
             -d '{{\"sql\":\"SELECT area, count(*) AS n FROM features GROUP BY area\"}}'\n"
        ));
    }
    text.push_str(&format!(
        "  quire --data {data} find features '{{\"tags\":\"web-features:grid\"}}' --fields name\n  \
         quire --data {data} stats\n  quire --help"
    ));
    warn(text);
}
