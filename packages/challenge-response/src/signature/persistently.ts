/** WebKitGTK fails to make about one X25519 key in a hundred, and one Ed25519 key in some hundreds. */
const ATTEMPTS = 5;

/** What WebCrypto makes at random, tried again when it fails: what it does not have at all fails every time. */
export async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures === ATTEMPTS) throw error;
    }
  }
}
