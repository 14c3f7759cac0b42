//! Values of JavaScript, read once at the border. What the host and the
//! application pass is read by functions that are total: `null`, a string in
//! place of an object, a getter or a proxy that throws.

mod error;
mod json_text;
mod object;
mod serializer;
mod string_map;
mod sys;
mod template_ids;
pub mod value;

pub use error::{ForeignError, header_name, http_status, retry_after_ms};
pub use json_text::JsonText;
pub(crate) use object::js_object;
pub use object::{Opaque, to_js};
pub use string_map::StringMap;
pub use template_ids::TemplateIds;
