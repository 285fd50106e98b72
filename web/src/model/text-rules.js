// Made by web/generate.py from graph/knockon/controls.py and text.py; never edited by hand.
/** Characters that show another text than is there, or nothing. */
export const HARMFUL =
  /[\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]/gu;
/** What a spreadsheet may run. */
export const FORMULA =
  /^(?:[\t\r\n]|[\s"\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe62\ufe63\ufe66\ufe6a\ufe6b\u207a\u207b\u207c\u208a\u208b\u208c\u2212])/u;
/** Text that is a number, which a spreadsheet may read as one. */
export const NUMBER =
  /^(?:[+-]?(\p{Nd}+\.?\p{Nd}*|\.\p{Nd}+)([eE][+-]?\p{Nd}+)?)$/u;
