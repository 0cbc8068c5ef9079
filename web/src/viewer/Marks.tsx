/** The marks of the read; choosing one shows its image, and each says what it measures. */

import { useStore } from "zustand";
import { useDrawing } from "../drawing/context";
import { KIND_WORDS, numberOf, wordsOf } from "../drawing/marks";
import { Trash } from "../parts/icons";
import classes from "./Marks.module.css";

export function MarkList() {
  const drawing = useDrawing();
  const { marks, selected, editable } = useStore(drawing.store);
  if (marks.size === 0) return null;
  return (
    <section className={classes.marks} aria-label="Marks on the images">
      <h2>Marks</h2>
      <ul>
        {[...marks.values()].map((mark) => (
          <li
            key={mark.id}
            data-testid="mark"
            data-kind={mark.geometry.kind}
            data-saved={mark.view !== null}
            data-selected={mark.id === selected || undefined}
          >
            <button type="button" className={classes.show} onClick={() => drawing.show(mark.id)}>
              {wordsOf(mark)}{" "}
              <span>{numberOf(mark) === "" ? "" : KIND_WORDS[mark.geometry.kind]}</span>
            </button>
            {editable && (
              <button
                type="button"
                className={classes.remove}
                aria-label={`Remove ${KIND_WORDS[mark.geometry.kind].toLowerCase()} ${wordsOf(mark)}`}
                onClick={() => drawing.removed(mark.id)}
              >
                <Trash size={13} />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
