//! What the SDK asks about a text, wherever it is: the texts of the host and of
//! the application stay in JavaScript.

/// A text.
pub trait Text {
    /// Whether it is this one.
    fn is(&self, text: &str) -> bool;

    /// Whether it begins with this one.
    fn begins_with(&self, text: &str) -> bool;

    /// Whether this one, which is in lower case, is in it in any case.
    fn has(&self, text: &str) -> bool;
}

impl Text for str {
    fn is(&self, text: &str) -> bool {
        self == text
    }

    fn begins_with(&self, text: &str) -> bool {
        self.starts_with(text)
    }

    fn has(&self, text: &str) -> bool {
        self.to_lowercase().contains(text)
    }
}
