//! From the compiled module to a bound one and its glue, by wasm-bindgen's
//! generator; and out of both what this package has no use for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::json;
use walrus::ir::Value;
use walrus::{
    ConstExpr, DataKind, ElementItems, ExportId, ExportItem, Function, FunctionBuilder, FunctionId,
    FunctionKind, Module,
};
use wasm_bindgen_cli_support::Bindgen;

use crate::module::GLUE;
use crate::tools::fingerprint::fingerprint_of;

/// Parts of the names of functions that nothing reaches, though pointers to them
/// stay in the table: the shims of closures, of which the SDK makes none, the
/// executor of `js-sys`, which it does not use, and what would put a panic into
/// words. Without them the module is 1.0 KiB smaller, as brotli.
const UNREACHED: [&str; 4] = [
    "wasm_bindgen::convert::closures::",
    "js_sys::futures::",
    "::fmt::Display>::fmt",
    "PanicPayload>::",
];

/// Parts of the names of functions in which every panic ends. A panic is a trap
/// here: there is nobody to read its words. Without them the module is 0.6 KiB
/// smaller, as brotli.
const PANICS: [&str; 3] =
    ["::panicking::panic_fmt", "::raw_vec::handle_error", "::alloc::handle_alloc_error"];

/// What short names are made of.
const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

/// Writes `{stem}_bg.wasm` and its glue into `folder`, and into `names.json`
/// what their names for each other were shortened to, and where the constants
/// are in memory.
pub fn bind(wasm: Vec<u8>, stem: &str, folder: &Path) -> Result<()> {
    let mut generator = Bindgen::new();
    generator.input_bytes(stem, wasm).bundler(true)?.typescript(true);
    generator.remove_producers_section(true);
    let mut output = generator.generate_output().context("wasm-bindgen's generator")?;
    let inline = output.snippets().iter().filter(|(_, snippets)| !snippets.is_empty());
    let foreign = inline.map(|(from, _)| from).chain(output.local_modules().keys());
    let foreign: Vec<&str> = foreign.map(String::as_str).collect();
    if !foreign.is_empty() {
        bail!("the package does not carry JavaScript snippets, and has {}", foreign.join(", "));
    }
    let module = output.wasm_mut();
    remove_exported_globals(module);
    check_names(module, PANICS.iter().chain(&UNREACHED))?;
    trap_in(module, &PANICS);
    remove_from_tables(module, &UNREACHED);
    let constants = remove_locations(module)?;
    let Names { imports, exports, own } = shorten_names(module);
    let constants = [constants.start, constants.end];
    let names =
        json!({ "imports": imports, "own": own, "exports": exports, "constants": constants });
    output.emit(folder)?;
    fs::write(folder.join("names.json"), format!("{names:#}\n"))?;
    Ok(())
}

/// Phones are said to know no exported Global, and nothing here uses one.
fn remove_exported_globals(module: &mut Module) {
    let is_global = |item: &ExportItem| matches!(item, ExportItem::Global(_));
    let exports = module.exports.iter().filter(|export| is_global(&export.item));
    let globals: Vec<ExportId> = exports.map(walrus::Export::id).collect();
    for id in globals {
        module.exports.delete(id);
    }
}

/// Each of these names is of a function of the module; a name that is not there
/// any more would cut nothing, silently.
fn check_names<'a>(module: &Module, parts: impl Iterator<Item = &'a &'a str>) -> Result<()> {
    for part in parts {
        if !module.funcs.iter().any(|function| is_named(function, &[part])) {
            bail!("no function of the module is named `…{part}…`: is there another one to cut?");
        }
    }
    Ok(())
}

fn is_named(function: &Function, parts: &[&str]) -> bool {
    let name = function.name.as_deref().unwrap_or_default();
    parts.iter().any(|part| name.contains(part))
}

/// Puts a trap in the place of the bodies of the functions that are named so.
fn trap_in(module: &mut Module, parts: &[&str]) {
    let found = module.funcs.iter().filter(|function| is_named(function, parts));
    let found: Vec<FunctionId> = found.map(Function::id).collect();
    for id in found {
        let ty = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let arguments = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
    }
}

/// Puts a function that traps in the place of those that are named so.
fn remove_from_tables(module: &mut Module, parts: &[&str]) {
    let mut trap = FunctionBuilder::new(&mut module.types, &[], &[]);
    trap.func_body().unreachable();
    let trap = trap.finish(vec![], &mut module.funcs);
    let functions = &module.funcs;
    let is_removed = |id: FunctionId| is_named(functions.get(id), parts);
    for element in module.elements.iter_mut() {
        if let ElementItems::Functions(ids) = &mut element.items {
            ids.iter_mut().filter(|id| is_removed(**id)).for_each(|id| *id = trap);
        }
    }
}

