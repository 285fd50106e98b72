// What the page's code and its tests are checked for beyond their types. Patterns are of the root of the project, where eslint runs.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implicit-globals": "error",
      "no-shadow": "off",
      // Text from data must never be read as markup or code; the policy of the page forbids it too.
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"].map((property) => ({ property })),
      ],
      // Control characters are what these patterns look for.
      "no-control-regex": "off",
    },
  },
  { files: ["web/src/**/*.js"], ignores: ["web/src/model/**"], languageOptions: { globals: globals.browser } },
  // The model knows no browser: what Node lacks too is not defined there, nor in tests.
  {
    files: ["web/src/model/**/*.js", "tests/js/**/*.js"],
    languageOptions: { globals: globals["shared-node-browser"] },
  },
  // A function fits a screen, and a module has one concept.
  { files: ["web/src/**/*.js"], rules: { "max-lines-per-function": ["error", 40], "max-lines": ["error", 300] } },
  { files: ["web/*.js", "web/*.mjs"], languageOptions: { globals: globals.node } },
  // Parts of it run in the page.
  { files: ["web/firefox/*.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];
