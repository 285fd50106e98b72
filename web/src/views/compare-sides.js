// What is compared with what: each side is a shock of the data set, or what the reader has asked.
import { ask, compareWith } from "../actions/question.js";
import { h, targetField } from "../dom.js";
import { compareMode } from "../model/compare.js";
import { shocks } from "../model/computed/shocks.js";
import { isWhatIf, questionLabel, sameQuestion, shockAlone } from "../model/question.js";
import { state } from "../store.js";

/** @param {"a" | "b"} letter */
const askedOn = (letter) => (letter === "a" ? state.question : state.against);
/** Whether a side is still to be chosen. @param {"a" | "b"} letter */
export const isUnasked = (letter) => compareMode(state) === "shocks" && !askedOn(letter);

/** The questions of the reader that may be chosen. */
const own = () =>
  [state.question, state.against, state.kept]
    .filter((asked) => isWhatIf(asked))
    .filter((asked, place, all) => all.findIndex((other) => sameQuestion(other, asked)) === place);

/** @param {"a" | "b"} letter */
export function sideChooser(letter) {
  const [asked, questions] = [askedOn(letter), own()];
  /** @type {(value: string) => Asked | null} */
  const chosen = (value) => {
    if (value === "") return null;
    return value.startsWith("own ") ? questions[Number(value.slice(4))] : { shock: Number(value) };
  };
  const take = (/** @type {Event} */ event) => {
    const question = chosen(targetField(event).value);
    if (letter === "a") ask(question);
    else compareWith(question);
  };
  const value =
    shockAlone(asked) >= 0 ? `${shockAlone(asked)}` : `own ${questions.findIndex((one) => sameQuestion(one, asked))}`;
  /** @type {(text: string, key: string) => HTMLOptionElement} */
  const option = (text, key) => h("option", { value: key, selected: asked !== null && key === value }, text);
  return h(
    "select",
    { id: `side-${letter}`, class: "side-choice", "aria-label": `Side ${letter.toUpperCase()}`, onchange: take },
    (!asked || letter === "b") && h("option", { value: "", selected: !asked }, "Choose …"),
    questions.length > 0 &&
      h(
        "optgroup",
        { label: "What you asked" },
        questions.map((question, place) => option(questionLabel(question), `own ${place}`)),
      ),
    shocks.length > 0 &&
      h(
        "optgroup",
        { label: "Shocks of the data" },
        shocks.map((shock) => option(shock.label, `${shock.index}`)),
      ),
  );
}
