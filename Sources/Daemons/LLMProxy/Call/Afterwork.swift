internal import EventLoop

/// What calls leave to be done when their answers are on their way, which wait for none of it: once a turn of the loop, for
/// all its calls together.
final class Afterwork: Sendable {
    private let rests: LoopLocal<LoopConfined<Rest>>

    /// What is left by the calls that `usageLog` has lines of.
    init(_ usageLog: UsageLog) {
        rests = LoopLocal(usageLog.loops) { LoopConfined(Rest(on: $0, usageLog), on: $0) }
    }

    /// Has a visit do at the turn's end what it has left for then. On a loop.
    func add(_ visit: Visit) { rests.current.withState { $0.add(visit) } }

    /// What the calls of one loop have left.
    private final class Rest: TurnWork {
        private let loop: Loop
        private let usageLog: UsageLog
        private var visits: [Visit] = []
        /// An empty one with room, for those that come next.
        private var spare: [Visit] = []
        private var isPutOff = false

        init(on loop: Loop, _ usageLog: UsageLog) {
            self.loop = loop
            self.usageLog = usageLog
        }

        func add(_ visit: Visit) {
            visits.append(visit)
            if visits.count == 1 { loop.atEndOfTurn(self) }
        }

        func turnEnds() {
            // Of a turn with much to do the answers leave at its end, too.
            isPutOff = loop.isCrowded && !isPutOff
            guard !isPutOff else { return loop.atEndOfTurn(self) }
            // Taken out, as one of them may leave something again.
            var due: [Visit] = []
            swap(&due, &visits)
            swap(&visits, &spare)
            usageLog.together { for visit in due { visit.finishTurn() } }
            due.removeAll(keepingCapacity: true)
            spare = due
        }
    }
}
