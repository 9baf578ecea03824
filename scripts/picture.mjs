/** Draws terminal output (standard input, with colours) as an SVG for the README: `krait build ... 2>&1 | node scripts/picture.mjs`. */
import { writeFileSync } from 'node:fs'

const colors = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#79c0ff' }
const lineHeight = 20
const charWidth = 8.4

let input = ''
for await (const chunk of process.stdin) input += chunk
const lines = input.trimEnd().split('\n')
const width = Math.ceil(104 * charWidth) + 32
const height = lines.length * lineHeight + 32

writeFileSync(
  process.argv[2] ?? 'docs/run.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${lines.map((line, index) => `<text x="16" y="${30 + index * lineHeight}" xml:space="preserve" fill="#e6edf3">${toSpans(line)}</text>`).join('\n')}
</svg>
`,
)

function toSpans(line) {
  let style = {}
  return line
    .split(/(\x1b\[[0-9;]*m)/)
    .map((part) => {
      const code = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1]
      if (code === undefined)
        return part === '' ? '' : `<tspan${attributes(style)}>${escapeXml(part)}</tspan>`
      style = next(style, code)
      return ''
    })
    .join('')
}

function next(style, code) {
  if (code === '0') return {}
  if (code === '1') return { ...style, bold: true }
  if (code === '2') return { ...style, dim: true }
  if (code === '22') return { ...style, bold: false, dim: false }
  if (code === '39') return { ...style, color: undefined }
  return colors[code] ? { ...style, color: colors[code] } : style
}

function attributes({ color, bold, dim }) {
  const fill = color ? ` fill="${color}"` : ''
  return `${fill}${bold ? ' font-weight="bold"' : ''}${dim ? ' fill-opacity="0.6"' : ''}`
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
