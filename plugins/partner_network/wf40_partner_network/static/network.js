// The network as a picture (ECharts), beside a table with the same content. Nothing here is needed for reading it.
"use strict";

{
  const NAMED = 60; // nodes up to which every name is shown where there is room
  const CROWD = 300; // nodes from which they are drawn smaller
  const NARROW = 500; // pixels
  const place = document.querySelector("[data-pn-net]");
  const canvas = place?.querySelector("[data-pn-canvas]");
  const status = place?.querySelector("[data-pn-status]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let chart, drawn, points;

  const say = (words) => {
    status.textContent = words;
    status.hidden = !words;
  };
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

  function node(entry, point, many, colours) {
    const size = Math.min(44, 12 + 4 * Math.sqrt(entry.links)) * (canvas.clientWidth < NARROW || drawn.nodes.length > CROWD ? 0.6 : 1);
    const firm = entry.id.startsWith("f");
    return {
      id: entry.id,
      name: entry.name,
      ...point,
      entry,
      symbol: firm ? "rect" : "circle",
      symbolSize: firm ? size * 0.8 : size,
      itemStyle: { color: firm ? colours.firm : colours.partner, borderColor: colours.ground, borderWidth: 1.5 },
      label: { show: !many || entry.links > 5 },
    };
  }

  function link(entry, colours) {
    return {
      source: entry.source,
      target: entry.target,
      entry,
      symbol: ["none", entry.mutual ? "none" : "arrow"],
      lineStyle: { type: entry.over ? "dashed" : "solid", color: colours.muted },
    };
  }

  function option() {
    const colours = {
      partner: colour("--wf-accent"), firm: colour("--kern-color-feedback-warning"),
      text: colour("--wf-text"), muted: colour("--wf-muted"), ground: colour("--wf-surface"), line: colour("--wf-line"),
    };
    const edge = Math.min(80, canvas.clientWidth / 6);
    const many = drawn.nodes.length > (canvas.clientWidth < NARROW ? NAMED / 4 : NAMED);
    const names = new Map(drawn.nodes.map((entry) => [entry.id, entry.name]));
    const words = ({ data: { entry } }) => (entry.words
      ? `${names.get(entry.source)}\n${entry.words}\n${names.get(entry.target)}`
      : `${entry.name}\n${entry.kind}, ${place.dataset.links}: ${entry.links}`);
    return {
      animation: !still.matches,
      textStyle: { fontFamily: "Fira Sans, system-ui, sans-serif" },
      // An HTML tooltip would bring inline styles, which the content security policy forbids.
      tooltip: {
        renderMode: "richText", confine: true, formatter: words, backgroundColor: colours.ground, borderColor: colours.line,
        textStyle: { color: colours.text, fontSize: 13 },
      },
      series: [{
        type: "graph",
        layout: "none",
        preserveAspect: true,
        left: edge, right: edge, top: 24, bottom: 48,
        roam: "move",
        scaleLimit: { min: 0.2, max: 8 },
        edgeSymbolSize: 7,
        data: drawn.nodes.map((entry, at) => node(entry, points[at], many, colours)),
        links: drawn.links.map((entry) => link(entry, colours)),
        label: {
          position: "bottom", color: colours.text, fontSize: 12, width: 2 * edge, overflow: "truncate",
          textBorderColor: colours.ground, textBorderWidth: 3,
        },
        labelLayout: { hideOverlap: true },
        lineStyle: { width: 1.4, opacity: 0.75, curveness: 0.08 },
        emphasis: { focus: "adjacency", label: { show: true }, lineStyle: { width: 2.5 } },
      }],
    };
  }

  function zoom(factor) {
    chart.dispatchAction({
      type: "graphRoam", seriesIndex: 0, zoom: Number(factor), originX: canvas.clientWidth / 2, originY: canvas.clientHeight / 2,
    });
  }

  function listen() {
    chart.on("click", ({ dataType, data }) => {
      if (dataType === "node") location.assign(data.entry.url);
    });
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-pn-zoom], [data-pn-reset]");
      if (!button) return;
      if (button.dataset.pnZoom) zoom(button.dataset.pnZoom);
      else chart.setOption(option(), { notMerge: true });
    });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.setOption(option(), { notMerge: true }));
  }

  async function draw() {
    place.hidden = false;
    say(place.dataset.busy);
    try {
      const answer = await fetch(place.dataset.src, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      drawn = await answer.json();
      await document.fonts.ready;
      points = await networkLayout.place(drawn.nodes, drawn.links, canvas.clientWidth / canvas.clientHeight);
      chart = echarts.init(canvas);
      chart.setOption(option());
      listen();
      say(drawn.leftOut ? place.dataset.leftOut : "");
      place.dataset.pnNodes = drawn.nodes.length;
    } catch {
      canvas.hidden = true;
      say(place.dataset.failed);
    }
  }

  if (place) draw();
}
