/// The words that clients write before a model's name for the kind of server that it is on.
package enum ServedName {
    private static let prefixes: [(prefix: String, kind: ProviderKind)] = [
        ("ollama/", .ollama), ("ollama_chat/", .ollama), ("hosted_vllm/", .vllm),
    ]

    /// The server's own name of a model.
    package static func of(_ name: String) -> String {
        for (prefix, _) in prefixes where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    /// The kind of the server, where the name says it.
    package static func kind(_ name: String) -> ProviderKind? { prefixes.first { name.hasPrefix($0.prefix) }?.kind }
}

extension ModelDefinition {
    /// What kind of server its own address leads to: what its name says before what was found out.
    package var ownServerKind: ProviderKind { ServedName.kind(upstreamModel) ?? serverKind ?? .openAICompatible }
}
