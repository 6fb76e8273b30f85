//! Golden scripts: the model's answers are those of the files, and what is no script is refused.

use quire_model::Store;
use quire_testkit::script::{Script, golden_folder, scripts_folder};
use quire_testkit::{Backend, ModelBackend, checked};

#[test]
fn the_models_answers_are_those_of_the_files() {
    let plain = || Box::new(ModelBackend::default()) as Box<dyn Backend>;
    let checked = || Box::new(checked(ModelBackend::default())) as Box<dyn Backend>;
    golden_folder(&scripts_folder(), &[("model", &plain), ("checked model", &checked)]);
}

#[test]
fn what_is_no_script_is_refused_with_its_line() {
    for (text, line) in [
        ("hello", 1),
        ("> put c {\"_id\":\"x\"}\nfine\n\nnot fine", 4),
        ("> put c", 1),
        ("> put c {\"_id\":\"x\",}", 1),
        ("> put c {\"_id\":\"x\"} maybe", 1),
        ("> put c {\"_id\":\"x\"} rev", 1),
        ("> put 1c {\"_id\":\"x\"}", 1),
        ("> delete c", 1),
        ("> scan c since x", 1),
        ("> scan c filter {\"a\":{\"$no\":1}}", 1),
        ("> stats now", 1),
        ("> at s put c {}", 1),
        ("> database rename a", 1),
        ("> end", 1),
        ("> batch\n> get c x\n> end", 2),
        ("> batch\n> batch", 2),
        ("# only\n\n> batch\n> put c {\"_id\":\"x\"}", 3),
    ] {
        assert_eq!(Script::parse(text).err().map(|fault| fault.line), Some(line), "{text}");
    }
}

#[test]
fn a_command_that_nobody_knows_stops_the_script() {
    for text in ["> seq\n> flush", "> seq\n> at s seq", "> seq\n> release s"] {
        let fault = Script::parse(text).unwrap().run(ModelBackend::default()).unwrap_err();
        assert_eq!(fault.line, 2, "{}", fault.what);
    }
}

/// A backend with a command of its own.
#[derive(Default)]
struct Special(ModelBackend);

impl Backend for Special {
    fn open(&mut self) -> Box<dyn Store> {
        self.0.open()
    }

    fn special(&mut self, command: &str) -> Option<String> {
        let words: Vec<&str> = command.split(' ').collect();
        match words[..] {
            ["say", word] => Some(format!("{word}\n{word} again")),
            ["blank"] => Some("a\n\nb".to_owned()),
            _ => None,
        }
    }
}

#[test]
fn a_backend_answers_its_own_commands() {
    let script = Script::parse("# before\n> say hello\nwhat stood here before\n\n> seq\n").unwrap();
    let came = script.run(checked(Special::default())).unwrap();
    assert_eq!(came, "# before\n> say hello\nhello\nhello again\n\n> seq\nseq 0\n");
    // An answer that would be read back as something else is no answer.
    let blank = Script::parse("> blank").unwrap().run(Special::default()).unwrap_err();
    assert!(blank.what.contains("cannot stand"), "{}", blank.what);
}
