//! Which of the asked paths lead to or through the value being read.
//!
//! 1. `rows` has one row of bits for each level: bit `i` of row `n` says that the first `n` steps of path `i`
//!    are the way to the value being read at level `n`. Row 0, the root, has every bit set.
//! 2. A key or a position fills the next row from the row above.
//! 3. A value that ends gives its range to the paths of its row that have no step left.

use std::ops::Range;

/// The reusable state of the asked paths.
#[derive(Debug, Default)]
pub(super) struct Paths {
    rows: Vec<u64>,
    words: usize,
    ranges: Vec<Option<Range<usize>>>,
}

impl Paths {
    /// Starts over with `paths`; whether there are any.
    pub(super) fn begin(&mut self, paths: &[&[&str]]) -> bool {
        self.words = paths.len().div_ceil(64);
        let steps_max = paths.iter().map(|path| path.len()).max().unwrap_or(0);
        self.rows.clear();
        self.rows.resize(self.words * (steps_max + 1), 0);
        for index in 0..paths.len() {
            if let Some(word) = self.rows.get_mut(index / 64) {
                *word |= 1 << (index % 64);
            }
        }
        self.ranges.clear();
        self.ranges.resize(paths.len(), None);
        !paths.is_empty()
    }

    /// The value read next, at `level`, has this key; whether any path leads to or through it.
    pub(super) fn enter_key(&mut self, paths: &[&[&str]], level: usize, key: &[u8]) -> bool {
        self.enter(paths, level, |step| step.as_bytes() == key)
    }

    /// The value read next, at `level`, is the element of an array at `position`.
    pub(super) fn enter_position(&mut self, paths: &[&[&str]], level: usize, position: usize) -> bool {
        self.enter(paths, level, |step| position_of(step) == Some(position))
    }

    #[inline(always)]
    fn enter(&mut self, paths: &[&[&str]], level: usize, is: impl Fn(&str) -> bool) -> bool {
        let mut any = 0;
        for word in 0..self.words {
            let above = self.rows.get((level - 1) * self.words + word).copied().unwrap_or(0);
            // A row that is not there belongs to a level no path reaches.
            let Some(row) = self.rows.get_mut(level * self.words + word) else {
                return false;
            };
            let mut found = 0;
            for bit in bits(above) {
                if let Some(path) = paths.get(word * 64 + bit)
                    && let Some(step) = path.get(level - 1)
                    && is(step)
                {
                    found |= 1 << bit;
                }
            }
            *row = found;
            any |= found;
        }
        any != 0
    }

    /// The value entered at `level` has this range.
    pub(super) fn leave(&mut self, paths: &[&[&str]], level: usize, range: Range<usize>) {
        let row = self.rows.iter().skip(level * self.words).take(self.words);
        for (word, &row) in row.enumerate() {
            for bit in bits(row) {
                let index = word * 64 + bit;
                if paths.get(index).is_some_and(|path| path.len() == level)
                    && let Some(slot) = self.ranges.get_mut(index)
                {
                    *slot = Some(range.clone());
                }
            }
        }
    }

    /// What was found, in the order of the paths.
    pub(super) fn ranges(&self) -> &[Option<Range<usize>>] {
        &self.ranges
    }
}

/// The places of the bits of `word`.
#[inline(always)]
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if word == 0 {
            return None;
        }
        let bit = word.trailing_zeros() as usize;
        word &= word - 1;
        Some(bit)
    })
}

/// The position that `step` names: decimal digits without a needless zero in front.
fn position_of(step: &str) -> Option<usize> {
    // Most steps are words: their first byte says so.
    if !step.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let plain = step.bytes().all(|byte| byte.is_ascii_digit()) && (step.len() == 1 || !step.starts_with('0'));
    if plain { step.parse().ok() } else { None }
}
