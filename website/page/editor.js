// An editor for Python, in the colours of the page.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { basicSetup } from "codemirror";

/**
 * @param {string} source What is in it at first.
 * @param {string} label What a screen reader calls it.
 * @param {() => void} changed Called after each change.
 * @param {() => void} submitted Called for Ctrl+Enter, Cmd+Enter and Shift+Enter.
 */
export function editor(source, label, changed, submitted) {
  const submit = () => {
    submitted();
    return true;
  };
  return new EditorView({
    doc: source,
    extensions: [
      Prec.highest(keymap.of(["Mod-Enter", "Shift-Enter"].map((key) => ({ key, run: submit })))),
      basicSetup,
      keymap.of([indentWithTab]),
      indentUnit.of("    "),
      python(),
      syntaxHighlighting(classHighlighter),
      EditorView.contentAttributes.of({
        "aria-label": label,
        tabindex: "0",
        "aria-description": "Tab indents. To leave the editor, press Escape, then Tab.",
      }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });
}

/** Replace what an editor holds. */
export function replace(view, source) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
}
