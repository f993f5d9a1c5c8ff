"use strict";
// What is shown: two conditions, filters, an order; and where everything of a chunk is found.
const Model = (() => {
  const ABSENT = -2;
  const model = {
    ABSENT, study: null, chunks: null, a: 0, b: 0, chunk: -1, view: "chunks", sort: "differ", usual: "differ", scored: true, q: "",
    filters: {}, order: new Int32Array(0), columns: new Map(), first: [], marked: () => false,
  };
  let hits = null, running = 0, apart = { pair: "", words: [] };

  model.load = async () => {
    const [study, chunks] = await Promise.all([Data.value("study"), Data.value("chunks")]);
    model.study = study;
    model.chunks = chunks;
    model.conditionAt = new Map(study.conditions.map((condition, place) => [condition.name, place]));
    model.recordingAt = new Map(study.recordings.map((recording, place) => [recording.id, place]));
    model.first = new Array(study.recordings.length).fill(-1);
    for (let i = study.chunks - 1; i >= 0; i--) model.first[chunks.recording[i]] = i;
    model.a = model.conditionAt.get(study.baseline);
    model.b = model.conditionAt.get(study.other);
    model.scored = chunks.words.some((words) => words !== null);
    if (!model.scored) for (const name of ["differ", "a-wins", "b-wins", "errors-a", "errors-b"]) delete model.sorts[name];
    model.usual = model.sort = model.scored ? "differ" : "sure-a";
  };

  // A condition's errors, confidence (per cent) and flags (bits) of every chunk.
  model.loadColumns = async (condition) => {
    if (!model.columns.has(condition)) {
      const [errors, confidence, flags] = await Data.value(`condition/${condition}`);
      model.columns.set(condition, { errors, confidence, flags });
    }
    return model.columns.get(condition);
  };

  model.id = (chunk) => {
    const recording = model.study.recordings[model.chunks.recording[chunk]].id;
    return model.study.whole ? recording : `${recording}-${String(model.chunks.number[chunk]).padStart(4, "0")}`;
  };

  // A chunk's id -> its place, or -1.
  model.find = (id) => {
    const cut = model.study.whole ? id.length : id.lastIndexOf("-");
    const recording = model.recordingAt.get(id.slice(0, cut));
    if (recording === undefined) return -1;
    for (let i = model.first[recording]; i < model.study.chunks && model.chunks.recording[i] === recording; i++) {
      if (model.id(i) === id) return i;
    }
    return -1;
  };

  model.recordingOf = (chunk) => model.study.recordings[model.chunks.recording[chunk]];

  model.neighbour = (chunk, step) => {
    const next = chunk + step;
    return next >= 0 && next < model.study.chunks && model.chunks.recording[next] === model.chunks.recording[chunk] ? next : -1;
  };

  model.blockOf = (chunk) => {
    const blocks = model.study.blocks;
    let low = 0, high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (blocks[middle] <= chunk) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  // A chunk and the name of a kind of file -> its part of that file.
  model.cell = async (chunk, kind) => {
    const block = model.blockOf(chunk);
    const value = await Data.value(`block/${block}/${kind}`);
    const place = chunk - model.study.blocks[block];
    if (kind[0] !== "w") return value[place];
    const words = value.chunks[place];
    return words && { ...words, prompt: value.prompts[words.prompt] };
  };

  // A cell of a sound file -> why there is no sound, or null.
  model.silence = (cell) => {
    if (!cell) return "There is no sound of this chunk.";
    const isThere = model.study.sound === "all" || (model.study.sound === "copied" && cell[0] === "copy");
    return isThere ? null : "This sound was not published with the explorer.";
  };

  const flagCount = (bits) => {
    let count = 0;
    for (; bits; bits &= bits - 1) count++;
    return count;
  };

  model.flagNames = (condition, chunk) => {
    const bits = model.columns.get(condition).flags[chunk];
    return model.study.flags.filter((_, bit) => bits & (1 << bit));
  };

  // By name: what it is called, and a key of each chunk; the smallest come first.
  const known = (errors) => (errors >= 0 ? errors : null);
  const difference = (i) => {
    const a = known(model.columns.get(model.a).errors[i]), b = known(model.columns.get(model.b).errors[i]);
    return a === null || b === null ? null : b - a;
  };
  const last = (value) => (value === null ? Infinity : value);
  const minus = (value) => (value === null ? Infinity : -value);
  const sure = (condition, i) => {
    const value = model.columns.get(condition).confidence[i];
    return value < 0 ? Infinity : value;
  };
  model.difference = difference;
  model.sorts = {
    differ: ["difference, largest first", (i) => { const d = difference(i); return d === null ? Infinity : -Math.abs(d); }],
    "a-wins": ["where A is better", (i) => minus(difference(i))],
    "b-wins": ["where B is better", (i) => last(difference(i))],
    "errors-a": ["errors of A", (i) => minus(known(model.columns.get(model.a).errors[i]))],
    "errors-b": ["errors of B", (i) => minus(known(model.columns.get(model.b).errors[i]))],
    apart: ["words that A and B hear differently", (i) => -apart.words[i]],
    "sure-a": ["confidence of A, least first", (i) => sure(model.a, i)],
    "sure-b": ["confidence of B, least first", (i) => sure(model.b, i)],
    flags: ["flags, most first", (i) => -flagCount(model.columns.get(model.a).flags[i]) - flagCount(model.columns.get(model.b).flags[i])],
    snr: ["SNR, noisiest first", (i) => last(model.chunks.snr[i])],
    time: ["recording and time", (i) => i],
  };

  // Search in reference and both hypotheses, block by block; tells how far it is.
  async function search(q, tell) {
    const mark = ++running;
    if (!q) {
      hits = null;
      return true;
    }
    const wanted = q.toLowerCase();
    const out = new Uint8Array(model.study.chunks);
    const blocks = model.study.blocks;
    for (let block = 0; block < blocks.length; block++) {
      const kinds = ["reference", ...new Set([`c${model.a}`, `c${model.b}`])];
      const parts = await Promise.all(kinds.map((kind) => Data.value(`block/${block}/${kind}`)));
      if (mark !== running) return false;
      for (const part of parts) {
        part.forEach((cell, place) => {
          if (cell && cell[0].toLowerCase().includes(wanted)) out[blocks[block] + place] = 1;
        });
      }
      tell(block + 1, blocks.length);
    }
    hits = out;
    return true;
  }

  // How many words of each chunk A and B hear differently, block by block; tells how far it is.
  async function compareTexts(tell) {
    const pair = `${model.a} ${model.b}`, blocks = model.study.blocks;
    if (apart.pair === pair) return true;
    const mark = ++running, words = new Float64Array(model.study.chunks).fill(-Infinity);
    for (let block = 0; block < blocks.length; block++) {
      const [left, right] = await Promise.all([model.a, model.b].map((place) => Data.value(`block/${block}/c${place}`)));
      if (mark !== running) return false;
      left.forEach((cell, place) => {
        if (cell && right[place]) words[blocks[block] + place] = Align.distance(Words.split(cell[1]), Words.split(right[place][1]));
      });
      tell(block + 1, blocks.length);
    }
    apart = { pair, words };
    return true;
  }

  function admits() {
    const { chunks, filters, study } = model;
    const tests = [];
    if (hits) tests.push((i) => hits[i] === 1);
    const bits = (condition) => model.columns.get(condition).flags;
    for (const [name, value] of Object.entries(filters)) {
      if (value === "" || value === undefined) continue;
      if (name === "recording") tests.push((i) => study.recordings[chunks.recording[i]].id === value);
      else if (name === "language") tests.push((i) => model.recordingOf(i).language === value);
      else if (name === "speaker") {
        const codes = new Set(chunks.speakers.levels.flatMap((names, code) => (names.includes(value) ? [code] : [])));
        tests.push((i) => codes.has(chunks.speakers.codes[i]) || model.recordingOf(i).speaker === value);
      } else if (name === "snr-from") tests.push((i) => chunks.snr[i] !== null && chunks.snr[i] >= Number(value));
      else if (name === "snr-to") tests.push((i) => chunks.snr[i] !== null && chunks.snr[i] <= Number(value));
      else if (name === "term") {
        const term = chunks.terms.levels.indexOf(value);
        tests.push((i) => chunks.terms.said[i].includes(term));
      } else if (name === "flag") {
        const bit = 1 << study.flags.indexOf(value);
        tests.push((i) => ((bits(model.a)[i] | bits(model.b)[i]) & bit) !== 0);
      } else if (name === "marked") tests.push((i) => model.marked(model.id(i)));
      else if (name.startsWith("in:")) {
        const group = chunks.groups.find((known) => `in:${known.name}` === name);
        const code = group ? group.levels.indexOf(value) : -1;
        tests.push((i) => group !== undefined && group.codes[i] === code);
      }
    }
    return (i) => tests.every((test) => test(i));
  }

  // Makes the order anew; false where a newer wish has overtaken this one.
  model.arrange = async (tell) => {
    await Promise.all([model.loadColumns(model.a), model.loadColumns(model.b)]);
    if (!(await search(model.q, tell))) return false;
    if (model.sort === "apart" && !(await compareTexts(tell))) return false;
    const admit = admits();
    const heard = (i) => model.columns.get(model.a).errors[i] !== ABSENT || model.columns.get(model.b).errors[i] !== ABSENT;
    const places = [];
    for (let i = 0; i < model.study.chunks; i++) if (heard(i) && admit(i)) places.push(i);
    const [, key] = model.sorts[model.sort];
    const keys = new Float64Array(model.study.chunks);
    for (const place of places) keys[place] = key(place);
    model.order = Int32Array.from(places).sort((x, y) => (keys[x] === keys[y] ? x - y : keys[x] < keys[y] ? -1 : 1));
    return true;
  };

  return model;
})();
