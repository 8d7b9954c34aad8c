/// A moment after which waiting is pointless; `never` has none.
package struct Deadline: Sendable, Hashable {
    /// The moment; the end of time for never.
    package let moment: Moment

    /// Waits until a moment.
    package init(moment: Moment) { self.moment = moment }

    /// Waits as long as it takes. Only for waits that something else bounds.
    package static let never = Deadline(moment: .never)

    /// The moment `duration` from now.
    package static func after(_ duration: Duration) -> Deadline {
        Deadline(moment: .now + duration)
    }

    /// The time left, at least zero; `nil` for `never`.
    package var remaining: Duration? {
        moment == .never ? nil : max(.zero, Moment.now.duration(to: moment))
    }

    /// Whether the moment is in the past.
    package var hasPassed: Bool {
        moment != .never && moment <= .now
    }

    /// The earlier of two deadlines.
    package func earlier(_ other: Deadline) -> Deadline {
        moment <= other.moment ? self : other
    }
}

/// Work did not end before its deadline and was cancelled.
package struct DeadlineExceeded: Error, Hashable, CustomStringConvertible {
    package init() {}
    package var description: String { "the deadline passed before the work was done" }
}

/// Runs `body` and cancels it when `deadline` passes.
///
/// The call returns only after `body` has returned, so `body` must honour cancellation.
/// - Throws: `DeadlineExceeded` when the deadline passed first, else what `body` threw.
package func withDeadline<R: Sendable>(
    _ deadline: Deadline, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    guard let remaining = deadline.remaining else { return try await body() }
    return try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            if let loop = Loop.current {
                try await loop.sleep(for: remaining)
            } else {
                try await Task.sleep(for: remaining)
            }
            return nil
        }
        defer { group.cancelAll() }
        // The first child to finish decides; the other is cancelled and awaited by the group.
        while let outcome = try await group.next() {
            guard let value = outcome else { throw DeadlineExceeded() }
            return value
        }
        throw DeadlineExceeded()
    }
}
