import { generator, monochromeSheet } from './monochrome-png.ts'

const width = 240
const height = 80

/** A made-up handwritten signature as a black and white PNG of 240 x 80 pixels, the same for the same seed. */
export const signatureImage = (seed: number): Buffer => {
  const next = generator(seed)
  const sheet = monochromeSheet(width, height)
  const waves = Array.from({ length: 4 }, (_, n) => ({
    speed: (n + 1) * (2 + 4 * next()),
    sway: (26 * next()) / (n + 1),
    tall: (30 * next()) / (n + 1),
    phase: 2 * Math.PI * next(),
  }))
  const steps = 6000
  for (let step = 0; step < steps; step++) {
    const t = step / steps
    let x = 24 + 190 * t
    let y = height / 2
    for (const { speed, sway, tall, phase } of waves) {
      x += sway * Math.sin(2 * Math.PI * speed * t + phase)
      y += tall * Math.cos(2 * Math.PI * speed * t + phase) * (1 - 0.6 * t)
    }
    sheet.ink(Math.round(x), Math.round(y))
    sheet.ink(Math.round(x), Math.round(y) + 1)
  }
  return sheet.png()
}
