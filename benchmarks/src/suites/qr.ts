import { renderQrSvg } from '@countersign/qr-provisioning-uri/qr';
import { correction, generate } from 'lean-qr';
import { toSvgSource } from 'lean-qr/extras/svg';
import QRCode from 'qrcode';
import { renderSVG } from 'uqr';
import type { Suite } from '../suite.ts';

/** 114 characters: what a broker's portal shows when an authenticator app is enrolled. */
const URI =
  'otpauth://totp/Example%20Broker:anna%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example%20Broker';

/** Its callback is called before it returns. */
function qrcode(): string {
  let svg = '';
  QRCode.toString(URI, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }, (_, text) => {
    svg = text;
  });
  return svg;
}

/** The same text at the same error correction and quiet zone, drawn as SVG by each. */
export const qr: Suite = {
  title: `QR code of a ${URI.length}-character URI as SVG`,
  baseline: 'qrcode 1.5',
  cases: [
    { name: 'qrcode 1.5', run: qrcode },
    { name: 'countersign', run: () => renderQrSvg(URI), target: 0.25 },
    {
      name: 'lean-qr 2.7',
      run: () => toSvgSource(generate(URI, { minCorrectionLevel: correction.M }), { padX: 4, padY: 4 }),
    },
    { name: 'uqr 0.1', run: () => renderSVG(URI, { ecc: 'M', border: 4 }) },
  ],
};
