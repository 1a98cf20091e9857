import type { FileRef } from '../types'

/** A download, reactive: `engine.files.view(file)` inside a component. */
export interface FileView {
  readonly state: 'none' | 'running' | 'ready' | 'failed'
  /** 0 to 1. */
  readonly progress: number
  /** blob: address, while ready. Its type is one that a browser shows and does not run, else application/octet-stream. */
  readonly url?: string
  readonly failure?: string
}

export interface FilesActions {
  /**
   * Follows one file. `auto` starts it at once (the usual for pictures of the view). Call it within a component or an owner: the
   * address is let go when the owner ends and nobody else holds it. The bytes stay in the cache, within its size.
   */
  view(file: () => FileRef | undefined, options?: { auto?: boolean }): FileView
  /** Starts, or starts again, what `view` follows. Rejects only with CANCELLED or the failure that the view shows. */
  download(
    file: FileRef,
    options?: { progress?: (done: number, total: number) => void; signal?: AbortSignal },
  ): Promise<Blob>
  cancelDownload(file: FileRef): void
  /** Ends an upload; its message becomes 'failed' with CANCELLED, and `messages.discard` removes it. */
  cancelUpload(upload: string): void
  /** Saves it under its name through the browser's download. */
  save(file: FileRef): Promise<void>
  /** Bytes kept on this device, and their removal. */
  cacheSize(): Promise<number>
  clearCache(): Promise<void>
}
