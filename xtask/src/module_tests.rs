//! Each rule of the shipped module, broken by a module made for it.

use wasm_encoder::{
    CodeSection, CustomSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Instruction, MemorySection, MemoryType, Module,
    RefType, TableSection, TableType, TypeSection, ValType,
};

use super::{GLUE, check};

/// The parts of a module of two functions, an import and a local one, that
/// keeps to the rules until a test changes a part.
struct Parts {
    params: Vec<ValType>,
    results: Vec<ValType>,
    import_from: &'static str,
    tables: Vec<RefType>,
    memories: Vec<u64>,
    exports: Vec<(&'static str, ExportKind, u32)>,
    body: Vec<Instruction<'static>>,
    custom: Option<&'static str>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            params: vec![ValType::I32],
            results: vec![],
            import_from: GLUE,
            tables: vec![RefType::FUNCREF],
            memories: vec![1],
            exports: vec![("memory", ExportKind::Memory, 0), ("run", ExportKind::Func, 1)],
            body: vec![],
            custom: None,
        }
    }
}

impl Parts {
    fn module(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function(self.params.iter().copied(), self.results.iter().copied());
        let mut imports = ImportSection::new();
        imports.import(self.import_from, "imported", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut tables = TableSection::new();
        for &element_type in &self.tables {
            let (minimum, maximum) = (1, None);
            tables.table(TableType {
                element_type,
                minimum,
                maximum,
                table64: false,
                shared: false,
            });
        }
        let mut memories = MemorySection::new();
        for &minimum in &self.memories {
            memories.memory(MemoryType {
                minimum,
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
        }
        let mut globals = GlobalSection::new();
        let stack = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(stack, &wasm_encoder::ConstExpr::i32_const(0));
        let mut exports = ExportSection::new();
        for &(name, kind, index) in &self.exports {
            exports.export(name, kind, index);
        }
        let mut body = Function::new([]);
        for instruction in &self.body {
            body.instruction(instruction);
        }
        body.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&body);

        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables);
        module.section(&memories).section(&globals).section(&exports).section(&code);
        if let Some(name) = self.custom {
            module.section(&CustomSection { name: name.into(), data: b"".into() });
        }
        module.finish()
    }

    /// The result of the check.
    #[track_caller]
    fn refusal(&self) -> String {
        check(&self.module()).expect_err("the module keeps to the rules").to_string()
    }
}

#[test]
fn a_module_within_the_rules_is_counted() {
    let summary = check(&Parts::default().module()).unwrap().to_string();
    assert!(summary.ends_with("1 imports, 2 exports, 1 pages"), "{summary}");
}

#[test]
fn the_table_may_be_exported() {
    let mut parts = Parts::default();
    parts.exports.push(("table", ExportKind::Table, 0));
    check(&parts.module()).unwrap();
}

#[test]
fn what_is_no_module_is_refused() {
    assert!(check(b"<html>").unwrap_err().to_string().contains("not a WebAssembly module"));
}

#[test]
fn an_instruction_newer_than_mvp_is_refused() {
    for newer in [
        Instruction::I32Extend8S,
        Instruction::I32TruncSatF32S,
        Instruction::MemoryFill(0),
        Instruction::RefNull(wasm_encoder::HeapType::FUNC),
    ] {
        let parts = Parts { body: vec![Instruction::Unreachable, newer], ..Parts::default() };
        assert!(parts.refusal().contains("not valid as MVP"), "{}", parts.refusal());
    }
}

#[test]
fn two_results_are_refused() {
    let parts = Parts { results: vec![ValType::I32; 2], ..Parts::default() };
    assert!(parts.refusal().contains("not valid as MVP"));
}

#[test]
fn a_second_table_a_missing_one_and_one_of_externref_are_refused() {
    for tables in [vec![RefType::FUNCREF; 2], vec![], vec![RefType::EXTERNREF]] {
        let parts = Parts { tables, ..Parts::default() };
        assert!(parts.refusal().contains("not one of funcref"), "{}", parts.refusal());
    }
}

#[test]
fn memory_that_starts_large_and_a_second_one_are_refused() {
    let large = Parts { memories: vec![3], ..Parts::default() };
    assert!(large.refusal().contains("starts with 3 pages"));
    let two = Parts { memories: vec![1, 1], ..Parts::default() };
    assert!(two.refusal().contains("2 memories"));
}

#[test]
fn an_exported_global_is_refused() {
    let mut parts = Parts::default();
    parts.exports.push(("__stack_pointer", ExportKind::Global, 0));
    assert!(parts.refusal().contains("`__stack_pointer` is a Global"));
}

#[test]
fn a_fourth_name_for_one_function_is_refused() {
    let names = ["a", "b", "c", "d"].map(|name| (name, ExportKind::Func, 1));
    let mut parts = Parts { exports: names.to_vec(), ..Parts::default() };
    assert!(parts.refusal().contains("under 4 names"));
    parts.exports.pop();
    check(&parts.module()).unwrap();
}

#[test]
fn a_64_bit_number_at_the_boundary_is_refused() {
    let in_parameter = Parts { params: vec![ValType::I64], ..Parts::default() };
    assert!(in_parameter.refusal().contains("`imported` has a value of type i64"));
    assert!(in_parameter.refusal().contains("`run` has a value of type i64"));
    let in_result = Parts { results: vec![ValType::I64], ..Parts::default() };
    assert!(in_result.refusal().contains("`run` has a value of type i64"));
}

#[test]
fn externref_at_the_boundary_is_refused() {
    let parts = Parts { params: vec![ValType::EXTERNREF], ..Parts::default() };
    assert!(parts.refusal().contains("`run` has a value of type externref"));
}

#[test]
fn an_import_from_elsewhere_is_refused() {
    let parts = Parts { import_from: "env", ..Parts::default() };
    assert!(parts.refusal().contains("`imported` is imported from `env`"));
}

#[test]
fn a_custom_section_that_is_left_is_refused() {
    for name in ["target_features", "producers", "name"] {
        let parts = Parts { custom: Some(name), ..Parts::default() };
        assert!(parts.refusal().contains(&format!("`{name}` is left")));
    }
}
