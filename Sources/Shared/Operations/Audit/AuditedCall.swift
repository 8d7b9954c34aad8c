internal import Access
internal import HTTPMessages
internal import JSON
internal import Records
internal import Tenancy

/// What the audit says of a call: its action and subject come from the permission that the route needs and from its path.
/// `PATCH /v1/evaluators/{id}/` is `evaluator.update` on `evaluator:<id>`.
struct AuditedCall {
    let actor: AuditEntry.Actor
    let kind: AuditGathering.Kind
    let subject: String
    /// What was looked at.
    let object: String?
    let details: Details

    /// What is kept beside action and subject.
    struct Details: Encodable {
        let route: String?
        /// The other values of the path.
        let parameters: [String: String]?
        let reason: String?
        /// What was looked at, where that is more than one thing.
        let objects: [String]?
    }

    /// Values of a path are names and identifiers; somebody may still send a long one.
    private static let longestValue = 200

    init(_ call: FollowedCall) {
        actor = AuditActor(call.principal, from: call.address, requestID: call.requestID).identity
        let route = "\(call.method.rawValue) \(call.route)"
        let values = call.parameters.map { ($0.name, AuditText.kept($0.value, atMost: Self.longestValue)) }
        let resource = String(call.permission.rawValue.prefix { $0 != ":" })
        let id = values.first?.1 ?? call.made.map { AuditText.kept($0, atMost: Self.longestValue) }
        let action: String
        var reason: String?
        switch call.outcome {
        case .refused(let why): (action, reason) = ("access.refused", Self.kept(why))
        case .failed(let why): (action, reason) = (Self.action(call), Self.kept(why))
        case .done: action = Self.action(call)
        }
        let kindOfThing =
            if case .change(let named?) = call.trace { String(named.prefix { $0 != "." }) } else { resource }
        subject = id.map { "\(kindOfThing):\($0)" } ?? kindOfThing
        object = id
        kind = AuditGathering.Kind(
            organizationID: call.principal.organizationID, actor: actor.withoutRequest, action: action,
            matter: reason.map { "\(route): \($0)" } ?? route)
        let others = values.dropFirst()
        details = Details(
            route: route, parameters: others.isEmpty ? nil : Dictionary(others) { first, _ in first }, reason: reason,
            objects: nil)
    }

    private static func kept(_ reason: String) -> String {
        AuditText.kept(reason, atMost: AuditText.longestReason)
    }

    private static func action(_ call: FollowedCall) -> String {
        switch call.trace {
        case .change(let named): named ?? call.permission.rawValue.replacing(":", with: ".")
        case .content: "content.read"
        case .export: "content.export"
        case .nothing: call.permission.rawValue.replacing(":", with: ".")
        }
    }

    static func json(_ details: Details) -> String {
        String(decoding: JSONCodec.encode(details, absent: .omitted), as: UTF8.self)
    }
}
