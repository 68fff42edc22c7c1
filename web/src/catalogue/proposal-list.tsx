import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type NameRule, nameProposalsQuery } from '../api/catalogue.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { Types } from './property-table.tsx'
import { useRuleWords } from './use-rule-words.ts'
import { useRules } from './use-rules.ts'
import style from './catalogue.module.css'

/** What looks wrong in the names, each with one press to mend it. */
export function ProposalList() {
  const { id: ws } = useWorkspace()
  const text = useText()
  const format = useFormat()
  const proposals = useQuery(nameProposalsQuery(ws))
  if (proposals.error !== null) return <Failed error={proposals.error} onRetry={() => void proposals.refetch()} />
  if (proposals.data === undefined) return <Loading rows={6} />
  const { twins, property_twins, flips, looked_at } = proposals.data
  if (twins.length + property_twins.length + flips.length === 0) {
    return <Empty title={text('catalogue.clean')}>{text('catalogue.cleanNote', { count: looked_at })}</Empty>
  }
  return (
    <>
      {twins.length > 0 && (
        <Section title={text('catalogue.twins')} note={text('catalogue.twinsNote')}>
          <ul className={style.proposals} aria-label={text('catalogue.twins')}>
            {twins.map((it) => (
              <Proposal key={it.names[0]?.name} rules={[it.rule]}>
                <ul className={style.sent}>
                  {it.names.map((name) => (
                    <li key={name.name}>
                      <code>{name.name}</code>
                      <span className={style.quiet}>
                        {text('catalogue.sentFacts', { count: name.events, since: format.moment(name.first), until: format.moment(name.last) })}
                      </span>
                    </li>
                  ))}
                </ul>
              </Proposal>
            ))}
          </ul>
        </Section>
      )}
      {property_twins.length > 0 && (
        <Section title={text('catalogue.propertyTwins')} note={text('catalogue.propertyTwinsNote', { count: looked_at })}>
          <ul className={style.proposals} aria-label={text('catalogue.propertyTwins')}>
            {property_twins.map((it) => (
              <Proposal key={it.fields[0]?.field} rules={it.rules}>
                <ul className={style.sent}>
                  {it.fields.map((field) => (
                    <li key={field.field}>
                      <code>{field.field}</code>
                      <span className={style.quiet}>{text('catalogue.ofLookedAt', { share: format.share(field.share) })}</span>
                    </li>
                  ))}
                </ul>
              </Proposal>
            ))}
          </ul>
        </Section>
      )}
      {flips.length > 0 && (
        <Section title={text('catalogue.flips')} note={text('catalogue.flipsNote')}>
          <ul className={style.proposals} aria-label={text('catalogue.flips')}>
            {flips.map((it) => (
              <Proposal key={it.property} rules={[it.rule]}>
                <div>
                  <code>{it.property}</code>
                  <Types types={it.types} />
                  <details>
                    <summary>{text('catalogue.byEvent', { count: it.events.length })}</summary>
                    <dl className={style.byEvent}>
                      {it.events.map((of) => (
                        <div key={of.event}>
                          <dt>{of.event}</dt>
                          <dd>
                            <Types types={of.types} />
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </details>
                </div>
              </Proposal>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function Proposal({ rules, children }: { readonly rules: readonly NameRule[]; readonly children: ReactNode }) {
  const text = useText()
  const words = useRuleWords()
  const { add, refused, isSaving } = useRules()
  return (
    <li>
      {children}
      <div className={style.mend}>
        <span className={style.quiet}>{rules.map(words).join(' ')}</span>
        <Button size="s" icon="check" refused={refused} aria-busy={isSaving} onClick={() => add(...rules)}>
          {text('catalogue.make')}
        </Button>
      </div>
    </li>
  )
}
