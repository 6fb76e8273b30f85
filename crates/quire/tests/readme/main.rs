//! The README's examples, run as they stand: each `console` block, command by command, against the shipped binary.

// A helper that cannot go on stops the test.
#![allow(clippy::unwrap_used)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// One command of a block with the output that the README shows.
#[derive(Debug, PartialEq)]
struct Example {
    command: String,
    output: String,
}

fn examples(markdown: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    let mut quoted = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                // A command goes on while a single quote is open.
                (_, Some(example)) if quoted => {
                    example.command.push('\n');
                    example.command.push_str(line);
                }
                (Some(command), _) => {
                    examples.push(Example { command: command.to_owned(), output: String::new() });
                }
                (None, Some(example)) => {
                    example.output.push_str(line);
                    example.output.push('\n');
                    continue;
                }
                (None, None) => panic!("output before any command: {line}"),
            }
            quoted = examples.last().is_some_and(|e| e.command.matches('\'').count() % 2 == 1);
        }
    }
    examples
}

struct Place {
    folder: PathBuf,
    port: u16,
    servers: Vec<Child>,
}

impl Drop for Place {
    fn drop(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    fn new() -> Place {
        let folder = std::env::temp_dir().join(format!("quire-readme-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Place { folder, port, servers: Vec::new() }
    }

    fn shell(&self, command: &str) -> Command {
        let binaries = Path::new(env!("CARGO_BIN_EXE_quire")).parent().unwrap();
        let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command.replace("localhost:7878", &format!("localhost:{}", self.port)));
        shell.current_dir(&self.folder).env("PATH", path).stdin(Stdio::null());
        shell.env("QUIRE_LISTEN", format!("127.0.0.1:{}", self.port));
        for other in ["QUIRE_DATA", "QUIRE_URL", "QUIRE_DB", "QUIRE_CONFIG", "QUIRE_LOG"] {
            shell.env_remove(other);
        }
        shell
    }

    fn run(&mut self, example: &Example) {
        if let Some(command) = example.command.strip_suffix('&') {
            self.servers.push(self.shell(&format!("exec {command}")).spawn().unwrap());
            let ready = (0..200).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                TcpStream::connect(("127.0.0.1", self.port)).is_ok()
            });
            assert!(ready, "nothing answers after: {}", example.command);
            return;
        }
        let output = self.shell(&format!("{{ {}\n}} 2>&1", example.command)).output().unwrap();
        let got = String::from_utf8(output.stdout).unwrap();
        assert_eq!(got.trim_end(), example.output.trim_end(), "after: {}", example.command);
    }
}

#[test]
fn trap_31_the_readmes_examples_print_what_it_says() {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let examples = examples(&readme);
    assert!(examples.len() >= 15, "{}", examples.len());
    let mut place = Place::new();
    for example in &examples {
        place.run(example);
    }
}

#[test]
fn a_command_may_go_over_several_lines() {
    let found = examples("text\n```console\n$ a '\n b' | c\nout\n$ d\n```\n```sh\n$ no\n```\n");
    assert_eq!(found[0], Example { command: "a '\n b' | c".to_owned(), output: "out\n".to_owned() });
    assert_eq!(found[1], Example { command: "d".to_owned(), output: String::new() });
    assert_eq!(found.len(), 2);
}
