// The modules that `build.mjs` makes.

declare module 'phone:realm' {
  const script: string;
  export default script;
}

declare module 'phone:wx-names' {
  const names: string[];
  export default names;
}
