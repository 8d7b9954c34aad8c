internal import FoundationEssentials
internal import Queueing
internal import WireAPI

/// What has changed in queues since they were looked at last.
struct QueueChanges: Sendable {
    private var known: [QueueName: Look] = [:]
    private var lookedAt: Date?

    /// What was seen of a queue.
    fileprivate struct Look: Sendable {
        let queue: QueueSnapshot.Queue
        let figures: QueueFigures
        let isPaused: Bool
    }

    /// Those queues in which anything is different; `nil` when there is none, and at the first look.
    mutating func news(of snapshot: QueueSnapshot) -> OperatorQueueNews? {
        // Counts are by the minute: what the minute of the last look had then is not new.
        let minute = lookedAt.map {
            Date(timeIntervalSince1970: ($0.timeIntervalSince1970 / 60).rounded(.down) * 60)
        }
        lookedAt = snapshot.takenAt
        var changed: [OperatorQueueNews.Queue] = []
        for queue in snapshot.queues {
            let now = Look(
                queue: queue, figures: snapshot.minutes[queue.name] ?? QueueFigures([]),
                isPaused: snapshot.controls[.queue(queue.name)]?.isPaused ?? false)
            let before = known.updateValue(now, forKey: queue.name)
            guard let before, let minute else { continue }
            let news = Self.news(now, since: before, from: minute)
            if news.tellsOfSomething(before) { changed.append(news) }
        }
        return changed.isEmpty ? nil : OperatorQueueNews(countedAt: snapshot.takenAt, queues: changed)
    }

    private static func news(_ now: Look, since before: Look, from minute: Date)
        -> OperatorQueueNews.Queue
    {
        let (new, old) = (now.figures.sum(from: minute), before.figures.sum(from: minute))
        func count(_ field: (QueueMinute) -> Int) -> Int {
            max(0, (new.map(field) ?? 0) - (old.map(field) ?? 0))
        }
        return OperatorQueueNews.Queue(
            name: now.queue.name.rawValue, waiting: now.queue.waiting, scheduled: now.queue.scheduled,
            running: now.queue.running, oldestSeconds: now.queue.oldest.map { $0 / .seconds(1) },
            isPaused: now.isPaused, enqueued: count(\.enqueued), started: count(\.started),
            finished: count(\.finished), failed: count(\.failed), dead: count(\.dead),
            cancelled: count(\.cancelled))
    }
}

extension OperatorQueueNews.Queue {
    /// Whether more has happened than that time has passed.
    fileprivate func tellsOfSomething(_ before: QueueChanges.Look) -> Bool {
        waiting != before.queue.waiting || scheduled != before.queue.scheduled
            || running != before.queue.running
            || isPaused != before.isPaused
            || enqueued + started + finished + failed + dead + cancelled > 0
    }
}
