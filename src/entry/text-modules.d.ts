/** Files that the Workers bundle takes in as text (`rules` in wrangler.toml). */
declare module '*.ftl' {
  const text: string;

  // biome-ignore lint/style/noDefaultExport: bundlers give a text module as its default export
  export { text as default };
}
