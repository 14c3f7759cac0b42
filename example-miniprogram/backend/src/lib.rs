//! Back end.
