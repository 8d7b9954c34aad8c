import DaemonRuntime
import Settings
import SystemCalls

/// The LLM proxy: the only way out to language models.
@main enum Entry {
    static func main() {
        // It holds the keys of providers, which belong in no core dump.
        ProcessMemory.hide()
        Daemon(
            "llmproxyd", summary: "the LLM proxy: the only way out to language models", internalPort: 8082,
            capacity: ProxyServerSettings.capacity,
            settings: { reader throws(SettingsError) in try ProxyServerSettings(reader) },
            compose: { composition, settings in
                switch settings.surroundings {
                case .deployment(let deployment):
                    try DeployedProxy(deployment, settings, in: &composition).compose(&composition)
                case .alone(let alone): try StandaloneProxy(alone, settings).compose(&composition)
                }
            }
        ).run()
    }
}
