//! What one check may be given.

/// Limits of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep arrays and objects may nest; the depth of `[]` is 1 and that of a number 0.
    pub depth_max: usize,
    /// How many bytes the input may have, white space around the value included.
    /// Whatever is set here, an input of 2 GiB or more is refused.
    pub bytes_max: usize,
}

impl Limits {
    /// Offsets of keys are kept in 31 bits; see `keys.rs`.
    const BYTES_CEILING: usize = (1 << 31) - 1;

    /// The number of bytes really allowed.
    pub(super) fn bytes_allowed(self) -> usize {
        self.bytes_max.min(Limits::BYTES_CEILING)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth_max: 128, bytes_max: 16 * 1024 * 1024 }
    }
}
