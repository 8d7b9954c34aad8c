internal import FoundationEssentials
internal import Scoring
internal import Settings
internal import Spending
internal import Tenancy

/// A key of a gateway's file that callers show.
struct GatewayKey: Sendable {
    let name: String
    let digest: CallerKeys.Digest
    /// The models that it may ask for; `nil` for all.
    let models: Set<String>?
    let lane: CallLane
    let limits: CallLimits
    /// Whose calls it shares limits fairly with.
    let project: ProjectID?
    let budgets: [Budget]

    /// On whom its calls are booked.
    var payer: Payer { Payer(organization: Gateway.organization, project: project, apiKey: .named(name)) }

    init(_ section: GatewaySection) throws(SettingsError) {
        let name = try section.requiredText("name")
        self.name = name
        digest = try Self.digest(section)
        models = try section.texts("models").map { Set($0) }
        lane = try section.choice("lane") ?? .interactive
        limits = try CallLimits(section.section("limits"))
        project = try section.text("project").map { .named($0) }
        if let budget = try section.section("budget") {
            budgets = [try Budget(budget, named: "key/" + name, scope: .apiKey(.named(name)))]
        } else {
            budgets = []
        }
        try section.refuseUnknown()
    }

    private static func digest(_ section: GatewaySection) throws(SettingsError) -> CallerKeys.Digest {
        let secret = try GatewaySecrets.read("key", of: section)
        if let text = try section.text("key_sha256") {
            // Whoever takes the key for its hash does not want to read it in a log.
            guard let digest = CallerKeys.Digest(hexadecimal: text), secret == nil else {
                throw section.refusal(
                    "key_sha256", isSecret: true,
                    expected: secret == nil
                        ? "the SHA-256 of a key in 64 hexadecimal digits" : "either the key or its SHA-256, not both")
            }
            return digest
        }
        guard let secret, secret.utf8.count >= 8 else {
            throw section.refusal(
                "key", isSecret: true, expected: "a key of 8 bytes or more, key_file, key_env, or key_sha256")
        }
        return CallerKeys.Digest(of: secret)
    }
}

extension Budget {
    /// The budget in a section of a gateway's file.
    init(_ section: GatewaySection, named name: String, scope: BudgetScope) throws(SettingsError) {
        guard let limit = try section.money("limit") else {
            throw section.refusal("limit", expected: "an amount in dollars, such as 50")
        }
        let enforcement: BudgetEnforcement = try section.choice("enforcement") ?? .hard
        self.init(
            id: .named(name), organizationID: Gateway.organization, scope: scope,
            period: try section.choice("period") ?? .month, limit: limit, warnAt: try section.money("warn_at"),
            enforcement: enforcement, createdAt: Date(timeIntervalSince1970: 0))
        if let warnAt, warnAt > limit {
            throw section.refusal("warn_at", expected: "an amount that is not above the limit")
        }
        try section.refuseUnknown()
    }
}
