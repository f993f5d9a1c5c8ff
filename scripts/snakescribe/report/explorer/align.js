"use strict";
// Words beside words. Alignments are those of the scores: `=` hit, `S` substitution, `D` deletion,
// `I` insertion; where there are none (no reference), they are made here in the same way.
const Align = (() => {
  const MOST_CELLS = 25e6;

  // Two lists -> operations at minimum edit distance; null where that would take too long.
  function align(left, right) {
    const n = left.length, m = right.length;
    if ((n + 1) * (m + 1) > MOST_CELLS) return null;
    const from = new Uint8Array((n + 1) * (m + 1));
    let above = Int32Array.from({ length: m + 1 }, (_, j) => j);
    from.fill(2, 1, m + 1);
    for (let i = 1; i <= n; i++) {
      const row = new Int32Array(m + 1);
      row[0] = i;
      from[i * (m + 1)] = 1;
      for (let j = 1; j <= m; j++) {
        const both = above[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
        const down = above[j] + 1, across = row[j - 1] + 1;
        const best = Math.min(both, down, across);
        row[j] = best;
        from[i * (m + 1) + j] = best === both ? 0 : best === down ? 1 : 2;
      }
      above = row;
    }
    let operations = "";
    for (let i = n, j = m; i || j; ) {
      const step = from[i * (m + 1) + j];
      operations += step === 0 ? (left[i - 1] === right[j - 1] ? "=" : "S") : step === 1 ? "D" : "I";
      if (step !== 2) i--;
      if (step !== 1) j--;
    }
    return [...operations].reverse().join("");
  }

  // Two lists -> the least number of edits; what is too long to align differs in all.
  function distance(left, right) {
    const operations = align(left, right);
    return operations === null ? Math.max(left.length, right.length) : operations.replaceAll("=", "").length;
  }

  // A side -> what stands at each word of the reference, and what was put in before it.
  function seat(words, operations, size) {
    const at = new Array(size).fill(null);
    const before = Array.from({ length: size + 1 }, () => []);
    let i = 0, j = 0;
    for (const operation of operations) {
      if (operation === "I") before[i].push({ text: words[j], kind: "I", place: j++ });
      else if (operation === "D") at[i++] = { text: "", kind: "D", place: -1 };
      else at[i++] = { text: words[j], kind: operation, place: j++ };
    }
    return { at, before };
  }

  // A reference and sides `{words, operations}` (or null) -> columns `{reference, cells}`.
  function columns(reference, sides) {
    const seated = sides.map((side) => side && seat(side.words, side.operations, reference.length));
    const out = [];
    for (let i = 0; i <= reference.length; i++) {
      const most = Math.max(0, ...seated.map((side) => (side ? side.before[i].length : 0)));
      for (let k = 0; k < most; k++) {
        out.push({ reference: null, at: i, cells: seated.map((side) => (side && side.before[i][k]) || null) });
      }
      if (i < reference.length) {
        out.push({ reference: reference[i], at: i, cells: seated.map((side) => side && side.at[i]) });
      }
    }
    return out;
  }

  const key = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || word;

  // Pieces of a text with times, and its normalised words -> for each of these `[start, end]` or null.
  function times(pieces, words) {
    const out = new Array(words.length).fill(null);
    const operations = align(pieces.map((piece) => key(piece.text)), words.map(key));
    if (operations === null) return out;
    let i = 0, j = 0, gap = [], held = [];
    const settle = () => {
      if (gap.length && held.length) {
        for (const word of held) out[word] = [gap[0].start, gap[gap.length - 1].end];
      }
      gap = [];
      held = [];
    };
    for (const operation of operations) {
      if (operation === "=") {
        settle();
        out[j++] = [pieces[i].start, pieces[i++].end];
        continue;
      }
      if (operation !== "I") gap.push(pieces[i++]);
      if (operation !== "D") held.push(j++);
    }
    settle();
    return out;
  }

  return { align, columns, distance, times };
})();
