// Errors of the compiler.

/** Names the file, from the root of the code package, and the reason. */
export class CompileError extends Error {
  constructor(file, reason, position) {
    const where = position ? `${file}:${position.line}:${position.column}` : file;
    super(`${where}: ${reason}`);
    this.name = 'CompileError';
    this.file = file;
    this.reason = reason;
  }
}
