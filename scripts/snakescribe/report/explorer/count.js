"use strict";
// All texts of A and B -> what became of each word, or of each term.
const Count = (() => {
  const LEFT_OUT = "∅";

  const entry = (map, name) => {
    let known = map.get(name);
    if (!known) map.set(name, (known = { name, said: 0, wrong: [0, 0], places: [], heard: [new Map(), new Map()] }));
    return known;
  };

  // A place is `[chunk, side, what was heard, first word of that, the word behind the last]`.
  function note(known, chunk, side, as, from, to) {
    known.heard[side].set(as, (known.heard[side].get(as) || 0) + 1);
    known.places.push([chunk, side, as, from, to]);
  }

  function addWords(out, chunk, side, said, cell) {
    const heard = Words.split(cell[1]);
    let i = 0, j = 0;
    for (const operation of cell[2]) {
      if (operation === "S" || operation === "D") {
        const known = entry(out, said[i]), wide = operation === "S" ? 1 : 0;
        known.wrong[side]++;
        note(known, chunk, side, wide ? heard[j] : LEFT_OUT, j, j + wide);
      }
      if (operation !== "I") i++;
      if (operation !== "D") j++;
    }
  }

  // For each word of the reference where the words that were heard for it begin, and one more.
  function stops(operations) {
    const at = [0];
    let j = 0;
    for (const operation of operations) {
      if (operation !== "D") j++;
      if (operation !== "I") at.push(j);
    }
    return at;
  }

  const spans = (words, wanted) => words.flatMap((_, i) => (wanted.every((word, k) => words[i + k] === word) ? [[i, i + wanted.length]] : []));

  function addTerms(out, chunk, side, said, cell) {
    const heard = Words.split(cell[1]), at = stops(cell[2]);
    for (const [term, times, hit, alarms] of cell[4]) {
      const known = entry(out, term), words = Words.split(term), missed = times - hit;
      if (side === 0) known.said += times;
      known.wrong[side] += missed + alarms;
      const wrong = missed ? spans(said, words).filter(([from, to]) => heard.slice(at[from], at[to]).join(" ") !== term) : [];
      for (const [from, to] of wrong.slice(0, missed)) {
        note(known, chunk, side, heard.slice(at[from], at[to]).join(" ") || LEFT_OUT, at[from], at[to]);
      }
      if (missed > wrong.length) note(known, chunk, side, `${missed} not heard`, 0, 0);
      const places = new Set(spans(said, words).map(([from]) => at[from]));
      const added = alarms ? spans(heard, words).filter(([from]) => !places.has(from)) : [];
      for (const [from, to] of added.slice(0, alarms)) note(known, chunk, side, "heard, not said", from, to);
    }
  }

  // Goes through the texts block by block; null where `current` says that nobody waits any more.
  async function count(view, tell, current) {
    const { study, a, b } = Model, sides = a === b ? [a] : [a, b], out = new Map();
    for (let block = 0; block < study.blocks.length; block++) {
      const kinds = ["reference", ...sides.map((side) => `c${side}`)];
      const [references, ...heard] = await Promise.all(kinds.map((kind) => Data.value(`block/${block}/${kind}`)));
      if (!current()) return null;
      references.forEach((reference, place) => {
        if (!reference) return;
        const chunk = study.blocks[block] + place, common = Words.split(reference[1]);
        if (view === "words") for (const word of common) entry(out, word).said++;
        heard.forEach((cells, side) => {
          const cell = cells[place];
          if (!cell || cell[2] === null) return;
          const said = cell[3] ? Words.split(cell[3]) : common;
          (view === "words" ? addWords : addTerms)(out, chunk, side, said, cell);
        });
      });
      tell(block + 1, study.blocks.length);
    }
    return [...out.values()].filter((known) => known.said || known.wrong[0] || known.wrong[1]);
  }

  return { count };
})();
