//! Reading columns that hold more than SQLite's own types.

use rusqlite::Row;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::db::error::StoreError;

/// A column that holds JSON.
pub(crate) fn json_column<T: DeserializeOwned>(
    row: &Row<'_>,
    name: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(name)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Corrupt(name))
}

/// A column that holds one of the words of an `enum`.
pub(crate) fn word_column<T: DeserializeOwned>(
    row: &Row<'_>,
    name: &'static str,
) -> Result<T, StoreError> {
    let word = Value::String(row.get(name)?);
    serde_json::from_value(word).map_err(|_| StoreError::Corrupt(name))
}
