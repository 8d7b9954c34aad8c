internal import ChatModel
internal import HTTPMessages
internal import HTTPServer
package import HTTPServing
internal import JSON
package import Spending
internal import Tenancy

/// Who calls, as far as the proxy has to know.
package final class Caller: Sendable {
    /// On whom the call is booked.
    package let payer: Payer
    /// How urgent its calls are.
    package let lane: CallLane
    /// The name of its key, where it has one here.
    package let keyName: String?
    /// The models it may ask for; `nil` for all.
    package let models: Set<String>?
    /// What its own calls are limited to.
    package let place: GovernedPlace?
    /// What the usage log says of it in each line: members of an object, written once and not for every call.
    let logged: [UInt8]

    package init(
        payer: Payer, lane: CallLane = .interactive, keyName: String? = nil, models: Set<String>? = nil,
        place: GovernedPlace? = nil
    ) {
        self.payer = payer
        self.lane = lane
        self.keyName = keyName
        self.models = models
        self.place = place
        var json = JSONWriter()
        json.member("organization", payer.organization.description)
        json.member("project", payer.project?.description)
        json.member("key", keyName ?? payer.apiKey?.description)
        json.member("lane", lane.rawValue)
        logged = json.bytes
    }

    /// Whether it may know of a model.
    func mayUse(_ model: String) -> Bool { models?.contains(model) ?? true }
}

/// Why a caller is not served.
package enum CallerRefusal: Error, Sendable, Hashable {
    /// It shows nothing that would say who it is.
    case unknown
    /// What it shows is not valid here.
    case invalid
}

/// How callers are recognised.
package struct CallerRecognition: Sendable {
    /// Finds out who sends a request.
    /// - Throws: ``CallerRefusal``, or a ``ChatFailure`` that names the field which is wrong.
    let caller: @Sendable (HTTPRequest) throws -> Caller

    /// The daemons of this deployment, who show the service token and say for whom they call.
    package static func daemons(_ tokens: ServiceTokens) -> CallerRecognition {
        CallerRecognition { request in
            guard tokens.accepts(request) else {
                throw request.headers["authorization"] == nil ? CallerRefusal.unknown : CallerRefusal.invalid
            }
            let headers = request.headers
            guard let organization = headers[ProxyHeader.organization].flatMap(OrganizationID.init) else {
                throw ChatFailure(.invalidRequest, "the field \(ProxyHeader.organization) has to be a UUID")
            }
            return Caller(
                payer: Payer(
                    organization: organization, project: headers[ProxyHeader.project].flatMap(ProjectID.init),
                    apiKey: headers[ProxyHeader.apiKey].flatMap(APIKeyID.init)),
                lane: headers[ProxyHeader.lane].flatMap(CallLane.init) ?? .interactive)
        }
    }

    /// Anybody, as the same caller.
    package static func everybody(_ caller: Caller) -> CallerRecognition { CallerRecognition { _ in caller } }

    /// Whoever the keys know.
    package static func keys(_ keys: CallerKeys) -> CallerRecognition {
        CallerRecognition { request in try keys.caller(request.headers) }
    }
}
