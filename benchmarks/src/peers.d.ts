// Peers that publish no declarations: what is used of them.
declare module 'speakeasy' {
  const speakeasy: {
    totp: { verifyDelta(options: { secret: string; encoding: 'base32'; token: string; window: number }): unknown };
  };
  export default speakeasy;
}
