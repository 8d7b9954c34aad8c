internal import ChatModel
internal import Settings
internal import Spending

/// A model of a gateway's file: a name that callers ask for, with who serves it.
struct GatewayModel: Sendable {
    /// A provider that serves it, and under which name.
    struct Server: Sendable {
        let provider: String
        let model: String
        let weight: Int
        /// Those of the model at this provider.
        let limits: CallLimits
    }

    let name: String
    let aliases: [String]
    let choice: CallRoute.Choice
    let servers: [Server]
    /// The models that are asked when this one fails, by their names here.
    let fallbacks: [String]
    let terms: RouteTerms

    /// Every name by which it can be asked for.
    var names: [String] { [name] + aliases }

    init(_ section: GatewaySection) throws(SettingsError) {
        name = try section.requiredText("name")
        aliases = try section.texts("aliases") ?? []
        choice = try section.choice("choice") ?? .ordered
        fallbacks = try section.texts("fallbacks") ?? []
        servers = try Self.servers(section, name)
        var terms = RouteTerms(
            isUnpricedAllowed: try section.flag("unpriced") ?? false,
            maximumOutputTokens: try section.int("max_output_tokens", in: 1...10_000_000))
        if let timeouts = try section.section("timeouts") {
            terms.connectTimeout = try timeouts.duration("connect")
            terms.firstByteTimeout = try timeouts.duration("first_byte")
            terms.idleTimeout = try timeouts.duration("idle")
            terms.totalTimeout = try timeouts.duration("total")
            try timeouts.refuseUnknown()
        }
        self.terms = terms
        try section.refuseUnknown()
    }

    /// Either `provider` and perhaps `model`, or a list of such.
    private static func servers(_ section: GatewaySection, _ name: String) throws(SettingsError) -> [Server] {
        var servers: [Server] = []
        if section.has("provider") {
            guard !section.has("deployments") else {
                throw section.refusal("deployments", expected: "either a provider or deployments, not both")
            }
            servers.append(
                Server(
                    provider: try section.requiredText("provider"), model: try section.text("model") ?? name, weight: 1,
                    limits: try CallLimits(section.section("limits"))))
        } else {
            for entry in try section.sections("deployments") {
                servers.append(
                    Server(
                        provider: try entry.requiredText("provider"), model: try entry.text("model") ?? name,
                        weight: try entry.int("weight", in: 1...1000) ?? 1,
                        limits: try CallLimits(entry.section("limits"))))
                try entry.refuseUnknown()
            }
        }
        guard !servers.isEmpty else {
            throw section.refusal("provider", expected: "a provider, or deployments with one each")
        }
        return servers
    }
}
