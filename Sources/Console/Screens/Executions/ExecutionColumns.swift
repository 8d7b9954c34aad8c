import FoundationEssentials
import Terminal
import WireAPI

/// One column of the list.
enum ExecutionColumn: Sendable, Hashable {
    case time, type, name, score, model, latency, cost, project, session, user, tags

    var title: String {
        switch self {
        case .time: "TIME"
        case .type: "TYPE"
        case .name: "NAME"
        case .score: "SCORE"
        case .model: "MODEL"
        case .latency: "LATENCY"
        case .cost: "COST"
        case .project: "PROJECT"
        case .session: "SESSION"
        case .user: "USER"
        case .tags: "TAGS"
        }
    }

    /// Numbers stand on the right, so that their digits are below each other.
    var isNumber: Bool { self == .latency || self == .cost }
}

/// Which columns fit a width, and where they stand.
struct ExecutionColumns: Sendable {
    /// A column in its place.
    struct Slot: Sendable, Hashable {
        let column: ExecutionColumn
        let start: Int
        let width: Int
    }

    let slots: [Slot]
    /// Whether times need their day.
    let showsDay: Bool

    /// Divides a width. The name gets what the others leave.
    init(width: Int, showsDay: Bool) {
        self.showsDay = showsDay
        let time = showsDay ? 14 : 8
        var fixed: [(ExecutionColumn, Int)]
        switch width {
        case ..<56: fixed = [(.time, time), (.score, 5)]
        case ..<72: fixed = [(.time, time), (.score, 14), (.latency, 7)]
        case ..<100:
            fixed = [(.time, time), (.type, 5), (.score, 14), (.model, showsDay ? 9 : 13), (.latency, 7), (.cost, 8)]
        case ..<132:
            fixed = [
                (.time, time), (.type, 5), (.score, 14), (.model, 20), (.latency, 7), (.cost, 8), (.project, 12),
            ]
        case ..<170:
            fixed = [
                (.time, time), (.type, 9), (.score, 14), (.model, 24), (.latency, 7), (.cost, 8), (.project, 14),
                (.session, 18),
            ]
        default:
            fixed = [
                (.time, time), (.type, 9), (.score, 14), (.model, 26), (.latency, 7), (.cost, 8), (.project, 16),
                (.session, 18), (.user, 14), (.tags, 18),
            ]
        }
        let gaps = fixed.count + 4
        let name = max(6, width - gaps - fixed.reduce(0) { $0 + $1.1 })
        let place = fixed.firstIndex { $0.0 == .score } ?? fixed.count
        fixed.insert((.name, name), at: place)
        var start = 2
        slots = fixed.map { column, width in
            // What follows a number needs more room to be told from it.
            defer { start += width + (column == .cost ? 2 : 1) }
            return Slot(column: column, start: start, width: width)
        }
    }
}
