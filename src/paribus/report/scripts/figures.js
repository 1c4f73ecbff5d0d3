// Each figure's still drawing becomes one that answers, when it comes near the window.
"use strict";
(() => {
  const payload = report.read("figures");
  const views = new Map();
  const MANY = 3000; // marks above which a canvas is quicker than an SVG
  const AHEAD = "500px";

  // Every colour of a specification as it is on dark paper.
  function dyed(value) {
    if (typeof value === "string") return payload.dark[value] ?? value;
    if (Array.isArray(value)) return value.map(dyed);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dyed(inner)]));
  }

  function panels(spec) {
    return spec.concat ?? (spec.facet && spec.spec ? [spec.spec] : [spec]);
  }

  // Fewer panels side by side, then narrower ones, until the figure is no wider than its place.
  function fitted(spec, natural, available) {
    if (natural <= available) return spec;
    const inner = panels(spec);
    const side = spec.columns ? Math.min(spec.columns, spec.facet ? spec.columns : inner.length) : 1;
    const one = natural / side;
    if (spec.columns) spec.columns = Math.max(1, Math.min(side, Math.floor(available / one)));
    const over = one - available / (spec.columns ?? 1);
    const least = spec.usermeta?.least ?? 170;
    for (const panel of inner) {
      if (over > 0 && typeof panel.width === "number") panel.width = Math.max(Math.min(least, panel.width), panel.width - over);
    }
    return spec;
  }

  async function draw(plate) {
    const name = plate.dataset.figure;
    const figure = payload.figures[name];
    views.get(name)?.finalize();
    const still = plate.querySelector(".still svg");
    const room = plate.parentElement.clientWidth - 26;
    const natural = Number(still.getAttribute("width"));
    const rows = report.rowsOf(figure.rows);
    const shared = figure.shared ? report.configurations : [];
    const dark = report.isDark();
    const place = plate.querySelector(".live");
    async function embed(available) {
      const spec = { ...fitted(structuredClone(figure.spec), natural, available), config: payload.config };
      place.replaceChildren();
      const made = await vegaEmbed(place, { ...(dark ? dyed(spec) : spec), datasets: { rows, configurations: shared } }, {
        actions: false,
        renderer: rows.length > MANY ? "canvas" : "svg",
        tooltip: { theme: dark ? "dark" : "light" },
      });
      return made.view;
    }
    let view = await embed(room);
    plate.classList.add("is-live");
    const over = place.scrollWidth - place.clientWidth;
    if (over > 1) {
      // Axes and legends take more room beside fewer panels than was reckoned with.
      view.finalize();
      view = await embed(room - over);
    }
    views.set(name, view);
    view.addEventListener("click", (_, item) => {
      const id = item?.datum?.config_id;
      if (id) report.highlight(id);
    });
    plate.dataset.drawn = "yes";
    if (report.highlighted()) await shown(view);
  }

  const shown = (view) => view.signal("configuration", report.highlighted()).runAsync();

  const plates = [...document.querySelectorAll("[data-figure]")];
  whenNear(plates, AHEAD, draw);
  function again() {
    for (const plate of plates) if (plate.dataset.drawn) draw(plate);
  }
  document.addEventListener("report:theme", again);
  document.addEventListener("report:highlight", () => {
    for (const view of views.values()) shown(view);
  });
  let width = window.innerWidth;
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (window.innerWidth !== width) again();
      width = window.innerWidth;
    }, 200);
  });
})();
