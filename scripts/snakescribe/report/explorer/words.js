"use strict";
// Texts with their words: beside each other as aligned, and as written, with confidence as shading.
const Words = (() => {
  const KINDS = { "=": "hit", S: "substitution", D: "deletion", I: "insertion" };
  const NAMES = { S: "another word", D: "left out", I: "put in" };

  // Five steps of doubt: 0 is sure, or not known.
  const doubt = (sure) => (sure < 0 ? 0 : sure >= 90 ? 0 : sure >= 75 ? 1 : sure >= 50 ? 2 : sure >= 25 ? 3 : 4);
  const split = (text) => (text ? text.split(" ").filter(Boolean) : []);

  // What was heard, in pieces `{text, start, end, sure}`; times in seconds from the chunk's start.
  function pieces(text, words, start) {
    if (!words || !words.pieces.length) return [];
    let at = 0;
    // A text that was masked to be published is no longer made of its pieces.
    const length = words.pieces.reduce((sum, piece) => sum + (typeof piece === "number" ? piece : 0), 0);
    if (length && length !== text.length) return [];
    return words.pieces.map((piece, i) => {
      const said = typeof piece === "number" ? text.slice(at, (at += piece)) : piece;
      const time = (value) => (value < 0 ? NaN : value / 100 - start);
      return { text: said, start: time(words.starts[i]), end: time(words.ends[i]), sure: words.piecesSure[i] };
    });
  }

  // The text as written -> `{node, spans}`; spans are `[element, start, end]` for the moving mark.
  function running(text, parts) {
    const node = make("p", { class: "running", dir: "auto" });
    const spans = [];
    if (!parts.length) node.append(text ? text : make("i", { class: "muted" }, "nothing"));
    for (const part of parts) {
      const title = part.sure < 0 ? null : `${part.sure} % sure`;
      const span = make("span", { class: `piece doubt-${doubt(part.sure)}`, title }, part.text);
      span.addEventListener("click", () => Number.isFinite(part.start) && Sound.play(part.start));
      spans.push([span, part.start, part.end]);
      node.append(span);
    }
    return { node, spans };
  }

  // A side: the words heard, how they stand to the reference, their confidence and times.
  function side(cell, words, parts, reference) {
    if (!cell) return null;
    const heard = split(cell[1]);
    const own = cell[3] ? split(cell[3]) : reference;
    let operations = own === reference || own.length === reference.length ? cell[2] : null;
    if (operations === null || operations === undefined) operations = Align.align(reference, heard);
    if (operations === null) return null;
    const are = words && words.words && parts.length;
    return { words: heard, operations, sure: (words && words.sure) || [], times: are ? Align.times(parts, heard) : [] };
  }

  // Columns of reference, A and B -> `{node, spans}`.
  function gloss(reference, sides) {
    const node = make("div", { class: "gloss", dir: "auto", role: "group", "aria-label": "Word by word" });
    const spans = [];
    for (const column of Align.columns(reference, sides)) {
      const group = make("span", { class: "word" });
      group.append(make("span", { class: "said", dir: "auto" }, column.reference === null ? "\u00a0" : column.reference));
      column.cells.forEach((cell, k) => {
        const which = k ? "b" : "a";
        if (!cell) {
          group.append(make("span", { class: `heard ${which} none` }, "\u00a0"));
          return;
        }
        const sure = cell.place >= 0 ? sides[k].sure[cell.place] : undefined;
        const known = sure !== undefined && sure >= 0;
        const title = [NAMES[cell.kind], known && `${sure} % sure`].filter(Boolean).join(", ") || null;
        const text = make("span", { class: `heard ${which} ${KINDS[cell.kind]} doubt-${doubt(known ? sure : -1)}`, title, dir: "auto" }, cell.kind === "D" ? "∅" : cell.text);
        const time = cell.place >= 0 ? sides[k].times[cell.place] : null;
        if (time) {
          spans.push([text, ...time]);
          text.addEventListener("click", () => Sound.play(time[0]));
        }
        group.append(text);
      });
      node.append(group);
    }
    return { node, spans };
  }

  // What is spoken at a moment is marked.
  function follow(spans, time) {
    for (const [element, start, end] of spans) element.classList.toggle("now", time >= start && time < Math.max(end, start + 0.05));
  }

  return { split, pieces, running, side, gloss, follow };
})();
