import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router'
import { loadPageTexts } from '../i18n/i18n.ts'

/** A page that comes with its texts when it is opened: the first page needs neither. */
export function lazyPage<Module extends Record<Name, RouteComponent>, Name extends keyof Module & string>(load: () => Promise<Module>, name: Name) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), loadPageTexts()])
    return module
  }, name)
}
