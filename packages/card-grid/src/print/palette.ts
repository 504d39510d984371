/** Colours of a theme. Labels and codes keep a contrast of 7 : 1 at least (WCAG 2.2 §1.4.6), also in grey. */
export type Palette = Readonly<
  Record<'paper' | 'ink' | 'label' | 'shade' | 'muted' | 'line' | 'band' | 'onBand' | 'page', string>
>;

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#ffffff',
    ink: '#0b1016',
    label: '#1d4f91',
    shade: '#e8eff8',
    muted: '#3d4a5a',
    line: '#8d9bab',
    band: '#16365f',
    onBand: '#ffffff',
    page: '#f1f4f8',
  },
  dark: {
    paper: '#10161f',
    ink: '#f4f8fc',
    label: '#93c5ff',
    shade: '#1d2938',
    muted: '#b4c1d0',
    line: '#4a5a6d',
    band: '#24456f',
    onBand: '#ffffff',
    page: '#05080c',
  },
};
