// Where the network's points stand: springs along the relations, and every point pushes the others away. The same data
// give the same picture each time. It is computed in slices, so that the page stays at hand, and shown when it rests.
"use strict";

const networkLayout = {
  STEPS: 260,
  SLICE: 12, // milliseconds
  NEAR: 6, // ideal lengths from which points no longer push each other

  // nodes: [{id, links}], links: [{source, target}], ratio: width to height of the place. Gives a promise of [{x, y}].
  async place(nodes, links, ratio) {
    const state = this.start(nodes, links, ratio);
    let paused = performance.now();
    for (let step = 0; step < this.STEPS; step += 1) {
      this.step(state, 1 - step / this.STEPS, ratio);
      if (performance.now() - paused > this.SLICE) {
        await new Promise((resolve) => { setTimeout(resolve); });
        paused = performance.now();
      }
    }
    return nodes.map((_node, at) => ({ x: state.x[at], y: state.y[at] }));
  },

  // A spiral, those with most relations in the middle. An ideal spring is 1 long.
  start(nodes, links, ratio) {
    const count = nodes.length;
    const index = new Map(nodes.map((node, at) => [node.id, at]));
    const order = nodes.map((_node, at) => at).sort((a, b) => nodes[b].links - nodes[a].links || a - b);
    const x = new Float64Array(count);
    const y = new Float64Array(count);
    order.forEach((at, place) => {
      const radius = 0.7 * Math.sqrt(place + 0.5);
      x[at] = radius * Math.cos(place * 2.39996) * Math.sqrt(ratio);
      y[at] = (radius * Math.sin(place * 2.39996)) / Math.sqrt(ratio);
    });
    const pairs = links.map((link) => [index.get(link.source), index.get(link.target)]);
    return { count, x, y, pairs, dx: new Float64Array(count), dy: new Float64Array(count) };
  },

  step(state, heat, ratio) {
    const { count, x, y, dx, dy, pairs } = state;
    for (let at = 0; at < count; at += 1) {
      // Towards the middle, less so where the place is wide; keeps parts together that no relation holds.
      const pull = 0.9 / Math.sqrt(count);
      dx[at] = (-x[at] * pull) / ratio;
      dy[at] = -y[at] * pull * ratio;
    }
    this.push(state);
    for (const [a, b] of pairs) {
      const wide = x[b] - x[a];
      const high = y[b] - y[a];
      const force = Math.min(Math.hypot(wide, high), 3) * 0.5;
      dx[a] += wide * force;
      dy[a] += high * force;
      dx[b] -= wide * force;
      dy[b] -= high * force;
    }
    const most = 0.02 + 0.8 * heat * heat;
    for (let at = 0; at < count; at += 1) {
      const length = Math.hypot(dx[at], dy[at]) || 1;
      const way = Math.min(length, most) / length;
      x[at] += dx[at] * way;
      y[at] += dy[at] * way;
    }
  },

  // Only points in the same field of a grid or in one beside it are near enough to push each other.
  push({ count, x, y, dx, dy }) {
    const fields = new Map();
    const reach = this.NEAR;
    const field = (value) => Math.floor(value / reach);
    for (let at = 0; at < count; at += 1) {
      const key = field(x[at]) * 4096 + field(y[at]);
      if (fields.has(key)) fields.get(key).push(at);
      else fields.set(key, [at]);
    }
    for (let a = 0; a < count; a += 1) {
      const column = field(x[a]);
      const row = field(y[a]);
      for (let side = -1; side <= 1; side += 1) for (let above = -1; above <= 1; above += 1) {
        for (const b of fields.get((column + side) * 4096 + row + above) || []) {
          if (b <= a) continue;
          const wide = x[a] - x[b] || 0.001 * (a - b);
          const high = y[a] - y[b] || 0.001;
          // It ends softly at the edge of its reach; an abrupt end would show the grid.
          const force = 1 / Math.max(wide * wide + high * high, 0.01) - 1 / (reach * reach);
          if (force <= 0) continue;
          dx[a] += wide * force;
          dy[a] += high * force;
          dx[b] -= wide * force;
          dy[b] -= high * force;
        }
      }
    }
  },
};
