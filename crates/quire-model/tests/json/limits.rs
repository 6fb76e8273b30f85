//! The limits hold to the byte and to the bracket.

use quire_model::json::{FaultKind, Limits, Scanner};

use crate::{accepts, fault};

const MIB: usize = 1024 * 1024;

fn nested(depth: usize) -> [String; 2] {
    [
        format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)),
    ]
}

#[test]
fn depth_128_is_accepted_and_129_refused() {
    for (good, bad) in nested(128).into_iter().zip(nested(129)) {
        assert!(accepts(good));
        assert!(matches!(fault(bad), Some((FaultKind::TooDeep { depth_max: 128 }, _))));
    }
    assert_eq!(fault("[".repeat(200)), Some((FaultKind::TooDeep { depth_max: 128 }, 128)));
    // Breadth is not depth.
    assert!(accepts(format!("[{}[]]", "[[]],".repeat(1000))));
}

#[test]
fn other_depths_hold_too() {
    let check = |depth_max, text: &str| {
        let mut scanner = Scanner::new(Limits { depth_max, ..Limits::default() });
        scanner.check(text.as_bytes(), &[]).is_ok()
    };
    assert!(check(0, "1") && !check(0, "[]") && !check(0, "{}"));
    assert!(check(1, "[1]") && !check(1, "[[]]") && !check(1, "{\"a\":{}}"));
    let [arrays, objects] = nested(50_000);
    assert!(check(50_000, &arrays) && check(50_000, &objects) && !check(49_999, &arrays));
}

#[test]
fn sixteen_mib_are_accepted_and_one_byte_more_is_refused() {
    let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    assert!(accepts(text(16 * MIB)));
    let bytes_max = 16 * MIB;
    assert_eq!(fault(text(16 * MIB + 1)), Some((FaultKind::TooLarge { bytes_max }, bytes_max)));
    // White space counts: a limit is about what is read.
    assert!(!accepts(format!("1{}", " ".repeat(16 * MIB))));
}
