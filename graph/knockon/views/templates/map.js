// The map: vis-network draws lines and takes the mouse; signs and labels are painted here, as canvas text.
const radius = (node) => 11 + Math.min(11, 1.7 * Math.sqrt(degree(node)));
let network = null;
let hovered = -1;
const nodeSet = new vis.DataSet();
const edgeSet = new vis.DataSet();

// Who stays bright: the selection and its neighbours; everybody where nothing is selected.
function bright() {
  if (state.selected < 0 || !shown(state.selected)) return null;
  return new Set([state.selected, ...shownNeighbours(state.selected)]);
}
let lit = null;
const alpha = (node) => (lit && !lit.has(node) && node !== hovered ? 0.16 : 1);

function paintNode({ ctx, id, x, y }) {
  const node = nodes[id];
  const size = radius(id);
  const drawNode = () => {
    ctx.globalAlpha = alpha(id);
    ctx.lineJoin = "round";
    if (id === state.selected || id === hovered) {
      trace(ctx, node.class.family, x, y, size + 6);
      ctx.lineWidth = 3;
      ctx.strokeStyle = id === state.selected ? colours.accent : colours.line;
      ctx.stroke();
    }
    trace(ctx, node.class.family, x, y, size);
    ctx.fillStyle = colours[node.class.family];
    ctx.strokeStyle = colours.paper;
    ctx.lineWidth = 2;
    ctx.fill();
    ctx.stroke();
    paintLetters(ctx, node, x, y, size);
    if (impactOf.has(id)) paintLoss(ctx, impactOf.get(id).loss, x, y, size);
  };
  return { drawNode, nodeDimensions: { width: 2 * size + 6, height: 2 * size + 6 } };
}
function paintLetters(ctx, node, x, y, size) {
  if (size * network.getScale() < 6.5) return;
  ctx.font = `600 ${(size * 0.86).toFixed(1)}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colours["on-node"];
  ctx.fillText(node.class.letter, x, y + size * 0.06);
}
// A ring as long as the loss, so that the map tells the cascade as well.
function paintLoss(ctx, loss, x, y, size) {
  ctx.beginPath();
  ctx.arc(x, y, size + 8.5, UP, UP + 2 * Math.PI * Math.max(0.02, loss));
  ctx.lineWidth = 3;
  ctx.strokeStyle = colours.accent;
  ctx.stroke();
}

function edgeLook(edge) {
  const family = LINES[edge.kind.family];
  const touched = lit && (edge.from === state.selected || edge.to === state.selected);
  const opacity = lit ? (touched ? 1 : 0.08) : 0.5;
  return {
    id: edge.index,
    from: edge.from,
    to: edge.to,
    dashes: family.dash,
    width: touched ? 2 : 1.2,
    color: { color: colours[`edge-${edge.kind.family}`], opacity, inherit: false },
    arrows: { to: { enabled: true, type: family.arrow, scaleFactor: family.arrow === "bar" ? 0.6 : 0.5 } },
  };
}

function startMap() {
  network = new vis.Network($("map"), { nodes: nodeSet, edges: edgeSet }, {
    physics: false,
    layout: { improvedLayout: false, randomSeed: 1 },
    nodes: { shape: "custom", ctxRenderer: paintNode, fixed: false },
    edges: { smooth: false, hoverWidth: 0, selectionWidth: 0, endPointOffset: { to: 2, from: 0 } },
    interaction: { hover: true, keyboard: false, selectConnectedEdges: false, selectable: false, tooltipDelay: 1e9, zoomSpeed: 0.7 },
  });
  network.on("click", (event) => {
    const node = network.getNodeAt(event.pointer.DOM);
    if (node === undefined) clearSelection();
    else select(node);
  });
  network.on("doubleClick", (event) => {
    const node = network.getNodeAt(event.pointer.DOM);
    if (node !== undefined) toggleNeighbours(node);
  });
  const hover = (node) => {
    hovered = node;
    $("map").style.cursor = node < 0 ? "" : "pointer";
    network.redraw();
  };
  network.on("hoverNode", (event) => hover(event.node));
  network.on("blurNode", () => hover(-1));
  network.on("dragEnd", (event) => {
    for (const [id, place] of Object.entries(network.getPositions(event.nodes))) Object.assign(nodes[id], place);
  });
  network.on("afterDrawing", paintLabels);
}

// Bring vis-network in line with what is shown; entities keep their place.
function syncMap() {
  lit = bright();
  const wanted = shownNodes();
  const keep = new Set(wanted);
  nodeSet.remove(nodeSet.getIds().filter((id) => !keep.has(id)));
  const there = new Set(nodeSet.getIds());
  nodeSet.add(wanted.filter((id) => !there.has(id)).map((id) => ({ id, x: nodes[id].x, y: nodes[id].y, size: radius(id) })));
  const lines = shownEdges();
  const drawn = new Set(lines.map((edge) => edge.index));
  edgeSet.remove(edgeSet.getIds().filter((id) => !drawn.has(id)));
  edgeSet.update(lines.map(edgeLook));
  $("empty").hidden = wanted.length > 0;
  network.redraw();
}

const motion = () => (calm.matches ? false : { duration: 380, easingFunction: "easeInOutCubic" });
function fitMap(animated = true) {
  const ids = shownNodes();
  if (ids.length) network.fit({ nodes: ids, maxZoomLevel: 1.15, animation: animated && motion() });
}
function centreOn(node) {
  network.moveTo({ position: { x: nodes[node].x, y: nodes[node].y }, scale: Math.max(0.95, network.getScale()), animation: motion() });
}
// Follow the selection without jumping when it is in sight already.
function keepInSight(node) {
  const place = network.canvasToDOM({ x: nodes[node].x, y: nodes[node].y });
  const { clientWidth, clientHeight } = $("map");
  const inside = place.x > 60 && place.y > 60 && place.x < clientWidth - 60 && place.y < clientHeight - 60;
  if (!inside) network.moveTo({ position: { x: nodes[node].x, y: nodes[node].y }, animation: motion() });
}
function zoom(factor) {
  network.moveTo({ scale: Math.min(4, Math.max(0.05, network.getScale() * factor)), animation: motion() });
}

// The neighbour that lies most in the direction of an arrow key.
function towards(node, dx, dy) {
  const here = nodes[node];
  let best = -1;
  let least = Infinity;
  for (const near of shownNeighbours(node)) {
    const along = (nodes[near].x - here.x) * dx + (nodes[near].y - here.y) * dy;
    const across = Math.abs((nodes[near].x - here.x) * dy) + Math.abs((nodes[near].y - here.y) * dx);
    const cost = along + 2.2 * across;
    if (along > 0 && across <= along * 2.5 && cost < least) [best, least] = [near, cost];
  }
  return best;
}
