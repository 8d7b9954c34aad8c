internal import JSON
internal import Redis
package import Tenancy
internal import WireAPI

/// An event as an entry of the stream.
package struct StreamedEvent: Sendable {
    /// Whose event it is; `nil` concerns everybody.
    package let organization: OrganizationID?
    /// The name of the event, as clients see it.
    package let name: String
    /// Its data as JSON; of an execution, its row.
    package let data: [UInt8]
    /// What one must be allowed to do to be told.
    package let permission: Permission
    /// Where one must be allowed to do it.
    package let place: EventPlace

    /// Events were dropped.
    static let gap = StreamedEvent(.gap, organization: nil)

    /// An event that those may be told who may do what is given, else what its kind asks for, at the place that is given,
    /// else that which the event tells.
    init(
        _ event: OperatorEvent, organization: OrganizationID?, needs permission: Permission? = nil,
        in place: EventPlace? = nil
    ) {
        self.organization = organization
        let isForEverybody = organization == nil && permission == nil
        self.place = place ?? event.place(isForEverybody: isForEverybody)
        self.permission = permission ?? event.permission
        name = event.name.rawValue
        data =
            switch event {
            case .executionFinished(let row): JSONCodec.encode(row)
            case .executionsTagged(let tagging): JSONCodec.encode(tagging)
            case .catalogueChanged(let change): JSONCodec.encode(change)
            case .queuesChanged(let news): JSONCodec.encode(news)
            case .noticed(let notice): JSONCodec.encode(notice)
            case .serverTime(let time, let storage):
                JSONCodec.encode(OperatorEvent.ServerTime(serverTime: time, storage: storage))
            case .gap: Array("{}".utf8)
            }
    }

    /// The entry with those fields; `nil` when they are not an event's, also when whose event it is or who may see it
    /// cannot be read: only what says that it concerns everybody goes to everybody.
    init?(fields: [(String, [UInt8])]) {
        let values = Dictionary(fields, uniquingKeysWith: { $1 })
        guard let name = values["event"], let data = values["data"], let owner = values["organization"],
            let needed = values["needs"],
            let permission = Permission(rawValue: String(decoding: needed, as: UTF8.self))
        else { return nil }
        organization = OrganizationID(String(decoding: owner, as: UTF8.self))
        guard organization != nil || owner.isEmpty else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        self.data = data
        self.permission = permission
        // What does not say where it happened comes from an older release.
        place = EventPlace(word: values["place"].map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    /// The command that appends it.
    var command: [RedisArgument] {
        [
            "XADD", .init(EventPublisher.stream), "MAXLEN", "~", "20000", "*",
            "organization", .init(organization?.description ?? ""), "event", .init(name),
            "needs", .init(permission.rawValue), "place", .init(place.word), "data", .init(data),
        ]
    }
}

extension OperatorEvent {
    /// Where it happened, as far as it tells.
    fileprivate func place(isForEverybody: Bool) -> EventPlace {
        switch self {
        case .executionFinished(let row): .project(ProjectID(uuid: row.projectID))
        case .catalogueChanged(let change): change.subject.kind == .model ? .shared : .organization
        case .executionsTagged, .queuesChanged: .organization
        case .noticed: isForEverybody ? .shared : .organization
        case .serverTime, .gap: .shared
        }
    }

    /// What one must be allowed to do to be told an event of this kind.
    fileprivate var permission: Permission {
        switch self {
        case .executionFinished, .executionsTagged: .executionLogList
        case .catalogueChanged(let change):
            switch change.subject.kind {
            case .evaluator: .evaluatorRead
            case .judge: .judgeRead
            case .project: .projectRead
            case .user: .userRead
            case .execution, .failure, .export: .executionLogList
            case .queue, .job, .batch, .worker, .schedule: .queueRead
            case .provider: .providerRead
            case .model: .modelRead
            case .price: .priceRead
            case .budget: .budgetRead
            case .webhook: .webhookRead
            case .daemon: .eventRead
            }
        case .queuesChanged: .queueRead
        case .noticed, .serverTime, .gap: .eventRead
        }
    }
}
