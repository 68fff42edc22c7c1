import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'

export const schemes = ['light', 'dark', 'auto'] as const satisfies readonly MantineColorScheme[]

export function useScheme(): { readonly scheme: MantineColorScheme; readonly setScheme: (scheme: MantineColorScheme) => void } {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return { scheme: colorScheme, setScheme: setColorScheme }
}
