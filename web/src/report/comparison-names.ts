import type { Figure, FigureName } from '../api/compare.ts'
import type { Report } from '../api/model.ts'
import { channels } from '../api/model.ts'
import { useLabelName } from '../api/use-label-name.ts'
import { useModelText } from '../api/use-model-text.ts'
import { useNames } from '../api/use-names.ts'
import { candidateName } from '../i18n/candidate-name.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useLocale, useText } from '../i18n/use-text.ts'
import { weekdayName } from '../lib/locale-names.ts'
import { never } from '../lib/never.ts'

/** What a figure is of, in words. */
export function useFigureWords(report: Report): (figure: Figure) => string {
  const text = useText()
  const format = useFormat()
  const label = useLabelName()
  const names = useNames()
  const model = useModelText()
  const locale = useLocale()
  const field = fieldOf(report)
  const word = (name: FigureName): string => {
    if ('text' in name) return name.text
    if ('element' in name) return elementName(name.element, report, text)
    if ('label' in name) return label(field, name.label)
    if ('series' in name) return name.series === 'rest' ? text('label.rest') : name.series.name
    if ('channel' in name) return text(`channel.${name.channel}`)
    if ('stage' in name) {
      if (name.stage === 'any') return text('switches.anyStage')
      return name.stage === 'before' ? text('switches.beforeStages') : names.stage(name.stage.stage)
    }
    if ('model' in name) return model(name.model)
    if ('heat' in name) return heatWords(name.heat, report, text, label, locale)
    if ('candidate' in name) {
      const { of, field: own, label: value } = name.candidate
      return candidateName(name.candidate, label(of === 'trait' ? null : own, value), text)
    }
    if ('width' in name) return text(`pageMap.widths.${name.width}`)
    if ('depth' in name) return text('compare.name.depth', { px: format.count(name.depth) })
    if ('arm' in name) return typeof name.arm === 'string' ? text(`lift.${name.arm}`) : String(name.arm.value)
    if ('at_least' in name) return text('compare.name.atLeast', { count: name.at_least, shown: format.count(name.at_least) })
    if ('column' in name) return columnWords(name.column, text, format)
    return 'points' in name ? pointWords(name.points, report, text, format) : never(name)
  }
  return ({ of, names: parts }) => {
    const words = parts.map(word)
    if (words.length === 0) return text('compare.name.all')
    const isWay = of === 'way' || of === 'way_time' || of === 'transition' || of === 'transition_time' || of === 'funnel_time'
    if (isWay) return words.join(' → ')
    const isHop = of === 'switch_went_on' || of === 'switch_time'
    return isHop ? `${words[0] ?? ''} · ${words.slice(1).join(' → ')}` : words.join(' · ')
  }
}

function fieldOf(report: Report): string | null {
  if (report.kind === 'attribution') return report.by ?? 'channel'
  if (report.kind === 'choice') return report.by ?? 'channel'
  if (report.kind === 'funnel') return report.breakdown?.field ?? null
  return 'breakdown' in report && typeof report.breakdown === 'string' ? report.breakdown : null
}

function elementName({ id, name }: { readonly id: string; readonly name: string }, report: Report, text: Text): string {
  const isChannel = (report.kind === 'paths' || report.kind === 'transitions') && report.by === 'channel'
  const channel = isChannel ? channels.find((it) => it === id) : undefined
  return channel === undefined ? name : text(`channel.${channel}`)
}

function columnWords({ from, to }: { readonly from: number; readonly to?: number | null }, text: Text, format: Format): string {
  if (to === null || to === undefined) return text('compare.name.periodOn', { from: format.count(from) })
  if (from === to) return text('compare.name.period', { from: format.count(from) })
  return text('compare.name.periods', { from: format.count(from), to: format.count(to) })
}

function pointWords({ a, b }: { readonly a: string; readonly b: string }, report: Report, text: Text, format: Format): string {
  const isHour = 'period' in report && report.period === 'hour'
  const name = (time: string) => (isHour ? format.moment(time) : format.date(format.dayOf(time)))
  return a === b ? name(a) : text('compare.name.points', { a: name(a), b: name(b) })
}

type HeatName = Extract<FigureName, { readonly heat: unknown }>['heat']

function heatWords(place: HeatName, report: Report, text: Text, label: ReturnType<typeof useLabelName>, locale: string): string {
  if (place == null) return text('compare.name.all')
  if ('hour' in place) return `${String(place.hour).padStart(2, '0')}:00`
  if ('weekday' in place) return weekdayName(place.weekday, locale, 'long')
  if ('step' in place) return place.step
  if ('people' in place) return place.people
  const axes = report.kind === 'heatmap' ? [report.rows, report.columns] : []
  const fields = axes.flatMap((it) => (typeof it === 'object' && 'field' in it ? [it.field] : []))
  // Two fields may have a value in common; then it is shown as it is written.
  return label(fields.length === 1 ? fields[0] : null, place.label)
}
