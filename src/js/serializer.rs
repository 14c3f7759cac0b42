//! serde's derived types → JavaScript values.
//!
//! `serde-wasm-bindgen` keeps the key of each member in a hash map, which alone
//! would make the module 1.3 KiB larger. Here a key goes to JavaScript with its
//! member. What the SDK does not write is refused, so that a new type that needs
//! more is noticed by its first test.

use core::fmt::{self, Display};

use js_sys::Object;
use serde::ser::{Error, Impossible, Serialize, SerializeStruct, Serializer};
use wasm_bindgen::JsValue;

use super::value;

/// Writes plain objects; `None` becomes `null`.
#[derive(Clone, Copy, Debug)]
pub struct ToJs;

/// The value is of a kind that the SDK does not write.
#[derive(Debug)]
pub struct Refused;

impl Display for Refused {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl core::error::Error for Refused {}

impl Error for Refused {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// An object that is being written.
#[derive(Debug)]
pub struct Members(JsValue);

impl SerializeStruct for Members {
    type Ok = JsValue;
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        value::set(&self.0, key, &value.serialize(ToJs)?);
        Ok(())
    }

    fn end(self) -> Result<JsValue, Refused> {
        Ok(self.0)
    }
}

macro_rules! scalars {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, value: $type) -> Result<JsValue, Refused> {
            Ok(JsValue::from(value))
        })*
    };
}

macro_rules! refused {
    ($($name:ident($($type:ty),*) -> $result:ty;)*) => {
        $(fn $name(self, $(_: $type),*) -> Result<$result, Refused> {
            Err(Refused)
        })*
    };
}

type Never = Impossible<JsValue, Refused>;

impl Serializer for ToJs {
    type Ok = JsValue;
    type Error = Refused;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Members;
    type SerializeStructVariant = Never;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_f32: f32,
        serialize_f64: f64, serialize_str: &str
    }

    refused! {
        serialize_i64(i64) -> JsValue;
        serialize_char(char) -> JsValue;
        serialize_bytes(&[u8]) -> JsValue;
        serialize_unit_struct(&'static str) -> JsValue;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }

    fn serialize_u64(self, value: u64) -> Result<JsValue, Refused> {
        Ok(JsValue::from(value as f64))
    }

    fn serialize_none(self) -> Result<JsValue, Refused> {
        Ok(JsValue::NULL)
    }

    fn serialize_unit(self) -> Result<JsValue, Refused> {
        Ok(JsValue::NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<JsValue, Refused> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<JsValue, Refused> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<JsValue, Refused> {
        // A preserved JavaScript value: serde-wasm-bindgen knows its form.
        let serializer = serde_wasm_bindgen::Serializer::new();
        serializer.serialize_newtype_struct(name, value).map_err(|_| Refused)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<JsValue, Refused> {
        Err(Refused)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members, Refused> {
        Ok(Members(Object::new().into()))
    }
}
