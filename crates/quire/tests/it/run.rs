//! Runs the binary: folders that go away, commands with their answers, servers that are stopped.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A folder that goes away with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("quire-it-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The data folder inside, which is made by the first command that needs it.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A command in this folder.
    pub(crate) fn quire(&self, arguments: &[&str]) -> Answer {
        self.command(arguments).answer()
    }

    /// As [`Folder::quire`], to be changed before it runs.
    pub(crate) fn command(&self, arguments: &[&str]) -> Typed {
        self.typed(quire(), arguments)
    }

    /// A command that finds the data folder on a file system that cannot be written to; `None`, said loudly, where
    /// this process may not mount.
    pub(crate) fn command_on_read_only_mount(&self, arguments: &[&str]) -> Option<Typed> {
        // In a mount namespace of its own, so that nothing has to be undone.
        const MOUNTED: &str = r#"
            mount --bind "$QUIRE_DATA" "$QUIRE_DATA" && mount -o remount,bind,ro "$QUIRE_DATA" "$QUIRE_DATA" &&
            ! touch "$QUIRE_DATA/written" 2>/dev/null && exec "$0" "$@""#;
        let within = |program: &str| {
            let mut command = without_settings("unshare");
            command.args(["--map-root-user", "--mount", "sh", "-c", MOUNTED, program]);
            command
        };
        let probe = self.typed(within("true"), &[]).answer_if_it_runs();
        if !probe.is_some_and(|answer| answer.output.status.success()) {
            // Past the test runner, which would keep it to itself.
            let said = "SKIPPED: this process may not mount, so nothing was tried on a read-only file system";
            writeln!(std::io::stderr(), "{said}").ok();
            return None;
        }
        Some(self.typed(within(env!("CARGO_BIN_EXE_quire")), arguments))
    }

    /// A command that is run through a shell, which gets the command as its arguments.
    pub(crate) fn command_in_shell(&self, script: &str, arguments: &[&str]) -> Typed {
        let mut command = without_settings("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_quire")]);
        self.typed(command, arguments)
    }

    fn typed(&self, mut command: Command, arguments: &[&str]) -> Typed {
        command.current_dir(&self.0).env("QUIRE_DATA", self.data()).args(arguments);
        Typed { command, input: Vec::new() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// The binary, without what the surroundings of the test would tell it.
pub(crate) fn quire() -> Command {
    without_settings(env!("CARGO_BIN_EXE_quire"))
}

fn without_settings(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUIRE_") {
            command.env_remove(name);
        }
    }
    command
}

/// A command that is about to run.
pub(crate) struct Typed {
    command: Command,
    input: Vec<u8>,
}

impl Typed {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Typed {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Typed {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Typed {
        self.input = bytes.into();
        self
    }

    pub(crate) fn answer(self) -> Answer {
        self.answer_if_it_runs().unwrap()
    }

    fn answer_if_it_runs(mut self) -> Option<Answer> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let shown = format!("{:?}", self.command);
        let mut child = self.command.spawn().ok()?;
        let mut stdin = child.stdin.take().unwrap();
        let input = std::mem::take(&mut self.input);
        // A command that does not read its input closes it; that is its right.
        let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Some(Answer { shown, output })
    }
}

/// What a command answered.
pub(crate) struct Answer {
    shown: String,
    output: Output,
}

impl Answer {
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    /// The answer, if the command ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Answer {
        let seen = self.output.status.code();
        assert_eq!(seen, Some(code), "{}\n--- out\n{}\n--- err\n{}", self.shown, self.out(), self.err());
        self
    }

    /// The results of a command that worked.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        self.exits(0).out()
    }

    /// Checks that the command was refused, says this code and prints no result.
    #[track_caller]
    pub(crate) fn refused(self, exit: i32, code: &str) -> String {
        let answer = self.exits(exit);
        let said = answer.err();
        assert!(said.contains(&format!("[{code}]")), "{}: {said}", answer.shown);
        assert_eq!(answer.out(), "", "{}", answer.shown);
        said
    }

    /// The only line of results, as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).unwrap()
    }
}

/// A server of a folder.
pub(crate) struct Server {
    child: Child,
    stderr: Option<BufReader<ChildStderr>>,
    /// `http://HOST:PORT`, where it listens on TCP.
    pub(crate) url: String,
    /// What it said until it was ready.
    pub(crate) said: String,
}

impl Server {
    /// Serves the folder on a free port.
    pub(crate) fn start(folder: &Folder) -> Server {
        Server::start_with(folder.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Runs a command that serves, and waits until it is ready.
    pub(crate) fn start_with(mut typed: Typed) -> Server {
        typed.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = typed.command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut url) = (String::new(), String::new());
        // The line of the socket is the last that tells of being ready, also where there is none.
        while !said.contains("quire: ready on unix:") && !said.contains("so there is no socket in it") {
            let mut line = String::new();
            let read = stderr.read_line(&mut line).unwrap();
            assert!(read > 0, "the server ended: {:?}\n{said}", child.wait());
            if let Some(address) = line.trim().strip_prefix("quire: ready on http") {
                url = format!("http{address}");
            }
            said.push_str(&line);
        }
        Server { child, stderr: Some(stderr), url, said }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the server has ended, and gives its exit code and what else it said.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        let mut stderr = self.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            stderr.read_to_string(&mut rest).unwrap();
            rest
        });
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        };
        (status.code(), reader.join().unwrap())
    }

    /// Stops the server as an operator does.
    pub(crate) fn stop(self) {
        self.signal("TERM");
        let (code, said) = self.wait();
        assert_eq!(code, Some(0), "{said}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One HTTP request without any client: status, head and body of the answer.
pub(crate) fn http(url: &str, method: &str, path: &str, body: impl AsRef<[u8]>) -> (u16, String, String) {
    try_http(url, method, path, "", body).unwrap()
}

/// As [`http`], with more headers, each with its end; `None` where the connection broke before the answer's end.
pub(crate) fn try_http(
    url: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: impl AsRef<[u8]>,
) -> Option<(u16, String, String)> {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    let body = body.as_ref();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let is_whole = match length {
        Some(length) => body.len() == length.parse::<usize>().ok()?,
        None => status == 204 || body.ends_with("0\r\n\r\n"),
    };
    is_whole.then(|| (status, format!("{head}\r\n"), body.to_owned()))
}

/// The head of a request that inserts into `c`; a body of `length` bytes is to follow.
pub(crate) fn insert_head(address: &str, length: usize) -> String {
    format!(
        "POST /v1/databases/main/collections/c/documents HTTP/1.1\r\nhost: {address}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}
