/// A callback that the loop will run at a moment, unless it is cancelled first.
///
/// Confined to its loop: create and cancel it there.
package final class LoopTimer {
    let moment: Moment
    var body: (() -> Void)?
    /// The place in the loop's heap, -1 when it is in none.
    var index = -1
    private unowned let loop: Loop

    init(moment: Moment, loop: Loop, body: @escaping () -> Void) {
        self.moment = moment
        self.loop = loop
        self.body = body
    }

    /// The callback will not run. Without effect once it ran.
    package func cancel() {
        body = nil
        loop.timers.remove(self)
    }
}

/// A binary min-heap of timers that knows where each of them is, so that cancelling frees at once.
struct TimerHeap {
    private var heap: [LoopTimer] = []

    var first: LoopTimer? { heap.first }
    var isEmpty: Bool { heap.isEmpty }

    mutating func insert(_ timer: LoopTimer) {
        timer.index = heap.count
        heap.append(timer)
        rise(from: timer.index)
    }

    mutating func remove(_ timer: LoopTimer) {
        let hole = timer.index
        guard hole >= 0 else { return }
        timer.index = -1
        let last = heap.removeLast()
        guard last !== timer else { return }
        place(last, at: hole)
        rise(from: hole)
        sink(from: last.index)
    }

    private mutating func place(_ timer: LoopTimer, at index: Int) {
        heap[index] = timer
        timer.index = index
    }

    private mutating func rise(from start: Int) {
        var index = start
        let timer = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.moment < heap[parent].moment else { break }
            place(heap[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func sink(from start: Int) {
        var index = start
        let timer = heap[index]
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].moment < heap[child].moment { child += 1 }
            guard heap[child].moment < timer.moment else { break }
            place(heap[child], at: index)
            index = child
        }
        place(timer, at: index)
    }
}
