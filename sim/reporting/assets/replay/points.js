// Draws the crowd: WebGL2 moves everybody along in the vertex shader; a plain canvas does where there is none.
const VERTEX = `#version 300 es
layout(location = 0) in vec4 way;
layout(location = 1) in vec2 times;
layout(location = 2) in uvec4 look;
uniform float now, pixels;
uniform vec4 camera;
uniform vec3 offsets[32];
uniform vec3 colours[8];
flat out vec3 colour;
flat out float people, size;
void main() {
  uint level = min(look.x, 31u);
  if (offsets[level].z == 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 1.0; return; }
  float share = times.y > times.x ? clamp((now - times.x) / (times.y - times.x), 0.0, 1.0) : 0.0;
  vec2 at = mix(way.xy, way.zw, share) * vec2(1.0, -1.0) + offsets[level].xy;
  gl_Position = vec4(at * camera.xy + camera.zw, 0.0, 1.0);
  people = float(look.z);
  size = clamp(pixels * (0.55 + 0.3 * sqrt(people)), 2.0, 40.0);
  gl_PointSize = size + 1.0;
  colour = colours[min(look.w, 7u)];
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec3 colour;
flat in float people, size;
out vec4 shown;
void main() {
  vec2 at = (gl_PointCoord - 0.5) * (size + 1.0);
  float away = length(at) - size * 0.5;
  if (size > 11.0) {
    float small = size * (people > 3.0 ? 0.19 : 0.24);
    away = people > 1.0 ? size : length(at) - small;
    for (float nth = 0.0; nth < 6.0; nth++) {
      if (nth >= people || people < 2.0) break;
      float turn = 6.2832 * nth / people;
      away = min(away, length(at - vec2(cos(turn), sin(turn)) * (size * 0.5 - small)) - small);
    }
  }
  float cover = clamp(0.5 - away, 0.0, 1.0);
  if (cover <= 0.0) discard;
  shown = vec4(colour * cover, cover);
}`;

const LAYER_VERTEX = `#version 300 es
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0);
}`;
const LAYER_FRAGMENT = `#version 300 es
precision mediump float;
in vec2 at;
uniform sampler2D layer;
out vec4 shown;
void main() { shown = texture(layer, at); }`;

function programOf(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "no shader");
  return program;
}

class GlPoints {
  constructor(canvas, crowd) {
    this.canvas = canvas;
    this.crowd = crowd;
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.prepare();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.prepare());
  }

  prepare() {
    const { gl, crowd } = this;
    this.program = programOf(gl, VERTEX, FRAGMENT);
    this.layerProgram = programOf(gl, LAYER_VERTEX, LAYER_FRAGMENT);
    this.at = Object.fromEntries(["now", "pixels", "camera", "offsets", "colours"].map((name) => [name, gl.getUniformLocation(this.program, name)]));
    this.people = gl.createVertexArray();
    gl.bindVertexArray(this.people);
    this.motion = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.motion);
    gl.bufferData(gl.ARRAY_BUFFER, crowd.motion, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 24, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 2, gl.FLOAT, false, 24, 16);
    this.looks = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.looks);
    gl.bufferData(gl.ARRAY_BUFFER, crowd.looks, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribIPointer(2, 4, gl.UNSIGNED_BYTE, 4, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, crowd.present, gl.DYNAMIC_DRAW);
    this.nothing = gl.createVertexArray();
    this.layers = [gl.createTexture(), gl.createTexture()];
    this.areLayersOld = true;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  }

  update([from, to]) {
    if (from >= to) return;
    const { gl, crowd } = this;
    gl.bindVertexArray(this.people);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.motion);
    gl.bufferSubData(gl.ARRAY_BUFFER, from * 24, crowd.motion, from * 6, (to - from) * 6);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.looks);
    gl.bufferSubData(gl.ARRAY_BUFFER, from * 4, crowd.looks, from * 4, (to - from) * 4);
    if (crowd.inside) gl.bufferSubData(gl.ELEMENT_ARRAY_BUFFER, 0, crowd.present, 0, crowd.inside);
  }

  draw(view, pixels, isPlanNew, areMarksNew) {
    const { gl, canvas, crowd } = this, { width, height } = canvas, { camera } = view;
    gl.viewport(0, 0, width, height);
    if (isPlanNew || this.areLayersOld) this.take(0, view.planCanvas);
    gl.bindTexture(gl.TEXTURE_2D, this.layers[0]);
    gl.useProgram(this.layerProgram);
    gl.bindVertexArray(this.nothing);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.enable(gl.BLEND);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.people);
    gl.uniform1f(this.at.now, crowd.now);
    gl.uniform1f(this.at.pixels, pixels);
    const scaleX = (2 * camera.k) / width, scaleY = (-2 * camera.k) / height;
    gl.uniform4f(this.at.camera, scaleX, scaleY, -camera.x * scaleX, -camera.y * scaleY);
    gl.uniform3fv(this.at.offsets, view.offsets);
    gl.uniform3fv(this.at.colours, view.theme.colours(crowd.colouring));
    gl.drawElements(gl.POINTS, crowd.inside, gl.UNSIGNED_INT, 0);
    if (areMarksNew || this.areLayersOld) this.take(1, view.marksCanvas);
    this.areLayersOld = false;
    gl.bindTexture(gl.TEXTURE_2D, this.layers[1]);
    gl.useProgram(this.layerProgram);
    gl.bindVertexArray(this.nothing);
    gl.enable(gl.SCISSOR_TEST);
    for (const [left, top, right, bottom] of view.marked) {
      gl.scissor(left, height - bottom, right - left, bottom - top);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  // Takes over a painted canvas as a texture.
  take(nth, painted) {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.layers[nth]);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, painted);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    for (const edge of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, edge, gl.CLAMP_TO_EDGE);
  }
}

class CanvasPoints {
  constructor(canvas, crowd) {
    this.canvas = canvas;
    this.crowd = crowd;
    this.pen = canvas.getContext("2d");
  }

  update() {}

  draw(view, pixels) {
    const { pen, crowd, canvas } = this, { theme } = view, words = theme.words(crowd.colouring);
    const size = Math.max(pixels * 0.9, 2);
    pen.drawImage(view.planCanvas, 0, 0);
    for (const visit of crowd.present.subarray(0, crowd.inside)) {
      const place = crowd.place(visit), at = view.pixel(place.level, place.x, place.y);
      if (!at || at[0] < 0 || at[1] < 0 || at[0] > canvas.width || at[1] > canvas.height) continue;
      pen.fillStyle = words[crowd.looks[visit * 4 + 3]];
      pen.fillRect(at[0] - size / 2, at[1] - size / 2, size, size);
    }
    pen.drawImage(view.marksCanvas, 0, 0);
  }
}
