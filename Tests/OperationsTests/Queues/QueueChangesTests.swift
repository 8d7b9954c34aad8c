import FoundationEssentials
import Queueing
import Testing
import WireAPI

@testable import Operations

/// What watchers are told of queues, and how shares are judged.
@Suite struct QueueChangesTests {
    private func snapshot(
        at second: Double, waiting: Int, finished: [Int: Int] = [:], isPaused: Bool = false
    ) -> QueueSnapshot {
        let now = Date(timeIntervalSince1970: second)
        let minutes = finished.map { number, count in
            var minute = QueueMinute(queue: .evaluations, minute: Date(timeIntervalSince1970: Double(number) * 60))
            minute.finished = count
            return minute
        }
        let control = QueueControl(subject: .queue(.evaluations), isPaused: isPaused, updatedAt: now)
        return QueueSnapshot(
            takenAt: now,
            queues: [
                QueueSnapshot.Queue(
                    name: .evaluations, waiting: waiting, scheduled: 0, running: 0, dead: 0, oldest: nil)
            ], controls: [control.subject: control], minutes: [.evaluations: QueueFigures(minutes)], complaint: nil)
    }

    @Test func onlyWhatMovedIsTold() {
        var changes = QueueChanges()
        #expect(changes.news(of: snapshot(at: 6000, waiting: 3)) == nil, "nothing is known to compare with")
        #expect(changes.news(of: snapshot(at: 6001, waiting: 3)) == nil)
        #expect(changes.news(of: snapshot(at: 6002, waiting: 5))?.queues.map(\.waiting) == [5])
        #expect(changes.news(of: snapshot(at: 6003, waiting: 5, isPaused: true))?.queues.map(\.isPaused) == [true])
        #expect(changes.news(of: snapshot(at: 6004, waiting: 5, isPaused: true)) == nil)
    }

    @Test func whatHappenedIsCountedOnceAcrossMinutes() {
        var changes = QueueChanges()
        // 6000 s is the beginning of minute 100.
        _ = changes.news(of: snapshot(at: 6058, waiting: 1, finished: [100: 7]))
        let same = changes.news(of: snapshot(at: 6059, waiting: 1, finished: [100: 9]))
        #expect(same?.queues.map(\.finished) == [2])
        let next = changes.news(of: snapshot(at: 6061, waiting: 1, finished: [100: 10, 101: 4]))
        #expect(next?.queues.map(\.finished) == [5])
        #expect(changes.news(of: snapshot(at: 6062, waiting: 1, finished: [100: 10, 101: 4])) == nil)
    }

    @Test func sharesAreJudgedByWeight() {
        func imbalance(_ shares: (Int, Int)...) -> Double {
            TenantShare.imbalance(of: shares.map { TenantShare(running: $0.0, weight: $0.1) })
        }
        #expect(imbalance((8, 1), (8, 1)) == 0)
        #expect(imbalance((12, 3), (4, 1)) == 0)
        #expect(imbalance((16, 1), (0, 1)) == 0.5)
        #expect(imbalance((16, 1), (0, 1), (0, 1), (0, 1)) == 0.75)
        #expect(imbalance((16, 1)) == 0 && imbalance() == 0 && imbalance((0, 1), (0, 1)) == 0)
    }
}
