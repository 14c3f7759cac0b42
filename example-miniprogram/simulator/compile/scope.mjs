// Where a component's compiled style sheet leaves room for its scope.

/** Stands before each class name; the phone puts the scope there, or nothing for a shared one. */
export const SCOPE_MARK = '__SCOPE__';
