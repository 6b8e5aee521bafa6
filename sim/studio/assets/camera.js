// Pans and zooms the plan: by pointer, wheel, two fingers and buttons.

const MOST = 60; // pixels a metre
const SETTLES_MS = 110; // after the last movement the plan is drawn anew; until then its picture is moved and stretched as it is
const GLIDES_MS = 220;
const IS_STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Return a camera on an SVG's group. `tell(scale)` is called after each change of zoom; `mayPan(event)` says whether a press on something
 * pans, or belongs to what is pressed.
 */
export function makeCamera(picture, world, tell, mayPan) {
  const view = { x: 0, y: 0, scale: 1 }; // world = (screen - (x, y)) / scale
  const fitted = { scale: 0.1, isHome: true };
  const drawn = { ...view }; // the view in which the plan was last drawn
  const pointers = new Map();
  let flight = 0; // counts glides and hands that interrupt them
  let frame = 0;
  let timer = 0;

  function show() {
    clearTimeout(timer);
    timer = setTimeout(draw, SETTLES_MS);
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const stretched = view.scale / drawn.scale;
      picture.style.transform = `translate(${view.x - drawn.x * stretched}px, ${view.y - drawn.y * stretched}px) scale(${stretched})`;
    });
  }

  function draw() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    frame = 0;
    const isZoomed = view.scale !== drawn.scale;
    Object.assign(drawn, view);
    picture.style.transform = "";
    world.setAttribute("transform", `translate(${view.x.toFixed(2)} ${view.y.toFixed(2)}) scale(${view.scale.toFixed(5)})`);
    if (isZoomed) tell(view.scale);
  }

  function zoomAt(factor, sx = picture.clientWidth / 2, sy = picture.clientHeight / 2) {
    fitted.isHome = false;
    flight++;
    const scale = Math.min(MOST, Math.max(fitted.scale * 0.6, view.scale * factor));
    view.x = sx - ((sx - view.x) * scale) / view.scale;
    view.y = sy - ((sy - view.y) * scale) / view.scale;
    view.scale = scale;
    show();
  }

  function panBy(dx, dy) {
    fitted.isHome = false;
    flight++;
    view.x += dx;
    view.y += dy;
    show();
  }

  /** Show a box [x0, y0, x1, y1] of the drawing. */
  function fit([x0, y0, x1, y1], isHome = true, most = MOST) {
    const [width, height] = [picture.clientWidth || 600, picture.clientHeight || 400];
    const edge = Math.min(28, width * 0.05);
    const goal = { scale: Math.min((width - 2 * edge) / (x1 - x0), (height - 2 * edge) / (y1 - y0), most) };
    fitted.isHome = isHome;
    if (isHome) fitted.scale = goal.scale;
    goal.x = width / 2 - ((x0 + x1) / 2) * goal.scale;
    goal.y = height / 2 - ((y0 + y1) / 2) * goal.scale;
    glide(goal);
  }

  function glide(goal) {
    const from = { ...view };
    const began = performance.now();
    const mine = ++flight;
    const step = (now) => {
      if (mine !== flight) return;
      const share = Math.min(1, (now - began) / GLIDES_MS);
      const eased = 1 - (1 - share) ** 3;
      for (const name of ["x", "y", "scale"]) view[name] = from[name] + (goal[name] - from[name]) * eased;
      if (share === 1) return draw();
      show();
      requestAnimationFrame(step);
    };
    step(IS_STILL || from.scale === 1 ? began + GLIDES_MS : began);
  }

  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = frameBox();
    zoomAt(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  picture.addEventListener("pointerdown", (event) => {
    if (!mayPan(event)) return;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    picture.setPointerCapture(event.pointerId);
    picture.classList.add("panning");
  });
  picture.addEventListener("pointermove", (event) => {
    const was = pointers.get(event.pointerId);
    if (!was) return;
    const now = [event.clientX, event.clientY];
    if (pointers.size === 1) panBy(now[0] - was[0], now[1] - was[1]);
    else pinch(event.pointerId, was, now);
    pointers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    picture.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      if (!pointers.size) picture.classList.remove("panning");
    });
  }

  function pinch(id, was, now) {
    const other = [...pointers].find(([each]) => each !== id)?.[1];
    if (!other) return;
    const away = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
    const box = frameBox();
    zoomAt(away(now) / away(was), (now[0] + other[0]) / 2 - box.left, (now[1] + other[1]) / 2 - box.top);
  }

  function frameBox() {
    return picture.parentNode.getBoundingClientRect(); // the picture itself may be stretched just now
  }

  /** Return the place of the drawing under a point of the window. */
  function placeOf(clientX, clientY) {
    const box = frameBox();
    return [(clientX - box.left - view.x) / view.scale, (clientY - box.top - view.y) / view.scale];
  }

  return { fit, zoomAt, panBy, placeOf, scale: () => view.scale, isHome: () => fitted.isHome };
}
