//! Golden scripts: those of every backend, and those that show the engine's own files and layers.

use crate::backends::{OnSimDisk, small};
use quire_engine::Options;
use quire_testkit::script::{golden_folder, scripts_folder};
use quire_testkit::{Backend, ModelBackend, checked, mirror, restless};

fn boxed(backend: impl Backend + 'static) -> Box<dyn Backend> {
    Box::new(backend)
}

#[test]
fn the_engines_answers_are_those_of_every_backend() {
    let model = || boxed(ModelBackend::default());
    let engine = || boxed(OnSimDisk::new(Options::default()));
    let flushed = || boxed(checked(restless(1, OnSimDisk::new(small()))));
    let both = || boxed(mirror(ModelBackend::default(), checked(OnSimDisk::new(small()))));
    golden_folder(
        &scripts_folder(),
        &[("model", &model), ("engine", &engine), ("flushed engine", &flushed), ("model and engine", &both)],
    );
}

#[test]
fn the_engines_files_are_those_of_its_scripts() {
    let engine = || boxed(OnSimDisk::new(small()));
    let looked_at = || boxed(mirror(checked(OnSimDisk::new(small())), ModelBackend::default()));
    golden_folder(&scripts_folder().join("engine"), &[("engine", &engine), ("engine, checked", &looked_at)]);
}
