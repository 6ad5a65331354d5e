"use strict";
/* Sorting tables, copying citations, searching, looking into Parquet. Every page reads without it; nothing here asks the network: what it
   needs beside the page are script files of this folder, since a browser fetches nothing between files. */
const iomdb = (() => {
  const folder = document.currentScript.src.replace(/script\.js$/, "");
  const loading = new Map();

  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, fail) => {
        const script = document.createElement("script");
        script.src = folder + name;
        script.onload = done;
        script.onerror = () => fail(new Error(name + " is not there"));
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  function make(tag, values = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  }

  /* ---- tables: a heading sorts by its column ---- */
  function sortKey(cell) {
    const stated = cell ? (cell.dataset.sort ?? cell.textContent.trim()) : "";
    const number = Number(stated.replace(/,/g, "").replace(/ [A-Z]{3}$/, ""));
    return stated !== "" && !Number.isNaN(number) ? number : stated.toLowerCase();
  }

  function compare(a, b) {
    const kinds = [typeof a, typeof b];
    if (kinds[0] !== kinds[1]) return kinds[0] === "number" ? -1 : 1;
    return kinds[0] === "number" ? a - b : a.localeCompare(b, "en");
  }

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falling = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => [sortKey(row.cells[place]), row]);
        rows.sort((a, b) => (falling ? -1 : 1) * compare(a[0], b[0]));
        table.tBodies[0].append(...rows.map((pair) => pair[1]));
      });
    });
  }

  /* ---- citations: a button copies the text, and selects it, for a browser that forbids the first ---- */
  function makeCopyable(text) {
    const button = make("button", { type: "button", "aria-label": `Copy: ${text.dataset.copy}` }, "Copy");
    const state = make("span", { role: "status", class: "soft" });
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(text);
      const isCopied = (await navigator.clipboard?.writeText(text.textContent).then(() => true, () => false)) ||
        document.execCommand("copy");
      state.textContent = isCopied ? " Copied." : " Selected: copy it with the keyboard.";
    });
    text.after(make("p", { class: "copy" }, button, state));
  }

  /* ---- search: the words of the index, folded and divided as words_index.py does ---- */
  const unspaced = "\\u0e00-\\u0eff\\u3040-\\u30ff\\u3400-\\u9fff";
  const runs = new RegExp(`[${unspaced}]+|[^${unspaced}]+`, "gu");
  const isUnspaced = new RegExp(`^[${unspaced}]`, "u");
  const K1 = 1.2, B = 0.75, SHOWN = 50;
  const shards = new Map();
  let documents = [];

  function splitTerms(text) {
    const bare = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
    const terms = [];
    for (const word of bare.match(/[\p{L}\p{N}]+/gu) ?? []) {
      for (const run of word.match(runs)) {
        const letters = [...run];
        if (!isUnspaced.test(run)) terms.push(letters.slice(0, 40).join(""));
        else if (letters.length === 1) terms.push(run);
        else for (let at = 0; at + 1 < letters.length; at++) terms.push(letters[at] + letters[at + 1]);
      }
    }
    return terms;
  }

  function findShard(term, n) {
    const [first, second] = [...term];
    return (first.codePointAt(0) * 31 + (second ? second.codePointAt(0) : 0)) % n;
  }

  function findPostings(term, isPrefix, n) {
    const shard = shards.get(findShard(term, n)) ?? {};
    const names = isPrefix && term.length > 1 ? Object.keys(shard).filter((one) => one.startsWith(term)) : [term];
    const found = new Map();
    for (const name of names) {
      const steps = Object.hasOwn(shard, name) ? shard[name] : [];
      for (let at = 0, document = 0; at < steps.length; at += 2) {
        document += steps[at];
        found.set(document, (found.get(document) ?? 0) + steps[at + 1] * (name === term ? 1 : 0.5));
      }
    }
    return found;
  }

  function rank(terms, n) {
    const mean = documents.reduce((sum, row) => sum + row[7], 0) / Math.max(documents.length, 1) || 1;
    let scores = null;
    terms.forEach((term, place) => {
      const found = findPostings(term, place === terms.length - 1, n);
      const rarity = Math.log(1 + (documents.length - found.size + 0.5) / (found.size + 0.5));
      const next = new Map();
      for (const [document, count] of found) {
        if (scores && !scores.has(document)) continue;
        const norm = K1 * (1 - B + (B * documents[document][7]) / mean);
        next.set(document, (scores?.get(document) ?? 0) + (rarity * count * (K1 + 1)) / (count + norm));
      }
      scores = next;
    });
    return scores ?? new Map();
  }

  async function search(form) {
    const words = form.elements.q.value;
    const terms = [...new Set(splitTerms(words))].slice(0, 16);
    const n = Number(form.dataset.shards);
    const filters = ["kind", "lang", "country", "year", "state"].map((name) => form.elements[name].value);
    const [state, results] = [document.getElementById("found"), document.getElementById("results")];
    await Promise.all(terms.map((term) => load(`search/words-${findShard(term, n)}.js`)));
    if (form.elements.q.value !== words) return;
    const [kind, lang, country, year, standing] = filters;
    const scores = terms.length ? rank(terms, n) : filters.some(Boolean) ? new Map(documents.map((_, at) => [at, 0])) : new Map();
    const chosen = [...scores].filter(([at]) => {
      const row = documents[at];
      return (!kind || row[2] === kind) && (!lang || row[3] === lang) && (!year || row[4] === Number(year)) &&
        (!standing || row[5] === standing) && (!country || row[6].includes(country));
    }).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    results.replaceChildren(...chosen.slice(0, SHOWN).map(([at]) => showResult(documents[at])));
    const more = chosen.length > SHOWN ? `, the best ${SHOWN} of them below` : "";
    state.textContent = !terms.length && !filters.some(Boolean) ? "" : chosen.length
      ? `${chosen.length.toLocaleString("en")} document${chosen.length === 1 ? "" : "s"}${more}` : "Nothing holds all of these words.";
  }

  function showResult(row) {
    const [path, title, kind, lang, year, state, , , excerpt, site] = row;
    const rtl = ["ar", "dv", "fa", "he", "ku", "ps", "ur", "yi"].includes(lang);
    const shown = { lang: lang || "und", dir: rtl ? "rtl" : "auto" };
    const link = make("a", { href: folder + path, ...shown }, title);
    const about = [kind, site, year || "year not stated", state === "gone" ? "✕ gone" : state === "unknown" ? "? uncertain" : "on the site"];
    return make("li", {}, make("p", { class: "title" }, link), make("p", { class: "kicker" }, about.join(" · ")),
      make("p", shown, excerpt));
  }

  function startSearch(form) {
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (form.elements.namedItem(name)) form.elements.namedItem(name).value = value;
    }
    const start = () => search(form);
    form.addEventListener("input", start);
    form.addEventListener("submit", (event) => { event.preventDefault(); start(); });
    start();
  }

  /* ---- Parquet: read from a script file beside the page, or from a file that the reader picks ---- */
  const tables = new Map();
  const SHOWN_ROWS = 100;

  function write(value) {
    if (value === null || value === undefined) return "NULL";
    if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, "Z");
    if (typeof value === "object") return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? String(one) : one));
    return String(value);
  }

  async function showParquet(buffer, name) {
    await load("data/hyparquet.js");
    const { parquetReadObjects, compressors } = globalThis.hyparquet;
    const rows = await parquetReadObjects({ file: buffer, compressors });
    const [state, target, filter] = ["parquet-state", "parquet-rows", "filter"].map((id) => document.getElementById(id));
    const columns = rows.length ? Object.keys(rows[0]) : [];
    const texts = rows.map((row) => columns.map((column) => write(row[column])));
    const show = () => {
      const wanted = filter.value.toLowerCase();
      const found = wanted ? texts.filter((row) => row.some((text) => text.toLowerCase().includes(wanted))) : texts;
      const head = make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column))));
      const body = make("tbody", {}, ...found.slice(0, SHOWN_ROWS).map((row) =>
        make("tr", {}, ...row.map((text) => make("td", {}, text.length > 120 ? text.slice(0, 120) + "…" : text)))));
      target.replaceChildren(make("table", { class: "answer" }, head, body));
      state.textContent = `${name}: ${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows` +
        (found.length > SHOWN_ROWS ? `, the first ${SHOWN_ROWS} below` : "") + `, ${columns.length} columns`;
    };
    filter.oninput = show;
    show();
  }

  function startParquet(form) {
    const state = document.getElementById("parquet-state");
    const fail = (error) => { state.textContent = "This file cannot be read: " + error.message; };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = form.elements.table.value;
      load(`data/${name}.js`).then(() => showParquet(tables.get(name), name)).catch(fail);
    });
    form.elements.own.addEventListener("change", () => {
      const file = form.elements.own.files[0];
      if (file) file.arrayBuffer().then((buffer) => showParquet(buffer, file.name)).catch(fail);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
    document.querySelectorAll("pre[data-copy]").forEach(makeCopyable);
    const forms = { search: startSearch, parquet: startParquet };
    for (const [id, start] of Object.entries(forms)) {
      const form = document.getElementById(id);
      if (form) start(form);
    }
  });

  return {
    documents: (rows) => { documents = rows; },
    words: (number, shard) => { shards.set(number, shard); },
    table: (name, text) => { tables.set(name, Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer); },
    splitTerms,
    findShard,
  };
})();
