/** How sigma paints a reach picture: each kind by its outline, what is not known dashed, a choke point ringed twice. */
import { createEdgeArrowHeadProgram, createEdgeCompoundProgram, EdgeProgram, NodeProgram } from 'sigma/rendering'
import type { EdgeDisplayData, NodeDisplayData, RenderParams } from 'sigma/types'
import { floatColor } from 'sigma/utils'
import type { Kind } from '../nouns.ts'

/** What a node or hop bears beside what sigma knows. */
export interface NodeMarks {
  kind: Kind | null
  fill: string
  choke: boolean
}
export interface HopMarks {
  unknown: boolean
}

const FLOAT = 5126
const UNSIGNED_BYTE = 5121
const TRIANGLES = 4
const NUMBER: Record<Kind | 'none', number> = {
  none: 0,
  identity: 1,
  person: 2,
  workload: 3,
  credential: 4,
  secret: 5,
  entitlement: 6,
  resource: 7,
}
const THIRD = (2 * Math.PI) / 3

const NODE_VERTEX = `
attribute vec2 a_position;
attribute float a_size;
attribute vec4 a_color;
attribute vec4 a_fill;
attribute float a_shape;
attribute float a_choke;
attribute vec4 a_id;
attribute float a_angle;
uniform mat3 u_matrix;
uniform float u_sizeRatio;
uniform float u_correctionRatio;
varying vec4 v_color;
varying vec4 v_fill;
varying vec2 v_at;
varying float v_radius;
varying float v_shape;
varying float v_choke;
const float bias = 255.0 / 254.0;
void main() {
  float size = a_size * u_correctionRatio / u_sizeRatio * 4.0;
  vec2 out_ = size * vec2(cos(a_angle), sin(a_angle));
  gl_Position = vec4((u_matrix * vec3(a_position + out_, 1)).xy, 0, 1);
  v_at = out_ / (u_correctionRatio * 2.0);
  v_radius = a_size / u_sizeRatio;
  v_shape = a_shape;
  v_choke = a_choke;
  #ifdef PICKING_MODE
  v_color = a_id;
  v_fill = a_id;
  #else
  v_color = a_color;
  v_fill = a_fill;
  #endif
  v_color.a *= bias;
  v_fill.a *= bias;
}`

/** Distances to outlines in pixels, y upward, for shapes within \`r\`; after the well-known ones of Inigo Quilez. */
const NODE_FRAGMENT = `
precision highp float;
varying vec4 v_color;
varying vec4 v_fill;
varying vec2 v_at;
varying float v_radius;
varying float v_shape;
varying float v_choke;
const vec4 none = vec4(0.0);
float box(vec2 p, vec2 half_, float round_) {
  vec2 d = abs(p) - half_ + round_;
  return min(max(d.x, d.y), 0.0) + length(max(d, 0.0)) - round_;
}
float hexagon(vec2 p, float r) {
  p = abs(p);
  return max(p.x, p.x * 0.5 + p.y * 0.8660254) - r * 0.8660254;
}
float outline(vec2 p, float r) {
  if (v_shape < 0.5) return length(p) - r * 0.81;
  if (v_shape < 1.5) return hexagon(p, r);
  if (v_shape < 2.5) return length(p) - r * 0.94;
  if (v_shape < 3.5) return box(p, r * vec2(0.875, 0.81), r * 0.25);
  if (v_shape < 4.5) return (abs(p.x) + abs(p.y) - r) * 0.7071;
  if (v_shape < 5.5) return max(box(p, r * vec2(0.69, 0.875), 0.0), (p.x + p.y - r * 1.12) * 0.7071);
  if (v_shape < 6.5)
    return max(box(p, r * vec2(0.94, 0.625), 0.0), r * 0.28 - min(length(p - vec2(r * 0.94, 0.0)), length(p + vec2(r * 0.94, 0.0))));
  vec2 cap = vec2(p.x, max(abs(p.y) - r * 0.56, 0.0) * 2.6);
  return max(length(cap) - r * 0.81, abs(p.x) - r * 0.81);
}
void main(void) {
  float r = v_radius * 0.66;
  float d = outline(v_at, r);
  #ifdef PICKING_MODE
  gl_FragColor = length(v_at) > v_radius ? none : v_color;
  #else
  float line = 0.85;
  float stroke = 1.0 - smoothstep(line - 0.5, line + 0.5, abs(d));
  if (v_shape < 0.5) stroke *= step(fract(atan(v_at.y, v_at.x) * 1.9098593), 0.6);
  if (v_shape > 6.5) {
    float lip = length(vec2(v_at.x, (v_at.y - r * 0.56) * 2.6)) - r * 0.81;
    stroke = max(stroke, (1.0 - smoothstep(line, line + 2.2, abs(lip))) * step(d, 0.0) * step(v_at.y, r * 0.56));
  }
  vec4 color = mix(none, v_fill, 1.0 - smoothstep(-0.5, 0.5, d));
  color = mix(color, v_color, stroke);
  if (v_choke > 0.5) {
    float ring = abs(outline(v_at, r + 5.0));
    color = mix(color, v_color, 1.0 - smoothstep(line - 0.5, line + 0.5, ring));
  }
  gl_FragColor = color;
  #endif
}`

const NODE_UNIFORMS = ['u_sizeRatio', 'u_correctionRatio', 'u_matrix'] as const

export class KindProgram extends NodeProgram<(typeof NODE_UNIFORMS)[number]> {
  getDefinition() {
    return {
      VERTICES: 3,
      VERTEX_SHADER_SOURCE: NODE_VERTEX,
      FRAGMENT_SHADER_SOURCE: NODE_FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS: NODE_UNIFORMS,
      ATTRIBUTES: [
        { name: 'a_position', size: 2, type: FLOAT },
        { name: 'a_size', size: 1, type: FLOAT },
        { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_fill', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_shape', size: 1, type: FLOAT },
        { name: 'a_choke', size: 1, type: FLOAT },
        { name: 'a_id', size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: 'a_angle', size: 1, type: FLOAT }],
      CONSTANT_DATA: [[0], [THIRD], [2 * THIRD]],
    }
  }

