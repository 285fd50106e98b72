// What the reader's screen and settings are like.
export const narrow = matchMedia("(max-width: 860px)");
export const dark = matchMedia("(prefers-color-scheme: dark)");
export const forced = matchMedia("(forced-colors: active)");
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
