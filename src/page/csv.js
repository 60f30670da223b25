/** Reading CSV text (RFC 4180), as the service writes it. */

/**
 * Whole records, at most `limit`, each an array of cells. `ended` says that the text is the whole file: without it a last
 * record that has no line end yet isn't whole.
 */
export function parseCsv(text, limit, ended) {
  const records = [];
  let cells = [];
  let at = 0;
  while (at < text.length && records.length < limit) {
    let cell = "";
    if (text[at] === '"') {
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote === -1) return records;
        cell += text.slice(from, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        from = at + 1;
      }
    } else {
      const from = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
      cell = text.slice(from, at);
    }
    cells.push(cell);
    if (text[at] === ",") {
      at++;
      if (at < text.length || !ended) continue;
      cells.push("");
    }
    if (at >= text.length && !ended) return records;
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    records.push(cells);
    cells = [];
  }
  return records;
}