  processVisibleItem(node: number, start: number, data: NodeDisplayData & Partial<NodeMarks>): void {
    this.array.set(
      [
        data.x,
        data.y,
        data.size,
        floatColor(data.color),
        floatColor(data.fill ?? data.color),
        NUMBER[data.kind ?? 'none'],
        data.choke === true ? 1 : 0,
        node,
      ],
      start,
    )
  }

  setUniforms(
    params: RenderParams,
    { gl, uniformLocations }: { gl: WebGLRenderingContext; uniformLocations: Record<string, WebGLUniformLocation> },
  ): void {
    gl.uniform1f(uniformLocations['u_correctionRatio']!, params.correctionRatio)
    gl.uniform1f(uniformLocations['u_sizeRatio']!, params.sizeRatio)
    gl.uniformMatrix3fv(uniformLocations['u_matrix']!, false, params.matrix)
  }
}

const HOP_VERTEX = `
attribute vec2 a_positionStart;
attribute vec2 a_positionEnd;
attribute vec2 a_normal;
attribute vec4 a_color;
attribute float a_unknown;
attribute vec2 a_radius;
attribute vec4 a_id;
attribute float a_along;
attribute float a_aside;
uniform mat3 u_matrix;
uniform float u_sizeRatio;
uniform float u_correctionRatio;
varying vec4 v_color;
varying float v_unknown;
varying float v_along;
varying float v_aside;
varying float v_half;
const float bias = 255.0 / 254.0;
void main() {
  float pixel = u_correctionRatio * 2.0;
  float thick = max(length(a_normal), 1.0);
  vec2 side = a_normal / length(a_normal);
  vec2 way = vec2(side.y, -side.x);
  float long_ = length(a_positionEnd - a_positionStart);
  float from = a_radius.x * pixel / u_sizeRatio;
  float to = long_ - (a_radius.y / u_sizeRatio + thick * 5.0) * pixel;
  float at = mix(from, max(from, to), a_along);
  vec2 place = a_positionStart + way * at + side * a_aside * (thick * 0.5 + 0.5) * pixel;
  gl_Position = vec4((u_matrix * vec3(place, 1)).xy, 0, 1);
  v_along = at / pixel;
  v_aside = a_aside * (thick * 0.5 + 0.5);
  v_half = thick * 0.5;
  v_unknown = a_unknown;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`

const HOP_FRAGMENT = `
precision highp float;
varying vec4 v_color;
varying float v_unknown;
varying float v_along;
varying float v_aside;
varying float v_half;
void main(void) {
  #ifndef PICKING_MODE
  if (v_unknown > 0.5 && mod(v_along, 8.0) > 4.5) discard;
  gl_FragColor = v_color * clamp(v_half + 0.5 - abs(v_aside), 0.0, 1.0);
  #else
  gl_FragColor = v_color;
  #endif
}`

const HOP_UNIFORMS = ['u_matrix', 'u_sizeRatio', 'u_correctionRatio'] as const

/** A straight line from rim to rim; dashed where it is not known to hold. */
class LineProgram extends EdgeProgram<(typeof HOP_UNIFORMS)[number]> {
  getDefinition() {
    return {
      VERTICES: 6,
      VERTEX_SHADER_SOURCE: HOP_VERTEX,
      FRAGMENT_SHADER_SOURCE: HOP_FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS: HOP_UNIFORMS,
      ATTRIBUTES: [
        { name: 'a_positionStart', size: 2, type: FLOAT },
        { name: 'a_positionEnd', size: 2, type: FLOAT },
        { name: 'a_normal', size: 2, type: FLOAT },
        { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_unknown', size: 1, type: FLOAT },
        { name: 'a_radius', size: 2, type: FLOAT },
        { name: 'a_id', size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [
        { name: 'a_along', size: 1, type: FLOAT },
        { name: 'a_aside', size: 1, type: FLOAT },
      ],
      CONSTANT_DATA: [
        [0, 1],
        [0, -1],
        [1, 1],
        [1, 1],
        [0, -1],
        [1, -1],
      ],
    }
  }

  processVisibleItem(
    hop: number,
    start: number,
    source: NodeDisplayData,
    target: NodeDisplayData,
    data: EdgeDisplayData & Partial<HopMarks>,
  ): void {
    const [x, y] = [target.x - source.x, target.y - source.y]
    const thick = (data.size || 1) / (Math.hypot(x, y) || 1)
    this.array.set(
      [
        source.x,
        source.y,
        target.x,
        target.y,
        -y * thick,
        x * thick,
        floatColor(data.color),
        data.unknown === true ? 1 : 0,
        source.size,
        target.size,
        hop,
      ],
      start,
    )
  }

  setUniforms(
    params: RenderParams,
    { gl, uniformLocations }: { gl: WebGLRenderingContext; uniformLocations: Record<string, WebGLUniformLocation> },
  ): void {
    gl.uniformMatrix3fv(uniformLocations['u_matrix']!, false, params.matrix)
    gl.uniform1f(uniformLocations['u_sizeRatio']!, params.sizeRatio)
    gl.uniform1f(uniformLocations['u_correctionRatio']!, params.correctionRatio)
  }
}

const HeadProgram = createEdgeArrowHeadProgram({ lengthToThicknessRatio: 5, widenessToThicknessRatio: 4 })
export const HopProgram = createEdgeCompoundProgram([LineProgram, HeadProgram])
