// The leaderboard: sorted, filtered, and only the rows in sight are in the page.
"use strict";
(() => {
  const place = document.getElementById("board");
  if (!place) return;
  const columns = report.read("columns");
  const all = report.configurations;
  const HEIGHT = 34; // pixels of a row, as in the style
  const SPACES = /,\s+/g; // within a list: [16, 8] is one word
  const BESIDE = 8; // rows drawn above and below what is seen
  const scroll = place.querySelector(".board-scroll");
  const table = place.querySelector("table");
  const head = table.tHead;
  const body = table.tBodies[0];
  const count = place.querySelector("[role=status]");
  const search = place.querySelector("input[type=search]");
  const chooser = place.querySelector(".board-columns");
  let shown = new Set(columns.filter((column) => column.shown).map((column) => column.name));
  let order = { name: "rank", down: false };
  let rows = all;

  const digits = (value, n) => value.toLocaleString("en-US", { minimumFractionDigits: n, maximumFractionDigits: n });
  const short = (text) => text.replace(/e([+-])0*(\d+)/, (_, sign, power) => `e${sign === "-" ? "-" : ""}${power}`);
  // The numbers come rounded as the page writes them (formats.py): this only spells them out.
  function score(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size < 0.0005 || size >= 1e9)) return short(value.toExponential(2)).replace(/^-/, "−");
    return digits(value, size >= 1000 ? 1 : 3).replace("-", "−");
  }
  const written = {
    score,
    count: (value) => digits(value, 0),
    seconds: (value) => (value < 1 ? `${Number((1000 * value).toPrecision(3))} ms` : `${digits(value, 1)} s`),
    text: String,
  };
  const told = (column, row) => (row[column.name] === undefined ? "–" : written[column.kind](row[column.name]));
  const texts = new Map();
  function text(row) {
    if (!texts.has(row)) texts.set(row, columns.map((column) => told(column, row)).join("\u0001").replace(SPACES, ",").toLowerCase());
    return texts.get(row);
  }

  // A word is looked for everywhere; recall>0.9 or hidden=[16] in the columns whose names end so.
  function test(word) {
    const parts = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/.exec(word);
    const named = parts && columns.filter(({ name, title }) => [name, title].some((each) => each.endsWith(parts[1])));
    if (!named?.length) return (row) => text(row).includes(word.toLowerCase());
    const limit = Number(parts[3]);
    const compare = {
      "<": (value) => value < limit,
      ">": (value) => value > limit,
      "<=": (value) => value <= limit,
      ">=": (value) => value >= limit,
      "=": (value) => value === limit || String(value).replaceAll(" ", "") === parts[3],
    }[parts[2]];
    return (row) => named.some(({ name }) => row[name] !== undefined && compare(row[name]));
  }

  function sift() {
    const tests = search.value.replace(SPACES, ",").split(/\s+/).filter(Boolean).map(test);
    rows = all.filter((row) => tests.every((passes) => passes(row)));
    const { name, down } = order;
    const turn = down ? -1 : 1;
    rows.sort((one, other) => {
      const [a, b] = [one[name], other[name]];
      if (a === undefined || b === undefined) return (a === undefined) - (b === undefined) || one.rank - other.rank;
      const by = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
      return turn * by || one.rank - other.rank;
    });
    count.textContent = `${digits(rows.length, 0)} of ${digits(all.length, 0)} configurations`;
    table.setAttribute("aria-rowcount", String(rows.length + 1));
    scroll.scrollTop = 0;
    fill();
  }

  function cell(column, row) {
    const td = document.createElement("td");
    if (column.kind !== "text") td.className = "n";
    if (column.name === "config_id") {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "configuration";
      button.dataset.configuration = row.config_id;
      button.setAttribute("aria-pressed", String(report.highlighted() === row.config_id));
      button.textContent = row.config_id;
      td.append(button);
    } else {
      td.textContent = told(column, row);
      td.title = td.textContent.length > 24 ? td.textContent : "";
    }
    return td;
  }

  function spacer(n) {
    const tr = document.createElement("tr");
    tr.className = "spacer";
    tr.setAttribute("aria-hidden", "true");
    tr.style.height = `${n * HEIGHT}px`;
    return tr;
  }

  function fill() {
    const first = Math.max(0, Math.floor(scroll.scrollTop / HEIGHT) - BESIDE);
    const last = Math.min(rows.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / HEIGHT) + BESIDE);
    const visible = columns.filter((column) => shown.has(column.name));
    const focused = document.activeElement?.closest?.("#board [data-configuration]")?.dataset.configuration;
    const made = rows.slice(first, last).map((row, n) => {
      const tr = document.createElement("tr");
      tr.setAttribute("aria-rowindex", String(first + n + 2));
      tr.classList.toggle("is-highlighted", report.highlighted() === row.config_id);
      tr.append(...visible.map((column) => cell(column, row)));
      return tr;
    });
    body.replaceChildren(spacer(first), ...made, spacer(rows.length - last));
    if (focused) body.querySelector(`[data-configuration="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function heads() {
    const tr = document.createElement("tr");
    for (const column of columns) {
      if (!shown.has(column.name)) continue;
      const th = document.createElement("th");
      th.scope = "col";
      if (column.kind !== "text") th.className = "n";
      const sorted = order.name === column.name;
      th.setAttribute("aria-sort", sorted ? (order.down ? "descending" : "ascending") : "none");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.title;
      button.dataset.sort = column.name;
      th.append(button);
      tr.append(th);
    }
    head.replaceChildren(tr);
  }

  function choices() {
    for (const column of columns) {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = shown.has(column.name);
      box.disabled = column.name === "rank" || column.name === "config_id";
      box.addEventListener("change", () => {
        if (box.checked) shown.add(column.name);
        else shown.delete(column.name);
        heads();
        fill();
      });
      label.append(box, ` ${column.title}`);
      chooser.append(label);
    }
  }

  // On a narrow window only the first columns that fit; the others are a click away.
  function fit() {
    const room = place.clientWidth;
    let taken = 0;
    shown = new Set();
    for (const column of columns.filter((each) => each.shown)) {
      taken += column.width;
      if (taken <= room || column.name === "rank" || column.name === "config_id") shown.add(column.name);
    }
  }

  head.addEventListener("click", (event) => {
    const name = event.target.closest("[data-sort]")?.dataset.sort;
    if (!name) return;
    const column = columns.find((each) => each.name === name);
    order = { name, down: order.name === name ? !order.down : column.largest_first };
    heads();
    sift();
    head.querySelector(`[data-sort="${CSS.escape(name)}"]`).focus();
  });
  let frame = 0;
  scroll.addEventListener("scroll", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(fill);
  });
  search.addEventListener("input", sift);
  document.addEventListener("report:highlight", fill);
  place.hidden = false;
  document.getElementById("board-still").open = false;
  fit();
  choices();
  heads();
  sift();
})();
