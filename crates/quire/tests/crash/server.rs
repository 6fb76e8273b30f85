//! The shipped server as a child process, and a folder that goes with the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("quire-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Starts the server on a free port and waits until it is ready.
    // A child that does not get that far fails the test, and goes with it.
    #[allow(clippy::zombie_processes)]
    pub(crate) fn start(folder: &Folder) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quire"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("quire: ready on http://") {
                let address = address.to_owned();
                // Whatever else it says is read, so that it never waits for us.
                std::thread::spawn(move || lines.for_each(drop));
                return Server { child, address };
            }
            told.push_str(&line);
            told.push('\n');
        }
        panic!("the server did not start:\n{told}");
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
