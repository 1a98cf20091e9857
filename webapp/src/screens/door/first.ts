/** Gives an element the focus once it stands on the page: the first field of a screen. As a `ref`; the attribute counts only once a page. */
export function focusFirst(element: HTMLElement): void {
  queueMicrotask(() => element.focus({ preventScroll: true }))
}
