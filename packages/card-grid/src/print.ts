export type { PageOptions } from './print/draw-page.ts';
export type { PrintLabels, PrintOptions, PrintSize } from './print/print-options.ts';
export { planCard, renderCardHtml, renderCardSvg, renderCardText } from './print/render-card.ts';
export {
  renderRecoveryCodesHtml,
  renderRecoveryCodesSvg,
  renderRecoveryCodesText,
} from './print/render-recovery-codes.ts';
