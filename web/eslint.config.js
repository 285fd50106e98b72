// What the page's code is checked for beyond its types.
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
  { files: ["src/**/*.js"], ignores: ["src/model/**"], languageOptions: { globals: globals.browser } },
  // The model knows no browser: what Node has not either is not defined there.
  { files: ["src/model/**/*.js"], languageOptions: { globals: globals["shared-node-browser"] } },
  { files: ["*.js", "*.mjs"], languageOptions: { globals: globals.node } },
];
