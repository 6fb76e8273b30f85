//! Which rows of a segment are hidden: their documents were replaced or deleted by rows elsewhere.
//!
//! A bitmap is immutable; a change makes a new one. In the manifest it stands as a Roaring bitmap in its portable form
//! (Lemire et al., "Roaring Bitmaps: Implementation of an Optimized Software Library", 2018).

use roaring::RoaringBitmap;

/// Row numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bitmap(RoaringBitmap);

impl Bitmap {
    pub(crate) fn contains(&self, row: u32) -> bool {
        self.0.contains(row)
    }

    pub(crate) fn insert(&mut self, row: u32) -> bool {
        self.0.insert(row)
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest row.
    pub(crate) fn last(&self) -> Option<u32> {
        self.0.max()
    }

    /// This one and another together.
    pub(crate) fn with(&self, other: &Bitmap) -> Bitmap {
        Bitmap(&self.0 | &other.0)
    }

    /// The rows of this one that another does not have, in order.
    pub(crate) fn without(&self, other: &Bitmap) -> Vec<u32> {
        (&self.0 - &other.0).into_iter().collect()
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        // Writing to memory cannot fail.
        let _ = self.0.serialize_into(out);
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Bitmap> {
        let mut rest = bytes;
        let bitmap = RoaringBitmap::deserialize_from(&mut rest).ok()?;
        rest.is_empty().then_some(Bitmap(bitmap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_reads_back_and_tells_what_is_new() {
        let mut bitmap = Bitmap::default();
        (0..100_000).step_by(7).for_each(|n| assert!(bitmap.insert(n)));
        let mut bytes = Vec::new();
        bitmap.encode(&mut bytes);
        assert_eq!(Bitmap::decode(&bytes).unwrap(), bitmap);
        assert!(Bitmap::decode(&bytes[..bytes.len() - 1]).is_none());
        bytes.push(0);
        assert!(Bitmap::decode(&bytes).is_none());
        let mut more = Bitmap::default();
        assert!(more.insert(5) && more.insert(7));
        assert_eq!(more.without(&bitmap), [5]);
        assert_eq!(bitmap.with(&more).len(), bitmap.len() + 1);
    }
}
