//! What the shipped module may contain, so that every phone loads it.
//!
//! WeChat on iPhones rejects a module with more than one table, with externref
//! or with an exported Global, and loses the names of a function that is
//! exported under more than three. Everything newer than the first release of
//! WebAssembly counts as unsafe, except mutable globals, which cannot be
//! avoided and work.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result, bail};
use wasmparser::{
    ExternalKind, Parser, Payload, RefType, TypeRef, ValType, Validator, WasmFeatures,
};

/// The only module that imports may come from: the glue of the generator.
pub const GLUE: &str = "g";

const MOST_PAGES: u64 = 2;
const MOST_NAMES: usize = 3;

/// What was found in a module that follows the rules.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    imports: usize,
    exports: usize,
    pages: u64,
    bytes: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { imports, exports, pages, bytes } = self;
        write!(f, "module: {bytes} bytes, {imports} imports, {exports} exports, {pages} pages")
    }
}

/// Reads a module and checks every rule; the error lists all violations.
pub fn check(wasm: &[u8]) -> Result<Summary> {
    let mut facts = Facts::default();
    for payload in Parser::new(0).parse_all(wasm) {
        facts.read(payload.context("not a WebAssembly module")?)?;
    }
    let mut broken = facts.broken_rules();
    if let Err(error) = Validator::new_with_features(WasmFeatures::WASM1).validate_all(wasm) {
        broken.insert(0, format!("not valid as MVP with mutable globals: {error}"));
    }
    if !broken.is_empty() {
        bail!("the module breaks the rules of the platform:\n  {}", broken.join("\n  "));
    }
    Ok(Summary {
        imports: facts.imports.len(),
        exports: facts.exports.len(),
        pages: facts.pages.iter().sum(),
        bytes: wasm.len(),
    })
}

/// The parts of a module that the rules check, in their order in the module.
#[derive(Default)]
struct Facts {
    /// The parameters and results of each function type.
    types: Vec<Vec<ValType>>,
    /// The type of each function, the imported ones first.
    functions: Vec<u32>,
    imports: Vec<(String, String, TypeRef)>,
    exports: Vec<(String, ExternalKind, u32)>,
    tables: Vec<RefType>,
    /// The initial pages of each memory.
    pages: Vec<u64>,
    custom_sections: Vec<String>,
}

impl Facts {
    fn read(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::TypeSection(types) => {
                for function in types.into_iter_err_on_gc_types() {
                    let function = function?;
                    self.types.push([function.params(), function.results()].concat());
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.functions.push(ty),
                        TypeRef::Table(table) => self.tables.push(table.element_type),
                        TypeRef::Memory(memory) => self.pages.push(memory.initial),
                        TypeRef::Global(_) | TypeRef::Tag(_) => {}
                    }
                    self.imports.push((import.module.into(), import.name.into(), import.ty));
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.tables.push(table?.ty.element_type);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.pages.push(memory?.initial);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    self.exports.push((export.name.into(), export.kind, export.index));
                }
            }
            Payload::CustomSection(section) => self.custom_sections.push(section.name().into()),
            _ => {}
        }
        Ok(())
    }

    fn broken_rules(&self) -> Vec<String> {
        let mut broken = Vec::new();
        self.check_storage(&mut broken);
        self.check_imports(&mut broken);
        self.check_exports(&mut broken);
        self.check_signatures(&mut broken);
        for name in &self.custom_sections {
            broken.push(format!("a custom section `{name}` is left, which only adds weight"));
        }
        broken
    }

    fn check_storage(&self, broken: &mut Vec<String>) {
        if self.tables.as_slice() != [RefType::FUNCREF] {
            broken.push(format!("the tables are {:?}, not one of funcref", self.tables));
        }
        match self.pages.as_slice() {
            [pages] if *pages <= MOST_PAGES => {}
            [pages] => broken.push(format!("memory starts with {pages} pages, over {MOST_PAGES}")),
            pages => broken.push(format!("there are {} memories, not one", pages.len())),
        }
    }

    fn check_imports(&self, broken: &mut Vec<String>) {
        for (module, name, ty) in &self.imports {
            if module != GLUE {
                broken.push(format!("`{name}` is imported from `{module}`, not from `{GLUE}`"));
            }
            if !matches!(ty, TypeRef::Func(_)) {
                broken.push(format!("the import `{name}` is no function"));
            }
        }
    }

    fn check_exports(&self, broken: &mut Vec<String>) {
        let mut names: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for (name, kind, index) in &self.exports {
            match kind {
                ExternalKind::Func => _ = names.entry(*index).or_default().insert(name),
                ExternalKind::Memory | ExternalKind::Table => {}
                ExternalKind::Global | ExternalKind::Tag | ExternalKind::FuncExact => {
                    broken.push(format!("the export `{name}` is a {kind:?}"));
                }
            }
        }
        for names in names.values().filter(|names| names.len() > MOST_NAMES) {
            broken.push(format!("one function is exported under {} names: {names:?}", names.len()));
        }
    }

    /// At the boundary, 64-bit numbers need BigInt, and externref needs a newer
    /// phone. Inside the module, validation rejects the latter.
    fn check_signatures(&self, broken: &mut Vec<String>) {
        let imported = self.imports.iter().filter_map(|(_, name, ty)| match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => Some((name, *ty)),
            _ => None,
        });
        let exported = self.exports.iter().filter_map(|(name, kind, index)| {
            let ty = self.functions.get(usize::try_from(*index).ok()?)?;
            (*kind == ExternalKind::Func).then_some((name, *ty))
        });
        for (name, ty) in imported.chain(exported) {
            let values = usize::try_from(ty).ok().and_then(|at| self.types.get(at));
            for value in values.into_iter().flatten() {
                if *value == ValType::I64 || matches!(value, ValType::Ref(_)) {
                    broken.push(format!("`{name}` has a value of type {value} in its signature"));
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "module_tests.rs"]
mod tests;
