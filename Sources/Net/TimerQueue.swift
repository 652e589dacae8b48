internal import Domain

/// An alarm that its owner keeps and arms as often as it likes. The queue holds it only while it is armed.
package final class Timer {
    fileprivate(set) var deadline = MonotonicTime(nanoseconds: 0)
    fileprivate var place: Int?
    let action: () -> Void

    /// - Parameter action: called once for each arming, on the loop's thread; should hold its owner weakly or unowned.
    package init(_ action: @escaping () -> Void) { self.action = action }

    package var isArmed: Bool { place != nil }
}

/// A binary heap by deadline in which every timer knows its place, so that moving one costs O(log n).
struct TimerQueue {
    private var heap: [Timer] = []

    var next: MonotonicTime? { heap.first?.deadline }

    mutating func arm(_ timer: Timer, at deadline: MonotonicTime) {
        timer.deadline = deadline
        if let place = timer.place {
            siftDown(place)
            siftUp(timer.place ?? place)
        } else {
            timer.place = heap.count
            heap.append(timer)
            siftUp(heap.count - 1)
        }
    }

    mutating func disarm(_ timer: Timer) {
        guard let place = timer.place else { return }
        timer.place = nil
        let last = heap.removeLast()
        guard last !== timer else { return }
        heap[place] = last
        last.place = place
        siftDown(place)
        siftUp(last.place ?? place)
    }

    /// Takes out what is due, earliest first. The caller rings them afterwards, because an action may arm timers again:
    /// one armed for a time already past then rings in the next turn, so that no turn lasts for ever.
    mutating func takeDue(at now: MonotonicTime) -> [Timer] {
        var due: [Timer] = []
        while let first = heap.first, first.deadline <= now {
            disarm(first)
            due.append(first)
        }
        return due
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            exchange(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != parent else { return }
            exchange(parent, least)
            parent = least
        }
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        heap[a].place = a
        heap[b].place = b
    }
}
