//! Rules of papers: links, and what no text may name.

use std::process::Command;

use crate::fixture::Fixture;

#[test]
fn a_link_leads_to_a_file_of_the_repository() {
    let text = "# Here\n\n[a](other.md#part) [b](../README.md \"title\") [c](<a file.md>) [d](/docs/) \
                [e](https://example.org/x) [f](#here)\n`[g](gone.md)`\n```\n[h](gone.md)\n```\n[i]: other.md\n\
                [^1]: A footnote.\n";
    let fixture = Fixture::with("docs/here.md", text);
    fixture.write("docs/other.md", "# Other\n");
    fixture.write("docs/a file.md", "# A file\n");
    fixture.write("README.md", "[docs](docs) ![picture](docs/picture.png)\n");
    fixture.write_bytes("docs/picture.png", &[0x89, 0, 0xff]);
    fixture.finds(&[]);
}

#[test]
fn a_link_to_nothing_fails() {
    let text =
        "# Here\n[a](gone.md) [b](../../outside.md)\n<img src=\"gone.png\">\n[c]: gone.txt\n[d](her)\n";
    let fixture = Fixture::with("samples/here.md", text);
    fixture.write("target/gone.md", "not of the repository\n");
    fixture.write("README.md", "[built](target/gone.md)\n");
    fixture.finds(&[
        "README.md:1: the link `target/gone.md` leads to no file",
        "samples/here.md:2: the link `../../outside.md` leads to no file",
        "samples/here.md:2: the link `gone.md` leads to no file",
        "samples/here.md:3: the link `gone.png` leads to no file",
        "samples/here.md:4: the link `gone.txt` leads to no file",
        "samples/here.md:5: the link `her` leads to no file",
    ]);
}

#[test]
fn a_folder_of_a_machine_fails() {
    let (first, second, third) = (concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm"));
    let text = format!("cd {first}here\n\"{second}.cargo\"\n{third}\ndocs{first}page and a{third}\n");
    Fixture::with("docs/here.txt", &text).finds(&[
        &format!("docs/here.txt:1: `{first}` is a folder of some machine"),
        &format!("docs/here.txt:2: `{second}` is a folder of some machine"),
        &format!("docs/here.txt:3: `{third}` is a folder of some machine"),
    ]);
}

#[test]
fn the_address_of_a_registry_fails() {
    let hosts = [
        concat!("crates.io", "-index"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
        concat!("registry.", "npmjs.org"),
        concat!("pypi.org", "/simple"),
    ];
    for host in hosts {
        let expected = format!("x.toml:1: `{host}` is the address of a registry");
        Fixture::with("x.toml", &format!("url = \"https://{host}/\"\n")).finds(&[&expected]);
    }
}

#[test]
fn the_lock_may_name_the_one_registry_that_cargo_writes() {
    let source = concat!("source = \"registry+https://github.com/rust-lang/", "crates.io", "-index\"\n");
    Fixture::with("Cargo.lock", source).finds(&[]);
    let expected = format!("other.lock:1: `{}` is the address of a registry", concat!("crates.io", "-index"));
    Fixture::with("other.lock", source).finds(&[&expected]);
}

#[test]
fn what_is_no_text_is_not_read() {
    let mut bytes = vec![0_u8];
    bytes.extend(concat!("/ro", "ot/").bytes());
    let fixture = Fixture::clean();
    fixture.write_bytes("samples/data.bin", &bytes);
    fixture.finds(&[]);
}

#[test]
fn what_git_ignores_is_not_read() {
    let text = concat!("/ro", "ot/");
    let fixture = Fixture::with("notes.local", text);
    let expected = format!("notes.local:1: `{text}` is a folder of some machine");
    fixture.finds(&[&expected]);
    let init = Command::new("git").args(["init", "--quiet"]).current_dir(&fixture.root).status();
    // Without Git there is nothing to ignore by.
    if init.is_ok_and(|status| status.success()) {
        fixture.finds(&[&expected]);
        fixture.write(".gitignore", "*.local\n");
        fixture.finds(&[]);
    }
}

#[test]
fn events_and_their_page_name_each_other() {
    let page = "# Logs\n\n| event | level | tells |\n| --- | --- | --- |\n| `begun`, `ended` | info | `x` |\n\
                | `gone` | warn | nothing |\n";
    let fixture = Fixture::with("docs/logs.md", page);
    let source = "//! A.\n\nfn a() {\n    tracing::info!(event = \"begun\", n = 1);\n    tracing::info!(\n        \
                  event = \"ended\",\n        n = 1,\n    );\n}\n\n#[cfg(test)]\nmod tests {\n    fn b() {\n        \
                  tracing::info!(event = \"tested\");\n    }\n}\n";
    fixture.write("crates/quire-wire/src/a.rs", source);
    fixture.finds(&["docs/logs.md:6: nothing logs the event `gone`"]);
    let more = "//! B.\n\nfn b() {\n    tracing::warn!(event = \"new\");\n    tracing::warn!(\"no name\");\n    \
                tracing::warn!(event = \"gone\");\n}\n";
    fixture.write("crates/quire-wire/src/b.rs", more);
    fixture.finds(&[
        "crates/quire-wire/src/b.rs:4: the event `new` is not in docs/logs.md",
        "crates/quire-wire/src/b.rs:5: what is logged has no `event = \"NAME\"`",
    ]);
}
