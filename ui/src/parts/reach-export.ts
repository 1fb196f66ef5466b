/** A reach picture as a file of one's own: the drawing as SVG or PNG, the hops as CSV. Nothing is sent anywhere. */
import { csvText } from './csv-text.ts'
import type { Picture, Shown } from './reach-picture.ts'
import { coloursAt } from './reach-shapes.ts'
import { svgOf } from './reach-svg.ts'

/** Pixels a side of a PNG has at most: more, and browsers paint none. */
const LARGEST = 8_000

export function saveSvg(picture: Picture, shown: Shown, title: string): void {
  save(new Blob([textOf(picture, shown, title)], { type: 'image/svg+xml' }), 'reeve-reach.svg')
}

const textOf = (picture: Picture, shown: Shown, title: string): string =>
  new XMLSerializer().serializeToString(svgOf(picture, shown, coloursAt(document.documentElement), title))

export async function savePng(picture: Picture, shown: Shown, title: string): Promise<void> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(picture, shown, title))}`
  await image.decode()
  const scale = Math.min(2, LARGEST / image.width, LARGEST / image.height)
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
  if (blob === null) throw new Error('this browser paints no picture of that size; take the SVG')
  save(blob, 'reeve-reach.png')
}

export function saveCsv(rows: readonly (readonly string[])[]): void {
  const text = csvText(rows)
  save(new Blob([`\uFEFF${text}`], { type: 'text/csv;charset=utf-8' }), 'reeve-reach.csv')
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
