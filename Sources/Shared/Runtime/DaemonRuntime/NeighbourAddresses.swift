package import Settings

/// Where the daemons of a deployment find each other. All of them, and the administration tool, read it in the one settings
/// file that they share, so that it is declared once.
package enum NeighbourAddresses {
    /// The evaluation service; several replicas stand behind one name.
    package static func evaluationService(_ root: SettingsScope) throws(SettingsError) -> String {
        try root.section("evald").string(
            "url", default: "http://127.0.0.1:8081", help: "Where the evaluation service is.")
    }

    /// The LLM proxy; several replicas stand behind one name.
    package static func proxy(_ root: SettingsScope) throws(SettingsError) -> String {
        try root.section("llmproxyd").string("url", default: "http://127.0.0.1:8082", help: "Where the LLM proxy is.")
    }

    /// Each replica of the LLM proxy; empty where they are not told apart.
    package static func proxyReplicas(_ root: SettingsScope) throws(SettingsError) -> [String] {
        try root.section("llmproxyd").strings(
            "replicas", default: [],
            help: "Where each replica of the LLM proxy is, for operators; without any, only the one at url is asked.")
    }

    /// Each replica of the LLM proxy; the one address where they are not told apart.
    package static func proxies(_ root: SettingsScope) throws(SettingsError) -> [String] {
        let proxy = try proxy(root)
        let replicas = try proxyReplicas(root)
        return replicas.isEmpty ? [proxy] : replicas
    }

    /// The workers.
    package static func workers(_ root: SettingsScope) throws(SettingsError) -> [String] {
        try root.section("workerd").strings(
            "urls", default: ["http://127.0.0.1:8083"], help: "Where the workers are.")
    }
}
