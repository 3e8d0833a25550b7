/** The last messages, so that a client that lost its connection can go on where it was. Bounded in count and bytes. */
interface Numbered {
  readonly seq: number;
  readonly text: string;
}

export class MessageRing {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #messages: Numbered[] = [];
  #bytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  push(message: Numbered): void {
    this.#messages.push(message);
    this.#bytes += message.text.length;
    while (this.#messages.length > this.#maxCount || this.#bytes > this.#maxBytes) {
      const oldest = this.#messages.shift();
      if (oldest === undefined) return;
      this.#bytes -= oldest.text.length;
    }
  }

  /** Everything after `seq`; null when some of it is gone or `seq` was never sent. */
  after(seq: number, lastSeq: number): Numbered[] | null {
    if (seq > lastSeq) return null;
    if (seq === lastSeq) return [];
    const oldest = this.#messages[0];
    if (oldest === undefined || oldest.seq > seq + 1) return null;
    return this.#messages.slice(seq + 1 - oldest.seq);
  }
}
