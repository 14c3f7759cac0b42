//! The SDK's own values → JavaScript values, by their `Serialize`.
//!
//! Scalars and foreign values are left to `serde-wasm-bindgen`. Structs are
//! written here: over there each key goes through a hash table, and each value
//! could fail, which together would be a tenth of the module.

use core::fmt;

use js_sys::Object;
use serde::ser::{self, Impossible, Serialize, SerializeStruct};
use serde_wasm_bindgen::Serializer as Inner;
use wasm_bindgen::prelude::*;

use crate::foreign::set;

/// One of the SDK's own values as a JavaScript value. `None` becomes `null`.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> JsValue {
    let Ok(value) = value.serialize(Writer);
    value
}

static INNER: Inner = Inner::new().serialize_missing_as_null(true);

struct Writer;

/// A struct that is being written.
struct Members(JsValue);

/// There is none: what the SDK writes can be written.
#[derive(Debug)]
enum Never {}

type Written<T = JsValue> = Result<T, Never>;

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        match *self {}
    }
}

impl core::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        unused()
    }
}

/// Stands for what the types of this crate have no use for.
fn unused() -> ! {
    wasm_bindgen::throw_str("not a type of this crate")
}

impl SerializeStruct for Members {
    type Ok = JsValue;
    type Error = Never;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Written<()> {
        set(&self.0, key, &to_value(value));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(self.0)
    }
}

macro_rules! left {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Written {
            Ok(INNER.$method(value).unwrap_or_default())
        }
    )*};
}

macro_rules! unused {
    ($($method:ident($($type:ty),*) -> $written:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Written<$written> {
            unused()
        }
    )*};
}

type Name = &'static str;
type Unused = Impossible<JsValue, Never>;

impl ser::Serializer for Writer {
    type Ok = JsValue;
    type Error = Never;
    type SerializeStruct = Members;
    type SerializeSeq = Unused;
    type SerializeMap = Unused;
    type SerializeStructVariant = Unused;
    type SerializeTuple = Unused;
    type SerializeTupleStruct = Unused;
    type SerializeTupleVariant = Unused;

    left! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
    }

    fn serialize_none(self) -> Written {
        Ok(INNER.serialize_none().unwrap_or_default())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Written {
        self.serialize_str(variant)
    }

    /// How `serde_wasm_bindgen::preserve` passes a foreign value through.
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: Name, value: &T) -> Written {
        Ok(INNER.serialize_newtype_struct(name, value).unwrap_or_default())
    }

    fn serialize_struct(self, _: Name, _: usize) -> Written<Members> {
        Ok(Members(Object::new().into()))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: &T,
    ) -> Written {
        unused()
    }

    unused! {
        serialize_unit() -> JsValue;
        serialize_unit_struct(Name) -> JsValue;
        serialize_seq(Option<usize>) -> Unused;
        serialize_map(Option<usize>) -> Unused;
        serialize_struct_variant(Name, u32, Name, usize) -> Unused;
        serialize_tuple(usize) -> Unused;
        serialize_tuple_struct(Name, usize) -> Unused;
        serialize_tuple_variant(Name, u32, Name, usize) -> Unused;
    }
}
