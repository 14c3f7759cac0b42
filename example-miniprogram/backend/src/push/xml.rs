//! XML of the message push, as the JSON that it stands for: an element with
//! elements is an object, one with text a string, and one that is repeated a
//! list. A DTD is refused, and so is every entity but the five of XML itself.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// How deep elements may be nested. WeChat's are four deep.
const DEEPEST: usize = 8;

struct Element {
    name: String,
    members: Map<String, Value>,
    text: String,
}

/// The content of the one element that the text is; `None` if it is not XML, or
/// has what WeChat's never has.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if open.len() < DEEPEST => open.push(element(tag.name().as_ref())),
            Event::Empty(tag) => close(element(tag.name().as_ref()), &mut open)?,
            Event::End(_) => {
                let element = open.pop()?;
                if open.is_empty() {
                    return Some(content(element));
                }
                close(element, &mut open)?;
            }
            Event::Text(text) => append(&mut open, &text)?,
            Event::CData(text) => append(&mut open, &text)?,
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => append(&mut open, c.encode_utf8(&mut [0; 4]))?,
                None => append(&mut open, resolve_predefined_entity(&name)?)?,
            },
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Start(_) | Event::DocType(_) | Event::PI(_) | Event::Eof => return None,
        }
    }
}

fn element(name: &str) -> Element {
    Element { name: name.to_owned(), members: Map::new(), text: String::new() }
}

/// Text between the elements of the outermost one is only space.
fn append(open: &mut [Element], text: &str) -> Option<()> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

fn close(element: Element, open: &mut [Element]) -> Option<()> {
    let members = &mut open.last_mut()?.members;
    let name = element.name.clone();
    let value = content(element);
    match members.get_mut(&name) {
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            members.insert(name, value);
        }
    }
    Some(())
}

fn content(Element { members, text, .. }: Element) -> Value {
    if members.is_empty() { Value::String(text) } else { Value::Object(members) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn elements_are_members_and_repeated_ones_a_list() {
        let text = "<?xml version=\"1.0\"?>\n<xml> <a><![CDATA[<1>]]></a><b>x &amp; y&#33;</b>
            <c><d>1</d><d>2</d><d/></c></xml>";
        let expected = json!({"a": "<1>", "b": "x & y!", "c": {"d": ["1", "2", ""]}});
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn what_wechat_never_sends_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(20), "</a>".repeat(20));
        for text in [
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "<a>&b;</a>",
            "<?evil ?><a/>",
            "<a>",
            "<a></b>",
            "text<a></a>",
            "",
            &deep,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[<>/a&;! \\[\\]CDAT\u{8336}]{0,60}") {
            let _ = read(&text);
        }
    }
}
