/** wasm-bindgen's own glue, which the build wraps into a function: each call makes the glue of one instance. */
declare module 'wx-subscribe-glue' {
  export function createGlue(): import('./instance').Glue;
}
