// What may be asked about a dependency or a supply, beside its facts.
import { askAlso, askChange, askWhatIf } from "../actions/question.js";
import { button, h } from "../dom.js";
import { computes } from "../model/computed/run.js";
import { linkName } from "../model/question.js";
import { changesOf, isHit, linkRefusal } from "../model/question-runs.js";
import { state } from "../store.js";
import { firstChange } from "./levers.js";

const WHOLLY = 1;

/** The buttons, or why there are none; nothing about other facts. @param {Fact} fact */
export function linkQuestions(fact) {
  if (!computes || fact.kind.family !== "need") return null;
  const hit = { fact: fact.index, severity: WHOLLY };
  const refusal = linkRefusal(fact.index, state.world);
  if (refusal) return h("p", { class: "quiet refusal" }, `“What if this fails?” has no answer: ${refusal}`);
  const name = linkName(fact.index);
  const changes = state.question && changesOf(fact.index, state.world);
  const key = (/** @type {string} */ what) => ({ class: "link", "data-key": `${what} ${fact.index}` });
  return h(
    "p",
    { class: "asks" },
    !isHit(state.question, hit) && [
      button("What if this fails?", () => askWhatIf(hit), {
        ...key("fails"),
        "aria-label": `What if this fails: ${name}`,
      }),
      state.question && button("And also", () => askAlso(hit), { ...key("also"), "aria-label": `And also: ${name}` }),
    ],
    changes &&
      button("Change …", () => askChange(firstChange(fact.index, changes)), {
        ...key("change"),
        "aria-label": `Change ${name}`,
      }),
  );
}
