// The charts of the status page and of the administration: small, without a library, moving with the time.
//
// mount(host, { url, words }) draws into host and returns what ends it. It asks for what is new once a second while the page
// is seen, and draws a window of five minutes or a day. Numbers come from the server; nothing is made up between them.

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 320
const HEIGHT = 96
const TOP = 8

/** One chart each: its lines, how its numbers are written, and the least height of its scale. */
const CHARTS = [
  { name: 'sign_ups', lines: ['sign_ups'], unit: 'rate', least: 1, fill: true },
  { name: 'waiting', lines: ['waiting'], unit: 'count', least: 5, fill: true },
  { name: 'delivery', lines: ['delivered_slowest', 'delivered_median'], unit: 'milliseconds', least: 10, legend: true },
  { name: 'messages', lines: ['messages'], unit: 'rate', least: 5, fill: true },
  { name: 'connections', lines: ['connections'], unit: 'count', least: 5, fill: true },
  { name: 'refused', lines: ['refused_c3', 'refused_c2', 'refused_c0', 'refused_key'], unit: 'rate', least: 1, legend: true, sum: true },
]

const RANGES = { minutes: { step: 1, points: 300 }, day: { step: 60, points: 1440 } }

export function mount(host, { url, words }) {
  const language = document.documentElement.lang || 'en'
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const rest = { range: 'minutes', after: 0, points: [], timer: 0, ended: false, asking: null, frame: 0, heard: 0, lag: 0 }
  const still = matchMedia('(prefers-reduced-motion: reduce)')
  const parts = build(host, words, range => {
    Object.assign(rest, { range, after: 0, points: [] })
    ask()
  })

  const write = (value, unit) => {
    if (value === null || value === undefined) return '–'
    const text = value !== 0 && Math.abs(value) < 10 ? fine.format(value) : numbers.format(value)
    if (unit === 'rate') return words.a_second.replace('{count}', text)
    if (unit === 'milliseconds') return value >= 1000 ? `${fine.format(value / 1000)} s` : `${text} ms`
    return text
  }

  async function ask() {
    clearTimeout(rest.timer)
    rest.asking?.abort()
    const asking = new AbortController()
    rest.asking = asking
    const range = rest.range
    const late = setTimeout(() => asking.abort(), 10_000)
    try {
      const answer = await fetch(`${url}?range=${range}&after=${rest.after}`, { signal: asking.signal, cache: 'no-store' })
      if (!answer.ok) throw new Error(String(answer.status))
      if (rest.asking === asking) take(await answer.json(), range)
    } catch {
      if (rest.asking === asking) away()
    } finally {
      clearTimeout(late)
      if (rest.asking === asking && !rest.ended) rest.timer = setTimeout(ask, document.hidden ? 15_000 : wait(range))
    }
  }

  const wait = range => (range === 'day' ? 15_000 : 1_000)

  function take(news, range) {
    if (range !== rest.range) return
    // A server that began anew counts from the beginning.
    if (news.next < rest.after) rest.points = []
    rest.after = news.next
    rest.points = rest.points.concat(news.points).slice(-RANGES[range].points)
    rest.heard = performance.now()
    rest.series = news.series
    tell(news)
    draw()
  }

  function tell(news) {
    parts.state.dataset.state = news.state
    parts.headline.textContent = words.states[news.state] ?? news.state
    parts.reasons.replaceChildren(...news.reasons.map(reason => element('li', {}, words.reasons[reason] ?? reason)))
    parts.reasons.hidden = news.reasons.length === 0
  }

  function away() {
    parts.state.dataset.state = 'away'
    parts.headline.textContent = words.states.away
    parts.reasons.hidden = true
  }

  function draw() {
    const { points } = RANGES[rest.range]
    for (const chart of CHARTS) {
      const part = parts.charts[chart.name]
      const lines = chart.lines.map(line => rest.points.map(point => point[rest.series.indexOf(line)] ?? null))
      const most = Math.max(chart.least, ...lines.flat().filter(value => value !== null))
      const top = nice(most)
      // Of what happens now and then the last time counts.
      const last = lines.map(line => line.findLast(value => value !== null) ?? null)
      const shown = chart.sum ? last.reduce((sum, value) => sum + (value ?? 0), 0) : last.at(0)
      part.now.textContent = write(shown, chart.unit)
      part.top.textContent = write(top, chart.unit)
      part.svg.setAttribute('aria-label', `${words.charts[chart.name]}: ${part.now.textContent}`)
      chart.lines.forEach((line, index) => {
        const { d, area } = path(lines[index], points, top)
        part.lines[index].setAttribute('d', d)
        if (part.area) part.area.setAttribute('d', area)
        if (part.legend) part.legend[index].textContent = write(last[index], chart.unit)
      })
    }
  }

  /** Between two answers the curves glide; whoever wants no motion sees them step. */
  function glide() {
    if (rest.ended) return
    rest.frame = requestAnimationFrame(glide)
    if (still.matches || rest.range !== 'minutes') return
    const step = WIDTH / (RANGES.minutes.points - 1)
    const shift = -Math.min(1, (performance.now() - rest.heard) / 1000) * step
    for (const part of Object.values(parts.charts)) part.moving.setAttribute('transform', `translate(${shift.toFixed(2)} 0)`)
  }

  const seen = () => document.hidden || ask()
  document.addEventListener('visibilitychange', seen)
  ask()
  rest.frame = requestAnimationFrame(glide)
  return () => {
    rest.ended = true
    rest.asking?.abort()
    clearTimeout(rest.timer)
    cancelAnimationFrame(rest.frame)
    document.removeEventListener('visibilitychange', seen)
  }
}

