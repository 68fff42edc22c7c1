import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { withoutRule } from './rules.ts'
import { useRuleWords } from './use-rule-words.ts'
import { useRules } from './use-rules.ts'
import style from './catalogue.module.css'

/** The rules on names that hold, and what held before. Each can be taken back. */
export function RuleList() {
  const text = useText()
  const format = useFormat()
  const words = useRuleWords()
  const { stored, rules, edit, refused, isSaving } = useRules()
  if (stored.error !== null) return <Failed error={stored.error} onRetry={() => void stored.refetch()} />
  if (stored.data === undefined) return <Loading />
  const { history, version } = stored.data
  const before = history.filter((it) => it.version < version)
  return (
    <>
      {rules.length === 0 ? (
        <Empty title={text('catalogue.noRules')}>{text('catalogue.noRulesNote')}</Empty>
      ) : (
        <ul className={style.rules} aria-label={text('catalogue.tab.rules')}>
          {rules.map((rule, index) => (
            <li key={JSON.stringify(rule)}>
              <span className={style.mark}>{text(`catalogue.kind.${rule.kind}`)}</span>
              <span className={style.grow}>{words(rule)}</span>
              <IconButton
                icon="trash"
                refused={refused}
                aria-busy={isSaving}
                label={text('catalogue.takeBack', { rule: words(rule) })}
                onClick={() => edit((now) => withoutRule(now, index))}
              />
            </li>
          ))}
        </ul>
      )}
      {history.length > 0 && (
        <Section title={text('catalogue.history')} note={text('catalogue.historyNote')}>
          <ul className={style.rules} aria-label={text('catalogue.history')}>
            {history.map((it) => (
              <li key={it.version}>
                <span className={style.grow}>
                  {text('catalogue.version', { version: it.version, count: it.rules.rules?.length ?? 0 })}
                  <span className={style.quiet}>
                    {' '}
                    · {it.by} · {format.moment(it.at)}
                  </span>
                </span>
                {before.includes(it) ? (
                  <Button size="s" icon="undo" refused={refused} aria-busy={isSaving} onClick={() => edit(() => it.rules.rules ?? [])}>
                    {text('catalogue.restore')}
                  </Button>
                ) : (
                  <span className={style.mark}>{text('catalogue.holdsNow')}</span>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
