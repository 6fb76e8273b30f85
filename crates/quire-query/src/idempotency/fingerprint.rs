//! A number for everything that a request asks for, so that a key is not used for two requests.

use crate::write::{Asked, Condition};

/// The number of a request. It is kept in files, so it is the same in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) u128);

/// FNV-1a with 128 bits. It tells honest mistakes apart; whoever forges a second request with the same number
/// only gets the answer to their own first one.
const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Fingerprint {
    /// One change.
    pub(crate) fn of_change(asked: &Asked<'_>) -> Fingerprint {
        Fingerprint(BASIS).change(asked)
    }

    /// Changes that are committed together.
    pub(crate) fn of_batch<'a>(changes: impl Iterator<Item = Asked<'a>>) -> Fingerprint {
        changes.fold(Fingerprint(BASIS).text(b"batch"), |print, asked| print.change(&asked))
    }

    /// A request that is its name and what it names.
    pub(crate) fn of_words(words: &[&str]) -> Fingerprint {
        words.iter().fold(Fingerprint(BASIS), |print, word| print.text(word.as_bytes()))
    }

    fn change(self, asked: &Asked<'_>) -> Fingerprint {
        let Asked { verb, collection, id, body, condition } = asked;
        let print = self.text(verb.as_str().as_bytes()).text(collection.as_bytes());
        let print = match id {
            Some(id) => print.text(b"id").text(id.as_bytes()),
            None => print.text(b"no id"),
        };
        print.text(body).condition(condition)
    }

    fn condition(self, condition: &Condition) -> Fingerprint {
        match condition {
            Condition::Any => self.text(b"any"),
            Condition::Absent => self.text(b"absent"),
            Condition::Present => self.text(b"present"),
            Condition::OneOf(revs) => {
                let print = self.text(b"one of").bytes(&(revs.len() as u64).to_le_bytes());
                revs.iter().fold(print, |print, rev| print.bytes(&rev.to_le_bytes()))
            }
        }
    }

    /// A part of any length; its length goes first, so that two parts are never taken for one.
    fn text(self, text: &[u8]) -> Fingerprint {
        self.bytes(&(text.len() as u64).to_le_bytes()).bytes(text)
    }

    fn bytes(self, bytes: &[u8]) -> Fingerprint {
        let mixed = bytes.iter().fold(self.0, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
        Fingerprint(mixed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_fnv_1a_and_parts_do_not_run_together() {
        assert_eq!(Fingerprint(BASIS).bytes(b"a").0, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_ne!(Fingerprint::of_words(&["ab", "c"]), Fingerprint::of_words(&["a", "bc"]));
        assert_ne!(Fingerprint::of_words(&["ab"]), Fingerprint::of_words(&["ab", ""]));
    }
}
