/**
 * What a message carries beside its words, as the client keeps it.
 *
 * Plain data: numbers, strings and bytes, so that a message lies in IndexedDB with its media. Ids are decimal strings, for they have 64 bits. All
 * names and sizes are what somebody else claims: sizes are only for laying out, names go through `names.ts` before they are shown.
 */
export type Media = Photo | Doc | Place | ContactCard | Dice | Unsupported;

/** A medium on the server: what is needed to ask for its bytes. */
export interface Stored {
  /** Decimal; begins with `local:` while it exists only here. */
  readonly id: string;
  readonly accessHash: string;
  /** Ages; `download.ts` asks for a new one. */
  readonly fileReference: Uint8Array;
  /** The smaller copies the server made, the smallest first. */
  readonly sizes: readonly Size[];
  /** A picture of at most 40 pixels that came with the message. */
  readonly stripped: Uint8Array | null;
}

/** One copy of a picture. */
export interface Size {
  readonly letter: string;
  readonly width: number; // pixels
  readonly height: number; // pixels
  readonly bytes: number;
}

export interface Photo extends Stored {
  readonly kind: "photo";
  readonly width: number; // pixels, of the largest copy
  readonly height: number;
  readonly spoiler: boolean;
}

/** What a document is shown as. `picture` is one sent as a file. */
export type Shape = "file" | "picture" | "video" | "round" | "gif" | "voice" | "audio" | "sticker";

export interface Doc extends Stored {
  readonly kind: "document";
  readonly shape: Shape;
  readonly mime: string;
  readonly name: string; // as claimed; may be empty
  readonly bytes: number;
  readonly width: number; // pixels; 0 when unknown
  readonly height: number;
  readonly seconds: number; // 0 when unknown
  readonly silent: boolean;
  readonly spoiler: boolean;
  readonly title: string;
  readonly performer: string;
  /** The emoji of a sticker. */
  readonly alt: string;
  /** Samples from 0 to 31. */
  readonly waveform: readonly number[];
}

export interface Place {
  readonly kind: "place";
  readonly latitude: number; // degrees
  readonly longitude: number;
  readonly title: string;
  readonly address: string;
}

export interface ContactCard {
  readonly kind: "contact";
  readonly phone: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Decimal; empty when the card is of nobody here. */
  readonly userId: string;
}

export interface Dice {
  readonly kind: "dice";
  readonly emoji: string;
  readonly value: number;
}

/** Something this client cannot show; `what` is the protocol's name for it. */
export interface Unsupported {
  readonly kind: "unsupported";
  readonly what: string;
}

/** Whether this exists only on this device, as yet. */
export function isLocal(media: Media): boolean {
  return "id" in media && media.id.startsWith("local:");
}

/** Whether it is shown as a picture that fills its bubble, so that it can be part of a mosaic. */
export function isVisual(media: Media): media is Photo | Doc {
  return media.kind === "photo" || (media.kind === "document" && (media.shape === "video" || media.shape === "gif"));
}
