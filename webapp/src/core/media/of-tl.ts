/** From the protocol's media to ours. Nothing in here trusts a number: sides and lengths that make no sense become 0. */
import type { tl } from "@mtcute/core";
import type { Doc, Media, Photo, Shape, Size, Unsupported } from "./kinds";
import { decodeWaveform } from "./waveform";

/** What is attached to a message; null when nothing is, or only a link's preview. */
export function mediaOf(raw: tl.TypeMessageMedia | undefined | null): Media | null {
  if (!raw) return null;
  switch (raw._) {
    case "messageMediaEmpty":
    case "messageMediaWebPage":
      return null;
    case "messageMediaPhoto":
      return raw.photo?._ === "photo" ? photoOf(raw.photo, raw.spoiler) : unsupported(raw);
    case "messageMediaDocument":
      return raw.document?._ === "document" ? documentOf(raw.document, raw.spoiler) : unsupported(raw);
    case "messageMediaGeo":
      return placeOf(raw.geo, "", "") ?? unsupported(raw);
    case "messageMediaVenue":
      return placeOf(raw.geo, raw.title, raw.address) ?? unsupported(raw);
    case "messageMediaContact":
      return { kind: "contact", phone: raw.phoneNumber, firstName: raw.firstName, lastName: raw.lastName, userId: raw.userId ? String(raw.userId) : "" };
    case "messageMediaDice":
      return { kind: "dice", emoji: raw.emoticon, value: raw.value };
    default:
      return unsupported(raw);
  }
}

/** A photo of a message or a profile. */
export function photoOf(raw: tl.RawPhoto, spoiler = false): Photo {
  const sizes = sizesOf(raw.sizes);
  const largest = sizes.at(-1);
  return {
    kind: "photo",
    ...storedOf(raw),
    sizes,
    stripped: strippedOf(raw.sizes),
    width: largest?.width ?? 0,
    height: largest?.height ?? 0,
    spoiler,
  };
}

/** A document of a message. */
export function documentOf(raw: tl.RawDocument, spoiler = false): Doc {
  const { image, video, audio, sticker, name, animated } = attributesOf(raw.attributes);
  return {
    kind: "document",
    ...storedOf(raw),
    sizes: sizesOf(raw.thumbs ?? []),
    stripped: strippedOf(raw.thumbs ?? []),
    shape: shapeOf(raw),
    mime: raw.mimeType.toLowerCase(),
    name: name?.fileName ?? "",
    bytes: sane(raw.size),
    width: sane(video?.w ?? image?.w),
    height: sane(video?.h ?? image?.h),
    seconds: sane(video?.duration ?? audio?.duration),
    silent: video?.nosound === true || animated !== undefined,
    spoiler,
    title: audio?.title ?? "",
    performer: audio?.performer ?? "",
    alt: sticker?.alt ?? "",
    waveform: audio?.waveform ? decodeWaveform(audio.waveform) : [],
  };
}

function shapeOf(raw: tl.RawDocument): Shape {
  const { image, video, audio, sticker, animated } = attributesOf(raw.attributes);
  if (sticker) return "sticker";
  if (animated) return "gif";
  if (video) return video.roundMessage ? "round" : "video";
  if (audio) return audio.voice ? "voice" : "audio";
  return image ? "picture" : "file";
}

type Attribute<Name extends tl.TypeDocumentAttribute["_"]> = Extract<tl.TypeDocumentAttribute, { _: Name }> | undefined;

function attributesOf(all: readonly tl.TypeDocumentAttribute[]) {
  const find = <Name extends tl.TypeDocumentAttribute["_"]>(name: Name) => all.find((one) => one._ === name) as Attribute<Name>;
  return {
    image: find("documentAttributeImageSize"),
    video: find("documentAttributeVideo"),
    audio: find("documentAttributeAudio"),
    sticker: find("documentAttributeSticker"),
    name: find("documentAttributeFilename"),
    animated: find("documentAttributeAnimated"),
  };
}

function storedOf(raw: tl.RawPhoto | tl.RawDocument) {
  return { id: raw.id.toString(), accessHash: raw.accessHash.toString(), fileReference: raw.fileReference };
}

function sizesOf(all: readonly tl.TypePhotoSize[]): Size[] {
  const sizes = all.flatMap((one): Size[] => {
    if (one._ === "photoSize") return [{ letter: one.type, width: sane(one.w), height: sane(one.h), bytes: sane(one.size) }];
    if (one._ === "photoSizeProgressive") return [{ letter: one.type, width: sane(one.w), height: sane(one.h), bytes: sane(Math.max(0, ...one.sizes)) }];
    return [];
  });
  return sizes.sort((one, other) => one.width * one.height - other.width * other.height);
}

function strippedOf(all: readonly tl.TypePhotoSize[]): Uint8Array | null {
  for (const one of all) if (one._ === "photoStrippedSize") return one.bytes;
  return null;
}

function placeOf(geo: tl.TypeGeoPoint, title: string, address: string): Media | null {
  return geo._ === "geoPoint" ? { kind: "place", latitude: geo.lat, longitude: geo.long, title, address } : null;
}

function unsupported(raw: tl.TypeMessageMedia): Unsupported {
  return { kind: "unsupported", what: raw._ };
}

function sane(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
}
