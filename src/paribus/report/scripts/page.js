// What the scripts of the page share: the theme, and which configuration is highlighted.
"use strict";
const report = (() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const pill = document.getElementById("highlighted");
  let configuration = "";

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const tell = (name) => document.dispatchEvent(new CustomEvent(`report:${name}`));

  function read(id) {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  }

  // A table as columns becomes rows; a column of few words is a list of words and their places in it.
  function rowsOf(table) {
    const rows = Array.from({ length: table.length }, () => ({}));
    for (const [name, column] of Object.entries(table.columns)) {
      const { words, places } = column;
      const values = words ? places.map((place) => (place < 0 ? null : words[place])) : column;
      for (let n = 0; n < rows.length; n += 1) if (values[n] !== null) rows[n][name] = values[n];
    }
    return rows;
  }

  function highlight(id) {
    configuration = id === configuration ? "" : id;
    pill.hidden = configuration === "";
    pill.querySelector("code").textContent = configuration;
    root.dataset.highlighted = configuration;
    tell("highlight");
  }

  function name() {
    const dark = isDark();
    for (const button of document.querySelectorAll("[data-action=theme]")) {
      button.textContent = dark ? "Light" : "Dark";
      button.hidden = false;
    }
  }

  // Whoever is sent to a place inside of something closed finds it open.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let outer = target; outer; outer = outer.parentElement) if (outer.tagName === "DETAILS") outer.open = true;
  }

  function follow() {
    const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          for (const [id, a] of links) a.toggleAttribute("aria-current", id === entry.target.id);
        }
      },
      { rootMargin: "0px 0px -75% 0px" },
    );
    for (const id of links.keys()) seen.observe(document.getElementById(id));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    const named = event.target.closest("[data-configuration]");
    if (button?.dataset.action === "theme") {
      root.dataset.theme = isDark() ? "light" : "dark";
      tell("theme");
    } else if (button?.dataset.action === "clear") {
      highlight(configuration);
    } else if (named) {
      highlight(named.dataset.configuration);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && configuration) highlight(configuration);
  });
  document.addEventListener("report:theme", name);
  system.addEventListener("change", () => tell("theme"));
  window.addEventListener("hashchange", open);
  name();
  open();
  follow();
  const configurations = read("configurations");
  return { isDark, read, rowsOf, highlight, highlighted: () => configuration,
    configurations: configurations ? rowsOf(configurations) : [] };
})();
