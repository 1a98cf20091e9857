/** One searcher in a thread of its own. Takes one task, posts reports, the last of them with the answer; whoever started it ends it. */
import { search, type Task } from './search'

addEventListener('message', (event: MessageEvent<Task>) => {
  for (const report of search(event.data)) postMessage(report)
})
