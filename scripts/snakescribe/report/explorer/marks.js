"use strict";
// Marks, notes and corrected references: kept by the browser, and saved as corrections.tsv, which
// `scoring.corrections` of the next run reads. A correction is told by the words around it.
const Marks = (() => {
  const AROUND = 8;
  const COLUMNS = ["recording", "before", "reference", "after", "correction", "chunk", "mark", "note"];
  let place = "", all = {}, kept = true;

  function open(experiment) {
    place = `snakescribe:${experiment}:${location.pathname}`;
    try {
      all = JSON.parse(localStorage.getItem(place) || "{}");
    } catch {
      kept = false;
    }
  }

  function put(id, change) {
    const entry = { mark: false, note: "", corrected: null, reference: "", heard: "", ...all[id], ...change };
    if (entry.mark || entry.note || entry.corrected !== null) all[id] = entry;
    else delete all[id];
    try {
      localStorage.setItem(place, JSON.stringify(all));
      kept = true;
    } catch {
      kept = false;
    }
  }

  const get = (id) => all[id] || { mark: false, note: "", corrected: null };
  const ids = () => Object.keys(all).sort();
  const has = (id) => id in all;
  const words = (text) => text.split(/\s+/u).filter(Boolean);

  // A reference and its corrected text -> each place that differs, with the words around it.
  function changes(reference, corrected) {
    const left = words(reference), right = words(corrected);
    const operations = Align.align(left, right);
    if (operations === null) return [];
    const out = [];
    let i = 0, j = 0, from = null;
    const close = () => {
      if (from === null) return;
      out.push({
        before: left.slice(Math.max(0, from[0] - AROUND), from[0]).join(" "),
        reference: left.slice(from[0], i).join(" "),
        after: left.slice(i, i + AROUND).join(" "),
        correction: right.slice(from[1], j).join(" "),
      });
      from = null;
    };
    for (const operation of operations) {
      if (operation === "=") close();
      else if (from === null) from = [i, j];
      if (operation !== "I") i++;
      if (operation !== "D") j++;
    }
    close();
    return out;
  }

  // As the tables of snakescribe: no cell that a spreadsheet would run.
  function cell(text) {
    const plain = String(text).replace(/[\t\r\n\0]+/g, " ");
    const defused = /^'*[=+\-@]/.test(plain) ? `'${plain}` : plain;
    return /["#]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
  }

  // A row without a correction says the same on both sides: the next run leaves it as it is.
  function table() {
    const lines = [COLUMNS];
    for (const id of ids()) {
      const { mark, note, corrected, reference, heard, recording } = all[id];
      const rest = [id, mark ? "yes" : "", note];
      const found = corrected === null ? [] : changes(reference, corrected);
      for (const change of found) {
        lines.push([recording, change.before, change.reference, change.after, change.correction, ...rest]);
      }
      if (!found.length) {
        const told = words(reference || heard).slice(0, AROUND).join(" ") || "-";
        lines.push([recording, told, "", "", "", ...rest]);
      }
    }
    return lines.map((line) => line.map(cell).join("\t")).join("\n") + "\n";
  }

  function save() {
    const address = URL.createObjectURL(new Blob([table()], { type: "text/tab-separated-values" }));
    const link = make("a", { href: address, download: "corrections.tsv" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  return { open, put, get, has, ids, changes, table, save, isKept: () => kept };
})();
