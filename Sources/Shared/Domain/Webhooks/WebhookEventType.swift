/// What can be told, under the names that receivers know.
package enum WebhookEventType: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Every item of a batch has succeeded.
    case batchFinished = "batch.finished"
    /// Some items of a batch have failed.
    case batchPartiallyFailed = "batch.partially_failed"
    /// Every item of a batch has failed.
    case batchFailed = "batch.failed"
    /// A batch was stopped before its end.
    case batchCancelled = "batch.cancelled"
    /// Jobs of one kind were given up for one cause, within a minute.
    case jobDead = "job.dead"
    /// Something needs attention: a budget, a provider, a daemon, executions that fail.
    case noticeRaised = "notice.raised"
    /// What needed attention is well again.
    case noticeEnded = "notice.ended"
    case exportFinished = "export.finished"
    case exportFailed = "export.failed"
    /// Somebody tries whether an endpoint hears; sent to that one only, whatever it is to hear of.
    case ping = "webhook.ping"

    /// Those that an endpoint can be told of or not.
    package static let subscribable = allCases.filter { $0 != .ping }

    package static func < (left: WebhookEventType, right: WebhookEventType) -> Bool { left.rawValue < right.rawValue }
}