/** The path of a line, and of what lies below it; a moment without a value leaves a gap. */
function path(values, points, top) {
  const step = WIDTH / (points - 1)
  const left = WIDTH - (values.length - 1) * step
  let d = ''
  let area = ''
  let begun = null
  values.forEach((value, index) => {
    const x = (left + index * step).toFixed(1)
    if (value !== null) {
      const y = (HEIGHT - (Math.min(value, top) / top) * (HEIGHT - TOP)).toFixed(1)
      d += `${begun === null ? 'M' : 'L'}${x} ${y}`
      area += `${begun === null ? `M${x} ${HEIGHT}L` : 'L'}${x} ${y}`
      begun = x
    }
    const ends = begun !== null && (value === null || index === values.length - 1)
    if (ends) {
      area += `L${begun} ${HEIGHT}Z`
      begun = null
    }
  })
  return { d, area }
}

/** The next round number: 1, 2 or 5 and noughts. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map(part => part * power).find(round => round >= value * 0.999)
}

function build(host, words, choose) {
  const headline = element('h2', {}, words.states.starting)
  const reasons = element('ul', { class: 'live-reasons', hidden: '' })
  const state = element('div', { class: 'live-state', 'data-state': 'starting', role: 'status' })
  const mark = element('span', { class: 'live-mark', 'aria-hidden': 'true' })
  const said = element('div', {})
  said.append(headline, reasons)
  state.append(mark, said)
  const buttons = Object.keys(RANGES).map(range => {
    const button = element('button', { type: 'button', 'aria-pressed': String(range === 'minutes') }, words.ranges[range])
    button.addEventListener('click', () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button))
      choose(range)
    })
    return button
  })
  const chooser = element('div', { class: 'live-ranges', role: 'group', 'aria-label': words.range })
  chooser.append(...buttons)
  const charts = Object.fromEntries(CHARTS.map(chart => [chart.name, buildChart(chart, words)]))
  const grid = element('div', { class: 'live-grid' })
  grid.append(...Object.values(charts).map(chart => chart.card))
  host.classList.add('live')
  host.replaceChildren(state, chooser, grid)
  return { state, headline, reasons, charts }
}

function buildChart(chart, words) {
  const card = element('section', { class: 'live-card', 'data-chart': chart.name })
  const now = element('p', { class: 'live-now' }, '–')
  const top = element('span', { class: 'live-top' })
  const svg = drawn('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', preserveAspectRatio: 'none' })
  svg.append(...[TOP, (HEIGHT + TOP) / 2, HEIGHT].map(y => drawn('line', { class: 'live-rule', x1: 0, x2: WIDTH, y1: y, y2: y })))
  const moving = drawn('g', {})
  const area = chart.fill ? drawn('path', { class: 'live-area' }) : null
  const lines = chart.lines.map((_, index) => drawn('path', { class: `live-line live-line-${index + 1}` }))
  moving.append(...(area ? [area] : []), ...lines)
  svg.append(moving)
  const plot = element('div', { class: 'live-plot' })
  plot.append(top, svg)
  card.append(element('h3', {}, words.charts[chart.name]), now, plot)
  let legend = null
  if (chart.legend) {
    const list = element('dl', { class: 'live-legend' })
    legend = chart.lines.map((line, index) => {
      const row = element('div', { class: `live-key-${index + 1}` })
      const value = element('dd', {}, '–')
      row.append(element('dt', {}, words.lines[line]), value)
      list.append(row)
      return value
    })
    card.append(list)
  } else {
    card.append(element('p', { class: 'live-hint' }, words.hints[chart.name]))
  }
  return { card, now, top, svg, moving, area, lines, legend }
}

function element(name, attributes, text) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

const host = document.getElementById('live')
if (host?.dataset.url) mount(host, { url: host.dataset.url, words: JSON.parse(host.dataset.words) })