/// Leaves out where in the source a panic would be, which nothing reads, and
/// makes one segment of all other data, of which the linker was told to make one
/// each. Returns where it is in memory. The module is 0.6 KiB smaller, as brotli.
fn remove_locations(module: &mut Module) -> Result<Range<usize>> {
    let mut all = BTreeMap::new();
    for data in module.data.iter() {
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else {
            bail!("the module has data at no fixed place");
        };
        all.insert(usize::try_from(start)?, (data.id(), data.value.clone()));
    }
    let Some((&start, &(first, _))) = all.first_key_value() else { return Ok(0..0) };
    let paths: BTreeSet<usize> =
        all.iter().filter(|(_, (_, data))| is_path(data)).map(|(at, _)| *at).collect();
    if !all.values().any(|(_, data)| is_location(data, &paths)) {
        bail!("no data of the module are places in the source: do panics name them otherwise?");
    }
    let mut merged = Vec::new();
    for (at, (id, data)) in all {
        if !is_path(&data) && !is_location(&data, &paths) {
            merged.resize(at - start, 0);
            merged.extend(data);
        }
        if id != first {
            module.data.delete(id);
        }
    }
    let constants = start..start + merged.len();
    module.data.get_mut(first).value = merged;
    Ok(constants)
}

/// Whether the data are the path of a source file.
fn is_path(data: &[u8]) -> bool {
    data.ends_with(b".rs\0")
}

/// Whether the data are a `core::panic::Location`: the address and length of a
/// path, a line and a column.
fn is_location(data: &[u8], paths: &BTreeSet<usize>) -> bool {
    let address = data.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let is_of_path = |address| usize::try_from(address).is_ok_and(|at| paths.contains(&at));
    data.len() == 16 && address.is_some_and(is_of_path)
}

/// What names became: imports a number each, exports a short name.
struct Names {
    imports: BTreeMap<String, usize>,
    exports: BTreeMap<String, String>,
    /// How many imports, the first ones, run no code but the glue's own.
    own: usize,
}

/// What the names of the imports begin with that only touch the glue's own
/// tables and the type of a value. All others may run foreign code: getters,
/// patched built-ins, the host.
const OWN: [&str; 2] = ["__wbg___wbindgen_", "__wbindgen_"];

/// Part of the name of the one among them that allocates: the module may trap
/// in it.
const ALLOCATING: &str = "string_get";

/// Gives each import a number, and each exported function a name of a letter or
/// two. The memory's new name is a digest of all, so that glue and module of
/// different builds refuse each other.
fn shorten_names(module: &mut Module) -> Names {
    let is_own = |name: &str| {
        OWN.iter().any(|beginning| name.starts_with(beginning)) && !name.contains(ALLOCATING)
    };
    let mut sorted: Vec<String> = module.imports.iter().map(|import| import.name.clone()).collect();
    sorted.sort_by_key(|name| (!is_own(name), name.clone()));
    let own = sorted.iter().filter(|name| is_own(name)).count();
    let imports: BTreeMap<_, _> =
        sorted.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
    for import in module.imports.iter_mut() {
        GLUE.clone_into(&mut import.module);
        if let Some(number) = imports.get(&import.name) {
            import.name = number.to_string();
        }
    }
    let mut exports = BTreeMap::new();
    let functions = module.exports.iter_mut();
    let functions = functions.filter(|export| matches!(export.item, ExportItem::Function(_)));
    for (export, short) in functions.zip(short_names()) {
        exports.insert(std::mem::replace(&mut export.name, short.clone()), short);
    }
    let all = imports.keys().chain(exports.keys());
    let digest = format!("m{}", fingerprint_of(all.map(String::as_bytes)));
    for export in module.exports.iter_mut() {
        if matches!(export.item, ExportItem::Memory(_)) {
            exports.insert(std::mem::replace(&mut export.name, digest.clone()), digest.clone());
        }
    }
    Names { imports, exports, own }
}

/// `a` to `z`, then `aa` to `zz`.
fn short_names() -> impl Iterator<Item = String> {
    let letters = || LETTERS.iter().copied().map(char::from);
    let pairs = letters().flat_map(move |first| letters().map(move |last| [first, last]));
    letters().map(String::from).chain(pairs.map(String::from_iter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_differ() {
        let names: Vec<String> = short_names().collect();
        assert_eq!(names.get(..2), Some(&["a".to_owned(), "b".to_owned()][..]));
        assert_eq!(names.get(26), Some(&"aa".to_owned()));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 26 + 26 * 26);
    }

    #[test]
    fn a_removed_function_stays_in_no_table() {
        let mut module = Module::default();
        let mut function = |name: &str| {
            let mut body = FunctionBuilder::new(&mut module.types, &[], &[]);
            body.name(name.to_owned());
            body.finish(vec![], &mut module.funcs)
        };
        let [kept, removed] = [function("wx_subscribe::kept"), function("js_sys::futures::wake")];
        let table = module.tables.add_local(false, 2, None, walrus::RefType::FUNCREF);
        let offset = walrus::ConstExpr::Value(walrus::ir::Value::I32(0));
        let kind = walrus::ElementKind::Active { table, offset };
        let items = ElementItems::Functions(vec![kept, removed]);
        let element = module.elements.add(kind, items);
        remove_from_tables(&mut module, &UNREACHED);
        let ElementItems::Functions(ids) = &module.elements.get(element).items else { panic!() };
        assert_eq!(ids.first(), Some(&kept));
        assert_ne!(ids.get(1), Some(&removed));
    }
}
