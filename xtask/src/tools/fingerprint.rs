//! Fingerprints of files, to find out whether a step has to run again.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// A short hash of the contents.
pub fn fingerprint_of<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    for content in contents {
        content.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_contents_have_another_fingerprint() {
        let of = |parts: &[&str]| fingerprint_of(parts.iter().map(|part| part.as_bytes()));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
    }
}
