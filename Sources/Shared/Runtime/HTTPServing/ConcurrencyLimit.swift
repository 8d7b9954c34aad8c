internal import Synchronization

/// How many requests are served at the same time; what is beyond is turned away at once, while turning away is cheap.
final class ConcurrencyLimit: Sendable {
    private let maximum: Int
    private let count = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    init(maximum: Int) { self.maximum = maximum }

    /// How many are being served.
    var current: Int { count.load(ordering: .relaxed) }

    /// Takes a place, to be given back by `leave`; false when there is none.
    func enter() -> Bool {
        guard !isClosed.load(ordering: .relaxed) else { return false }
        guard count.wrappingAdd(1, ordering: .relaxed).newValue > maximum else { return true }
        leave()
        return false
    }

    /// Takes a place also when there is none left.
    func enterRegardless() { count.wrappingAdd(1, ordering: .relaxed) }

    /// Whether nobody is let in any more.
    var isClosing: Bool { isClosed.load(ordering: .relaxed) }

    /// From now on there is no place for anybody who asks.
    func close() { isClosed.store(true, ordering: .relaxed) }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}
