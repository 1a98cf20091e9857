/** Which of the colours a file's sign has: families of endings that people tell apart. */
export type Tone = 'document' | 'table' | 'slides' | 'archive' | 'sound' | 'picture' | 'program' | 'other'

const FAMILIES: Readonly<Record<Exclude<Tone, 'other'>, string>> = {
  document: 'pdf doc docx odt rtf txt md tex epub pages',
  table: 'xls xlsx ods csv tsv numbers',
  slides: 'ppt pptx odp key',
  archive: 'zip rar 7z tar gz bz2 xz zst tgz iso',
  sound: 'mp3 ogg oga opus flac wav m4a aac mid',
  picture: 'jpg jpeg png gif webp avif heic svg tif tiff bmp psd mp4 mov webm mkv avi',
  program: 'exe msi apk dmg deb rpm appimage bat cmd sh ps1 jar js html htm',
}

const TONES = new Map(
  Object.entries(FAMILIES).flatMap(([tone, endings]) =>
    endings.split(' ').map(ending => [ending, tone as Tone] as const),
  ),
)

export function fileTone(ending: string): Tone {
  return TONES.get(ending) ?? 'other'
}
