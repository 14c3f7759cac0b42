/** wasm-bindgen's own glue, which the build wraps into a function: each call makes the glue of one instance. */
declare module 'wx-subscribe-glue' {
  /** How many of the imports, the first ones, run no code but the glue's own. */
  export const ownImports: number;
  export function createGlue(): import('./instance').Glue;
}
