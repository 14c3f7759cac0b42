// Placeholder of the scope in the compiled style sheet of a component.

/** Stands before each class name; the phone replaces it with the scope, or with nothing for shared styles. */
export const SCOPE_MARK = '__SCOPE__';
