internal import EventLoop

/// What calls leave to be done when their answers are on their way, which wait for none of it: once a turn of the loop, for
/// all its calls together.
final class Afterwork: Sendable {
    private struct List {
        var visits: [Visit] = []
        /// An empty one with room, for those that come next.
        var spare: [Visit] = []
    }

    private let lists: LoopLocal<LoopConfined<List>>
    private let usageLog: UsageLog

    /// What is left by the calls that `usageLog` has lines of.
    init(_ usageLog: UsageLog) {
        self.usageLog = usageLog
        lists = LoopLocal(usageLog.loops) { LoopConfined(List(), on: $0) }
    }

    /// Has a visit do at the turn's end what it has left for then. On a loop.
    func add(_ visit: Visit) {
        let list = lists.current
        let isFirst = list.withState { list in
            list.visits.append(visit)
            return list.visits.count == 1
        }
        guard isFirst else { return }
        let loop = list.loop
        loop.atEndOfTurn { [self] in
            // Of a turn with much to do the answers leave at its end, too.
            if loop.isCrowded { loop.atEndOfTurn { [self] in perform(list) } } else { perform(list) }
        }
    }

    private func perform(_ list: LoopConfined<List>) {
        // Taken out, as one of them may leave something again.
        var visits = list.withState { list in
            let visits = list.visits
            list.visits = list.spare
            list.spare = []
            return visits
        }
        usageLog.together { for visit in visits { visit.finishTurn() } }
        visits.removeAll(keepingCapacity: true)
        list.withState { $0.spare = visits }
    }
}
