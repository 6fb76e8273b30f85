//! Bytes that are no UTF-8 are refused wherever they stand, and the place is named.

use quire_model::json::FaultKind;

use crate::fault;

const BAD: &[&[u8]] = &[
    b"\x80", // a continuation alone
    b"\xbf",
    b"\xc0\x80", // overlong NUL
    b"\xc1\xbf",
    b"\xe0\x80\x80", // overlong in three bytes
    b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\x80", // overlong in four
    b"\xf0\x8f\xbf\xbf",
    b"\xed\xa0\x80", // encoded surrogates
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf4\x90\x80\x80", // above the last code point
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xc3", // cut short
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc3\x28",
];

#[test]
fn invalid_utf8_is_refused_wherever_it_stands() {
    for bad in BAD {
        for lead in [0, 1, 13, 14, 15, 16, 60, 61, 62, 63, 64, 65, 200] {
            let string = [b"[\"".as_slice(), &b"x".repeat(lead), bad, b"\"]"].concat();
            assert_eq!(fault(&string), Some((FaultKind::Utf8, lead + 2)), "{bad:x?}");
            let end = [b"\"".as_slice(), &b"x".repeat(lead), bad].concat();
            assert_eq!(fault(&end), Some((FaultKind::Utf8, lead + 1)), "{bad:x?}");
        }
        let key = [b"{\"".as_slice(), bad, b"\":1}"].concat();
        assert_eq!(fault(&key), Some((FaultKind::Utf8, 2)));
        let outside = [b"[1,", *bad, b"]"].concat();
        assert_eq!(fault(&outside), Some((FaultKind::Utf8, 3)));
    }
}
