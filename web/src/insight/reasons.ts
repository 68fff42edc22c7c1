import type { Funnel } from '../api/funnel.ts'
import type { Matcher } from '../api/model.ts'
import type { Reason, Reasons } from '../api/reasons.ts'
import { driversOf } from './drivers.ts'

/** The question about a funnel: what would know the outcome is taken off it. */
export function reasonsOf(funnel: Funnel): Reasons {
  const { fields: _, entry_fields: __, ...way } = driversOf(funnel)
  return { ...way, reasons: [] }
}

/** It can be asked with two named steps and a reason. */
export function canAskReasons({ steps, reasons }: Reasons): boolean {
  return steps.length > 1 && reasons.length > 0 && [...steps, ...reasons].every((it) => it.name.trim() !== '')
}

/** What may stand in the way of buying, or of anything else. */
export const reasonKinds = ['error', 'payment', 'price', 'coupon', 'no_result', 'sold_out', 'help', 'comparison', 'silence'] as const
export type ReasonKind = (typeof reasonKinds)[number]

type Seen = { readonly events: readonly string[]; readonly fields: readonly string[] }

const failed = /fail|declin|refus|reject|denied|invalid|expired|error|失败|失敗|拒绝|拒絕|无效|無效|过期|過期/i
const paying = /pay(?!load)|card|checkout|付款|支付/i
const coupon = /coupon|promo|voucher|discount|优惠|優惠|折扣/i
const patterns: readonly { readonly kind: ReasonKind; readonly fits: (name: string) => boolean }[] = [
  { kind: 'coupon', fits: (name) => coupon.test(name) },
  { kind: 'payment', fits: (name) => paying.test(name) && failed.test(name) },
  { kind: 'error', fits: (name) => failed.test(name) || /exception|crash|异常|異常|错误|錯誤|崩溃|崩潰/i.test(name) },
  { kind: 'price', fits: (name) => /shipping_?(cost|info|option|price)|delivery_?(chosen|cost|option|price|shown)|fee(_|$)|price_?shown|运费|運費|配送费|配送費/i.test(name) },
  { kind: 'no_result', fits: (name) => /(no|zero|empty)_?results?|无结果|無結果/i.test(name) },
  { kind: 'sold_out', fits: (name) => /out_?of_?stock|sold_?out|unavailable|缺货|缺貨|售罄/i.test(name) },
  { kind: 'help', fits: (name) => /(chat|call|help|faq|support|ticket|contact)_?(request|open|start|view|click|submit)|客服|帮助|幫助|咨询|諮詢/i.test(name) },
]

/** Reasons that the events of a workspace may tell, each event under the first that fits it. Steps of the way are none. */
export function suggestedReasons({ events, fields }: Seen, steps: readonly { readonly matcher: Matcher }[], nameOf: (kind: ReasonKind) => string): readonly Reason[] {
  const taken = new Set(steps.flatMap(({ matcher }) => matcher.events ?? []))
  const free = events.filter((it) => !taken.has(it))
  const byKind = new Map<ReasonKind, Matcher>()
  for (const { kind, fits } of patterns) {
    const own = free.filter((it) => fits(it) && patterns.find((other) => other.fits(it))?.kind === kind)
    if (own.length > 0) byKind.set(kind, { events: own })
  }
  const ending = (words: RegExp) => fields.find((it) => it.startsWith('properties.') && words.test(it))
  const where = (kind: ReasonKind, event: RegExp, field: string | undefined) => {
    const own = free.filter((it) => event.test(it))
    if (byKind.has(kind) || field === undefined || own.length === 0) return
    byKind.set(kind, { events: own, rule: { where: { field, test: { is: [0] } } } })
  }
  where('no_result', /search|搜索|搜尋/i, ending(/\.(results?_?count|results?|hits|count_results|结果数|結果數)$/i))
  const viewed = /(product|item|goods|detail)_?(view|detail|page)|view_?item|商品(浏览|瀏覽|详情|詳情)|浏览商品|瀏覽商品/i
  where('sold_out', viewed, ending(/\.(stock|inventory|available|库存|庫存)$/i))
  const product = ending(/\.(sku|product_?id|item_?id|product|商品(id|编号|編號)?)$/i)
  const views = free.filter((it) => viewed.test(it))
  return reasonKinds.flatMap((kind): readonly Reason[] => {
    const name = nameOf(kind)
    if (kind === 'silence') return [{ name, sign: { silence: '30m' } }]
    if (kind === 'comparison') return product === undefined || views.length === 0 ? [] : [{ name, sign: { met: { matcher: { events: views }, times: 3, different: product } } }]
    const matcher = byKind.get(kind)
    return matcher === undefined ? [] : [{ name, sign: { met: { matcher } } }]
  })
}

/** Fields whose values read like sentences of people. */
export function suggestedQuotes(fields: readonly string[]): readonly string[] {
  return fields.filter((it) => it.startsWith('properties.') && /comment|feedback|message|review|remark|(^|\.)text|评论|評論|留言|意见|意見|反馈|反饋/i.test(it)).slice(0, 3)
}

/** A name that no other reason has. */
export function freeName(name: string, reasons: readonly Reason[]): string {
  const taken = new Set(reasons.map((it) => it.name))
  for (let number = 2; ; number += 1) {
    const own = taken.has(name) ? `${name} ${number}` : name
    if (!taken.has(own)) return own
  }
}
