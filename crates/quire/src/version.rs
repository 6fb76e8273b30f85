//! `version`.

use serde::Serialize;

use crate::args::Format;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Serialize)]
struct Version {
    name: &'static str,
    version: &'static str,
}

pub(crate) fn run(output: Output, format: Option<Format>) -> Result<(), Failure> {
    let version = Version { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
    match format {
        None | Some(Format::Table) => output.text(&format!("{} {}", version.name, version.version)),
        Some(_) => {
            let json =
                serde_json::to_string(&version).map_err(|error| Failure::internal(error.to_string()))?;
            output.one(&json)
        }
    }
}
