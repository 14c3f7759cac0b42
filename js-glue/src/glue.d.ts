/** wasm-bindgen's own glue, which the build wraps into a function: each call makes the glue of one instance. */
declare module 'wx-subscribe-glue' {
  /** How many imports, from the first on, run only code of the glue. */
  export const ownImports: number;
  export function createGlue(): import('./instance').Glue;
}
