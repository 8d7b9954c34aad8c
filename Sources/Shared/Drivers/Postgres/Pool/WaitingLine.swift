/// Callers in the order they came, any of whom may leave.
struct WaitingLine {
    private var line: [Int] = []
    private var head = 0
    private var deadlines: [Int: ContinuousClock.Instant] = [:]

    var count: Int { deadlines.count }

    mutating func append(_ waiter: Int, _ deadline: ContinuousClock.Instant) {
        // Who left is still in the line until it is passed; a line of mostly such is rewritten.
        if line.count > 2 * deadlines.count + 16 {
            line = line[head...].filter { deadlines[$0] != nil }
            head = 0
        }
        line.append(waiter)
        deadlines[waiter] = deadline
    }

    mutating func popFirst() -> Int? {
        while head < line.count {
            let waiter = line[head]
            head += 1
            if deadlines.removeValue(forKey: waiter) != nil { return waiter }
        }
        return nil
    }

    /// Whether the waiter was in the line.
    mutating func remove(_ waiter: Int) -> Bool {
        deadlines.removeValue(forKey: waiter) != nil
    }

    /// Removes whose deadline is not after `moment`, all when there is none.
    mutating func removeAll(dueBefore moment: ContinuousClock.Instant? = nil) -> [Int] {
        let due = deadlines.filter { $0.value <= moment ?? $0.value }.keys.sorted()
        for waiter in due { deadlines[waiter] = nil }
        return due
    }
}
