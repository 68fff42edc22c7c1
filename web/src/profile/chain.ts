import type { IdentityLink } from '../api/identity.ts'

/** The links that lead from one identifier of a profile to another, in this order; none when there is no way. */
export function chainOf(links: readonly IdentityLink[], from: number, to: number): readonly IdentityLink[] | undefined {
  const holding = links.filter((it) => it.standing === 'holds')
  const ways = new Map<number, readonly IdentityLink[]>([[from, []]])
  const open = [from]
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const way = ways.get(at) ?? []
    if (at === to) return way
    for (const link of holding) {
      const other = otherEnd(link, at)
      if (other === undefined || ways.has(other)) continue
      ways.set(other, [...way, link])
      open.push(other)
    }
  }
  return undefined
}

/** The other end of a link; undefined when it does not touch the identifier. */
export function otherEnd(link: IdentityLink, end: number): number | undefined {
  if (link.left === end) return link.right
  return link.right === end ? link.left : undefined
}

/** The positions at which something happened to a profile, the earliest first, and the end of the log. */
export function momentsOf(positions: readonly number[], end: number): readonly number[] {
  const after = positions.map((position) => position + 1)
  return [...new Set([0, ...after, end])].sort((a, b) => a - b)
}
