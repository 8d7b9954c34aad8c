package import FoundationEssentials

/// The time after which a budget begins anew. Days and months are those of UTC.
package enum BudgetPeriod: String, Sendable, Hashable, CaseIterable {
    case total
    case day
    case month

    /// The stretch of time around `moment`.
    package func window(around moment: Date) -> BudgetWindow {
        let day = UTCDay(moment)
        return switch self {
        case .total: BudgetWindow(first: UTCDay(number: 0), next: nil)
        case .day: BudgetWindow(first: day, next: UTCDay(number: day.number + 1))
        case .month: BudgetWindow(first: day.startOfMonth, next: day.startOfNextMonth)
        }
    }
}

/// One day or month of a budget, or all time.
package struct BudgetWindow: Sendable, Hashable {
    package let first: UTCDay
    /// The day at whose beginning the next window starts; `nil` when there is none.
    package let next: UTCDay?

    /// Whether a moment lies in it.
    package func contains(_ moment: Date) -> Bool {
        let day = UTCDay(moment)
        return first <= day && (next.map { day < $0 } ?? true)
    }
}

/// A day in UTC.
package struct UTCDay: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    package let number: Int

    package init(number: Int) { self.number = number }

    /// The day in which a moment lies; the nearest one that can be counted for absurd moments.
    package init(_ moment: Date) {
        let days = (moment.timeIntervalSince1970 / 86_400).rounded(.down)
        // A hundred thousand years either way.
        number = days.isFinite ? Int(min(max(days, -36_500_000), 36_500_000)) : 0
    }

    /// Its first moment.
    package var start: Date { Date(timeIntervalSince1970: Double(number) * 86_400) }

    package var startOfMonth: UTCDay { UTCDay(number: number - dayOfMonth) }

    package var startOfNextMonth: UTCDay {
        // No month is longer, so this is a day of the next one; and it is among its first four.
        UTCDay(number: startOfMonth.number + 31).startOfMonth
    }

    package static func < (left: UTCDay, right: UTCDay) -> Bool { left.number < right.number }

    /// From 0, in a calendar whose years begin in March, so that the leap day is the last one.
    private var dayOfMonth: Int {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return dayOfYear - (153 * month + 2) / 5
    }
}
