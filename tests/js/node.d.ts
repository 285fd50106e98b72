// What the tests use of Node: its own types would be a package more.
declare module "node:test" {
  export function test(name: string, run: () => void | Promise<void>): void;
  export function beforeEach(run: () => void): void;
}
declare module "node:assert/strict" {
  interface Assert {
    ok(value: unknown, message?: string): asserts value;
    equal<Expected>(actual: unknown, expected: Expected, message?: string): asserts actual is Expected;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(text: string, pattern: RegExp): void;
    throws(run: () => unknown, error?: RegExp): void;
  }
  const assert: Assert;
  export default assert;
}
declare module "node:fs" {
  /** 0 is the standard input. */
  export function readFileSync(file: number | string | URL, encoding: "utf8"): string;
}
declare module "node:process" {
  export const env: Record<string, string | undefined>;
}
