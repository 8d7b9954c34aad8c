import Terminal
import WireAPI

/// Where the panels of the dashboard are, for a size of its body. What is least needed gives way first.
struct DashboardDivision: Sendable, Hashable {
    /// Narrower or lower screens show lines instead of panels.
    static func isWide(_ size: Size) -> Bool { size.columns >= 100 && size.rows >= 26 }

    private let size: Size

    init(size: Size) { self.size = size }

    /// The panels that have a place, in the order of Tab.
    func panels(of board: OperatorDashboard?) -> [DashboardPanel] {
        let hasQueues = board?.queues?.isEmpty == false
        return DashboardPanel.allCases.filter { $0 != .queues || hasQueues }
    }

    /// The places of the panels in a wide body.
    func wide(_ area: Area, hasQueues: Bool) -> [(panel: DashboardPanel, area: Area)] {
        let rows = area.rows.count
        let upper = max(9, rows * 2 / 5)
        let middle = max(8, rows / 4)
        let (top, rest) = (area.top(upper), area.below(upper))
        let (centre, bottom) = (rest.top(middle), rest.below(middle))
        let half = area.columns.count * 11 / 20
        let third = area.columns.count / 3
        var places: [(DashboardPanel, Area)] = [
            (.throughput, top.left(half)), (.latency, top.right(of: half)),
            (.scores, centre.left(third)), (.cost, centre.right(of: third).left(third)),
            (.failures, centre.right(of: 2 * third)), (.notices, bottom.left(half)),
        ]
        let side = bottom.right(of: half)
        if hasQueues, side.rows.count >= 12 {
            places.append((.daemons, side.top(side.rows.count - 4)))
            places.append((.queues, side.below(side.rows.count - 4)))
        } else if hasQueues {
            places.append((.daemons, side.left(side.columns.count * 3 / 5)))
            places.append((.queues, side.right(of: side.columns.count * 3 / 5)))
        } else {
            places.append((.daemons, side))
        }
        return places
    }
}
